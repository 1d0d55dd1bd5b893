"""A node of ours among one server of each program: who follows whom, and what was delivered to each.

On each server live `una`, who follows the group here and those of its members who matter, `vic`, who has posted in it, and
`hall`: a group of that server, or a person where the program has no groups.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from node.inbox.actors import fetch_actor
from node.network.client import Budget
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post
from tests.federation.acts import act
from tests.support import keyshop
from tests.support.archipelago import Archipelago, Group, Island, Person
from tests.support.stranger import PUBLIC, Stranger, mention

NO_GROUPS = frozenset(
    {"mastodon", "pixelfed", "gotosocial", "misskey", "pleroma", "akkoma"}
)  # what they have is people
MODERATED = frozenset({"lemmy", "piefed", "mbin"})  # whose groups name moderators on other servers
POLLS = frozenset(
    {"piefed", "friendica", "mastodon", "pixelfed", "gotosocial", "misskey", "pleroma", "akkoma"}
)
EVENTS = frozenset({"piefed", "friendica", "mobilizon"})
FORUMS = frozenset({"lemmy", "piefed", "mbin", "nodebb", "discourse", "friendica", "mobilizon", "wordpress"})


@dataclass
class Port(Stranger):
    """A server that also keeps whether it was asked with a signature."""

    unsigned: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)

    @property
    def una(self) -> str:
        return f"{self.home}/users/una"

    @property
    def vic(self) -> str:
        return f"{self.home}/users/vic"

    @property
    def hall(self) -> str:
        return f"{self.home}/users/hall"

    def settled(self) -> Port:
        """Put its people and its group there."""
        self.person("una")
        self.person("vic")
        lists = {name: f"{self.hall}/{name}" for name in ("featured", "moderators")}
        if self.software in NO_GROUPS:
            self.person("hall")
        else:
            self.person("hall", kind="Group", featured=lists["featured"], attributedTo=lists["moderators"])
            self.collection(lists["moderators"], [])
            self.collection(lists["featured"], [])
        return self

    def thread(self, author: str, group: str, title: str, **more: Any) -> dict[str, Any]:
        """A thread for *group*, addressed so that every reader finds it."""
        given = {"type": "Note", "to": [PUBLIC, group], "cc": [], "audience": group, "tag": [mention(group)]}
        return self.note(author, title, name=title, **given | more)

    async def asks(self, island: Island, iri: str) -> int:
        """Ask for a document, signed by una; return the status."""
        path, date = (
            iri.removeprefix(f"https://{island.host}"),
            format_datetime(self.sea.clock.now(), usegmt=True),
        )
        text = f"(request-target): get {path}\nhost: {island.host}\ndate: {date}".encode()
        made = base64.b64encode(
            keyshop.private_key("alice").sign(text, padding.PKCS1v15(), hashes.SHA256())
        ).decode()
        covered = 'algorithm="rsa-sha256",headers="(request-target) host date"'
        signature = f'keyId="{self.una}#main-key",{covered},signature="{made}"'
        answer = await island.get(path, accept="application/activity+json", date=date, signature=signature)
        return answer.status_code

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "GET":
            asked = self.signed if b"signature" in dict(scope["headers"]) else self.unsigned
            asked.append(scope["path"])
        await super().__call__(scope, receive, send)


@dataclass
class Fleet:
    """Our node `ours.example`, its people and groups, and the ports around it."""

    sea: Archipelago
    ours: Island
    bees: Group
    den: Group  # private
    nook: Group  # with nobody elsewhere in it
    ada: Person  # moderates them
    ben: Person
    ports: dict[str, Port]
    notes: dict[str, Any] = field(default_factory=dict)  # what one deed leaves to another

    @classmethod
    async def gathered(cls, sea: Archipelago, programs: tuple[str, ...]) -> Fleet:
        """Open the node, which wants every request signed, and the ports."""
        ours = await sea.node("ours.example", requests_per_minute=1_000_000, authorized_fetch=True)
        ada, ben = await ours.member("ada"), await ours.member("ben")
        bees = await ours.group("bees", founder=ada)
        den = await ours.group("den", founder=ada, private=True)
        nook = await ours.group("nook", founder=ada)
        ports = {name: Port(sea, f"{name}.example", software=name).settled() for name in programs}
        return cls(sea, ours, bees, den, nook, ada, ben, ports)

    async def arrive(self, name: str, activity: dict[str, Any], *, signer: str | None = None) -> None:
        """Let a port send something."""
        status = await self.ports[name].send(self.ours, activity, signer=signer)
        assert status == 202, (name, status, activity)

    async def all_send(self, make: Any, *names: str) -> None:
        """Let each port, or those named, send what `make(port)` writes; then the sea comes to rest."""
        for name in names or self.ports:
            await self.arrive(name, make(self.ports[name]))
        await self.sea.settle()

    async def do(self, person: Person, compose: Any, *iris: str, **options: Any) -> None:
        """Let a member do what a button does, and what comes of it happen."""
        await act(person, compose, *iris, **options)
        await self.sea.settle()

    async def knows(self, iri: str) -> None:
        """Fetch an actor, and what its server runs."""
        await fetch_actor(self.ours.node, iri, Budget(8))
        await self.sea.settle()

    async def row(self, iri: str) -> Any:
        """Return the post or actor of that id, as our node has it."""
        async with self.ours.node.reading() as session:
            return await find_post(session, iri) or await get_actor(session, iri)
