"""Feeds: lists of groups that are followed as one (FEDERATION C.17)."""

from __future__ import annotations

import pytest

from node.store.queries.feeds import feed_page
from node.store.queries.groups import group_page
from node.store.queries.lists import Listing
from tests.federation.test_moving import follow_person, followed_by
from tests.support import keyshop
from tests.support.stranger import PUBLIC, Stranger

RELAY = "https://alpha.example/u/feed_relay"


@pytest.fixture
async def lemmy(sea):
    return Stranger(sea, "lemmy.example", software="lemmy")


@pytest.fixture
async def feed(lemmy):
    """Lemmy's multi-community: no outbox, no followers, and the key is that of the site."""
    iri = lemmy.person("nature", kind="Feed")
    document = lemmy.documents[iri]
    for name in ("outbox", "followers", "url", "endpoints"):
        document.pop(name)
    site = f"{lemmy.home}/"
    document |= {
        "inbox": f"{lemmy.home}/inbox",
        "following": f"{iri}/following",
        "attributedTo": lemmy.person("ripley"),
        "publicKey": {"id": f"{site}#main-key", "owner": site, "publicKeyPem": keyshop.public_pem("alice")},
    }
    return iri


def holds(lemmy, feed, *groups):
    lemmy.documents[f"{feed}/following"] = {
        "id": f"{feed}/following",
        "type": "Collection",
        "totalItems": len(groups),
        "items": list(groups),
    }


async def read(alpha, ada):
    async with alpha.node.reading() as session:
        page = await feed_page(session, ada.actor, Listing(sort="new"), alpha.node.clock.now())
    return [line.title for line in page.threads]


async def test_a_feed_is_followed_and_its_groups_are_read(sea, alpha, beta, lemmy, feed, bees):
    ada = await alpha.member("ada")
    garden = lemmy.person("garden", kind="Group")
    holds(lemmy, feed, bees.iri, garden, f"{lemmy.home}/c/none")
    await follow_person(alpha, ada, feed)
    await sea.settle()
    (asked,) = [one for one in lemmy.got("Follow") if one["object"] == feed]
    assert await lemmy.send(alpha, lemmy.activity("Accept", feed, asked)) == 202
    await sea.settle()
    assert await followed_by(alpha, RELAY) == [bees.iri, garden]
    await bees.founder.posts(bees, title="By way of the feed")
    await sea.settle()
    assert await read(alpha, ada) == ["By way of the feed"]
    async with alpha.node.reading() as session:
        page = await group_page(
            session,
            "nature@lemmy.example",
            alpha.host,
            viewer=ada.actor,
            listing=Listing(sort="new"),
            now=alpha.node.clock.now(),
        )
    assert [line.title for line in page.threads] == ["By way of the feed"]


async def test_what_comes_and_goes_in_a_feed_is_followed_and_left(sea, alpha, beta, lemmy, feed, bees):
    """Lemmy sends Update{Feed}; PieFed announces Add and Remove: either way its own list decides."""
    ada = await alpha.member("ada")
    wasps = await beta.group("wasps")
    holds(lemmy, feed, bees.iri)
    await follow_person(alpha, ada, feed)
    await sea.settle()
    await lemmy.send(alpha, lemmy.activity("Accept", feed, lemmy.got("Follow")[0]))
    await sea.settle()
    holds(lemmy, feed, bees.iri, wasps.iri)
    ripley = f"{lemmy.home}/users/ripley"
    await lemmy.send(alpha, lemmy.activity("Update", ripley, lemmy.documents[feed], to=[PUBLIC], cc=[]))
    await sea.settle()
    assert await followed_by(alpha, RELAY) == [bees.iri, wasps.iri]
    holds(lemmy, feed, wasps.iri)
    gone = {"id": f"{feed}/x", "type": "Remove", "actor": feed, "object": {"id": bees.iri, "type": "Group"}}
    await lemmy.send(alpha, lemmy.activity("Announce", feed, gone))
    await sea.settle()
    assert await followed_by(alpha, RELAY) == [wasps.iri]
    from node.activities import follow
    from node.activities.perform import perform
    from node.store.queries.actors import get_actor

    async with alpha.node.transaction() as tx:
        undo = await follow.compose_undo(tx, ada.actor, await get_actor(tx.session, feed))
        await perform(tx, undo)
    await sea.settle()
    assert await followed_by(alpha, RELAY) == []
