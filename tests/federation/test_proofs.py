"""FEP-8b32 between nodes: who hears of something from a group may ask nobody whether it is true (RULE B6b)."""

from __future__ import annotations

from sqlmodel import col, select

from node.activitypub import integrity, multikeys
from node.activitypub.jsonld import lost_terms
from node.inbox.housekeeping import sweep
from node.local.actors import new_keys
from node.local.keys import rotate
from node.outbox import lanes
from node.store.queries.actors import get_actor
from node.store.queries.keys import find_key
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer
from tests.support.stranger import Stranger


async def is_proven(island, document):
    """Whether the proof on a document holds by the key that its actor's own document shows now."""
    actor = await island.document(document["actor"])
    (key,) = actor["assertionMethod"]
    (proof,) = integrity.proofs_of(document)
    assert proof.method == key["id"]
    return integrity.holds(document, proof, multikeys.pem_of(key["publicKeyMultibase"]))


async def test_what_members_and_groups_tell_the_public_is_proven_and_stays_so(sea, alpha, beta, bees):
    """I.9: the member's activity is proven inside the group's as well as alone."""
    await alpha.member("ann", follows=bees)
    ben = await beta.member("ben", follows=bees)
    await sea.settle()
    before = len(sea.deliveries(beta, to=alpha))
    thread = await ben.posts(bees, title="One")
    await ben.votes(thread, 1)
    comment = await ben.answers(thread, "Two")
    await ben.edits(comment, "Three")
    await ben.deletes(comment)
    await sea.settle()
    told = [parcel.activity for parcel in sea.deliveries(beta, to=alpha)[before:]]
    wrapped = [one for one in told if one["type"] == "Announce" and isinstance(one["object"], dict)]
    assert [one["object"]["type"] for one in wrapped] == ["Create", "Like", "Create", "Update", "Delete"]
    for one in told:
        assert await is_proven(beta, one), one
        assert lost_terms(one) == set()
    for one in wrapped:
        assert await is_proven(beta, one["object"])
    served = await beta.document(wrapped[0]["object"]["id"])
    assert served == wrapped[0]["object"], "to the letter what was sent"


async def test_what_is_between_two_or_among_members_bears_no_proof(sea, alpha, beta):
    hive = await beta.group("hive", private=True)
    await alpha.member("ann", follows=hive)
    await sea.settle()
    await hive.founder.posts(hive, title="Among us")
    await sea.settle()
    async with beta.node.reading() as session:
        entries = list(await session.scalars(select(LogEntry)))
    assert {entry.type for entry in entries if not entry.public} == {"Announce"}
    assert [entry.iri for entry in entries if not entry.public and '"proof"' in entry.body] == []
    told = [parcel.activity for parcel in sea.deliveries(alpha, to=beta)]
    assert [one["type"] for one in told if "proof" not in one] == ["Follow"]


async def test_a_third_node_believes_a_members_word_while_their_node_is_away(sea, alpha, beta, gamma, bees):
    """The group's Announce brings gamma what alpha's member wrote; alpha is not asked for it."""
    ann = await alpha.member("ann", follows=bees)
    gil = await gamma.member("gil", follows=bees)
    await sea.settle()
    first = await ann.posts(bees, title="First")
    await sea.settle()
    assert await gil.reads(bees) == ["First"]
    asked = [url for who, url in sea.chart.fetched if who == gamma.host and "/post/" in url]
    assert first not in asked
    sea.clock.advance(hours=1)
    second = await ann.posts(bees, title="Second")
    for _ in range(5):
        await alpha.work()
        await beta.work()
        if second in str([parcel.activity for parcel in sea.deliveries(alpha, to=beta)]):
            break
    sea.away(alpha)
    await sea.settle()
    assert (await gamma.post(second)).verify_by is None, "proven, so there is nothing to verify later"
    sea.back(alpha)


async def test_after_a_rotation_everything_goes_on_under_the_same_ids(sea, alpha, beta, bees):
    """RULE B3, R41: the receiver looks once at the actor and takes the new keys."""
    ann = await alpha.member("ann", follows=bees)
    await sea.settle()
    await ann.posts(bees, title="With the old key")
    await sea.settle()
    keys = await new_keys(alpha.node)
    async with alpha.node.transaction() as tx:
        await rotate(tx, await get_actor(tx.session, ann.iri), keys)
    await ann.posts(bees, title="With the new key")
    await sea.settle()
    assert await bees.founder.reads(bees) == ["With the new key", "With the old key"]
    assert {parcel.status for parcel in sea.deliveries(alpha, to=beta)} == {202}
    async with beta.node.reading() as session:
        assert (await find_key(session, f"{ann.iri}#main-key")).pem == keys.public
        proof = await find_key(session, f"{ann.iri}#ed25519-key", "proof")
    assert proof.pem == multikeys.pem_of(keys.proof)


