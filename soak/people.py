"""The members who act, through the real forms of their nodes, and the ledger of what they were promised.

An act that was answered with 303 is promised: it is committed at home and will be known everywhere. One that met any
other answer, or none, may have happened or not, whole or not at all.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from node.app import open_node
from node.ids import RandomIds
from node.local import actors, members, sessions
from node.settings import Settings
from node.web.guards import form_token
from soak.clock import FastClock
from soak.world import SoakNode

NAMES: Final = ("ada", "ben", "cy", "dot", "eve", "fay")
SEE_OTHER: Final = 303
TIMES: Final = 20  # that a form is sent while the nodes are in calm
ERROR: Final = 500
LOOK_EVERY: Final = 0.5  # seconds between two looks at what there is to act on
# Of a hundred acts. Moderators lock, pin and remove beside these.
ACTS: Final = {"thread": 6, "comment": 28, "vote": 46, "edit": 12, "delete": 4, "moderate": 4}
PATIENCE: Final = aiohttp.ClientTimeout(total=20)
_COMMENT = re.compile(r"#c-([a-z0-9]+)$|^/comment/([a-z0-9]+)")
_TARGETS = text(
    """SELECT posts.iri, posts.token, posts.kind, posts.locked_at, author.iri AS author, posts.parent_id,
    groups.iri AS in_group FROM posts JOIN actors author ON author.id = posts.author_id
    JOIN actors groups ON groups.id = posts.group_id
    WHERE posts.deleted_at IS NULL AND posts.removed_at IS NULL AND posts.confirmed_at IS NOT NULL
    ORDER BY posts.id DESC LIMIT :newest"""
)


_migrating = asyncio.Lock()  # of several worlds: Alembic knows one migration in a process at a time


@dataclass
class Said:
    """A post that was promised, and what its author did with it since."""

    iri: str
    home: str  # name of the author's node
    texts: list[tuple[str, bool]]  # marks in the text, oldest first, and whether each was promised
    deleted: bool | None = False  # None: perhaps


@dataclass
class Ledger:
    """What was asked and what was answered."""

    acts: Counter[str] = field(default_factory=Counter)
    promised: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)  # other than 303: "500 vote"
    said: dict[str, Said] = field(default_factory=dict)
    # (name of the node, member, post) -> values of the votes, oldest first, and whether each was promised
    votes: dict[tuple[str, str, str], list[tuple[int, bool]]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)  # seconds until the answer


@dataclass
class Member:
    """A member with a browser."""

    node: SoakNode
    name: str
    iri: str
    secret: str
    moderates: set[str] = field(default_factory=set)  # iris of groups

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"sid={self.secret}", "Host": self.node.host, "Origin": self.node.home}


@dataclass(frozen=True)
class Target:
    """A post as a node's members see it."""

    iri: str
    token: str
    is_comment: bool
    locked: bool
    author: str
    group: str

    @property
    def path(self) -> str:
        return f"/{'comment' if self.is_comment else 'post'}/{self.token}"


