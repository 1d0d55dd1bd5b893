"""Pages leave squeezed, and squeezing them tells nobody what is secret in them."""

import gzip
import zlib

import pytest

from node.web import squeezing
from node.web.assets import assets
from tests.support.browsing import Browser

GZIP = {"accept-encoding": "gzip, br"}


@pytest.fixture
async def beta(sea):
    return await sea.node("beta.example")


@pytest.fixture
async def stranger(beta):
    async with Browser(beta.app, "https://beta.example") as browser:
        yield browser


@pytest.fixture
async def ada(beta):
    async with Browser(beta.app, "https://beta.example") as browser:
        yield await browser.signs_up("ada")


@pytest.fixture
async def village(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season", source="They are out. " * 100)


async def raw(browser, path, **headers):
    """What is on the wire, which the client would unfold by itself."""
    async with browser.client.stream("GET", path, headers=headers) as response:
        body = b"".join([chunk async for chunk in response.aiter_raw()])
    return response, body


@pytest.mark.parametrize("path", ["/", "/c/bees", "/about", "/feed.atom"])
async def test_what_people_and_readers_fetch_is_squeezed(village, stranger, path):
    plain, there = await raw(stranger, path, **{"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    squeezed, body = await raw(stranger, path, **GZIP)
    assert squeezed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in squeezed.headers["vary"]
    assert int(squeezed.headers["content-length"]) == len(body)
    assert gzip.decompress(body) == there or "csrf" in there.decode()
    assert len(body) < 0.8 * len(there) + squeezing.PADDING


async def test_pages_say_all_else_that_they_vary_by(village, stranger):
    response, _ = await raw(stranger, "/", **GZIP)
    assert {"Accept", "Accept-Language", "Cookie", "Accept-Encoding"} <= set(
        response.headers["vary"].split(", ")
    )


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0"])
async def test_who_cannot_unfold_it_gets_it_plain(village, stranger, accepted):
    response, body = await raw(stranger, "/about", **{"accept-encoding": accepted})
    assert "content-encoding" not in response.headers
    assert body.startswith(b"<!doctype html>")


async def test_documents_and_short_answers_stay_as_they_are(village, stranger):
    for path, kind in ((village, "application/activity+json"), ("/.well-known/nodeinfo", "application/json")):
        response, _ = await raw(stranger, path, accept=kind, **GZIP)
        assert response.status_code == 200
        assert "content-encoding" not in response.headers, path


async def test_head_tells_what_get_would(village, stranger, monkeypatch, beta):
    monkeypatch.setattr(type(beta.node.ids), "jitter", lambda _: 0.25)
    asked, body = await raw(stranger, "/about", **GZIP)
    head = await stranger.client.head("/about", headers=GZIP)
    assert head.content == b""
    assert head.headers["content-length"] == asked.headers["content-length"] == str(len(body))


async def test_a_tag_of_squeezed_bytes_is_weak_and_good_for_304(village, stranger):
    response, _ = await raw(stranger, "/feed.atom", **GZIP)
    assert response.headers["etag"].startswith('W/"')
    again = await stranger.client.get(
        "/feed.atom", headers=GZIP | {"if-none-match": response.headers["etag"]}
    )
    assert again.status_code == 304


async def test_what_is_packed_already_is_left_alone(village, stranger):
    response, body = await raw(stranger, "/static/archipel.css", **GZIP)
    assert body == assets()["archipel.css"].packed
    assert not response.headers["etag"].startswith("W/")


async def test_the_length_of_a_page_differs_from_time_to_time(village, stranger, monkeypatch, beta):
    lengths = set()
    for share in (0.0, 0.31, 0.62, 0.93):
        monkeypatch.setattr(type(beta.node.ids), "jitter", lambda _, share=share: share)
        lengths.add(len((await raw(stranger, "/about", **GZIP))[1]))
    assert len(lengths) == 4


async def test_no_secret_is_twice_in_what_a_member_is_sent(ada):
    first, second = [(await ada.get("/settings")).forms[-1].fields["csrf"] for _ in range(2)]
    assert first != second
    assert not set(zip(range(len(first)), first, strict=True)) >= set(
        zip(range(len(second)), second, strict=True)
    )
    for token in (first, second):  # each is good, as long as the session is
        page = await ada.send("/settings/language", {"language": "en", "csrf": token})
        assert page.status == 303


def test_anything_unfolds_to_what_it_was():
    for body in (b"", b"a", b"word " * 10_000, bytes(range(256)) * 9):
        for padding in (0, 1, squeezing.PADDING):
            assert gzip.decompress(squeezing.squeeze(body, padding)) == body
            assert (
                zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(squeezing.squeeze(body, padding)) == body
            )
