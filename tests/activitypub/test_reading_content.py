"""What a post says, in every shape (FEDERATION.md section I): words, pictures, links, tags, languages, dates."""

from datetime import UTC

import pytest

from node.activitypub.documents import Image
from tests.activitypub.least import ALICE, actor, note


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.example/p", "https://a.example/p"),
        ({"type": "Link", "href": "https://a.example/p"}, "https://a.example/p"),
        (
            [
                {"href": "magnet:?x"},
                {"mediaType": "video/mp4", "href": "https://a.example/v"},
                {"mediaType": "text/html; charset=utf-8", "href": "https://a.example/p"},
            ],
            "https://a.example/p",
        ),
        (
            [{"mediaType": "video/mp4", "href": "https://a.example/v"}, "https://a.example/p"],
            "https://a.example/p",
        ),
        ([{"mediaType": "video/mp4", "href": "https://a.example/v"}], "https://a.example/v"),
        ("javascript:alert(1)", None),
        (["data:text/html,x"], None),
        (5, None),
        ({}, None),
    ],
)
def test_the_page_is_found_among_urls(value, expected):
    assert note(url=value).url == expected


def test_icons_come_in_every_shape():
    small, large = (
        {"type": "Image", "url": "https://a.example/s"},
        {"type": "Image", "url": [{"href": "https://a.example/l"}]},
    )
    for value in (
        large,
        [small, large],
        "https://a.example/l",
        ["https://a.example/l", 5],
        [small, None, large],
    ):
        assert actor(icon=value).icon_url == "https://a.example/l"
        assert actor(image=value).image_url == "https://a.example/l"
    for value in (None, [], {}, 5, {"url": "data:image/png;base64,x"}):
        assert actor(icon=value).icon_url is None


def test_pictures_are_read_with_their_words_and_sizes():
    read = note(
        attachment=[
            {
                "type": "Document",
                "mediaType": "image/PNG",
                "url": "https://a.example/1.png",
                "name": " A &amp; B ",
                "width": "640",
                "height": 480.0,
                "blurhash": "U",
            },
            {"type": "Document", "mediaType": "video/mp4", "url": "https://a.example/2.mp4"},
            {"type": "Image", "href": "https://a.example/3", "summary": "alt", "width": -1, "height": True},
            {"type": "Document", "url": "https://a.example/4.JPG?x=1"},
            {"type": "Document", "url": "https://a.example/5"},
            {"type": "Image", "url": "https://a.example/3"},
            {"type": "Image"},
            "https://a.example/6",
        ],
        image={"url": "https://a.example/thumbnail"},
    )
    assert read.images == (
        Image("https://a.example/1.png", "image/png", "A & B", 640, 480, "U"),
        Image("https://a.example/3", None, "alt"),
        Image("https://a.example/4.JPG?x=1"),
    )
    assert (
        note(attachment={"type": "Image", "url": "https://a.example/7"}).images[0].url
        == "https://a.example/7"
    )
    assert note(image=["https://a.example/8"], icon="https://a.example/9").images == (
        Image("https://a.example/8"),
    )


def test_the_link_of_a_post_is_found():
    link = {"type": "Link", "href": "https://x.example/", "name": "X"}
    assert note(attachment=link).link_url == "https://x.example/"
    assert (
        note(
            attachment=[
                {"type": "Image", "url": "https://a.example/i"},
                {"type": "Page", "url": "https://y.example/"},
            ]
        ).link_url
        == "https://y.example/"
    )
    assert note(attachment=[{"type": "Link", "href": "javascript:x"}]).link_url is None
    assert note(source="https://z.example/").link_url == "https://z.example/"
    assert note(source="plain words").link_url is None
    assert note(type="Link", href="https://l.example/").link_url == "https://l.example/"
    assert note(type="Video", url="https://v.example/").link_url == "https://v.example/"
    event = note(type="Event")
    assert note(type="Event", url=event.iri).link_url is None  # its own page


def test_tags_come_in_every_shape():
    read = note(
        tag=[
            "cofe",
            None,
            {"type": "Mention", "href": ALICE, "name": "@alice"},
            {"type": "Mention", "href": ALICE, "name": "again"},
            {"type": "Mention", "name": "@nobody"},
            {"type": "Hashtag", "href": "/tags/test", "name": "#Test"},
            {"type": "Hashtag", "href": "/tags/unnamed/"},
            {"type": "Hashtag", "name": "plain"},
            {"type": "Hashtag", "name": "two words"},
            {"type": "Hashtag"},
            {"type": "Link", "mediaType": 'application/ld+json; profile="x"', "href": "https://q.example/1"},
            {"type": "Emoji", "name": ":bee:"},
        ]
    )
    assert [one.href for one in read.mentions] == [ALICE]
    assert read.mentions[0].name == "@alice"
    assert read.hashtags == ("Test", "unnamed", "plain")
    assert read.quote == "https://q.example/1"
    assert note(tag={"type": "Hashtag", "name": "#one"}).hashtags == ("one",)


