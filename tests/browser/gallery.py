"""Every page of the site, as it is with the demonstration community in it: what is looked at, checked and pictured.

The list is derived from the routes: each route that takes GET is asked with every sample of its parameters, as a stranger,
a member, a moderator and an administrator. What answers as a page is a sight, if it has a part that no sight of the same
route has: a form, a list, a word of warning. A route that none of them gets to see is named by `unseen`, and a test fails.
"""

from __future__ import annotations

import asyncio
import fcntl
import pickle
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from starlette.applications import Starlette

from node import app as composition
from node.activities import create, delete, warn
from node.activities.block import compose_personal
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.perform import perform
from node.cli import demo
from node.local import drafting, invitations, members, muting, passes, sessions
from node.local.drafting import Place
from node.runtime import Node
from node.settings import Settings
from node.store.database import Transaction
from node.store.queries.members import find_member
from node.store.queries.posts import get_post
from node.store.tables.actors import Actor
from node.store.tables.members import Wanted
from node.store.tables.messages import Message
from node.store.tables.moderation import Report
from node.store.tables.posts import Post
from tests.support.archipelago import a_key_pair
from tests.support.browsing import Page
from tests.support.walker import PARAMETER, Walker

HOST = "archipel.localhost"  # a browser is told at which port it is
HOME = f"http://{HOST}"
PEOPLE = {"stranger": "", "member": "tomas", "moderator": "wren", "administrator": "ada"}
FRENCH = "lucie"
QUERIES = {  # pages that show more when they are asked something
    "/": (
        "?view=node",
        "?view=all&sort=commented&period=week",
        "?view=node&sort=controversial&period=day",
        "?view=node&what=poll&lang=br&tag=repair",
        "?view=node&what=link",
        "?view=node&sort=new",
    ),
    "/search": ("?q=kettle", "?q=kettle&group=none", "?q=!cyclists@meadow.example"),
    "/explore": ("?q=harbour&sort=name", "?topic=books", "?language=is"),
    "/sign-in": ("?next=/groups",),
    "/reports": ("?resolved=yes",),
    "/continue": ("?intent=follow&object=/c/harbour",),
}
ASKING = {"/intents/{verb}": f"?object={HOME}/c/harbour"}  # addresses that make no sense without


@dataclass(frozen=True, slots=True)
class Sight:
    """A page as somebody sees it. route: as routes.py writes it."""

    route: str
    path: str
    who: str
    html: str = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """A name for files and tests."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.who}-{self.sample or 'home'}".lower()).strip("-")

    @property
    def sample(self) -> str:
        """The address without tokens, which are others in every run."""
        return re.sub(r"[0-9a-z]{16,}|[\w-]{43}", "x", self.path)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What there is to see, in a node that is kept in *folder*. cookies: by who; secrets of sessions."""

    folder: Path
    cookies: dict[str, str]
    sights: list[Sight]
    unseen: list[str]


def catalogue(cache: Path) -> Catalogue:
    """Return what there is to see in the demonstration community, made once for all who ask for it in *cache*."""
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / "catalogue"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            folder = cache / "node"
            shutil.rmtree(folder, ignore_errors=True)
            kept.write_bytes(pickle.dumps(asyncio.run(_made(folder))))
    found: Catalogue = pickle.loads(kept.read_bytes())
    return found


async def _made(folder: Path) -> Catalogue:
    node = await composition.open_node(settings_of(folder), new_key_pair=a_key_pair)
    try:
        await _furnish(node)
        gallery = await open_gallery(node)
    finally:
        await node.close()
    return Catalogue(folder, gallery.cookies, gallery.sights, gallery.unseen)


def settings_of(folder: Path) -> Settings:
    """Return the settings of the node in *folder*."""
    return Settings(url=HOME, development=True, data=folder, keys=folder / "keys", name="Tidepool")


