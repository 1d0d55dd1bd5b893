"""A node, a member, her threads, and the servers from which the samples come."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from node.activitypub import reading
from node.errors import Malformed, NodeError
from node.inbox.actors import fetch_actor
from node.inbox.lookup import find_url
from node.network.client import Budget
from node.text.clean import plain_text
from tests.dialects.arrival import Arrival
from tests.support import keyshop
from tests.support.archipelago import Archipelago, CountingIds, Group, Island, Person
from tests.support.staging import staged
from tests.support.stranger import CONTEXT, Stranger

WIRE = Path(__file__).parent.parent / "wire"
HOME = "https://local.example"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
GROUP = re.compile(r"/(c|m|category|video-channels)/[^/?#]+$")
PERSON = re.compile(
    r"/((u|users|uid|profile|accounts|ap/actor|federation/u|f)/[^/?#]+|@[^/?#]+|\?author=\d+)$"
)
SERVER = re.compile(r"https://[^/]+/(actor|friendica|i/actor|internal/fetch|relay)?$")
# The group of each program in its samples.
THEIRS = {
    "discourse": "https://discourse.example/ap/actor/gg",
    "friendica": "https://friendica.example/profile/forum",
    "lemmy": "https://lemmy.example/c/gardening",
    "mbin": "https://mbin.example/m/music",
    "mobilizon": "https://mobilizon.example/@dancers",
    "nodebb": "https://nodebb.example/category/5",
    "peertube": "https://peertube.example/video-channels/maya_films",
    "piefed": "https://piefed.example/c/birds",
    "wordpress": "https://blog.example/?author=0",
}
ALONE = ("quoting", "elsewhere")  # scenes in which ada has not said anything in our group
PLAIN = {"alsoKnownAs": [], "postingRestrictedToMods": False}  # of accounts that are no sample's own
KEY_PATH = "/main-key"  # GoToSocial's keys have addresses of their own, at which it shows whose they are
KEY = "alice"  # all strangers sign with one key: whose it is, their documents say


Shapes = dict[str, dict[str, Any]]


class ChosenIds(CountingIds):
    """Names in order, but those that a scene asks for next: the samples speak of ids that the node has made."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        self.next: list[str] = []

    def token(self) -> str:
        return self.next.pop(0) if self.next else super().token()


@cache
def _text(name: str) -> str:
    return (WIRE / f"{name}.json").read_text()


def sample(name: str) -> dict[str, Any]:
    """Read a sample by its folder and stem."""
    return json.loads(_text(name))


@cache
def all_samples() -> dict[str, dict[str, Any]]:
    """Read every sample; nobody may change them."""
    names = [str(path.relative_to(WIRE).with_suffix("")) for path in sorted(WIRE.glob("*/*.json"))]
    return {name: sample(name) for name in names}


def kind_of(document: dict[str, Any]) -> str:
    try:
        return reading.kind_of(document)
    except Malformed:
        return ""


def iris_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {iri for one in value.values() for iri in iris_in(one)}
    if isinstance(value, list):
        return {iri for one in value for iri in iris_in(one)}
    return {value} if isinstance(value, str) and value.startswith("https://") else set()


@cache
def all_hosts() -> dict[str, tuple[str, Shapes, Shapes]]:
    """Return for each host of the samples what it runs, what its accounts look like, and what it serves."""
    hosts: dict[str, tuple[str, Shapes, Shapes]] = {}
    for name, document in all_samples().items():
        for iri in iris_in(document):
            hosts.setdefault(urlsplit(iri).netloc, ("lemmy", {}, {}))
        own, kind = urlsplit(str(document.get("id", ""))).netloc, kind_of(document)
        if own not in hosts:
            continue
        hosts[own] = _, shapes, documents = (name.split("/")[0], *hosts[own][1:])
        if kind == "actor":
            shapes.setdefault(document["type"] if isinstance(document["type"], str) else "Group", document)
        if kind not in {"tombstone", "key"}:
            documents.setdefault(document["id"], with_key(document) if kind == "actor" else document)
    del hosts["local.example"]
    return hosts


class Host(Stranger):
    """One server of the samples: serves them by their ids, and an account with a key at every other address."""

    shapes: dict[str, dict[str, Any]]  # what accounts here look like: person, group
    made: dict[str, dict[str, Any]]

    def _find(self, path: str, query: str) -> tuple[int, str, Any]:
        iri = f"{self.home}{path}{'?' + query if query else ''}"
        if iri in self.documents:
            found = self.documents[iri]
            return (
                (found if isinstance(found, int) else 200),
                "application/activity+json",
                found if isinstance(found, dict) else {},
            )
        if path.startswith(("/.well-known", "/nodeinfo")):
            return super()._find(path, query)
        somebody = (
            self._find(path.removesuffix(KEY_PATH), "")[2] if path.endswith(KEY_PATH) else self.somebody(iri)
        )
        return (200 if somebody else 404), "application/activity+json", somebody

    def somebody(self, iri: str) -> dict[str, Any]:
        """Return the account at that address, in the shape that accounts here have; nothing where none would be."""
        kind = "Group" if GROUP.search(iri) else "Person" if PERSON.search(iri) else "Application"
        if kind == "Application" and not SERVER.match(iri):
            return {}
        name = re.split(r"[/=]", iri)[-1].lstrip("@") or self.host
        if kind in self.shapes:
            text = json.dumps(self.shapes[kind]).replace(self.shapes[kind]["id"], iri)
            return with_key(json.loads(text) | {"preferredUsername": name, "name": "", **PLAIN})
        made = {
            "@context": CONTEXT,
            "id": iri,
            "type": kind,
            "preferredUsername": name,
            "inbox": f"{iri}/inbox",
        }
        return with_key(
            made | {"followers": f"{iri}/followers", "publicKey": {"id": f"{iri}#main-key", "owner": iri}}
        )


