"""No document outlives its truth: everything that members and peers can do, and after each of it every kept answer."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from node.activities import (
    block,
    charter,
    closing,
    curate,
    delete,
    ending,
    follow,
    invite,
    lock,
    marking,
    moving_threads,
    react,
    update,
    warn,
)
from node.activities.block import BanDraft
from node.activities.drafts import CharterDraft
from node.activities.perform import perform
from node.inbox.housekeeping import sweep
from node.local import actors, keys
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from tests.support.archipelago import Group, Island, Person
from tests.support.keeping import hot_of, keep, lies

OF_PERSONS = ("", "/outbox", "/followers", "/following")
OF_GROUPS = ("", "/outbox", "/followers", "/featured", "/moderators")
OF_THREADS = ("", "/replies", "/likes", "/context")
OF_COMMENTS = ("", "/replies", "/likes")


@pytest.fixture(autouse=True)
async def listening(beta):
    """On PostgreSQL a node that hears nothing keeps nothing."""
    hot_of(beta)  # as the first event of a server does
    async with beta.node.listening():
        yield


async def act(person: Person, compose, *iris: str, **options) -> None:
    """Let a person do what a button does: compose, then perform. iris: of posts and actors, in order."""
    async with person.island.node.transaction() as tx:
        things = [await find_post(tx.session, one) or await get_actor(tx.session, one) for one in iris]
        actor = await get_actor(tx.session, person.iri)
        made = compose(tx, actor, *things, **options)
        made = await made if hasattr(made, "__await__") else made
        for one in made if isinstance(made, list) else [made]:
            await perform(tx, one)


async def addresses(island: Island) -> list[str]:
    """Return the documents that the node might give out, whoever may read them."""
    home = f"https://{island.host}"
    async with island.node.reading() as session:
        whoever = await session.scalars(
            select(Actor).where(col(Actor.sealed_key).is_not(None), col(Actor.path) != "/")
        )
        posts = await session.scalars(select(Post).where(col(Post.iri).startswith(home)))
        found = [one.iri + part for one in whoever for part in (OF_GROUPS if one.is_group else OF_PERSONS)]
        found += [one.iri + part for one in posts for part in (OF_COMMENTS if one.depth else OF_THREADS)]
    return [iri.removeprefix(home) for iri in found]


class Watch:
    """After each act, what the nodes keep is true; then they keep everything again."""

    def __init__(self, *islands: Island) -> None:
        self.islands = islands
        self.kept = dict.fromkeys((island.host for island in islands), 0)
        self.dropped = 0

    async def after(self, what: str) -> None:
        for island in self.islands:
            assert await lies(island) == [], what
            self.dropped += self.kept[island.host] - len(hot_of(island).shelf)
            await keep(island, await addresses(island))
            self.kept[island.host] = len(hot_of(island).shelf)


async def test_whatever_is_done_no_kept_document_is_wrong(sea, alpha, beta):
    bees: Group = await beta.group("bees")
    wasps: Group = await beta.group("wasps", founder=bees.founder)
    mod, ada = bees.founder, await beta.member("ada", follows=bees)
    ben = await alpha.member("ben", follows=bees)
    await sea.settle()
    watch = Watch(beta)
    await watch.after("the beginning")

    async def done(what: str, *doings):
        for doing in doings:
            answer = await doing
        await sea.settle()
        await watch.after(what)
        return answer

    thread = await done("a thread", ada.posts(bees, title="Swarm", text="@ben@alpha.example :bee: #bees"))
    comment = await done("a comment from elsewhere", ben.answers(thread, "When?"))
    answer = await done("an answer", ada.answers(comment, "Now"))
    poll = await done("a poll", ada.asks(bees, title="Which?", options="Clover\nHeather"))
    event = await done("an event", ada.plans(bees, title="Fair", starts="2026-12-01T19:00"))

    await done("a vote", ben.votes(thread, 1))
    await done("a vote taken back, a choice", ben.votes(thread, 0), ben.chooses(poll, 1))
    await done("a guest, a reaction", ben.joins(event), act(ben, react.compose, thread, emoji="🐝"))
    await done(
        "one guest less, one asked", ben.does_not_come(event), act(ada, invite.compose, event, ben.iri)
    )
    await done("edits", ada.edits(thread, "Words", title="Late swarm"), ben.edits(comment, "When exactly?"))
    closed = act(mod, lock.compose, thread, reason="settled")
    await done(
        "a locked thread, another pinned", closed, act(mod, curate.compose_pin, bees.iri, poll, pin=True)
    )
    opened = act(mod, lock.compose_undo, thread)
    await done("an open one, and no pin", opened, act(mod, curate.compose_pin, bees.iri, poll, pin=False))
    await done("a moderator", act(mod, curate.compose_seat, bees.iri, ada.iri, appoint=True))
    await done(
        "an answer in office, a mark, a warning, a charter",
        act(ada, update.compose_voice, answer, in_office=True),
        act(mod, marking.compose, thread, sensitive=True),
        act(mod, warn.compose, comment, reason="Mind your tongue"),
        act(mod, charter.compose, bees.iri, draft=CharterDraft(title="Hive", summary="x")),
    )
    await done("a removal", act(mod, delete.compose, comment, reason="off topic"))
    await done("a return", act(mod, delete.compose_restore, comment))
    await done("a removal of the thread", act(mod, delete.compose, thread, reason="no", with_replies=True))
    await done("its return", act(mod, delete.compose_restore, thread, with_replies=True))
    await done("a ban", act(mod, block.compose, ben.iri, bees.iri, draft=BanDraft(remove_content=True)))
    await done("a move to another group", act(mod, moving_threads.compose, thread, wasps.iri))

    ring = await actors.new_keys(beta.node)
    await done("new keys", _in(beta, lambda tx, actor: keys.rotate(tx, actor, ring), ada.iri))
    await done("a profile, a follower", _in(beta, _profile, ada.iri), act(ada, follow.compose, mod.iri))
    await done("no follower", act(ada, follow.compose_undo, mod.iri))
    await done("a deleted answer and a deleted thread", ada.deletes(answer), ada.deletes(event))
    await done("a group that closes to outsiders", _in(beta, _private, bees.iri))
    await done("words among members", ada.posts(bees, title="Secret", text="Words"))
    await done("a group that ends", act(mod, closing.compose, wasps.iri))
    await done("and begins again", act(mod, closing.compose_undo, wasps.iri))
    await done("an account that ends", act(ada, ending.compose))
    sea.clock.advance(days=800)
    await done("a sweep", sweep(beta.node))
    assert watch.dropped > 100, "what is kept is dropped, by each act a little"


async def _in(island: Island, do, iri: str) -> None:
    async with island.node.transaction() as tx:
        made = do(tx, await get_actor(tx.session, iri))
        await made


async def _profile(tx, actor: Actor) -> None:
    actor.name, actor.summary, actor.updated = "Ada L.", "<p>Words</p>", tx.now
    await tx.session.flush()
    await perform(tx, update.compose_actor(tx, actor))


async def _private(tx, group: Actor) -> None:
    await actors.set_private(tx, group, private=True)
