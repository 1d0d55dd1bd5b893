from node.text.quoting import LONGEST, quotation


def test_markdown_is_quoted_line_by_line():
    assert quotation("One **two**\n\nthree\n", "") == "> One **two**\n>\n> three\n\n"


def test_without_markdown_the_words_are():
    assert quotation("", "<p>One <b>two</b></p><p>three</p>").startswith("> One two\n")


def test_nothing_is_no_quotation():
    assert quotation("", "") == ""


def test_a_long_text_is_cut():
    quoted = quotation("\n".join(map(str, range(100))), "").splitlines()
    assert len(quoted) == LONGEST + 2
    assert quoted[-2] == "> …"