def test_quotes_have_several_names():
    for name in ("quote", "quoteUri", "quoteUrl", "_misskey_quote"):
        assert note(**{name: "https://q.example/2"}).quote == "https://q.example/2"


def test_markdown_is_taken_from_where_it_is():
    source = {"content": "*x*", "mediaType": "text/markdown; charset=utf-8"}
    assert note(source=source).source_markdown == "*x*"
    for other in (
        "*x*",
        {"content": "*x*"},
        {"content": "[b]x[/b]", "mediaType": "text/bbcode"},
        [],
        5,
        {"content": {}, "mediaType": "text/markdown"},
    ):
        assert note(source=other).source_markdown is None
    video = note(mediaType="text/markdown", content="*x*")
    assert (video.content, video.source_markdown, video.content_media_type) == (None, "*x*", "text/markdown")
    assert note(mediaType="text/markdown", content="*y*", source=source).source_markdown == "*x*"


def test_plain_content_becomes_html():
    assert note(mediaType="text/plain", content="a < b\nc").content == "<p>a &lt; b<br>c</p>"
    assert note(mediaType="TEXT/HTML", content="<p>").content == "<p>"
    assert note(mediaType="nonsense").content_media_type == "text/html"


def test_a_language_is_chosen_where_there_are_several():
    versions = {"en": "<p>en</p>", "fr": "<p>fr</p>"}
    assert note(content=None, contentMap=versions, language="fr").content == "<p>fr</p>"
    assert note(content=None, contentMap=versions).content == "<p>en</p>"
    assert (
        note(content=None, contentMap={**versions, "und": "<p>und</p>"}, language="fr").content
        == "<p>und</p>"
    )
    assert note(content="<p>x</p>", contentMap=versions).content == "<p>x</p>"
    assert note(name=None, nameMap={"fr": "Nom"}).name == "Nom"
    assert note(summaryMap={"fr": "Résumé"}).summary == "Résumé"
    assert note(content=None, contentMap=["x"]).content is None


def test_the_language_is_told_in_several_ways():
    for changed in (
        {"language": {"identifier": "fr", "name": "F"}},
        {"language": "fr"},
        {"inLanguage": "fr"},
        {"contentMap": {"fr": "x"}},
        {"language": [{"identifier": "und"}, {"identifier": "fr"}]},
    ):
        assert note(**changed).language == "fr"
    for changed in (
        {"language": "und"},
        {"language": "../../etc"},
        {"contentMap": {"fr": "x", "en": "y"}},
        {"language": 5},
        {"language": {}},
    ):
        assert note(**changed).language is None


def test_names_become_plain_text_once():
    assert note(name="A &amp; B &amp;amp; C").name == "A & B &amp; C"
    assert note(name=" two \n lines\t").name == "two lines"
    assert note(name="a\u202eb\u200bc\x07").name == "abc"
    assert note(name="می\u200cخواهم 👩\u200d🌾").name == "می\u200cخواهم 👩\u200d🌾"
    assert actor(name="می\u200cخواهم").name == "میخواهم"
    assert note(name=5).name == "5"
    for nothing in ("", " ", "\u200b", [], {}, True):
        assert note(name=nothing).name is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-03T09:00:00Z", "2026-11-03T09:00:00+00:00"),
        ("2026-11-03T09:00:00+00:00", "2026-11-03T09:00:00+00:00"),
        ("2026-11-03T09:00:00+02:00", "2026-11-03T07:00:00+00:00"),
        ("2026-11-03T09:00:00.123Z", "2026-11-03T09:00:00.123000+00:00"),
        ("2026-11-03T09:00:00.123456789Z", "2026-11-03T09:00:00.123456+00:00"),
        ("2026-11-03T09:00:00", "2026-11-03T09:00:00+00:00"),
        (" 2026-11-03t09:00:00z ", "2026-11-03T09:00:00+00:00"),
        ("2026-11-03", "2026-11-03T00:00:00+00:00"),
        (1793696400, "2026-11-03T09:00:00+00:00"),
        ("1793696400", "2026-11-03T09:00:00+00:00"),
        (1793696400000, "2026-11-03T09:00:00+00:00"),
        (1793696400.5, "2026-11-03T09:00:00.500000+00:00"),
        ("2999-01-01T00:00:00Z", "2999-01-01T00:00:00+00:00"),
    ],
)
def test_dates_come_in_every_shape(value, expected):
    read = note(published=value, updated=value)
    assert read.published.isoformat() == expected
    assert read.updated.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+23:00",
        True,
        [],
        {},
        10**18,
        -(10**18),
        "2026-11-03T25:00:00Z",
    ],
)
def test_a_date_that_cannot_be_read_is_absent(value):
    assert note(published=value).published is None


def test_flags_and_numbers_may_be_words():
    for yes in (True, "true", "True", 1, "1"):
        assert note(sensitive=yes).sensitive
    for no in (False, "false", 0, None, "", "maybe", [], {}):
        assert not note(sensitive=no).sensitive
    assert not note(commentsEnabled="false").comments_enabled
    assert note(commentsEnabled=[]).comments_enabled