class People:
    """All members of a world, acting by themselves until they are stopped."""

    def __init__(self, seed: int, *, rate: float, acts: Mapping[str, int], newest: int) -> None:
        self.rate = rate  # acts a second, of all together
        self._acts, self._newest = acts, newest
        self.ledger = Ledger()
        self.members: list[Member] = []
        self.groups: list[str] = []
        self.going = asyncio.Event()
        self._random = random.Random(seed)
        self._marks = iter(range(1, 1 << 60))
        self._targets: dict[str, list[Target]] = {}
        self._web: aiohttp.ClientSession | None = None

    async def furnish(
        self, node: SoakNode, clock: FastClock, group: str, number: int, key_pairs: Iterator[tuple[str, str]]
    ) -> None:
        """Sign up members on a node that does not run yet; the first of them founds and moderates *group*."""
        settings = Settings(
            url=node.home,
            development=True,
            database=node.store.url,
            data=node.store.disk.folder,
            keys=node.keys,
        )
        async with _migrating:
            opened = await open_node(settings, clock=clock, new_key_pair=lambda: next(key_pairs))
        try:
            for name in NAMES[:number]:
                keys = await actors.new_keys(opened)
                async with opened.transaction() as tx:
                    account = await members.sign_up(
                        tx, node.home, name, keys, password_hash="", language="en"
                    )
                    secret = await sessions.start(tx, account)
                    actor = await tx.session.get_one(actors.Actor, account.actor_id)
                self.members.append(Member(node, name, actor.iri, secret))
            founder = next(one for one in self.members if one.node is node)
            keys = await actors.new_keys(opened)
            async with opened.transaction() as tx:
                found = await tx.session.get_one(actors.Actor, (await self._row(tx, founder.iri)))
                made = await actors.found_group(
                    tx, node.home, group, keys, title=group.title(), founder=found
                )
            founder.moderates.add(made.iri)
            self.groups.append(made.iri)
        finally:
            await opened.close()

    @staticmethod
    async def _row(tx: Any, iri: str) -> int:
        return int(await tx.session.scalar(text("SELECT id FROM actors WHERE iri = :iri"), {"iri": iri}))

    async def subscribe(self) -> None:
        """Let the first member of every node follow every group elsewhere, by the forms: one edge brings all there."""
        first = {member.node.name: member for member in reversed(self.members)}
        await asyncio.gather(*(self._follow_all(member) for member in first.values()))

    async def _follow_all(self, member: Member) -> None:
        for group in self.groups:
            host, name = group.split("/")[2], group.rsplit("/", 1)[1]
            if host == member.node.host:
                continue
            await self._surely(member, "/search", q=f"!{name}@{host}")
            await self._surely(member, f"/c/{name}@{host}/follow", follow="yes")

    async def _surely(self, member: Member, path: str, **fields: str) -> None:
        """Send a form until it is taken: on a busy machine even nodes in calm may be late."""
        for _ in range(TIMES):
            status, _ = await self.post(member, path, **fields)
            if status == SEE_OTHER:
                return
            await asyncio.sleep(1.0)
        raise AssertionError(f"{member.iri} cannot send {path}: {status}")

    async def open(self) -> None:
        """Get ready to act."""
        self._web = aiohttp.ClientSession(
            timeout=PATIENCE, cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=0)
        )

    async def close(self) -> None:
        if self._web is not None:
            await self._web.close()

    async def act(self, until: asyncio.Event) -> None:
        """Let everybody act until the event is set; what is begun is finished."""
        nodes = {member.node.name: member.node for member in self.members}
        async with asyncio.TaskGroup() as group:
            for node in nodes.values():
                group.create_task(self._look(node, until))
            for member in self.members:
                group.create_task(self._live(member, until))

    async def _look(self, node: SoakNode, until: asyncio.Event) -> None:
        while not until.is_set():
            try:
                async with node.database.reading() as session:
                    rows = (await session.execute(_TARGETS, {"newest": self._newest})).all()
            except (DBAPIError, OSError):  # a fault has it
                rows = []
            if rows:
                self._targets[node.name] = [
                    Target(
                        row.iri,
                        row.token,
                        row.parent_id is not None,
                        row.locked_at is not None,
                        row.author,
                        row.in_group,
                    )
                    for row in rows
                ]
            await asyncio.sleep(LOOK_EVERY)

    async def _live(self, member: Member, until: asyncio.Event) -> None:
        while not until.is_set():
            await asyncio.sleep(self._random.expovariate(self.rate / len(self.members)))
            await self.going.wait()
            if not until.is_set():
                await self._act(member)

    async def _act(self, member: Member) -> None:
        kind = self._random.choices(list(self._acts), list(self._acts.values()))[0]
        targets = self._targets.get(member.node.name, [])
        open_ones = [one for one in targets if not one.locked]
        own = [one for one in targets if one.author == member.iri and one.iri in self.ledger.said]
        if kind == "comment" and open_ones:
            await self._comment(member, self._random.choice(open_ones))
        elif kind == "vote" and open_ones:
            await self._vote(member, self._random.choice(open_ones))
        elif kind == "edit" and own:
            await self._edit(member, self._random.choice(own))
        elif kind == "delete" and len(own) > min(2, self._newest // 10):  # something is left to act on
            await self._delete(member, self._random.choice(own))
        elif kind == "moderate" and member.moderates and targets:
            await self._moderate(member, self._random.choice(targets))
        else:
            await self._thread(member)

    async def _thread(self, member: Member) -> None:
        group = self._random.choice(self.groups)
        host, name = group.split("/")[2], group.rsplit("/", 1)[1]
        where = f"/c/{name}" if host == member.node.host else f"/c/{name}@{host}"
        mark = self._mark()
        status, place = await self.do(
            "thread", member, f"{where}/write", title=f"Thread {mark}", source=f"Words {mark}"
        )
        if status == SEE_OTHER:
            self._keep(member, f"{member.node.home}{place}", mark)

    async def _comment(self, member: Member, target: Target) -> None:
        mark = self._mark()
        status, place = await self.do("comment", member, f"{target.path}/reply", source=f"Words {mark}")
        found = _COMMENT.search(place)
        if status == SEE_OTHER and found:
            self._keep(member, f"{member.node.home}/comment/{found[1] or found[2]}", mark)

    async def _vote(self, member: Member, target: Target) -> None:
        """Vote, or take it back: a member thinks of a post always the same, so order cannot matter (R18)."""
        cast = self.ledger.votes.setdefault((member.node.name, member.iri, target.iri), [])
        opinion = 1 if zlib.crc32(f"{member.iri} {target.iri}".encode()) % 3 else -1
        value = 0 if cast and cast[-1][0] and self._random.random() < 0.6 else opinion
        words = {1: "up", -1: "down", 0: "none"}
        cast.append((value, False))
        status, _ = await self.do("vote", member, f"{target.path}/vote", vote=words[value])
        if status == SEE_OTHER:
            cast[-1] = (value, True)

    async def _edit(self, member: Member, target: Target) -> None:
        mark, said = self._mark(), self.ledger.said[target.iri]
        title = {} if target.is_comment else {"title": f"Thread {mark}"}
        said.texts.append((mark, False))
        status, _ = await self.do("edit", member, f"{target.path}/edit", source=f"Words {mark}", **title)
        if status == SEE_OTHER:
            said.texts[-1] = (mark, True)

    async def _delete(self, member: Member, target: Target) -> None:
        said = self.ledger.said[target.iri]
        said.deleted = said.deleted or None
        status, _ = await self.do("delete", member, f"{target.path}/delete")
        if status == SEE_OTHER:
            said.deleted = True

    async def _moderate(self, member: Member, target: Target) -> None:
        if target.group not in member.moderates:
            return
        if target.author != member.iri and self._random.random() < 0.3:
            await self.do("remove", member, f"{target.path}/delete", reason="Off topic")
        elif not target.is_comment:
            what = self._random.choice(("pin", "unpin", "unlock" if target.locked else "lock"))
            await self.do(what, member, f"{target.path}/moderate", do=what)

    async def do(self, kind: str, member: Member, path: str, **fields: str) -> tuple[int, str]:
        """Send a form and keep what came of it; (0, "") when no answer came."""
        self.ledger.acts[kind] += 1
        began = time.monotonic()
        status, place = await self.post(member, path, **fields)
        self.ledger.waits.append(time.monotonic() - began)
        if status == SEE_OTHER:
            self.ledger.promised[kind] += 1
        else:
            self.ledger.answers[f"{status or 'no answer'} {kind}"] += 1
        return status, place

    async def post(self, member: Member, path: str, **fields: str) -> tuple[int, str]:
        """Send a form as a browser does; return the status and where it leads."""
        assert self._web is not None, "opened before anybody acts"
        token = form_token(member.node.keyring, member.secret, RandomIds())
        try:
            async with self._web.post(
                member.node.base + path,
                data={**fields, "csrf": token},
                headers=member.headers,
                allow_redirects=False,
            ) as answer:
                await answer.read()
                return answer.status, answer.headers.get("Location", "")
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0, ""

    def _mark(self) -> str:
        return f"x{next(self._marks)}x"

    def _keep(self, member: Member, iri: str, mark: str) -> None:
        self.ledger.said[iri] = Said(iri, member.node.name, [(mark, True)])
