import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import col, select

from node.activitypub.fitting import fitted
from node.activitypub.vocabulary import PUBLIC
from node.outbox.publish import publish
from node.runtime import Node
from node.store.queries.log import find_public
from node.store.tables.actors import Actor
from node.store.tables.log import LogAudience, LogEntry
from tests.support.rows import a_group, a_local_actor, a_post, an_activity, an_actor


async def told(node: Node) -> list[dict[str, Any]]:
    """What the log holds, in order."""
    async with node.reading() as session:
        return [
            json.loads(entry.body)
            for entry in await session.scalars(select(LogEntry).order_by(col(LogEntry.id)))
        ]


async def audience(node: Node, iri: str) -> set[tuple[str, str | None, str]]:
    """Who is to hear of an entry: kind, whose, dialect."""
    async with node.reading() as session:
        rows = await session.execute(
            select(LogAudience.kind, Actor.username, LogAudience.dialect)
            .join(LogEntry, col(LogEntry.id) == col(LogAudience.entry_id))
            .outerjoin(Actor, col(Actor.id) == col(LogAudience.actor_id))
            .where(col(LogEntry.iri) == iri)
        )
        return {tuple(row) for row in rows}


def shapes(said: Sequence[dict[str, Any]]) -> list[str]:
    names = []
    for one in said:
        inner = one["object"]
        names.append(f"{one['type']}({inner['type'] if isinstance(inner, dict) else inner})")
    return names


async def test_a_thread_here_is_told_and_announced_both_ways(node):
    async with node.transaction() as tx:
        ada, bees = await a_local_actor(tx), await a_group(tx)
        post = await a_post(tx, ada, bees)
        create = an_activity("Create", ada, post, group=bees, cc=(f"{ada.iri}/followers",))
        await publish(tx, create)
    bare, wrapped, boost = await told(node)
    assert bare == fitted(create.raw)
    assert "@context" in wrapped
    assert wrapped["object"] == {k: v for k, v in create.raw.items() if k != "@context"}
    assert (wrapped["to"], wrapped["cc"]) == ([bees.iri, PUBLIC], [bees.followers])
    assert boost["id"] == f"https://alpha.example/activities/announce/{post.token}"
    assert boost["object"] == post.iri
    assert (boost["to"], boost["cc"]) == ([PUBLIC], [bees.followers, ada.iri])
    assert await audience(node, bare["id"]) == {("followers", "ada", "any")}
    assert await audience(node, wrapped["id"]) == {("followers", "bees", "thread")}
    assert await audience(node, boost["id"]) == {("followers", "bees", "micro")}


async def test_what_came_from_elsewhere_is_announced_exactly_as_received(node):
    async with node.transaction() as tx:
        bob, bees = await an_actor(tx), await a_group(tx)
        post = await a_post(tx, bob, bees)
        create = an_activity("Create", bob, post, group=bees)
        create.raw["signature"] = {"odd": [None, 1.0, "ü"]}
        await publish(tx, create)
    wrapped, boost = await told(node)
    assert wrapped["object"] == create.raw
    assert wrapped["actor"] == boost["actor"] == bees.iri
    assert await audience(node, boost["id"]) == {("followers", "bees", "micro"), ("actor", "bob", "micro")}


async def test_recipients_named_in_secret_are_not_passed_on(node):
    async with node.transaction() as tx:
        bob, ada, bees = await an_actor(tx), await a_local_actor(tx), await a_group(tx)
        for author in (bob, ada):
            create = an_activity("Create", author, await a_post(tx, author, bees), group=bees)
            create.raw["bto"] = create.raw["bcc"] = ["https://gamma.example/u/secret"]
            await publish(tx, create)
    assert "secret" not in json.dumps(await told(node))


async def test_a_comment_is_announced_to_threaded_peers_alone(node):
    async with node.transaction() as tx:
        bob, bees = await an_actor(tx), await a_group(tx)
        thread = await a_post(tx, bob, bees)
        await publish(tx, an_activity("Create", bob, await a_post(tx, bob, parent=thread), group=bees))
        orphan = await a_post(tx, bob, bees, in_reply_to="https://gamma.example/unknown")
        await publish(tx, an_activity("Create", bob, orphan, group=bees))
    assert shapes(await told(node)) == ["Announce(Create)", "Announce(Create)"]


