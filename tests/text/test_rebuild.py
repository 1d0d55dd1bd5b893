import pytest

from node.text.rebuild import DEEPEST, names_another_host, rebuild


@pytest.mark.parametrize(
    ("source", "rebuilt"),
    [
        ("plain", "plain"),
        ("<div>a</div><div>b</div>c", "<p>a</p><p>b</p><p>c</p>"),
        ("<div><p>a</p></div>", "<p>a</p>"),
        ("<blockquote><div>a</div></blockquote>", "<blockquote><p>a</p></blockquote>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<p><b>a<p>b</b>", "<p><strong>a</strong></p><p>b</p>"),
        ("<h1>a</h1><h2>b</h2><h4>c</h4>", "<h3>a</h3><h3>b</h3><h4>c</h4>"),
        ("<i>a</i><s>b</s><strike>c</strike><u>d</u>", "<em>a</em><del>b</del><del>c</del>d"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("<ul><li><div>a</div><div>b</div></li></ul>", "<ul><li>a<br>b<br></li></ul>"),
        ("<ul><li>a<ol></li><li>b", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
        ("<li>a</li><li>b</li>", "<p>a</p><p>b</p>"),
        ("</p></li></ul></div></nonsense>a", "<p>a</p>"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", " <p>1 2</p> <p>3</p>"),
        ("<p>a<hr>b</p>", "<p>a</p><hr>b"),
        ("<pre>\n\na\n</pre>", "<pre>a\n</pre>"),
        ("<pre><code>\na</code></pre>", "<pre><code>\na</code></pre>"),
        ("<ol start=3><li>a</ol>", '<ol start="3"><li>a</li></ol>'),
        ("<ol start=x><li>a</ol>", "<ol><li>a</li></ol>"),
        ("<p lang=fr dir=RTL id=a class=b style=c onclick=d>a", '<p lang="fr" dir="rtl">a</p>'),
        ("<p lang='f\"r' dir=up>a", "<p>a</p>"),
        ("<span class=x>a</span> <span lang=fr>b</span>", 'a <span lang="fr">b</span>'),
        ("<a href=https://x.test/?a=1&b=2>a</a>", '<a href="https://x.test/?a=1&amp;b=2">a</a>'),
        ("<a>a</a><a href>b</a><a href=/c>c</a><a href=//x.test>d</a>", "abcd"),
        ("<a href=mailto:me@x.test>a</a>", '<a href="mailto:me@x.test">a</a>'),
        (
            "<a href=http://x.test><a href=http://y.test>b</a>",
            '<a href="http://x.test"></a><a href="http://y.test">b</a>',
        ),
        ("<img src=https://x.test/p.png alt='a <b>'>", '<a href="https://x.test/p.png">a &lt;b&gt;</a>'),
        ("<img src=https://x.test/p.png>", '<a href="https://x.test/p.png">x.test</a>'),
        ("<img src=data:image/png,x alt=a>", "a"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<a href=http://x.test><img src=http://y.test alt=b></a>", '<a href="http://x.test">b</a>'),
        ("a<br>b", "a<br>b"),
        ("a & b < c", "a &amp; b &lt; c"),
    ],
)
def test_source_is_written_anew(source, rebuilt):
    assert rebuild(source) == rebuilt


def test_depth_is_limited_and_the_words_stay():
    rebuilt = rebuild("<blockquote>" * 1000 + "<em><a href=https://x.test>words</a>")
    assert rebuilt.count("<blockquote>") == rebuilt.count("</blockquote>") == DEEPEST
    assert "words" in rebuilt


def test_misnested_markup_is_not_multiplied():
    hostile = "<p>" + "".join(f"<em lang=x{i}>" for i in range(400)) + "</p><p>x" * 400
    assert len(rebuild(hostile)) < 2 * len(hostile)


@pytest.mark.parametrize(
    ("text", "url", "host"),
    [
        ("bank.test", "https://evil.test/", "evil.test"),
        ("https://bank.test/login", "https://evil.test/", "evil.test"),
        ("WWW.Bank.Test", "https://evil.test/", "evil.test"),
        ("go to bank.test, please", "https://evil.test/", "evil.test"),
        ("bank\u200b.test", "https://evil.test/", "evil.test"),
        ("bank．test", "https://evil.test/", "evil.test"),
        ("bank.test", "https://bank.test.evil.test/", "bank.test.evil.test"),
        ("bank.test", "https://bank.test@evil.test/", "evil.test"),
        ("(bank.test)", "https://evil.test/", "evil.test"),
        ("me@bank.test or bank.test", "mailto:x@evil.test?subject=bank.test", "evil.test"),
        ("bank.test [evil.test] and more", "https://evil.test/", "evil.test"),
        ("bank.test", "https://[evil", "https://[evil"),
        ("bank.test [evil.test]", "https://evil.test/", None),
        ("bank.test", "https://bank.test/x", None),
        ("www.bank.test/x", "https://bank.test/x", None),
        ("bank.test", "https://www.bank.test/x", None),
        ("read this", "https://evil.test/", None),
        ("version 1.2.3, e.g. this", "https://evil.test/", None),
        ("@ada@a.example", "https://b.example/@ada", None),
    ],
)
def test_a_link_that_names_another_host_is_told(text, url, host):
    assert names_another_host(text, url) == host