def with_key(actor: dict[str, Any]) -> dict[str, Any]:
    """Return an actor whose key is one with which this server can sign."""
    served = copy.deepcopy(actor)
    key = served["publicKey"][0] if isinstance(served["publicKey"], list) else served["publicKey"]
    key["publicKeyPem"] = keyshop.public_pem(KEY)
    return served


class World:
    """Everything that the samples of one program meet."""

    def __init__(self, sea: Archipelago, island: Island) -> None:
        self.sea, self.island, self.software = sea, island, ""
        self.ids = ChosenIds("x")
        island.node.ids = self.ids
        self.servers: dict[str, Host] = {}
        self.serial = 0
        self.bees: Group
        self.ada: Person
        self.ben: Person

    async def open(self, scene: str) -> None:
        """Found the group, begin the thread, a poll in the scene *poll*, answer it, and let the servers stand."""
        self._build_servers()
        there = self.server("reader.example")

        async def play() -> None:
            bees = await self.island.group("bees")
            await self.island.member("ada", follows=bees)
            await self.island.member("ben", follows=bees)
            await there.send(self.island, there.activity("Follow", there.person("reader"), bees.iri))
            await self.sea.settle()
            await self._find_people()
            await self._asks(scene)
            await self.sea.settle()

        await staged(self.sea, play, which=scene if scene in (*ALONE, "poll") else "")
        self.ids = self.island.node.ids
        await self._find_people()

    async def _find_people(self) -> None:
        founder = await self.island.person("founder_of_bees")
        self.bees = Group(self.island, f"{HOME}/c/bees", founder)
        self.ada, self.ben = await self.island.person("ada"), await self.island.person("ben")

    async def _asks(self, scene: str) -> None:
        if scene in ALONE:
            return
        self.ids.next = ["q1", "1"]
        if scene == "poll":
            await self.ada.asks(self.bees, title="When?", options="In April\nIn May")
        else:
            await self.ada.posts(self.bees, title="Asked", text="Do they sleep?")
        self.ids.next = ["q2"]
        assert await self.ada.answers(f"{HOME}/post/q1", "At night, surely.") == f"{HOME}/comment/q2"

    def server(self, host: str) -> Host:
        if host not in self.servers:
            self.servers[host] = Host(self.sea, host, "lemmy")
            self.servers[host].shapes = {}
        return self.servers[host]

    def _build_servers(self) -> None:
        for host, (software, shapes, documents) in all_hosts().items():
            server = self.server(host)
            server.software, server.shapes, server.documents = software, shapes, dict(documents)

    def serve(self, iri: str, document: dict[str, Any] | int) -> None:
        """From now on that server answers so at that address: a document, or a status."""
        is_actor = isinstance(document, dict) and "publicKey" in document
        self.server(urlsplit(iri).netloc).documents[iri] = with_key(document) if is_actor else document

    async def comes(self, arrival: Arrival) -> str:
        """Let a sample come here; return why it has no effect, or nothing."""
        document = sample(arrival.name)
        if arrival.way is not None:
            reason = await arrival.way(self, document)
        elif kind_of(document) == "activity":
            reason = await self.delivers(document)
        else:
            reason = await self.finds(document["id"])
        await self.sea.settle()
        return reason

    async def finds(self, iri: str) -> str:
        """Have a member paste an address into the search box."""
        try:
            found = await find_url(self.island.node, iri)
        except NodeError as error:
            return str(error)
        return "" if found is not None else "There is nothing to be shown."

    async def delivers(self, activity: dict[str, Any]) -> str:
        """Post an activity to our inbox, signed by its actor; return why it has no effect, or nothing."""
        actor = reading.id_of(activity["actor"]) or ""
        server = self.server(urlsplit(actor).netloc)
        _, _, signer = server._find(urlsplit(actor).path or "/", urlsplit(actor).query)
        body = json.dumps(activity).encode()
        url = f"{HOME}/inbox"
        key = signer["publicKey"][0] if isinstance(signer["publicKey"], list) else signer["publicKey"]
        lent = key["owner"] != actor  # Lemmy signs for its feeds with its site's key, under their name
        key_id = f"{actor}#main-key" if lent else key["id"]
        headers = keyshop.sign(KEY, key_id, url, body, self.sea.clock.now())
        request = httpx.Request("POST", url, headers=headers, content=body)
        response = await httpx.ASGITransport(app=self.island.app).handle_async_request(request)
        if response.status_code != 202:
            return f"{response.status_code} {(await response.aread()).decode()}"
        await self.sea.settle()
        taken = [one for one in await self.island.arrivals() if one.iri == activity["id"]]
        return taken[0].reason if taken else "Nothing of this is written down."

    async def shows(self, iri: str) -> bool:
        """Tell whether anybody who comes to the page of a post reads its title and its words there."""
        post = await self.island.post(iri)
        assert post is not None
        page = await self.island.get(f"/{'comment' if post.in_reply_to else 'post'}/{post.token}")
        text = " ".join(plain_text(page.text).split())
        said = [post.title, " ".join(plain_text(post.content).split())]
        return page.status_code == 200 and all(one in text for one in said)

    async def knows(self, iri: str) -> None:
        """Let the node have met somebody."""
        await fetch_actor(self.island.node, iri, Budget(9))
