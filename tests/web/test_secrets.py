"""The secret-token crawl: no address tells a stranger what is not for everybody (THREATS V69, V70, A97)."""

from collections.abc import AsyncIterator

import pytest

from tests.support.dbhash import no_effect
from tests.support.quay import HOME, Quay
from tests.support.walker import Walker

SECRET = "zqxsecretzqx"
ACCEPTS = (
    "application/activity+json",
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    "application/json",
    "text/html",
    "*/*",
)


@pytest.fixture
async def laden(quay: Quay) -> AsyncIterator[Quay]:
    """A node on which each thing that is not for everybody holds the secret."""
    alice, bees = await quay.person("alice"), await quay.group("bees")
    rob = await quay.actor("Person", path="/u/rob", username="rob", home="https://a.example")
    now = quay.clock.now()
    thread = await quay.post(alice, bees, token="open")
    await quay.follows(rob, alice, "pending")
    secret = {"content": f"<p>{SECRET}</p>", "source": SECRET, "featured_at": now}
    states = (
        {"visibility": "followers"},
        {"visibility": "direct"},
        {"removed_at": now},
        {"deleted_at": now},
    )
    for number, state in enumerate(states):
        for author in (alice, rob):
            title = {"title": f"{SECRET} {number}"}
            token = f"{author.username}{number}"
            hidden = await quay.post(author, bees, token=token, **secret, **title, **state)
            await quay.post(author, bees, thread, token=f"{token}c", **secret, **state)
            create = _said("Create", token, author, {"id": hidden.iri, "type": "Page", "content": SECRET})
            if author is alice:
                await quay.logs(alice, create)
            await quay.logs(bees, _said("Announce", f"a{token}", bees, create))
            if "deleted_at" not in state:
                await quay.post(author, bees, hidden, token=f"{token}r", **secret)
    await quay.logs(alice, _said("Like", "private", alice, f"{HOME}/post/{SECRET}"), public=False)
    return quay


def _said(kind, token, actor, obj):
    iri = f"{HOME}/activities/{kind.lower()}/{token}"
    return {"id": iri, "type": kind, "actor": actor.iri, "object": obj, "published": "2026-11-03T09:00:00Z"}


async def test_no_address_tells_a_stranger_a_secret(laden: Quay):
    names = [f"{who}{number}" for who in ("alice", "rob") for number in range(4)]
    tokens = [f"alice{number}{after}" for number in range(4) for after in ("", "c", "r")]
    tokens += ["rob0", "rob2", "rob2c"]
    said = [f"{before}{name}" for name in names for before in ("create-", "a")]
    said += [f"c{number}" for number in range(2, 24)]  # Creates that are in no log
    walker = Walker(
        laden.app,
        name=["alice", "bees", "rob@a.example"],
        kind=["like"],
        schema=["2.0", "2.1"],
        token=["open", "private", *tokens],
    )
    logged = Walker(laden.app, kind=["create", "announce"], token=["private", *names, *said])
    visits = list(walker.visits("GET"))
    visits += [one for one in logged.visits("GET") if one.route.startswith("/activities")]
    asked = 0
    async with laden.visitor(raises=False) as stranger:
        for visit in visits:
            for accept in _accepts(visit.route):
                answer = await stranger.get(visit.path, headers={"accept": accept})
                asked += 1
                assert SECRET not in answer.text, (visit.path, accept)
                assert SECRET not in str(answer.headers), (visit.path, accept)
    assert asked > 250


def _accepts(route: str) -> tuple[str, ...]:
    """All five where that makes a difference and is not asked a thousand times."""
    if "{token}" not in route:
        return ACCEPTS
    return (ACCEPTS[0], ACCEPTS[3]) if route in {"/post/{token}", "/comment/{token}"} else ACCEPTS[:1]


async def test_what_is_not_for_everybody_is_404_whatever_is_accepted(laden: Quay):
    for accept in ACCEPTS[:3]:
        for path in (
            "/post/alice0",
            "/comment/alice0c",
            "/post/alice1",
            "/comment/alice0r",
            "/comment/alice2r",
        ):
            answer = await laden.browser.get(path, headers={"accept": accept})
            assert answer.status_code == 404, (path, accept)


async def test_reading_changes_nothing(laden: Quay):
    walker = Walker(laden.app, name=["alice", "bees"], token=["open"], schema=["2.0"])
    async with no_effect(laden.node.database), laden.visitor(raises=False) as stranger:
        for visit in walker.visits("GET"):
            await stranger.get(visit.path)
