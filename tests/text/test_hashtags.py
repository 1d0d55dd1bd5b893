import pytest

from node.text.hashtags import MOST, find_hashtags, link_hashtags, tag_name, tag_page
from node.text.markdown import to_html

HOME = "https://h.example"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("#Bees and #bees, #Été2026!", ["bees", "été2026"]),
        ("#1 is a number, #2a is not", ["2a"]),
        ("a#b /#c &#d; x.test/#e ##f", []),
        ("`#code` [#link](https://x.test) #word", ["word"]),
        ("# Heading\n\n(#in) *#emphasis*", ["in", "emphasis"]),
        ("https://x.test/a#anchor", []),
        ("#" + "a" * 101, []),
        ("#日本語", ["日本語"]),
    ],
)
def test_hashtags_are_words_with_a_letter_that_belong_to_no_address(source, names):
    assert find_hashtags(source) == names


def test_a_post_has_some_dozens_at_most():
    assert len(find_hashtags(" ".join(f"#t{n}" for n in range(100)))) == MOST


def test_hashtags_are_written_as_mastodon_writes_them():
    """D.2"""
    linked = link_hashtags(to_html("#Bees & `#no` #été"), HOME)
    assert linked == (
        '<p><a href="https://h.example/tag/bees" class="mention hashtag" rel="tag">#<span>Bees</span></a> &amp; '
        '<code>#no</code> <a href="https://h.example/tag/%C3%A9t%C3%A9" class="mention hashtag" rel="tag">#<span>été</span></a></p>\n'
    )
    assert (
        link_hashtags('<p title="#x">5 &#39; <a href="https://x.test/">#y</a></p>', HOME).count("hashtag")
        == 0
    )


def test_a_name_is_one_word_in_one_form():
    assert (tag_name("#Bees"), tag_name(" ﬁsh "), tag_name("a b"), tag_name("#"), tag_name("a/b")) == (
        "bees", "fish", "", "", "",
    )  # fmt: skip
    assert tag_page(HOME, "bees") == "https://h.example/tag/bees"
