"""Lists that are narrowed hold what fits and nothing else; a member's languages leave out the others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from node.store.queries import merging, narrowing
from node.store.queries.feeds import feed_page, tag_feed
from node.store.queries.groups import group_page
from node.store.queries.lists import Listing
from node.store.queries.muting import Muting
from node.store.queries.narrowing import Only
from node.store.queries.paging import read_position
from node.store.queries.search import search
from node.store.tables.gatherings import Event, Poll
from node.store.tables.trimmings import PostTag
from tests.support.rows import a_follow, a_group, a_local_actor, a_post

THREADS = {
    "text": {},
    "link": {"link_url": "https://x.example/"},
    "picture": {"image_url": "https://x.example/y.png"},
    "poll": {},
    "event": {},
    "english": {"language": "en"},
    "british": {"language": "en-GB"},
    "breton": {"language": "br"},
}


@pytest.fixture
async def node(sea):
    return (await sea.node("alpha.example")).node


@pytest.fixture
async def ada(node):
    """She follows one of two groups; both hold the same, and every thread but the poll carries #honey."""
    async with node.transaction() as tx:
        ada, bo = await a_local_actor(tx, "ada"), await a_local_actor(tx, "bo")
        bees, wax = await a_group(tx, "bees"), await a_group(tx, "wax")
        await a_follow(tx, ada, bees)
        for group, prefix in ((bees, ""), (wax, "waxen-")):
            for name, fields in THREADS.items():
                post = await a_post(tx, bo, group, token=f"{prefix}{name}", **fields)
                if name == "poll":
                    tx.session.add(Poll(post_id=post.id))
                else:
                    tx.session.add(PostTag(post_id=post.id, name="honey", label="honey"))
                if name == "event":
                    tx.session.add(Event(post_id=post.id, starts_at=tx.now + timedelta(days=1)))
    return ada


async def tokens(node, ada, which, only, muting=None):
    listing, muting = Listing(only=only), muting or Muting()
    async with node.reading() as session:
        now = node.clock.now()
        if which == "bees":
            page = await group_page(
                session, "bees", "alpha.example", viewer=ada, listing=listing, now=now, muting=muting
            )
        elif which == "tag":
            page = await tag_feed(session, "honey", ada, listing, now, muting=muting)
        else:
            page = await feed_page(session, ada, replace(listing, view=which), now, muting=muting)
    return {line.token for line in page.threads}


@pytest.mark.parametrize("which", ["followed", "node", "all", "bees", "tag"])
@pytest.mark.parametrize(
    ("only", "wanted"),
    [
        (Only("link"), {"link"}),
        (Only("picture"), {"picture"}),
        (Only("poll"), {"poll"}),
        (Only("event"), {"event"}),
        (Only("text"), {"text", "english", "british", "breton"}),
        (Only(lang="en"), {"english", "british"}),
        (Only(lang="br"), {"breton"}),
        (Only(tag="honey"), set(THREADS) - {"poll"}),
        (Only("text", "br", "honey"), {"breton"}),
        (Only("poll", tag="honey"), set()),
        (Only(tag="wasps"), set()),
    ],
    ids=lambda one: str(one) if isinstance(one, Only) else "",
)
async def test_what_fits_and_nothing_else(node, ada, which, only, wanted):
    if which == "tag":
        wanted = wanted - {"poll"}
    if which in {"node", "all", "tag"}:
        wanted = wanted | {f"waxen-{name}" for name in wanted}
    assert await tokens(node, ada, which, only) == wanted


async def test_who_follows_nothing_finds_nothing(node, ada):
    async with node.transaction() as tx:
        cy = await a_local_actor(tx, "cy")
    assert await tokens(node, cy, "followed", Only(tag="honey")) == await tokens(node, cy, "followed", Only())


async def test_pages_of_what_fits_are_full_and_lead_on(node, ada, monkeypatch):
    monkeypatch.setattr("node.store.queries.lists.THREADS_SHOWN", 1)
    monkeypatch.setattr(merging, "SPARE", 0)
    for only, wanted in ((Only(lang="en"), 4), (Only(tag="honey"), 14), (Only("event"), 2)):
        found, cursor = [], None
        while cursor or not found:
            async with node.reading() as session:
                listing = Listing("new", after=read_position(cursor), view="node", only=only)
                page = await feed_page(session, ada, listing, node.clock.now())
            cursor = page.next_page
            found += [line.token for line in page.threads]
            assert len(page.threads) == 1
        assert len(found) == len(set(found)) == wanted


async def test_what_is_seldom_is_sought_among_the_newest(node, ada, monkeypatch):
    monkeypatch.setattr(narrowing, "READ", 3)
    assert len(await tokens(node, ada, "node", Only(tag="honey"))) == 3


@pytest.mark.parametrize("which", ["followed", "node", "all", "tag"])
async def test_a_members_languages_leave_out_the_others(node, ada, which):
    """What says nothing of its language may be in any; ones own threads stay; a group shows all of its own."""
    reads = Muting(own=ada.id, languages=("br", "fr"))
    found = await tokens(node, ada, which, Only(), reads)
    assert {"breton", "text", "link"} <= found
    assert not {"english", "british"} & found
    assert {"english", "british"} <= await tokens(node, ada, "bees", Only(), reads)
    assert await tokens(node, ada, which, Only(lang="en"), reads) >= {"english", "british"}, (
        "asked for by name"
    )
    async with node.transaction() as tx:
        mine = await a_post(tx, ada, None, token="mine", language="en")
        tx.session.add(PostTag(post_id=mine.id, name="honey", label="honey"))
    assert which == "node" or "mine" in await tokens(node, ada, which, Only(), reads)


async def test_searches_find_every_language(node, ada):
    reads = Muting(own=ada.id, languages=("br",))
    async with node.reading() as session:
        found = await search(session, "swarm", ada, node.clock.now(), muting=reads)
    assert {"english", "breton"} <= {line.token for line in found.threads}