async def _furnish(node: Node) -> None:
    await demo.fill(node)
    async with node.transaction() as tx:
        account = await find_member(tx.session, "ada", HOST)
        assert account is not None
        await members.make_administrator(tx, account.id or 0)
        tomas, sam, wren = [await _person(tx.session, name) for name in ("tomas", "sam", "wren")]
        await perform(tx, compose_personal(tx, tomas, sam))  # so that nobody's lists are empty
        tomas_member = await find_member(tx.session, "tomas", HOST)
        assert tomas_member is not None
        tomas_member.looked_at = tx.now - timedelta(days=2)
        await muting.mute_words(tx, tomas_member.id or 0, "a wish", None)
        await muting.mute_server(tx, tomas_member.id or 0, "spam.example", HOST, timedelta(days=7))
        await _bring_a_list(tx, tomas)
        advert = (await tx.session.scalars(select(Post).where(col(Post.author_id) == sam.id))).first()
        assert advert is not None
        await perform(tx, await warn.compose(tx, wren, await _in_group(tx, sam), "Adverts are not for here."))
    await _begin_and_delete(node)


async def _begin_and_delete(node: Node) -> None:
    """Leave what the drafts of a member show: something begun, something planned, something just deleted."""
    async with node.transaction() as tx:
        tomas = await _person(tx.session, "tomas")
        group = (await tx.session.scalars(select(Actor).where(col(Actor.username) == "oldtown"))).one()
        begun = Place("thread", group=group)
        words = {"title": "Names on the old maps", "source": "Three streets that nobody can find today."}
        await drafting.keep(tx, tomas, begun, words, [])
        later = tx.now + timedelta(days=3)
        await drafting.keep(tx, tomas, begun, {"title": "Walk on Sunday"}, [], publish_at=later)
        made = await create.compose_thread(
            tx, tomas, group, ThreadDraft(title="Said too soon", source="Well.")
        )
        await perform(tx, made)
        thread = await get_post(tx.session, made.object or "")
        answer = await create.compose_comment(tx, tomas, thread, CommentDraft(source="And once more."))
        await perform(tx, answer)
        for iri in (answer.object or "", thread.iri):
            await perform(tx, await delete.compose(tx, tomas, await get_post(tx.session, iri)))


async def _bring_a_list(tx: Transaction, actor: Actor) -> None:
    """A list of which something was found, something was not, and something is still to be looked up."""
    member = await find_member(tx.session, actor.username, HOST)
    found = await tx.session.scalar(select(Actor).where(col(Actor.username) == "juniper"))
    assert member is not None
    assert found is not None
    for name, state, error in (
        (found.handle, "found", ""),
        ("!kites@meadow.example", "failed", "meadow.example knows nobody called kites."),
        ("!tides@meadow.example", "waiting", ""),
    ):
        actor_id = found.id if state == "found" else None
        row = Wanted(
            member_id=member.id or 0, name=name, state=state, error=error, actor_id=actor_id, at=tx.now
        )
        tx.session.add(row)


async def _person(session: AsyncSession, name: str) -> Actor:
    return (
        await session.scalars(select(Actor).where(col(Actor.username) == name, col(Actor.host) == HOST))
    ).one()


async def _in_group(tx: Transaction, author: Actor) -> Post:
    """Return what *author* said among the stories of the old town."""
    found = await tx.session.scalars(
        select(Post)
        .join(Actor, col(Actor.id) == col(Post.group_id))
        .where(col(Post.author_id) == author.id, col(Actor.username) == "oldtown")
    )
    post = found.first()
    assert post is not None
    return post


@dataclass
class Gallery:
    """The node as it is asked, who looks, and what there is to see. cookies: by who; secrets of sessions."""

    app: Starlette
    cookies: dict[str, str]
    samples: dict[str, list[str]]
    sights: list[Sight] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    async def ask(self, path: str, who: str) -> httpx.Response:
        """Ask a page as somebody."""
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=HOME, headers={"accept": "text/html"}
        ) as client:
            if self.cookies.get(who):
                client.cookies.set("sid", self.cookies[who], domain=HOST)
            return await client.get(path)

    async def look_round(self) -> None:
        """Ask every route with every sample, and keep what is worth looking at."""
        walker = Walker(self.app)
        for route in dict.fromkeys(visit.route for visit in walker.visits("GET")):
            known: set[str] = set()
            is_page = is_other = _is_document(route)
            for path in self._paths(route):
                for who in PEOPLE:
                    response = await self.ask(path, who)
                    kind = response.headers.get("content-type", "")
                    if response.status_code == 200 and kind.startswith("text/html"):
                        is_page = True
                        parts = _parts(response)
                        if parts - known:
                            self.sights.append(Sight(route, path, who, response.text))
                        known |= parts
                    elif response.status_code == 200 or response.is_redirect:
                        leads = response.headers.get("location", "")
                        is_other = is_other or not leads.startswith("/sign-in")
            if not is_page and not is_other:
                self.unseen.append(route)

    def _paths(self, route: str) -> Iterator[str]:
        """Every address of a route, by the samples of what its parameters stand for at that place."""
        parameters = PARAMETER.findall(route)
        if not parameters:
            yield route
            yield from (route + query for query in QUERIES.get(route, ()))
            return
        kind = route.split("/")[1]
        for value in self.samples.get(f"{kind}/{parameters[0]}", ["unknown"]):
            path = PARAMETER.sub(value, route, count=1)
            yield PARAMETER.sub("1", path) + ASKING.get(route, "")


