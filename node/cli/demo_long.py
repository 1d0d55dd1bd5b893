"""A thread that has gone on for days: some two hundred comments, put together from what people here would say."""

from __future__ import annotations

from collections.abc import Iterator

from node.cli.demo_shapes import Said

THINGS = (  # what somebody still uses, and why
    ("a bread knife from 1951", "It was a wedding present, though nobody remembers whose."),
    ("my father's tape measure", "It is in inches on one side and optimism on the other."),
    ("a pocket radio", "It has outlived four kinds of battery and one divorce."),
    ("an enamel coffee pot", "The lid comes from another pot. They get on."),
    ("a wooden ladder", "Every rung has been replaced, so it is still the same ladder."),
    ("a treadle sewing machine", "It needs no current and takes no offence."),
    ("a canvas rucksack", "It smells of every camp fire since 1978."),
    ("a hand drill", "Slow enough to change your mind half-way."),
    ("a fountain pen", "It leaks only on aeroplanes, so we stay at home."),
    ("a cast-iron pan", "I was told never to wash it, and then told off for not washing it."),
    ("a bicycle pump", "The hose is new. So are the handle and the valve."),
    ("a wool blanket", "The moths had their share and left me mine."),
    ("a slide rule", "The children think it is a toy, and they are right."),
    ("a barometer", "It says *change*. It has said so for thirty years."),
    ("an apple peeler", "You turn the handle, and everybody in the kitchen falls silent."),
    ("a garden fork", "Two tines bent, both by the same stone."),
    ("a calendar from the ferry company", "The days fit again every few years, so why buy one?"),
    ("a typewriter", "The letter *e* sits a little high, like somebody on tiptoe."),
    ("a folding chair", "It folds when it wants to. We have an understanding."),
    ("a paraffin lamp", "For the three evenings a year when the current fails, and for stories."),
)
FIRST = (  # what somebody answers
    "How did you keep the rust away?",
    "Does it still hold an edge, or do you only say so?",
    "My grandmother had the very same, down to the dent.",
    "Bring it along on Thursday, I should love to see it.",
)
SECOND = (
    "A drop of oil, and never lending it to my brother.",
    "Better than I do, on most mornings.",
    "Then hers and mine came from the same shop by the lock.",
    "I will, if somebody helps me carry it up the stairs.",
)
THIRD = (
    "Wise. Mine went to a brother in 1994 and sends postcards.",
    "That makes two of us. Tea helps.",
    "The shop is a bank now. The bell over the door is still the old one!",
    "I have a handcart, and time.",
)
LAST = (
    "This is the best thread of the year.",
    "I came to read one comment and stayed for all of them.",
    "Saved, for the next time somebody says that nothing lasts.",
)
AFTER = (
    "Seconded.",
    "I would pay to get in.",
    "There is a shelf free in the reading room.",
    "Only if the labels are written by hand.",
    "And a bench, for those who came with somebody.",
)
ASIDES = (  # what Tomás says at the end of them
    "Thirded! I have the key to the back room.",
    "Noted. Bring it on Thursday and I photograph it.",
    "My mother would have said: use it, do not show it.",
    "I once mended one of those. It was not broken.",
    "The screwdriver agrees.",
    "Careful, I take you all at your word.",
    "That makes it older than our workshop.",
    "I looked for the maker's mark: two birds and a date.",
    "You are welcome to my spare handles. There are forty.",
    "The smell alone is worth keeping.",
    "I have been asked for this very part since March.",
    "There is a draughtsman in all of us.",
    "We should oil it once, and then leave it alone.",
)
PEOPLE = ("ada", "noor", "elise", "mathieu", "wren", "idris", "lucie", "juniper", "oskar", "amina")


def thread() -> Said:
    """Return the thread; always the same."""
    return Said(
        by="tomas",
        title="What is the oldest thing you still use every week?",
        text="Not the oldest thing you *own*. The oldest that still earns its keep. Mine is a screwdriver with my great-grandfather's initials.",
        up="ada noor elise mathieu wren idris lucie juniper oskar",
        marks="❤️:ada ❤️:noor 🔧:idris",
        answers=tuple(_answers()),
    )


def _answers() -> Iterator[Said]:
    for number, (thing, why) in enumerate(THINGS):
        who = _person(number)
        yield Said(
            by=who,
            text=f"Mine is {thing}. {why}",
            up=" ".join(_person(number + step) for step in range(1, 1 + number % 5)),
            answers=(*(_exchange(number, turn) for turn in range(1 + number % 3)), *_closing(number)),
        )


def _exchange(number: int, turn: int) -> Said:
    """Return a talk that goes as deep as threads go here: question, answer, and what comes of it."""
    asks, owner = _person(number + turn + 1), _person(number)
    topic = (number + turn) % len(FIRST)
    third = Said(by=asks, text=THIRD[topic], up=owner)
    if (number + turn) % 2:
        third = Said(by=asks, text=THIRD[topic], up=owner, answers=(_smile(number, turn),))
    second = Said(by=owner, text=SECOND[topic], up=asks, answers=(third,))
    return Said(by=asks, text=FIRST[topic], answers=(second,))


def _smile(number: int, turn: int) -> Said:
    """Return the end of a deep talk."""
    words = ("🙂", "You two should open a museum.", "Count me in as well.", "Now I want one.")
    nested = tuple(
        Said(
            by=_person(number + turn + 4),
            text=AFTER[(number // 2 + turn) % len(AFTER)],
            answers=(Said(by="tomas", text=ASIDES[10 + number // 6 if turn else number // 2]),),
        )
        for _ in range(number % 2)
    )
    return Said(by=_person(number + turn + 2), text=words[(number + turn) % len(words)], answers=nested)


def _closing(number: int) -> Iterator[Said]:
    for step in range(2 + number % 2):
        yield Said(by=_person(number + step + 3), text=LAST[(number + step) % len(LAST)], up="tomas")


def _person(number: int) -> str:
    return PEOPLE[number % len(PEOPLE)]
