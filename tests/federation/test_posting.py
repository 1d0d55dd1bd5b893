"""Threads and comments between nodes (FEDERATION C.2, C.3, C.5, C.6)."""

from __future__ import annotations

import pytest

from node.errors import Forbidden
from tests.support.archipelago import Archipelago
from tests.support.staging import staged


@pytest.fixture
async def people(sea: Archipelago, alpha, beta, gamma, bees):
    """Ada on alpha, ben on beta, cy on gamma: all in the group on beta."""

    async def play():
        await alpha.member("ada", follows=bees)
        await beta.member("ben", follows=bees)
        await gamma.member("cy", follows=bees)
        await sea.settle()
        sea.chart.parcels.clear()

    await staged(sea, play)
    return await alpha.person("ada"), await beta.person("ben"), await gamma.person("cy")


async def test_the_group_carries_a_thread_to_its_followers(sea, alpha, beta, gamma, bees, people):
    ada, ben, cy = people
    await ada.posts(bees, title="Swarm season", text="When do they *fly*?")
    await sea.settle()
    assert await ben.reads(bees) == ["Swarm season"]
    assert await cy.reads(bees) == ["Swarm season"]
    assert sea.deliveries(alpha, to=gamma) == [], "the group announces; the author does not"
    assert [parcel.shape for parcel in sea.deliveries(alpha, to=beta)] == ["Create{Page}"]
    assert [parcel.shape for parcel in sea.deliveries(beta, to=gamma)] == ["Announce{Create{Page}}"]


async def test_the_announce_holds_the_document_as_the_author_sent_it(sea, alpha, beta, gamma, bees, people):
    ada, _, _ = people
    await ada.posts(bees, title="Swarm season")
    await sea.settle()
    sent = sea.deliveries(alpha, to=beta)[0].activity
    assert sea.deliveries(beta, to=gamma)[0].activity["object"] == sent


async def test_the_authors_node_hears_the_groups_word(sea, alpha, bees, people):
    """C1: the echo confirms; it makes no second post."""
    ada, _, _ = people
    thread = await ada.posts(bees, title="Swarm season")
    assert (await alpha.post(thread)).confirmed_at is None
    await sea.settle()
    assert (await alpha.post(thread)).confirmed_at is not None
    assert await ada.reads(bees) == ["Swarm season"]


async def test_a_thread_of_the_groups_own_node_reaches_the_others(sea, alpha, beta, bees, people):
    ada, ben, cy = people
    await ben.posts(bees, title="From home")
    await sea.settle()
    assert await ada.reads(bees) == ["From home"]
    assert await cy.reads(bees) == ["From home"]


async def test_a_comment_from_a_third_node_appears_everywhere(sea, alpha, beta, gamma, bees, people):
    ada, ben, cy = people
    thread = await ada.posts(bees, title="Swarm season")
    await sea.settle()
    comment = await cy.answers(thread, "In **May**.")
    await sea.settle()
    for island in (alpha, beta, gamma):
        kept = await island.post(comment)
        assert "<strong>May</strong>" in kept.content
        assert kept.parent_id == kept.root_id == (await island.post(thread)).id
        assert (await island.post(thread)).comment_count == 1
    assert await ada.notices() == [("reply", comment)]
    answer = await ada.answers(comment, "Thanks!")
    await sea.settle()
    assert (await gamma.post(answer)).depth == 2
    assert await cy.notices() == [("reply", answer)]
    assert await ben.notices() == []


async def test_an_edit_reaches_everyone(sea, alpha, beta, gamma, bees, people):
    ada, _, cy = people
    thread = await ada.posts(bees, title="Swarm saeson", text="Soon?")
    await sea.settle()
    sea.clock.advance(minutes=5)
    await ada.edits(thread, "Soon!", title="Swarm season")
    await sea.settle()
    for island in (alpha, beta, gamma):
        kept = await island.post(thread)
        assert (kept.title, kept.source) == ("Swarm season", "Soon!")
        assert kept.updated == sea.clock.now()
    assert await cy.reads(bees) == ["Swarm season"]


