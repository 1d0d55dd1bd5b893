import pytest

from node.errors import TooLarge
from node.text.markdown import LONGEST, find_handles, link_handles, to_html
from tests.text.test_clean import XSS, inspect

REL = 'rel="nofollow ugc noopener noreferrer"'


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("a *b* **c** ~~d~~ `e`", "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e</code></p>\n"),
        ("# a\n\n## b\n\n#### c", "<h3>a</h3>\n<h3>b</h3>\n<h4>c</h4>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("```py\na < b\n```", "<pre><code>a &lt; b\n</code></pre>\n"),
        ("---", "<hr>\n"),
        ("[a](https://x.test 'b')", f'<p><a href="https://x.test" {REL}>a</a></p>\n'),
        ("<https://x.test>", f'<p><a href="https://x.test" {REL}>https://x.test</a></p>\n'),
        ("![a](https://x.test/b.png)", f'<p><a href="https://x.test/b.png" {REL}>a</a></p>\n'),
        (
            "[bank.test](https://evil.test)",
            f'<p><a href="https://evil.test" {REL}>bank.test [evil.test]</a></p>\n',
        ),
        ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ("[a](/c/bees)", "<p>a</p>\n"),
    ],
)
def test_markdown_becomes_html(source, written):
    assert to_html(source) == written


@pytest.mark.parametrize("payload", XSS)
def test_no_payload_survives_markdown(payload):
    for source in (
        payload,
        f"[x]({payload})",
        f"![{payload}](https://x.test)",
        f"<{payload}>",
        f"```{payload}\nx",
    ):
        inspect(to_html(source))


@pytest.mark.parametrize(
    "scheme",
    ["javascript:", "JAVASCRIPT:", "java&#x0A;script:", "&#106;avascript:", "vbscript:", "file:///", "data:"],
)
def test_no_scheme_but_the_usual_becomes_a_link(scheme):
    for source in (f"[a]({scheme}x)", f"[a](<{scheme}x>)", f"<{scheme}x>", f"[a]: {scheme}x\n\n[a]"):
        assert "<a" not in to_html(source)


def test_length_is_limited():
    assert to_html("x" * LONGEST)
    with pytest.raises(TooLarge):
        to_html("x" * (LONGEST + 1))


@pytest.mark.parametrize(
    "pattern", ["[", "![[](", "<a@b.c>", "*a_", "_*", "`a", "~~a", "&", "* a\n\n", "[a]: b\n"]
)
def test_a_text_of_markup_alone_is_refused(pattern):
    hostile = (pattern * LONGEST)[:LONGEST]
    for parse in (to_html, find_handles):
        with pytest.raises(TooLarge, match="markup"):
            parse(hostile)


def test_deep_nesting_is_cut_short():
    assert to_html("> " * 1000 + "x").count("<blockquote>") < 30
    assert to_html("- " * 1000 + "x").count("<li>") < 60


def test_handles_are_found_where_they_are_spoken():
    source = """
@ada@a.example and !bees@b.example, (@cy_d@c.example) *@em@d.example*. @snake_case_name@e.example
@ada@a.example again, @dev@localhost:8001, @x@sub.domain.example.

`@code@x.example` [@link@x.example](https://x.example) me@mail.example https://x.example/@path@y.example @@z@z.example

    @block@x.example

```
@fence@x.example
```
"""
    assert find_handles(source) == [
        "@ada@a.example",
        "!bees@b.example",
        "@cy_d@c.example",
        "@em@d.example",
        "@snake_case_name@e.example",
        "@dev@localhost:8001",
        "@x@sub.domain.example",
    ]


def test_known_handles_become_links_outside_of_code_and_links():
    """D.2: persons by name as Mastodon writes them, groups in full."""
    lookup = {
        "@ada@a.example": "https://a.example/u?ada&x",
        "!bees@b.example": "javascript:alert(1)",
        "!ants@b.example": "https://b.example/c/ants",
    }
    source = to_html(
        "@ada@a.example !ants@b.example !bees@b.example @who@c.example `@ada@a.example` [@ada@a.example](https://x.test)"
    )
    assert link_handles(source, lookup) == (
        '<p><span class="h-card"><a href="https://a.example/u?ada&amp;x" class="u-url mention">@<span>ada</span></a></span>'
        ' <span class="h-card"><a href="https://b.example/c/ants" class="u-url mention">!<span>ants@b.example</span></a></span>'
        " !bees@b.example"
        f' @who@c.example <code>@ada@a.example</code> <a href="https://x.test" {REL}>@ada@a.example</a></p>\n'
    )


def test_what_was_found_can_be_linked():
    source = "Hi @ada@a.example & !bees@b.example."
    lookup = {handle: f"https://x.test/{handle[1:]}" for handle in find_handles(source)}
    assert link_handles(to_html(source), lookup).count("<a ") == 2


def test_bare_addresses_become_links_and_words_with_dots_do_not():
    source = "See https://example.org/a, example.com and a@b.example."
    assert to_html(source).count("<a ") == 1
    assert 'href="https://example.org/a"' in to_html(source)
