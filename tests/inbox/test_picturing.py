"""Pictures of other servers: asked for once, in the node's own name, and shown from here (A90, A91, A106)."""

import asyncio
import io
from datetime import timedelta

import httpx
import pytest
from PIL import Image
from sqlmodel import select

from node.errors import NotFound, TooMany
from node.inbox import picturing
from node.inbox.files import sweep_files, sweep_strays
from node.inbox.picturing import Flights, picture_of
from node.local import peers
from node.store.queries.media import FarSource
from node.store.queries.uploads import count_media
from node.store.tables.media import FarPicture
from tests.support import pictures

URL = "https://pictures.example/rose.png"
SOURCE = FarSource(URL, "far", is_open=True)


class Gallery:
    """A server of pictures, and what it was asked."""

    def __init__(self):
        self.asked = []
        self.answer = httpx.Response(
            200, content=pictures.photo(900, 600), headers={"content-type": "image/jpeg"}
        )
        self.gate = None

    async def handle_async_request(self, request):
        self.asked.append(request)
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answer
        return httpx.Response(
            answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content)
        )

    async def aclose(self):
        pass


@pytest.fixture
async def beta(sea):
    return await sea.node("beta.example")


@pytest.fixture
def gallery(beta, monkeypatch):
    opened = Gallery()
    monkeypatch.setattr(beta.node.client, "_transport", opened)
    return opened


async def kept(node):
    async with node.reading() as session:
        return list(await session.scalars(select(FarPicture)))


async def test_a_picture_is_fetched_once_written_anew_and_kept(beta, gallery):
    first = await picture_of(beta.node, SOURCE)
    second = await picture_of(beta.node, SOURCE)
    assert first.token == second.token
    assert (first.width, first.height) == (600, 900), "it stands upright"
    [request] = gallery.asked
    assert str(request.url) == URL
    body = await beta.node.objects.read(f"far/{first.token[-2:]}/{first.token}/thumb.webp", 0, 1 << 20)
    assert Image.open(io.BytesIO(body)).size == (427, 640)
    assert b"private" not in body


async def test_nothing_of_whoever_looks_goes_along(beta, gallery):
    await picture_of(beta.node, SOURCE)
    assert set(gallery.asked[0].headers) == {"host", "user-agent", "accept", "accept-encoding", "via"}
    assert gallery.asked[0].headers["user-agent"].startswith("Archipel/")
    assert gallery.asked[0].headers["via"] == "1.1 beta.example"


async def test_two_who_look_at_once_cause_one_fetch(beta, gallery):
    gallery.gate = asyncio.Event()
    looking = [asyncio.create_task(picture_of(beta.node, SOURCE)) for _ in range(5)]
    while not gallery.asked:
        await asyncio.sleep(0)
    looking[0].cancel()
    gallery.gate.set()
    found = await asyncio.gather(*looking[1:])
    assert len({one.token for one in found}) == 1
    assert len(gallery.asked) == 1
    assert not beta.node.memory(Flights).coming


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (404, "image/png", b""),
        (200, "text/html", b"<html>"),
        (200, "image/svg+xml", pictures.SVG),
        (200, "image/png", pictures.SVG),
        (200, "image/png", pictures.bomb()),
    ],
)
async def test_what_cannot_be_had_is_not_asked_for_again_for_hours(beta, gallery, sea, status, kind, body):
    gallery.answer = httpx.Response(status, content=body, headers={"content-type": kind})
    for _ in range(3):
        with pytest.raises(NotFound):
            await picture_of(beta.node, SOURCE)
    assert len(gallery.asked) == 1
    sea.clock.advance(hours=7)
    gallery.answer = httpx.Response(200, content=pictures.plain(), headers={"content-type": "image/png"})
    assert (await picture_of(beta.node, SOURCE)).token
    assert len(await kept(beta.node)) == 1


