"""What hangs on a post is kept, replaced by an edit, and gone with it (FEDERATION C.2, D.5)."""

from __future__ import annotations

from sqlmodel import col, select

from node.activitypub import policies
from node.activitypub.trimmings import Leave, Policy
from node.store.tables.trimmings import Attachment, Emoji, PostTag

ANN = "https://far.example/users/ann"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PICTURE = {"type": "Document", "mediaType": "image/png", "url": "https://far.example/1.png", "name": "A rose",
           "width": 9, "height": 6, "blurhash": "UB", "focalPoint": [0.1, 0.2]}  # fmt: skip
FILM = {"type": "Video", "mediaType": "video/mp4", "url": "https://far.example/2.mp4"}
TAGS = [
    {"type": "Hashtag", "name": "#Roses", "href": "/tags/roses"},
    {"type": "Hashtag", "name": "roses"},
    {
        "type": "Emoji",
        "id": None,
        "name": ":rose:",
        "icon": {"type": "Image", "url": "https://far.example/e.png"},
    },
]


async def rows(scene, table, *order):
    async with scene.island.node.reading() as session:
        return list(await session.scalars(select(table).order_by(col(table.id))))


async def test_what_hangs_on_a_post_is_kept_and_an_edit_replaces_it(scene):
    ann = await scene.stranger("ann")
    policy = {"canReply": {"always": [ann]}}
    document = scene.object(ann, attachment=[PICTURE, FILM], tag=TAGS, interactionPolicy=policy)
    await scene.happens(scene.carrying("Create", document))
    first, second = await rows(scene, Attachment)
    assert (first.kind, first.alt, first.width, first.height, first.blurhash, first.focus_x, first.focus_y) == (
        "image", "A rose", 9, 6, "UB", 0.1, 0.2,
    )  # fmt: skip
    assert (second.kind, second.position, second.media_type, second.focus_x) == (
        "video",
        1,
        "video/mp4",
        None,
    )
    assert [one.name for one in await rows(scene, PostTag)] == ["roses"]
    assert [(one.host, one.shortcode) for one in await rows(scene, Emoji)] == [("far.example", "rose")]
    post = await scene.island.post(document["id"])
    assert policies.load(post.policy) == Policy(reply=Leave((ann,)))
    assert post.image_url == PICTURE["url"]

    changed = document | {
        "attachment": [FILM],
        "tag": [],
        "interactionPolicy": None,
        "updated": "2026-11-03T08:30:00Z",
    }
    await scene.happens(scene.carrying("Update", changed))
    assert [one.kind for one in await rows(scene, Attachment)] == ["video"]
    assert await rows(scene, PostTag) == []
    assert (await scene.island.post(document["id"])).policy == ""

    await scene.happens(scene.activity("Delete", ann, document["id"]))
    assert await rows(scene, Attachment) == []


async def test_of_two_pictures_for_one_emoji_the_newer_is_kept(scene):
    ann = await scene.stranger("ann")
    for day, picture in ((3, "b"), (2, "a"), (None, "c")):
        tag = {"type": "Emoji", "name": ":rose:", "icon": f"https://far.example/{picture}.png"}
        tag |= {"updated": f"2026-11-0{day}T00:00:00Z"} if day else {}
        await scene.happens(scene.carrying("Create", scene.object(ann, tag=[tag])))
    assert [one.url for one in await rows(scene, Emoji)] == ["https://far.example/b.png"]


async def test_a_stamp_counts_only_from_the_host_of_what_is_quoted(scene):
    """FEP-044f: nobody stamps for another."""
    ann = await scene.stranger("ann")
    quoted = "https://near.example/post/1"
    ours = await scene.ben.posts(scene.group, title="Mine")
    forged = scene.object(ann, quote=ours, quoteAuthorization="https://beta.example/stamps/none")
    await scene.happens(scene.carrying("Create", forged))
    assert (await scene.island.post(forged["id"])).quote_stamp is None, "one of ours must be what we gave"
    for stamp, kept in (("https://near.example/stamps/1", True), ("https://far.example/stamps/1", False)):
        document = scene.object(ann, quote=quoted, quoteAuthorization=stamp)
        await scene.happens(scene.carrying("Create", document))
        post = await scene.island.post(document["id"])
        assert (post.quote_iri, post.quote_stamp) == (quoted, stamp if kept else None)
    other = document | {"quote": "https://near.example/post/2", "updated": "2026-11-03T08:30:00Z"}
    await scene.happens(scene.carrying("Update", other))
    assert (await scene.island.post(document["id"])).quote_iri == "https://near.example/post/2"


async def test_a_title_made_from_the_text_is_made_again_unless_somebody_gave_one(scene):
    """RULE D3, I.102; the body goes without the call to the group."""
    ann = await scene.stranger("ann")
    group = scene.group.iri
    call = f'<p><span class="h-card"><a href="{group}" class="u-url mention">@<span>bees</span></a></span>'
    note = scene.object(
        ann, type="Note", name=None, content=f"{call} :bee: Do they sleep? I saw one.</p>",
        tag=[{"type": "Mention", "href": group, "name": "@bees"}],
    )  # fmt: skip
    await scene.happens(scene.carrying("Create", note))
    post = await scene.island.post(note["id"])
    assert (post.title, post.content) == ("Do they sleep?", "<p>:bee: Do they sleep? I saw one.</p>")
    edited = note | {"content": f"{call} Do they dream?</p>", "updated": "2026-11-03T08:30:00Z"}
    await scene.happens(scene.carrying("Update", edited))
    assert (await scene.island.post(note["id"])).title == "Do they dream?"
    async with scene.island.node.transaction() as tx:
        from node.store.queries.posts import get_post

        post = await get_post(tx.session, note["id"])
        post.title, post.title_derived = "On the sleep of bees", False
    again = note | {"content": f"{call} Do they snore?</p>", "updated": "2026-11-03T08:40:00Z"}
    await scene.happens(scene.carrying("Update", again))
    assert (await scene.island.post(note["id"])).title == "On the sleep of bees"


async def test_what_stands_for_a_quote_elsewhere_is_taken_off(scene):
    """Mastodon and Misskey write the address of the quoted post into the text as well."""
    ann, quoted = await scene.stranger("ann"), "https://near.example/post/1"
    fallback = f'<p class="quote-inline">RE: <a href="{quoted}">{quoted}</a></p>'
    for quote, shown in ((quoted, "<p>Look!</p>"), (None, "RE: ")):
        document = scene.object(ann, quote=quote, content=f"{fallback}<p>Look!</p>")
        await scene.happens(scene.carrying("Create", document))
        assert shown in (await scene.island.post(document["id"])).content