def _is_document(route: str) -> bool:
    """Whether a route is for programs alone: it answers browsers with nothing, or only under conditions."""
    return route.startswith(
        (
            "/.well-known/",
            "/nodeinfo/",
            "/activities/",
            "/stamps/",
            "/metrics",
            "/static/",
            "/media/",
            "/compose/",
        )
    ) or bool(
        re.search(r"/(replies|context|likes|shares|attendees|followers_synchronization|live)(/|$)", route)
    )


def _parts(response: httpx.Response) -> set[str]:
    """Return the kinds of parts that a page is made of, whatever the words are and however many there are of each."""
    return {
        " ".join((tag, *(one.get(name, "") for name in ("class", "name", "type", "role"))))
        for tag, one in Page(response).elements
    }


async def open_gallery(node: Node) -> Gallery:
    """Sign everybody in, and look round."""
    async with node.transaction() as tx:
        cookies = {"stranger": ""}
        for who, name in {**PEOPLE, "french": FRENCH}.items():
            if name:
                member = await find_member(tx.session, name, HOST)
                assert member is not None
                cookies[who] = await sessions.start(tx, member)
        samples = await _samples(tx)
        samples["welcome/secret"] = [await passes.issue(tx, passes.ADMINISTRATOR)]
        ada = await find_member(tx.session, "ada", HOST)
        assert ada is not None
        samples["invitation/secret"] = [await invitations.issue(tx, ada.id or 0, uses=3, days=7)]
        samples["intents/verb"] = ["follow"]
    gallery = Gallery(composition.build_app(node, background=False), cookies, samples)
    await gallery.look_round()
    return gallery


async def _samples(tx: Transaction) -> dict[str, list[str]]:
    """Return what each parameter stands for, by the first part of the address and its name."""
    threads = {
        post.title: post.token for post in await tx.session.scalars(select(Post).where(col(Post.title) != ""))
    }
    ada, sam = await _person(tx.session, "ada"), await _person(tx.session, "sam")
    tomas = await _person(tx.session, "tomas")
    words = [
        (
            await tx.session.scalars(select(Post).where(col(Post.author_id) == who.id, col(Post.title) == ""))
        ).first()
        for who in (ada, tomas)
    ]
    advert = await _in_group(tx, sam)
    message = (await tx.session.scalars(select(Message).where(col(Message.author_id) == ada.id))).first()
    got = (await tx.session.scalars(select(Message).where(col(Message.author_id) != ada.id))).first()
    report = (await tx.session.scalars(select(Report))).first()
    assert message is not None
    assert got is not None
    assert report is not None
    names = (
        "Welcome to the harbour",
        "What is the oldest thing you still use every week?",
        "Where do you keep your backups?",
        "Walk along the vanished town wall",
        "A letter from the winter of 1944",
        "ActivityPub, the standard that carries this page",
        "The mill on Tanner's Lane, 1782 to 1911",
        "The dyke path is open again",
        "Which editor should everybody use?",
        "PeerTube in four minutes, a film",
    )
    deleted = {
        one.kind: one.token
        for one in await tx.session.scalars(
            select(Post).where(col(Post.author_id) == tomas.id, col(Post.deleted_at).is_not(None))
        )
    }
    return {
        "c/name": ["oldtown", "harbour", "choir", "cyclists@meadow.example"],
        "u/name": ["ada", "tomas", "juniper@meadow.example"],
        "post/token": [*(threads[name] for name in names), deleted["Page"]],
        "comment/token": [*(one.token for one in words if one is not None), advert.token, deleted["Note"]],
        "message/token": [message.token, got.token],
        "messages/key": [message.conversation],
        "reports/token": [report.token],
        "servers/host": ["meadow.example"],
        "tag/name": ["repair"],
        "sitemap/part": ["places.xml"],
    }