async def test_a_deletion_reaches_everyone_and_leaves_a_tombstone(sea, alpha, beta, gamma, bees, people):
    ada, ben, cy = people
    thread = await ada.posts(bees, title="Swarm season", text="secret words")
    await sea.settle()
    await ada.deletes(thread)
    await sea.settle()
    for island in (alpha, beta, gamma):
        kept = await island.post(thread)
        assert kept.deleted_at is not None
        assert (kept.title, kept.content, kept.source, kept.document) == ("", "", "", "")
    assert await ben.reads(bees) == await cy.reads(bees) == []
    gone = await alpha.get(thread, accept="application/activity+json")
    assert gone.status_code == 410
    assert gone.json()["type"] == "Tombstone"


async def test_a_moderator_removes_and_the_author_is_told(sea, alpha, beta, gamma, bees, people):
    ada, _, cy = people
    thread = await ada.posts(bees, title="Buy wasps")
    await sea.settle()
    await bees.founder.deletes(thread, reason="No wasps here")
    await sea.settle()
    for island in (alpha, beta, gamma):
        kept = await island.post(thread)
        assert kept.removed_at is not None
        assert kept.deleted_at is None
    assert await cy.reads(bees) == []


async def test_nobody_removes_what_is_not_theirs(sea, alpha, beta, bees, people):
    ada, ben, _ = people
    thread = await ada.posts(bees, title="Swarm season")
    await sea.settle()
    with pytest.raises(Forbidden, match="author or a moderator"):
        await ben.deletes(thread, reason="I do not like it")


async def test_a_remote_member_cannot_delete_anothers_post(sea, alpha, beta, gamma, bees, people):
    """A06, A19: the stored owner decides. Cy's own node is made to send it all the same."""
    ada, _, cy = people
    thread = await ada.posts(bees, title="Swarm season")
    await sea.settle()
    from node.activities import delete
    from node.outbox.publish import publish

    async with gamma.node.transaction() as tx:
        post = await cy._post(tx, thread)
        await publish(tx, await delete.compose(tx, cy.actor, post, reason="mine now"))
    await sea.settle()
    assert (await beta.post(thread)).removed_at is None
    assert "author or a moderator" in (await beta.arrivals())[-1].reason


async def test_a_person_named_in_a_thread_is_told_and_linked(sea, alpha, beta, bees, people):
    ada, ben, _ = people
    await ben.posts(bees, title="Question", text="What does @ada@alpha.example think?")
    await sea.settle()
    (notice,) = await ada.notices()
    assert notice[0] == "mention"
    kept = await alpha.post(notice[1])
    assert 'href="https://alpha.example/u/ada"' in kept.content


async def test_what_everybody_may_read_is_on_the_page(sea, gamma, bees, people):
    ada, _, _ = people
    thread = await ada.posts(bees, title="Swarm season")
    await sea.settle()
    await ada.answers(thread, "The answer from alpha")
    await sea.settle()
    page = await gamma.get("/c/bees@beta.example")
    assert "Swarm season" in page.text
    token = (await gamma.post(thread)).token
    page = await gamma.get(f"/post/{token}")
    assert "The answer from alpha" in page.text


async def test_every_document_that_was_told_can_be_fetched_where_it_lives(
    sea, alpha, beta, gamma, bees, people
):
    """FEDERATION B.7: Mbin and Mastodon fetch what others only embed."""
    ada, _, cy = people
    thread = await ada.posts(bees, title="Swarm season")
    await sea.settle()
    await cy.answers(thread, "In May")
    await sea.settle()
    for parcel in sea.deliveries():
        island = sea.nodes[parcel.sender]
        activity = parcel.activity
        assert (await island.document(activity["id"]))["id"] == activity["id"]
        inner = activity["object"]
        if isinstance(inner, dict) and inner["id"].startswith(f"https://{parcel.sender}/"):
            assert (await island.document(inner["id"]))["type"] == inner["type"]