class Forgetful(Stranger):
    """A server that keeps an actor for a day whatever happens, as Lemmy and PieFed do."""

    refuses = ""  # in whose key's id

    async def __call__(self, scope, receive, send):
        signed = dict(scope["headers"]).get(b"signature", b"").decode()
        if scope["method"] == "POST" and self.refuses and self.refuses in signed:
            await send({"type": "http.response.start", "status": 400, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await super().__call__(scope, receive, send)


async def test_a_peer_that_holds_the_old_key_for_a_day_loses_nothing(sea, beta, bees):
    """RULE B3: its refusals count as delays for 25 hours after the rotation, and as refusals again after that."""
    lemming = Forgetful(sea, "lemming.example", software="lemmy")
    zoe, hive = lemming.person("zoe"), await beta.group("hive")
    for group in (bees, hive):
        await lemming.send(beta, lemming.activity("Follow", zoe, group.iri))
    await sea.settle()
    keys = await new_keys(beta.node)
    async with beta.node.transaction() as tx:
        await rotate(tx, await get_actor(tx.session, bees.iri), keys)
    lemming.refuses = "/c/bees#"
    await bees.founder.posts(bees, title="While it remembers the old key")
    await hive.founder.posts(hive, title="Others do not wait")
    await sea.settle()
    assert titles(lemming) == ["Others do not wait"]
    for hour in range(24):
        if hour == 12:
            await bees.founder.posts(bees, title="Later")
        sea.clock.advance(hours=1)
        await sea.settle()
    assert titles(lemming) == ["Others do not wait"]
    lemming.refuses = ""
    await bees.founder.posts(bees, title="Last")
    await sea.settle()
    assert titles(lemming) == ["Others do not wait"], "what is newer waits for what is older"
    sea.clock.advance(hours=1)
    await sea.settle()
    order = ["While it remembers the old key", "Later", "Last"]
    assert titles(lemming) == ["Others do not wait", *order]
    assert [one["type"] for one in lemming.got("Update")] == ["Update"]
    lemming.refuses = "/c/bees#"
    sea.clock.advance(hours=1)
    await bees.founder.posts(bees, title="Refused for good")
    await sea.settle()
    lemming.refuses = ""
    sea.clock.advance(days=2)
    await sea.settle()
    assert len(titles(lemming)) == 4


async def test_what_was_set_aside_waits_while_its_lane_is_paused(sea, beta, bees):
    lemming = Forgetful(sea, "lemming.example", software="lemmy")
    await lemming.send(beta, lemming.activity("Follow", lemming.person("zoe"), bees.iri))
    await sea.settle()
    keys = await new_keys(beta.node)
    async with beta.node.transaction() as tx:
        await rotate(tx, await get_actor(tx.session, bees.iri), keys)
    lemming.refuses = "/c/bees#"
    await bees.founder.posts(bees, title="Refused, then paused")
    await sea.settle()
    lemming.refuses = ""
    await step(beta, lanes.pause, lemming.host)
    sea.clock.advance(hours=2)
    await sea.settle()
    assert titles(lemming) == []
    await step(beta, lanes.resume, lemming.host)
    sea.clock.advance(hours=8)
    await sea.settle()
    assert titles(lemming) == ["Refused, then paused"]


async def step(island, change, host):
    async with island.node.transaction() as tx:
        await change(tx, (await tx.session.scalars(select(Peer).where(col(Peer.host) == host))).one())


def titles(lemming):
    return [one["object"]["object"]["name"] for one in lemming.got("Announce")]


async def test_what_was_told_can_be_fetched_for_a_month_and_private_things_never(sea, alpha, beta, bees):
    """FEDERATION B.7, I.83."""
    ann = await alpha.member("ann", follows=bees)
    await sea.settle()
    thread = await ann.posts(bees, title="One")
    await ann.votes(thread, 1)
    await sea.settle()
    await ann.edits(thread, "More", title="Two")
    await sea.settle()
    told = [parcel.activity for parcel in sea.deliveries(alpha, to=beta)]
    public = [one for one in told if one["type"] in {"Create", "Update"}]
    follow = next(one for one in told if one["type"] == "Follow")
    assert len(public) == 2

    async def answers(iri):
        response = await alpha.get(iri, accept="application/activity+json")
        return response.status_code

    for days, expected in ((0, 200), (29, 200)):
        sea.clock.advance(days=days)
        await sweep(alpha.node)
        assert {await answers(one["id"]) for one in public} == {expected}
        assert await answers(follow["id"]) == 404
    await ann.posts(bees, title="Something newer")
    await sea.settle()
    sea.clock.advance(days=2)
    await sweep(alpha.node)
    assert await answers(public[1]["id"]) == 404, "an edit of more than a month ago"
