"""Reactions and quotes between nodes, and leave that others give (FEDERATION C.4, D.5)."""

from __future__ import annotations

import pytest

from node.activities import react
from node.activities.perform import perform
from node.store.queries.posts import get_post
from node.store.queries.trimmings import reaction_lines
from tests.support.stranger import PUBLIC, Stranger


async def marks(island, iri):
    async with island.node.reading() as session:
        post = await get_post(session, iri)
        lines = await reaction_lines(session, [post.id], None)
        return post.score, {one.emoji: one.count for one in lines.get(post.id, ())}


async def reacts(person, iri, emoji):
    async with person.island.node.transaction() as tx:
        for activity in await react.compose(tx, person.actor, await get_post(tx.session, iri), emoji):
            await perform(tx, activity)


@pytest.fixture
async def thread(thread, alpha, gamma):
    """The thread, its author and the other member."""
    return thread, await alpha.person("ada"), await gamma.person("cy")


async def test_a_reaction_reaches_every_node_in_each_dialect(sea, alpha, beta, gamma, bees, thread):
    """A member's Like with an emoji, and Pleroma's EmojiReact, which the group passes on as it came."""
    iri, _, cy = thread
    pleroma = Stranger(sea, "pleroma.example", software="pleroma")
    lain = pleroma.person("lain")
    await pleroma.send(beta, pleroma.activity("Follow", lain, bees.iri))
    await reacts(cy, iri, "🌹")
    await pleroma.send(beta, pleroma.activity("EmojiReact", lain, iri, content="☕", to=[PUBLIC]))
    await sea.settle()
    for island in (alpha, beta, gamma):
        assert await marks(island, iri) == (2, {"🌹": 1, "☕": 1})
    assert pleroma.got("Like") == [], "votes and reactions are for threaded software (D.1)"
    await reacts(cy, iri, "☕")
    await sea.settle()
    for island in (alpha, beta, gamma):
        assert await marks(island, iri) == (2, {"☕": 2})
    await reacts(cy, iri, "☕")
    await sea.settle()
    for island in (alpha, beta, gamma):
        assert await marks(island, iri) == (1, {"☕": 1})


async def test_a_quote_asks_its_author_and_its_stamp_reaches_everybody(sea, alpha, beta, gamma, bees, thread):
    iri, ada, cy = thread
    quote = await cy.posts(bees, title="Look", link_url=iri)
    await sea.settle()
    for island in (alpha, beta, gamma):
        post = await island.post(quote)
        assert post.quote_iri == iri
        assert post.quote_stamp is not None, island.host
        assert post.quote_stamp.startswith("https://alpha.example/stamps/")
    stamp = await alpha.document(post.quote_stamp)
    assert (stamp["type"], stamp["attributedTo"], stamp["interactingObject"]) == (
        "QuoteAuthorization", ada.iri, quote,
    )  # fmt: skip


async def test_an_answer_waits_for_gotosocials_leave_and_goes_out_with_it(sea, beta, gamma, bees):
    """What needs leave is told to its author alone; then to all, with `approvedBy`."""
    gts = Stranger(sea, "gts.example", software="gotosocial")
    zork = gts.person("zork")
    await gamma.member("cy", follows=bees)
    await sea.settle()
    note = gts.note(
        zork,
        "Do bees sleep?",
        to=[PUBLIC, bees.iri],
        tag=[{"type": "Mention", "href": bees.iri, "name": "@bees"}],
        interactionPolicy={"canReply": {"always": [zork], "approvalRequired": [PUBLIC]}},
    )
    await gts.send(beta, gts.create(note))
    await sea.settle()
    comment = await bees.founder.answers(note["id"], "They do")
    await sea.settle()
    assert await gamma.post(comment) is None
    (asked,) = gts.got("ReplyRequest")
    assert asked["instrument"]["id"] == comment
    approval = f"{zork}/approvals/1"
    gts.documents[approval] = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": approval,
        "type": "ReplyApproval",
        "attributedTo": zork,
        "object": comment,
        "target": note["id"],
    }
    accept = gts.activity("Accept", zork, comment, to=[bees.founder.iri], result=approval)
    await gts.send(beta, accept)
    await sea.settle()
    assert (await gamma.post(comment)).approved_by == approval
    (created,) = gts.got("Create")
    assert created["object"]["approvedBy"] == approval
