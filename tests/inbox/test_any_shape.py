"""Whatever arrives, however shaped: an answer below 500, and an end that is written down.

Every sample of tests/wire is delivered, signed by its own actor, as it is and with parts of it changed; then
the workers run. Nothing may be left to "something unforeseen went wrong".
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from node.activitypub import reading
from node.errors import Malformed
from node.store.queries.posts import find_post
from tests.support import keyshop
from tests.support.stranger import CONTEXT, Stranger

WIRE = Path(__file__).parent.parent / "wire"
UNFORESEEN = {"arrival failed", "task failed", "outbox.send_failed", "outbox.turn_failed", "request failed"}
HERE = "https://local.example"


def all_samples() -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(WIRE.rglob("*.json"))]


def is_activity(sample: dict[str, Any]) -> bool:
    try:
        return reading.kind_of(sample) == "activity"
    except Malformed:
        return False


SAMPLES = [one for one in all_samples() if is_activity(one)]


class World(Stranger):
    """Every server of the samples: serves the samples by id, and somebody with a key at every other address."""

    def _find(self, path: str, query: str) -> tuple[int, str, Any]:
        status, kind, found = super()._find(path, query)
        iri = f"{self.home}{path}{'?' + query if query else ''}"
        if status == 404 and iri in self.documents:
            return 200, "application/activity+json", self.documents[iri]
        if status == 404 and not path.startswith(("/.well-known", "/nodeinfo")):
            return 200, "application/activity+json", self.somebody(iri)
        return status, kind, found

    def somebody(self, iri: str) -> dict[str, Any]:
        return {
            "@context": CONTEXT,
            "id": iri,
            "type": "Group" if any(part in iri for part in ("/c/", "/m/", "/category/")) else "Person",
            "preferredUsername": "somebody",
            "inbox": f"{iri}/inbox",
            "publicKey": {"id": f"{iri}#main-key", "owner": iri, "publicKeyPem": keyshop.public_pem("alice")},
        }


@pytest.fixture
async def post_office(sea):
    """The node that all samples speak to, with what they speak of, and the servers that they come from."""
    island = await sea.node("local.example", requests_per_minute=1_000_000)
    bees = await island.group("bees")
    ada = await island.member("ada", follows=bees)
    thread = await ada.posts(bees, title="Asked", text="Do they sleep?")
    async with island.node.transaction() as tx:
        post = await find_post(tx.session, thread)
        post.iri, post.token = f"{HERE}/post/q1", "q1"
    servers: dict[str, World] = {}
    for sample in all_samples():
        for iri in ids_in(sample):
            host = urlsplit(iri).netloc
            if host and host != "local.example" and host not in servers:
                servers[host] = World(sea, host)
    for sample in all_samples():
        iri = sample.get("id")
        if isinstance(iri, str) and urlsplit(iri).netloc in servers and "publicKey" not in sample:
            servers[urlsplit(iri).netloc].documents[iri] = sample

    async def deliver(activity: Any) -> int:
        actor = reading.id_of(activity.get("actor")) if isinstance(activity, dict) else None
        try:
            host = urlsplit(actor or "").netloc
        except ValueError:  # an address that is none has no server of its own
            host = ""
        server = servers.get(host) or next(iter(servers.values()))
        signer = actor if server.host == host and actor else f"{server.home}/u/nobody"
        server.accounts[signer] = "alice"
        return await server.send(island, activity, signer=signer)

    return island, deliver


def ids_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [iri for one in value.values() for iri in ids_in(one)]
    if isinstance(value, list):
        return [iri for one in value for iri in ids_in(one)]
    return [value] if isinstance(value, str) and value.startswith("https://") else []


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [path, *(place for key, one in inside for place in places(one, (*path, key)))]


async def arrives(post_office: Any, activity: Any) -> None:
    island, deliver = post_office
    with capture_logs() as logs:
        status = await deliver(activity)
        await island.sea.settle()
    assert status < 500, (status, activity)
    wrong = [entry for entry in logs if entry["event"] in UNFORESEEN]
    assert not wrong, (wrong, activity)


async def test_every_sample_is_taken_and_ends(post_office):
    for sample in SAMPLES:
        await arrives(post_office, sample)
    island, _ = post_office
    arrivals = await island.arrivals()
    assert len(arrivals) > 100
    assert {one.state for one in arrivals} <= {"done", "waiting"}, "none is parked as a dead letter"


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64),
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            [],
            {},
            [[]],
            [None],
            {"id": {}},
            [{"type": []}],
            "as:Public",
            "https://[",
            "https://xn--a/",
            "\x00",
            f"{HERE}/post/q1",
            f"{HERE}/u/ada",
            f"{HERE}/c/bees",
            f"{HERE}/",
            "2026-13-41",
            "9999-12-31T23:59:59Z",
            {"type": "Note"},
            {"id": f"{HERE}/post/q1", "type": "Page"},
            ["https://lemmy.example/u/ripley"] * 3,
        ]
    ),
)


def changed_samples(count: int) -> list[dict[str, Any]]:
    """Samples with one to three of their parts put to something else, drawn by Hypothesis."""
    drawn: list[dict[str, Any]] = []

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        sample = copy.deepcopy(data.draw(st.sampled_from(SAMPLES)))
        if isinstance(sample.get("id"), str):
            sample["id"] += f"/changed-{len(drawn)}"  # else it is a repeat, and nobody looks
        for _ in range(data.draw(st.integers(1, 3))):
            *way, last = data.draw(st.sampled_from([place for place in places(sample) if place]))
            parent = sample
            for key in way:
                parent = parent[key]
            parent[last] = copy.deepcopy(data.draw(ODD))
        drawn.append(sample)

    draw()
    return drawn


async def test_a_changed_sample_is_answered_and_ends(post_office):
    for sample in changed_samples(250):
        await arrives(post_office, sample)
    island, _ = post_office
    assert len(await island.arrivals()) > 25, "not all of them are stopped at the door"