@pytest.mark.parametrize(
    "type_", ["Like", "Dislike", "EmojiReact", "Lock", "Update", "Delete", "Add", "Remove"]
)
async def test_the_group_passes_on_what_happens_to_its_posts(node, type_):
    async with node.transaction() as tx:
        bob, bees = await an_actor(tx), await a_group(tx)
        post = await a_post(tx, bob, bees)
        await publish(tx, an_activity(type_, bob, post, group=bees))
    assert shapes(await told(node)) == [f"Announce({type_})"]


@pytest.mark.parametrize("type_", ["Like", "Dislike", "EmojiReact", "Lock", "Delete"])
async def test_the_group_passes_on_what_is_undone(node, type_):
    async with node.transaction() as tx:
        bob, bees = await an_actor(tx), await a_group(tx)
        done = an_activity(type_, bob, await a_post(tx, bob, bees), group=bees)
        await publish(tx, an_activity("Undo", bob, done, group=bees, to=()))
    assert shapes(await told(node)) == ["Announce(Undo)"]


async def test_the_group_passes_on_bans_moderators_and_its_own_update(node):
    async with node.transaction() as tx:
        bob, eve, bees = (
            await an_actor(tx),
            await an_actor(tx, "https://gamma.example/u/eve"),
            await a_group(tx),
        )
        block = an_activity("Block", bob, eve, group=bees)
        for activity in (
            block,
            an_activity("Undo", bob, block, group=bees),
            an_activity("Add", bob, eve, group=bees),
            an_activity("Update", bob, bees, group=bees),
        ):
            await publish(tx, activity)
    assert shapes(await told(node)) == [
        "Announce(Block)",
        "Announce(Undo)",
        "Announce(Add)",
        "Announce(Update)",
        "Update(Group)",  # for microblogs, which take it from the group alone
    ]


@pytest.mark.parametrize("visibility", ["followers", "direct"])
@pytest.mark.parametrize("type_", ["Create", "Update", "Like", "Delete", "Lock"])
async def test_private_posts_are_never_announced(node, visibility, type_):
    async with node.transaction() as tx:
        bob, ada, bees = await an_actor(tx), await a_local_actor(tx), await a_group(tx)
        for author in (bob, ada):
            post = await a_post(tx, author, bees, visibility=visibility)
            activity = an_activity(
                type_, author, post, group=bees, to=(bees.iri,), cc=(f"{ada.iri}/followers",)
            )
            await publish(tx, activity)
            await publish(tx, an_activity("Undo", author, activity, group=bees, to=(bees.iri,)))
    assert [one["type"] for one in await told(node) if one["type"] == "Announce"] == []
    async with node.reading() as session:
        public = list(await session.scalars(select(LogEntry.iri).where(col(LogEntry.public))))
    assert public == []


async def test_what_the_group_does_not_pass_on(node):
    async with node.transaction() as tx:
        bob, bees = await an_actor(tx), await a_group(tx)
        follow = an_activity("Follow", bob, bees, group=bees)
        for activity in (
            follow,
            an_activity("Undo", bob, follow, group=bees),
            an_activity("Flag", bob, await a_post(tx, bob, bees), group=bees),
            an_activity("Delete", bob, bob, group=bees),
            an_activity("Delete", bob, "https://beta.example/post/unknown", group=bees),
            an_activity("Update", bob, bob, group=bees),
            an_activity("Block", bob, "https://gamma.example/u/unknown", group=bees),
            an_activity("Add", bob, bob, group=bees, to=(bees.iri,)),  # not to the public
            an_activity("Undo", bob, bees, group=bees),  # does not say what
        ):
            await publish(tx, activity)
    assert await told(node) == []


async def test_the_group_of_the_post_speaks_whatever_group_the_activity_names(node):
    async with node.transaction() as tx:
        bob, bees, ants = await an_actor(tx), await a_group(tx), await a_group(tx, "ants")
        post = await a_post(tx, bob, ants)
        await publish(tx, an_activity("Like", bob, post, group=bees))
    assert [said["actor"] for said in await told(node)] == [ants.iri]


