"""FEDERATION.md D.5, I.10, I.16 to I.18; THREATS.md 0.2, V83."""

import pytest

from node.activitypub import reading
from node.activitypub import reading_media as media
from node.activitypub.trimmings import CustomEmoji, Leave, Media, Policy, ReactionMark
from node.activitypub.vocabulary import PUBLIC

ANN = "https://a.example/u/ann"


def note(**fields):
    document = {"id": "https://a.example/1", "type": "Note", "attributedTo": ANN} | fields
    return reading.read_object(document)


def link(href, kind=None, **more):
    return {"type": "Link", "href": href, "mediaType": kind, **more}


def test_an_attachment_is_read_with_all_that_it_says():
    (one,) = note(
        attachment=[
            {
                "type": "Document",
                "mediaType": "image/png",
                "url": "https://a.example/r.png",
                "name": "A &amp; B",
                "width": 640,
                "height": "480",
                "blurhash": "UB",
                "focalPoint": [0.5, -0.25],
            }
        ]
    ).media
    assert one == Media(
        "image", "https://a.example/r.png", "image/png", "A & B", 640, 480, "UB", (0.5, -0.25)
    )


@pytest.mark.parametrize(
    ("attachment", "expected"),
    [
        ({"type": "Image", "url": "https://a.example/1"}, ("image", "https://a.example/1", None)),
        ({"type": "Video", "href": "https://a.example/1.mp4"}, ("video", "https://a.example/1.mp4", None)),
        ({"type": "Document", "url": "https://a.example/1.OGG?x"}, ("audio", "https://a.example/1.OGG?x", None)),
        ({"type": "Document", "url": "https://a.example/1.pdf"}, ("document", "https://a.example/1.pdf", None)),
        (
            {"type": "Document", "url": [link("https://a.example/p", "text/html"), link("https://a.example/f", "video/webm")]},
            ("video", "https://a.example/f", "video/webm"),
        ),
        ({"type": "Document", "url": ["https://a.example/x.webp"]}, ("image", "https://a.example/x.webp", None)),
        ({"type": "Image", "url": [link("https://a.example/p", "text/html")]}, ("image", "https://a.example/p", None)),
    ],
)  # fmt: skip
def test_a_file_is_found_in_each_shape_of_url(attachment, expected):
    """I.16: Pleroma wraps every file in Links."""
    (one,) = note(attachment=attachment).media
    assert (one.kind, one.url, one.media_type) == expected


def test_what_is_no_medium_is_left_out():
    given = [
        None,
        "x",
        {"type": "Link", "href": "https://a.example/page"},
        {"type": "PropertyValue", "name": "x"},
        {"type": "Image"},
        {"type": "Image", "url": "javascript:alert(1)"},
        {"type": "Image", "url": "https://a.example/1"},
        {"type": "Image", "url": "https://a.example/1"},
    ]
    assert [one.url for one in note(attachment=given).media] == ["https://a.example/1"]
    many = [{"type": "Image", "url": f"https://a.example/{n}"} for n in range(40)]
    assert len(note(attachment=many).media) == 16


def test_alt_text_comes_under_three_names():
    for name in ({"name": "x"}, {"summary": "x"}, {"nameMap": {"en": "x"}}):
        assert note(attachment={"type": "Image", "url": "https://a.example/1", **name}).media[0].alt == "x"


@pytest.mark.parametrize("value", [None, [], [0], [0, 0, 0], [0, "0"], [True, 0], [1.1, 0], {"x": 0}, "0,0"])
def test_a_focus_is_two_numbers_up_to_one(value):
    assert media.focus_of(value) is None
    assert media.focus_of([-1, 1]) == (-1.0, 1.0)


def test_a_film_is_its_own_medium_in_a_form_that_plays():
    """PeerTube: pages, playlists and torrents stand among the files; the best of up to 720 lines is taken."""
    files = [
        link(f"https://a.example/{size}.mp4", "video/mp4", height=size, width=size * 2)
        for size in (1080, 720, 360)
    ]
    stream = link("https://a.example/m.m3u8", "application/x-mpegURL", tag=[{"type": "Infohash"}, *files])
    page = link("https://a.example/w/1", "text/html")
    torrent = link(
        "https://a.example/720.torrent", "application/x-bittorrent;x-scheme-handler/magnet", height=720
    )
    for urls in ([page, *files], [page, stream, torrent]):
        video = note(type="Video", url=urls)
        assert video.url == "https://a.example/w/1"
        (one,) = video.media
        assert (one.kind, one.url, one.height) == ("video", "https://a.example/720.mp4", 720)
    assert note(type="Video", url=[page, files[0]]).media[0].height == 1080
    assert note(type="Video", url=[page, torrent]).media == ()
    song = note(type="Audio", url=[page, link("https://a.example/1.mp3", "audio/mpeg")])
    assert [one.kind for one in song.media] == ["audio"]


