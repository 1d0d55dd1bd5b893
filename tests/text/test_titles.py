import pytest

from node.text.titles import LONGEST, title_from

GROUP = ["@gardening@h.example"]


@pytest.mark.parametrize(
    ("source", "title", "cut"),
    [
        ("<p>My roses are ill</p>", "My roses are ill", False),
        ("<p>My roses are ill.</p>", "My roses are ill", False),
        ("<p>My roses are ill. What now?</p>", "My roses are ill", True),
        ("<p>What now? My roses!</p>", "What now?", True),
        ("<p>Well... roses and bees</p>", "Well...", True),
        ("<p>@<span>gardening</span> My roses are ill</p>", "My roses are ill", False),
        ("<p>@gardening@h.example: My roses</p>", "My roses", False),
        ("<p>!gardening@h.example My roses</p>", "My roses", False),
        ("<p>Ask @Gardening about roses</p>", "Ask about roses", False),
        ("<p>@gardening</p><p> #roses, #bees </p><p>My roses<br>are ill</p>", "My roses", False),
        ("<p>#roses #bees My #roses are ill</p>", "My #roses are ill", False),
        (
            "<p>@gardeners and @gardening.club say hello</p>",
            "@gardeners and @gardening.club say hello",
            False,
        ),
        ("<p>me@gardening says hello</p>", "me@gardening says hello", False),
        ("<p>Mr. No says hello</p>", "Mr. No says hello", False),
        ("<p>Version 1.2.3 is out</p>", "Version 1.2.3 is out", False),
        ("<p>a &amp; b &lt;c&gt;</p>", "a & b <c>", False),
        ("<p>:bee: My roses :rose_ill: are ill</p>", "My roses are ill", False),
        ("<p>:bee:</p><p>At 10:30:45 sharp</p>", "At 10:30:45 sharp", False),
        ("<p>Hi</p><p>My roses are ill</p>", "", False),
        ("<p>@gardening</p>", "", False),
        ("", "", False),
    ],
)
def test_a_title_is_taken_from_the_first_line(source, title, cut):
    assert title_from(source, strip_mentions=GROUP) == (title, cut)


def test_a_long_line_is_cut_between_words():
    title, cut = title_from("<p>" + "roses " * 50, strip_mentions=[])
    assert cut
    assert title == ("roses " * 20).strip() + "…"
    assert len(title) <= LONGEST


def test_a_title_of_the_greatest_length_is_left_alone():
    line = ("roses " * 20).strip() + "!"
    assert len(line) == LONGEST
    assert title_from(line, strip_mentions=[]) == (line, False)


def test_a_sentence_that_ends_beyond_the_limit_does_not_count():
    title, cut = title_from("x" * 118 + " yz. z", strip_mentions=[])
    assert (title, cut) == ("x" * 118 + "…", True)