async def test_nothing_leaves_because_of_history_or_of_anothers_announcement(node):
    async with node.transaction() as tx:
        ada, bees = await a_local_actor(tx), await a_group(tx)
        post = await a_post(tx, ada, bees)
        await publish(tx, an_activity("Create", ada, post, group=bees, backfilled=True))
        bob = await an_actor(tx)
        await publish(
            tx,
            an_activity(
                "Create", bob, await a_post(tx, bob, bees), group=bees, announced_by="https://b.example/c/x"
            ),
        )
        await publish(tx, an_activity("Like", bob, await a_post(tx, ada)))  # in no group
    assert await told(node) == []


async def test_an_unknown_author_is_told_of_by_nobody(node):
    async with node.transaction() as tx:
        bob, bees = await an_actor(tx), await a_group(tx)
        like = an_activity("Like", bob, await a_post(tx, bob, bees), group=bees)
        await tx.session.delete(bob)
        await tx.session.flush()
        await publish(tx, like)
    assert await told(node) == []


async def test_to_a_remote_group_the_author_alone_speaks(node):
    async with node.transaction() as tx:
        ada, bees = await a_local_actor(tx), await an_actor(tx, "https://beta.example/c/bees")
        bob = await an_actor(tx)
        post = await a_post(tx, ada, bees)
        create = an_activity(
            "Create", ada, post, group=bees, cc=(bob.iri, "https://nowhere.example/u/x", PUBLIC)
        )
        await publish(tx, create)
    assert shapes(await told(node)) == [f"Create({post.iri})"]
    assert await audience(node, create.iri) == {("actor", "bees", "any"), ("actor", "bob", "any")}


async def test_an_audience_that_is_no_group_announces_nothing(node):
    async with node.transaction() as tx:
        bob, ada = await an_actor(tx), await a_local_actor(tx)
        await publish(tx, an_activity("Like", bob, await a_post(tx, ada), group=ada))
    assert await told(node) == []


async def test_an_edit_reaches_microblogs_from_its_author(node):
    async with node.transaction() as tx:
        ada, bees = await a_local_actor(tx), await a_group(tx)
        update = an_activity("Update", ada, await a_post(tx, ada, bees), group=bees)
        await publish(tx, update)
    assert await audience(node, update.iri) == {("followers", "bees", "micro")}
    assert shapes(await told(node))[1:] == ["Announce(Update)"]


async def test_a_deletion_reaches_everybody_who_got_the_post(node):
    async with node.transaction() as tx:
        ada, bees = await a_local_actor(tx), await a_group(tx)
        delete = an_activity("Delete", ada, await a_post(tx, ada, bees, deleted_at=tx.now), group=bees)
        await publish(tx, delete)
    assert await audience(node, delete.iri) == {("followers", "bees", "any")}
    assert shapes(await told(node))[1:] == ["Announce(Delete)"]


@pytest.mark.parametrize("local", [True, False])
async def test_a_removal_takes_the_boost_back(node, local):
    async with node.transaction() as tx:
        bob, bees = await an_actor(tx), await a_group(tx)
        moderator = await a_local_actor(tx) if local else await an_actor(tx, "https://gamma.example/u/mo")
        post = await a_post(tx, bob, bees)
        await publish(tx, an_activity("Create", bob, post, group=bees))
        removal = an_activity("Delete", moderator, post, group=bees, summary="")
        await publish(tx, removal)
    said = await told(node)
    undo = said[-1]
    assert (undo["type"], undo["actor"], undo["object"]["type"]) == ("Undo", bees.iri, "Announce")
    assert undo["object"]["id"] == said[1]["id"]
    assert undo["object"]["object"] == post.iri
    assert await audience(node, undo["id"]) == {("followers", "bees", "micro"), ("actor", "bob", "micro")}
    if local:  # their own Delete is kept to be fetched, and sent to nobody who cannot apply it
        assert await audience(node, removal.iri) == set()


