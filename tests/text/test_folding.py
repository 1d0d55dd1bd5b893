import pytest

from node.text.folding import fold, fold_html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème brûlée!", ["creme", "brulee"]),
        ("Straße, ÉCOLE, İstanbul", ["strasse", "ecole", "istanbul"]),
        ("ﬁne ½", ["fine", "1", "2"]),
        ("honey_bee foo-bar a.b", ["honey", "bee", "foo", "bar", "a", "b"]),
        ("養蜂の日", ["養", "蜂", "の", "日"]),
        ("пчёлы Μέλισσα", ["пчелы", "μελισσα"]),
        ("% \" ' * \\ \x00 <->", []),
    ],
)
def test_words_are_folded(text, words):
    assert fold(text) == words


def test_folding_again_changes_nothing():
    once = fold("Crème Straße ﬁne 養蜂 пчёлы Ǆ ſ ΐ")
    assert fold(" ".join(once)) == once


def test_markup_is_no_word():
    assert fold_html('<p class="x">Bees &amp; <b>hed</b>ges<br>new</p>', 1000) == ["bees", "hedges", "new"]
    assert fold_html("<p>" + "word " * 100, 13) == ["word", "word"]