def test_custom_emoji_need_a_name_and_a_picture_but_no_id():
    """V83; null ids are GoToSocial's."""
    icon = {"type": "Image", "url": "https://a.example/e.png"}
    tags = [
        {"type": "Emoji", "id": None, "name": ":rose:", "updated": "2026-11-03T09:00:00Z", "icon": icon},
        {"type": "Emoji", "name": "blob+cat", "icon": "https://a.example/b.png"},
        {"type": "Emoji", "name": ':x" onerror=1:', "icon": icon},
        {"type": "Emoji", "name": ":y:", "icon": {"url": "http://a.example/e.png"}},
        {"type": "Emoji", "name": ":z:", "icon": {"url": 'https://a.example/x" onerror=1'}},
        {"type": "Emoji", "name": ":none:"},
        {"type": "Hashtag", "name": "#rose"},
    ]
    found = note(tag=tags).emojis
    assert [(one.shortcode, one.url) for one in found] == [
        ("rose", "https://a.example/e.png"),
        ("blob+cat", "https://a.example/b.png"),
    ]
    assert isinstance(found[0], CustomEmoji)
    assert found[0].updated.year == 2026


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        ({"type": "EmojiReact", "content": "☕"}, ReactionMark("☕")),
        ({"type": "Like", "_misskey_reaction": "👍"}, ReactionMark("👍")),
        ({"content": "👨‍👩‍👧"}, ReactionMark("👨‍👩‍👧")),
        ({"content": "1️⃣"}, ReactionMark("1️⃣")),
        ({"content": "❤️"}, ReactionMark("❤️")),
        ({"content": ":blobcat@.:"}, ReactionMark(":blobcat:")),
        (
            {"content": ":rose:", "tag": {"type": "Emoji", "name": ":rose:", "icon": {"url": "https://a.example/e.png"}}},
            ReactionMark(":rose:", "https://a.example/e.png"),
        ),
        ({"type": "Like"}, None),
        ({"content": ""}, None),
        ({"content": "nice"}, None),
        ({"content": "1"}, None),
        ({"content": "+"}, None),
        ({"content": "👍 buy now"}, None),
        ({"content": ":<b>:"}, None),
        ({"content": {"x": 1}}, None),
    ],
)  # fmt: skip
def test_a_reaction_is_a_picture_or_a_shortcode(activity, expected):
    assert media.reaction_of(activity) == expected


def test_a_policy_is_read_in_both_spellings_and_shapes():
    """GoToSocial before and since 0.20; I.32"""
    new = {
        "canReply": {"automaticApproval": [ANN], "manualApproval": "as:Public"},
        "canLike": {"automaticApproval": "Public"},
    }
    old = {"canReply": {"always": ANN, "approvalRequired": [PUBLIC]}, "canLike": {"always": [PUBLIC]}}
    expected = Policy(reply=Leave((ANN,), (PUBLIC,)), like=Leave((PUBLIC,)))
    assert note(interactionPolicy=new).policy == note(interactionPolicy=old).policy == expected
    for nothing in (None, {}, [], "x", {"canReply": None}, {"canReply": {}}, {"canReply": {"always": None}}):
        assert note(interactionPolicy=nothing).policy is None
    assert note(interactionPolicy={"canQuote": {"automaticApproval": []}}).policy == Policy(quote=Leave())


def test_peertube_says_the_same_with_a_number():
    """I.10: `canReply` null is no policy."""
    assert note(commentsPolicy=1, canReply=None).policy is None
    assert note(commentsPolicy=2).policy == Policy(reply=Leave())
    assert note(commentsPolicy=3).policy == Policy(reply=Leave(manual=(PUBLIC,)))


@pytest.mark.parametrize("name", ["quote", "quoteUri", "quoteUrl", "_misskey_quote"])
def test_a_quote_is_read_in_every_spelling(name):
    assert note(**{name: "https://b.example/9"}).quote == "https://b.example/9"
    tag = {"type": "Link", "mediaType": 'application/ld+json; profile="x"', "href": "https://b.example/9"}
    assert note(tag=[tag]).quote == "https://b.example/9"
    assert note(quoteAuthorization={"id": "https://b.example/s"}).quote_stamp == "https://b.example/s"
    assert note(approvedBy="https://b.example/s").approved_by == "https://b.example/s"


def test_of_several_languages_a_known_one_is_taken_and_named():
    """I.25, I.26"""
    texts = {"de": "<p>Rosen</p>", "fr": "<p>Roses</p>"}
    both = note(contentMap=texts)
    assert (both.content, both.language) == ("<p>Roses</p>", "fr")
    assert note(contentMap=texts, language={"identifier": "de"}).content == "<p>Rosen</p>"
    assert note(contentMap={"und": "x", **texts}).content == "x"
    assert note(contentMap={"ja": "x", "ko": "y"}).content == "x"
    assert note(nameMap={"fr": "Roses"}, inLanguage="oc").language == "oc"


def test_a_picture_that_is_a_post_may_have_a_bare_address():
    (one,) = note(type="Image", url="https://a.example/1.png").media
    assert (one.kind, one.url, one.media_type) == ("image", "https://a.example/1.png", None)
    assert note(type="Image", url="https://a.example/page").media == ()


def test_labels_that_a_group_gives_its_posts_are_read_as_hashtags():
    """A.5: Lemmy 1.0 and PieFed."""
    tags = [
        {
            "type": "CommunityPostTag",
            "id": "https://a.example/c/x/tag/roses",
            "preferredUsername": "roses",
            "name": "Roses",
        },
        {"type": "lemmy:CommunityTag", "id": "https://a.example/c/x/tag/2", "name": "shade"},
    ]
    assert note(tag=tags).hashtags == ("Roses", "shade")