async def test_a_removed_comment_needs_no_undo(node):
    async with node.transaction() as tx:
        bob, bees = await an_actor(tx), await a_group(tx)
        comment = await a_post(tx, bob, parent=await a_post(tx, bob, bees))
        await publish(tx, an_activity("Delete", await a_local_actor(tx), comment, group=bees, summary="rude"))
    assert shapes(await told(node)) == [f"Delete({comment.iri})", "Announce(Delete)"]


async def test_the_end_of_an_account_is_told_to_everyone(node):
    async with node.transaction() as tx:
        ada = await a_local_actor(tx)
        update, delete = an_activity("Update", ada, ada), an_activity("Delete", ada, ada)
        await publish(tx, update)
        await publish(tx, delete)
    assert await audience(node, update.iri) == {("followers", "ada", "any")}
    assert await audience(node, delete.iri) == {("followers", "ada", "any"), ("everyone", None, "any")}


async def test_who_is_banned_hears_of_it(node):
    async with node.transaction() as tx:
        ada, bob, bees = await a_local_actor(tx), await an_actor(tx), await a_group(tx)
        block = an_activity("Block", ada, bob, group=bees, target=bees.iri)
        await publish(tx, block)
        personal = an_activity("Block", ada, bob, to=(bob.iri,))
        await publish(tx, personal)
        assert await find_public(tx.session, block.iri) is not None
    assert await audience(node, block.iri) == {("actor", "bob", "thread")}
    assert await audience(node, personal.iri) == {("actor", "bob", "micro")}


async def test_public_activities_can_be_fetched_even_when_nobody_is_addressed(node):
    async with node.transaction() as tx:
        ada, bees, bob = await a_local_actor(tx), await a_group(tx), await an_actor(tx)
        post = await a_post(tx, ada, bees)
        like = an_activity("Like", ada, post, group=bees)
        unlike = an_activity("Undo", ada, like, group=bees, to=())
        boost = an_activity("Announce", ada, "https://beta.example/post/unknown", cc=(bob.iri,))
        fetchable = [like, unlike, boost]
        for activity in fetchable:
            await publish(tx, activity)
        assert [(await find_public(tx.session, one.iri)) is not None for one in fetchable] == [True] * 3


@pytest.mark.parametrize("type_", ["Follow", "Accept", "Reject", "Block", "Warn"])
async def test_what_is_between_two_cannot_be_fetched(node, type_):
    async with node.transaction() as tx:
        ada, bob = await a_local_actor(tx), await an_actor(tx)
        activity = an_activity(type_, ada, bob, to=(bob.iri, PUBLIC))
        undo = an_activity("Undo", ada, activity, to=(bob.iri, PUBLIC))
        await publish(tx, activity)
        await publish(tx, undo)
        assert await find_public(tx.session, activity.iri) is None
        assert await find_public(tx.session, undo.iri) is None
    assert len(await told(node)) == 2


async def test_a_private_act_that_concerns_nobody_elsewhere_is_not_written(node):
    async with node.transaction() as tx:
        ada, cy = await a_local_actor(tx), await a_local_actor(tx, "cy")
        await publish(tx, an_activity("Follow", ada, cy, to=(cy.iri,)))
    assert await told(node) == []


async def test_a_message_goes_to_whom_it_is_addressed_and_cannot_be_fetched(node):
    async with node.transaction() as tx:
        ada, bob = await a_local_actor(tx), await an_actor(tx)
        create = an_activity("Create", ada, await a_post(tx, ada, visibility="direct"), to=(bob.iri,))
        await publish(tx, create)
        assert await find_public(tx.session, create.iri) is None
    assert await audience(node, create.iri) == {("actor", "bob", "any")}


async def test_published_twice_it_is_told_once(node):
    async with node.transaction() as tx:
        ada, bob = await a_local_actor(tx), await an_actor(tx)
        like = an_activity("Like", ada, await a_post(tx, bob), to=(bob.iri,))
        await publish(tx, like)
        await publish(tx, like)
    assert len(await told(node)) == 1
    assert "outbox" in tx.wakes
