"""What the links of a soak do to a delivery, and what they keep of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket

import pytest

from soak.proxy import LINK_FAULTS, UNORDERED, Asked, Links, Proxy

TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
# What the node gets whole, and the status that the sender reads; 0 for none.
OUTCOMES = {
    "drop": (0, 0),
    "lost answer": (1, 0),
    "half body": (0, 0),
    "half answer": (1, 202),
    "double": (2, 202),
    "late double": (2, 202),
    "delay": (1, 202),
    "stall": (1, 202),
    "reorder": (1, 202),
    "slices": (1, 202),
    "429": (0, 429),
    "503": (0, 503),
    "500": (0, 500),
    "taken, 502": (1, 502),
}


class Sink:
    """A node that takes everything."""

    def __init__(self):
        self.bodies = []

    async def serve(self, reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(one[15:]) for one in head.split(b"\r\n") if one.lower().startswith(b"content-length")
            )
            self.bodies.append(await reader.readexactly(length))
            writer.write(TAKEN)
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def link(kind):
    sink, links = Sink(), Links(1, rate=1.0 if kind else 0.0, kinds=(kind,) if kind else ())
    links.seconds = lambda most: 0.0  # nothing is waited for
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(links, "b.example", server.sockets[0].getsockname()[1], lease=0.01)
    async with server, proxy.serving(listener):
        yield sink, links, proxy, listener.getsockname()[1]


async def deliver(port, body):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = b'Signature: keyId="https://a.example/u/ada#key",algorithm="x"\r\n'
    writer.write(
        b"POST /inbox HTTP/1.1\r\nHost: b.example\r\n%sContent-Length: %d\r\n\r\n" % (key, len(body)) + body
    )
    try:
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def like(number=1):
    return json.dumps({"id": f"https://a.example/likes/{number}", "type": "Like", "object": "x"}).encode()


def test_every_fault_of_a_link_is_tried_here():
    assert OUTCOMES.keys() == LINK_FAULTS.keys()


@pytest.mark.parametrize("kind", LINK_FAULTS)
async def test_a_fault_does_what_it_says(kind, monkeypatch):
    monkeypatch.setattr("soak.proxy.LONGEST_QUEUE", 0.01)
    async with link(kind) as (sink, links, proxy, port):
        answer = await deliver(port, like())
        await asyncio.gather(*proxy._later)
        got, status = OUTCOMES[kind]
        assert sink.bodies == [like()] * got
        assert int(answer[9:12] or 0) == status
        assert answer.endswith(b"\r\n\r\n") == (status != 0 and kind != "half answer")
        assert links.traffic.faults == {kind: 1}
        assert (("https://a.example/likes/1", "b.example") in links.traffic.taken) == (got > 0)


async def test_what_was_taken_and_comes_again_is_a_repeat():
    async with link("") as (sink, links, _, port):
        await deliver(port, like())
        await deliver(port, like())
        await deliver(port, like(2))
        assert (len(sink.bodies), links.traffic.repeats, links.traffic.changed) == (3, 1, [])
        await deliver(port, like() + b" ")
        assert links.traffic.changed == ["https://a.example/likes/1 to b.example"]


async def test_nodes_that_are_cut_off_reach_each_other_in_no_way():
    async with link("") as (sink, links, _, port):
        links.cut.add(frozenset({"a.example", "b.example"}))
        assert await deliver(port, like()) == b""
        assert sink.bodies == []
        links.open = False
        assert await deliver(port, like()) == TAKEN


def test_only_what_may_be_overtaken_waits_in_a_queue():
    links = Links(1, rate=1.0, kinds=("reorder",))
    kinds = {
        kind: links.draw(Asked("POST", "/inbox", b"", b"", "", "iri", kind))
        for kind in (*UNORDERED, "Lock", "Undo Lock")
    }
    assert {kind for kind, drawn in kinds.items() if drawn == "reorder"} == UNORDERED
