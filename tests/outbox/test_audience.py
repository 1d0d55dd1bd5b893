import pytest

from node.activitypub.vocabulary import PUBLIC
from node.outbox import log
from node.outbox.audience import Target, inboxes_of, targets_of
from node.store.queries.log import find_entry
from tests.support.rows import a_follow, a_group, a_local_actor, a_peer, a_post, an_activity, an_actor


async def inboxes(tx, peer, *targets):
    ada = await a_local_actor(tx, tx.ids.token())
    await log.append(tx, iri=f"{ada.iri}/1", type="Like", actor=ada, body={}, public=True, targets=targets)
    return await inboxes_of(tx.session, await find_entry(tx.session, f"{ada.iri}/1"), peer)


async def test_inboxes_are_those_of_the_peer_that_is_asked_for(node):
    async with node.transaction() as tx:
        bob, cy = await an_actor(tx), await an_actor(tx, "https://gamma.example/u/cy", shares_inbox=False)
        both = Target("actor", bob.id), Target("actor", cy.id)
        assert await inboxes(tx, await a_peer(tx), *both) == ["https://beta.example/inbox"]
        assert await inboxes(tx, await a_peer(tx, "gamma.example"), *both) == [cy.inbox]


async def test_a_blocked_peer_has_no_inbox(node):
    async with node.transaction() as tx:
        bob = await an_actor(tx)
        peer = await a_peer(tx, blocked_at=tx.now)
        assert await inboxes(tx, peer, Target("actor", bob.id), Target("everyone")) == []


@pytest.mark.parametrize(
    ("dialect", "heard"), [("thread", {"thread"}), ("micro", {"micro"}), ("unknown", {"thread", "micro"})]
)
async def test_a_row_for_another_dialect_opens_no_inbox(node, dialect, heard):
    async with node.transaction() as tx:
        bob = await an_actor(tx)
        peer = await a_peer(tx, dialect=dialect)
        for one in ("thread", "micro"):
            assert bool(await inboxes(tx, peer, Target("actor", bob.id, one))) == (one in heard)


async def test_a_pending_follower_has_no_inbox_yet(node):
    async with node.transaction() as tx:
        bees, bob = await a_group(tx), await an_actor(tx)
        follow = await a_follow(tx, bob, bees, "pending")
        peer = await a_peer(tx)
        assert await inboxes(tx, peer, Target("followers", bees.id)) == []
        follow.state = "accepted"
        assert await inboxes(tx, peer, Target("followers", bees.id)) == [bob.shared_inbox]


async def test_only_known_strangers_and_the_own_followers_are_targets(node):
    async with node.transaction() as tx:
        ada, cy, bees, bob = (
            await a_local_actor(tx),
            await a_local_actor(tx, "cy"),
            await a_group(tx),
            await an_actor(tx),
        )
        named = (
            bob.iri,
            cy.iri,
            bees.iri,
            bees.followers,
            bob.followers,
            "as:Public",
            PUBLIC,
            "https://x.example/u",
        )
        create = an_activity("Create", ada, await a_post(tx, ada, bees), group=bees, to=named, cc=(bob.iri,))
        assert await targets_of(tx.session, create, author=ada, group=bees) == [Target("actor", bob.id)]
        to_followers = an_activity("Create", ada, await a_post(tx, ada), to=(ada.followers,))
        assert await targets_of(tx.session, to_followers, author=ada, group=None) == [
            Target("followers", ada.id)
        ]


@pytest.mark.parametrize("type_", ["Update", "Delete"])
async def test_the_groups_followers_hear_of_the_authors_own_public_posts_alone(node, type_):
    async with node.transaction() as tx:
        ada, bob, bees = await a_local_actor(tx), await an_actor(tx), await a_group(tx)
        for subject in (
            await a_post(tx, bob, bees),
            await a_post(tx, ada, bees, visibility="followers"),
            "https://alpha.example/post/unknown",
        ):
            activity = an_activity(type_, ada, subject, group=bees)
            assert await targets_of(tx.session, activity, author=ada, group=bees) == []