async def test_a_home_that_is_away_is_asked_again_sooner(beta, gallery, sea):
    gallery.answer = httpx.Response(503)
    with pytest.raises(NotFound):
        await picture_of(beta.node, SOURCE)
    sea.clock.advance(minutes=11)
    await sweep_files(beta.node)
    assert await kept(beta.node) == []


async def test_a_blocked_server_shows_nothing_not_even_what_was_kept(beta, gallery):
    await picture_of(beta.node, SOURCE)
    async with beta.node.transaction() as tx:
        await peers.block(tx, "example", own="beta.test")
    with pytest.raises(NotFound):
        await picture_of(beta.node, SOURCE)
    with pytest.raises(NotFound):
        await picture_of(beta.node, FarSource("https://sub.pictures.example:8443/x.png", "far", is_open=True))
    assert len(gallery.asked) == 1


@pytest.mark.parametrize(
    "url", ["https://beta.example/media/abc/full.png", "https://127.0.0.1/x.png", "ftp://x/y"]
)
async def test_the_node_asks_neither_itself_nor_its_neighbours(beta, gallery, url):
    with pytest.raises(NotFound):
        await picture_of(beta.node, FarSource(url, "far", is_open=True))
    assert gallery.asked == []


async def test_a_picture_of_a_private_group_is_asked_for_with_a_signature(beta, gallery):
    await picture_of(beta.node, FarSource(URL, "far", is_open=False, group_id=1))
    assert "signature" in gallery.asked[0].headers


async def test_when_very_many_are_on_their_way_the_next_waits(beta, gallery, monkeypatch):
    monkeypatch.setattr(picturing, "MOST_WAITING", 0)
    with pytest.raises(TooMany):
        await picture_of(beta.node, SOURCE)
    assert gallery.asked == []


async def test_where_the_operator_wants_none_nothing_is_fetched(sea):
    bare = await sea.node("bare.example", far_media_bytes=0)
    with pytest.raises(NotFound):
        await picture_of(bare.node, SOURCE)


async def test_old_ones_go_and_when_there_is_no_room_the_oldest(sea, monkeypatch):
    island = await sea.node("small.example", far_media_bytes=40_000, far_media_days=30)
    gallery = Gallery()
    monkeypatch.setattr(island.node.client, "_transport", gallery)
    gallery.answer = httpx.Response(
        200,
        content=pictures.saved(Image.effect_noise((120, 120), 90)),
        headers={"content-type": "image/png"},
    )
    for number in range(4):
        await picture_of(island.node, FarSource(f"{URL}?{number}", "far", is_open=True))
        sea.clock.advance(minutes=1)
    await sweep_files(island.node)
    left = await kept(island.node)
    assert 0 < sum(one.bytes for one in left) <= 40_000
    assert [one.url for one in left] == [f"{URL}?{number}" for number in range(4)][-len(left) :]
    sea.clock.advance(days=31)
    await sweep_files(island.node)
    assert await kept(island.node) == []
    assert [one async for one in island.node.objects.listed()] == []


async def test_what_is_counted_is_what_is_there(beta, gallery):
    await picture_of(beta.node, SOURCE)
    async with beta.node.reading() as session:
        counted = await count_media(session)
    assert (counted.uploads, counted.far) == (0, 1)
    assert counted.far_bytes > 0


async def test_files_that_no_row_names_go_after_a_day(beta, gallery, sea, monkeypatch):
    await picture_of(beta.node, SOURCE)
    stray = "own/yz/wxyz/full.png"
    await beta.node.objects.put(stray, b"x", "image/png")
    now = sea.clock.now()
    files = [one async for one in beta.node.objects.listed()]

    async def listed(age):
        for name, _ in files:
            yield name, now - age

    monkeypatch.setattr(beta.node.objects, "listed", lambda: listed(timedelta(hours=1)))
    assert await sweep_strays(beta.node) == 0
    monkeypatch.setattr(beta.node.objects, "listed", lambda: listed(timedelta(hours=25)))
    assert await sweep_strays(beta.node) == 1
    with pytest.raises(NotFound):
        await beta.node.objects.size(stray)
