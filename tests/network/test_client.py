import asyncio
import gzip

import httpx
import pytest

from node.errors import (
    Forbidden,
    Gone,
    Malformed,
    NotFound,
    Refused,
    TooLarge,
    TooMany,
    Unavailable,
    UnsupportedMedia,
)
from node.network.client import Budget, Client
from node.settings import Settings
from tests.support.clock import ManualClock
from tests.support.fakenet import FakeNet
from tests.support.fakeremote import FakeRemote

NOTE = "https://good.test/note"


@pytest.fixture
def net():
    return FakeNet()


@pytest.fixture
def good(net):
    remote = FakeRemote()
    net.serve("good.test", remote)
    return remote


@pytest.fixture
def other(net):
    remote = FakeRemote()
    net.serve("other.test", remote, "93.184.216.35")
    return remote


def client_on(net, **settings):
    return Client(
        net, Settings(url="https://us.test", **settings), homes=["https://us.test"], clock=ManualClock()
    )


# Fetching ---------------------------------------------------------------------------------------------------


async def test_a_document_is_fetched_with_our_name_and_nothing_personal(net, good):
    good.on("/note", b'{"id": 1}', headers={"content-type": "application/activity+json; charset=utf-8"})
    fetched = await client_on(net).get_document(f"{NOTE}#fragment")
    assert (fetched.url, fetched.status, fetched.body) == (NOTE, 200, b'{"id": 1}')
    assert (fetched.media_type, fetched.charset) == ("application/activity+json", "utf-8")
    asked = good.seen[0].headers
    assert asked["user-agent"].startswith("Archipel/")
    assert asked["user-agent"].endswith(" (+https://us.test/)")
    assert asked["accept-encoding"] == "gzip"
    assert asked["accept"].startswith("application/activity+json, application/ld+json; profile=")
    assert set(asked) == {"host", "user-agent", "accept", "accept-encoding"}


@pytest.mark.parametrize(
    "given",
    [
        "application/activity+json",
        "Application/Activity+JSON; Charset=UTF-8",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        'application/ld+json;profile="http://x.test/;y https://www.w3.org/ns/activitystreams"; charset=utf-8',
        "application/ld+json",
    ],
)
async def test_the_media_types_of_activitypub_are_read(net, good, given):
    good.on("/note", headers={"content-type": given})
    assert (await client_on(net).get_document(NOTE)).body == b"{}"


@pytest.mark.parametrize(
    "given",
    [
        "text/html",
        "text/plain",
        "application/json",
        "image/png",
        "",
        'application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"',
        "application/activity+json; charset=utf-16",
        "application/activity+json, text/html",
        "application/activity+json; charset=utf-8, text/html",
        "text/html; a=application/activity+json",
    ],
)
async def test_any_other_media_type_is_not_a_document(net, good, given):
    good.on("/note", headers={"content-type": given})
    with pytest.raises(UnsupportedMedia):
        await client_on(net).get_document(NOTE)


async def test_what_has_not_changed_is_not_sent_again(net, good):
    """RULE E4: the version that we have is named, and one answer without a body says that it is the newest."""
    kind = {"content-type": "application/activity+json", "etag": 'W/"one"'}
    good.on("/note", b"{}", headers=kind)
    client = client_on(net)
    first = await client.get_document(NOTE)
    assert (first.etag, first.is_unchanged, "if-none-match" in good.seen[0].headers) == (
        'W/"one"',
        False,
        False,
    )
    good.on("/note", b"", status=304, headers={"etag": 'W/"one"'})
    again = await client.get_document(NOTE, etag=first.etag)
    assert (again.is_unchanged, again.body, good.seen[1].headers["if-none-match"]) == (True, b"", 'W/"one"')
    with pytest.raises(Refused):
        await client.get_document(NOTE)  # nobody named a version


@pytest.mark.parametrize("given", ['"' + "x" * 400 + '"', '"\x01"'])
async def test_a_version_with_an_impossible_name_has_none(net, good, given):
    good.on("/note", b"{}", headers={"content-type": "application/activity+json", "etag": given})
    assert (await client_on(net).get_document(NOTE)).etag == ""


@pytest.mark.parametrize(
    "given", ["application/jrd+json", "application/json; charset=utf-8", "application/ld+json"]
)
async def test_webfinger_comes_as_any_json(net, good, given):
    good.on("/note", headers={"content-type": given})
    assert (await client_on(net).get_json(NOTE)).body == b"{}"
    assert good.seen[0].headers["accept"] == "application/jrd+json, application/json"


async def test_a_page_in_place_of_webfinger_is_nothing(net, good):
    good.on("/note", b"<html>", headers={"content-type": "text/html"})
    with pytest.raises(NotFound):
        await client_on(net).get_json(NOTE)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Refused),
        (401, Forbidden),
        (403, Forbidden),
        (404, NotFound),
        (406, Refused),
        (410, Gone),
        (300, Refused),
        (304, Refused),
        (408, Unavailable),
        (425, Unavailable),
        (429, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
async def test_a_status_says_whether_to_come_back(net, good, status, error):
    good.on("/note", b"<script>alert(1)</script>", status=status)
    with pytest.raises(error) as raised:
        await client_on(net).get_document(NOTE)
    assert type(raised.value) is error
    assert "script" not in str(raised.value)


@pytest.mark.parametrize(
    ("given", "seconds"), [("120", 120), ("Tue, 03 Nov 2026 09:02:00 GMT", 120), ("soon", None)]
)
async def test_a_busy_peer_says_when_to_come_back(net, good, given, seconds):
    good.on("/note", status=503, headers={"retry-after": given})
    with pytest.raises(Unavailable) as raised:
        await client_on(net).get_document(NOTE)
    assert raised.value.retry_after == seconds


# Limits -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("announce", [True, False])
async def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not(net, good, announce):
    headers = {} if announce else {"content-length": "x"}
    client = client_on(net)
    good.on("/note", bytes(1000), headers=headers)
    assert len((await client.get(NOTE, accept="*/*", limit=1000)).body) == 1000
    good.on("/note", bytes(1001), headers=headers)
    with pytest.raises(TooLarge):
        await client.get(NOTE, accept="*/*", limit=1000)


async def test_documents_are_limited_by_the_settings_and_webfinger_by_64_kib(net, good):
    client = client_on(net, max_body=2048)
    good.on("/note", bytes(2049))
    with pytest.raises(TooLarge):
        await client.get_document(NOTE)
    good.on("/note", bytes(64 * 1024 + 1))
    with pytest.raises(TooLarge):
        await client.get_json(NOTE)


async def test_decoded_bytes_are_what_counts(net, good):
    client = client_on(net)
    words = " ".join(map(str, range(1000))).encode()
    good.on("/note", gzip.compress(words, mtime=0), headers={"content-encoding": "gzip"})
    assert (await client.get(NOTE, accept="*/*", limit=len(words))).body == words
    with pytest.raises(TooLarge):
        await client.get(NOTE, accept="*/*", limit=len(words) - 1)


async def test_a_bomb_is_put_down_early(net, good):
    good.bomb("/note", 50 * 1024 * 1024)
    with pytest.raises(TooLarge):
        await client_on(net).get_document(NOTE)
    good.bomb("/note", 900 * 1024)  # within the limit, but packed far beyond what text allows
    with pytest.raises(TooLarge):
        await client_on(net).get_document(NOTE)


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "gzip, br"])
async def test_only_the_encoding_we_asked_for_is_decoded(net, good, encoding):
    good.on("/note", b"x", headers={"content-encoding": encoding})
    with pytest.raises(UnsupportedMedia):
        await client_on(net).get_document(NOTE)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"not gzip", Malformed),
        (gzip.compress(b"{}", mtime=0)[:-4], Unavailable),
        (gzip.compress(b"{}", mtime=0) + b"more", Malformed),
        (gzip.compress(b"{}", mtime=0) + gzip.compress(b"{}", mtime=0), Malformed),
        (b"", Unavailable),
    ],
)
async def test_broken_gzip_is_refused(net, good, body, error):
    good.on("/note", body, headers={"content-encoding": "gzip"})
    with pytest.raises(error):
        await client_on(net).get_document(NOTE)


async def test_half_a_body_is_trouble_on_the_way(net, good):
    good.on("/note", chunks=(b"{", b"}"), half=True)
    with pytest.raises(Unavailable):
        await client_on(net).get_document(NOTE)


@pytest.mark.parametrize("fault", ["hold", "pause"])
async def test_a_slow_peer_is_left_after_the_whole_time(net, good, fault):
    good.on("/note", chunks=(b"{", b"}"), **{fault: asyncio.Event()})
    with pytest.raises(Unavailable, match="too long"):
        await client_on(net, fetch_timeout=0.05).get_document(NOTE)


async def test_few_fetches_are_open_to_one_host_at_a_time(net, good):
    hold = asyncio.Event()
    good.on("/note", hold=hold)
    client = client_on(net, fetches_per_host=2, fetches_open=3)
    other = FakeRemote()
    net.serve("other.test", other)
    other.on("/note", hold=hold)
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(client.get_document(NOTE))
            group.create_task(client.get_document("https://other.test/note"))
        while good.open_now + other.open_now < 3:  # each step of the loop lets the tasks get on
            await asyncio.sleep(0)
        hold.set()
    assert good.most_open <= 2
    assert other.most_open <= 2
    assert len(good.seen) == len(other.seen) == 5
    assert client._gate._hosts == {}


# Where it may lead ------------------------------------------------------------------------------------------


async def test_redirects_are_followed_signed_and_paid_for_one_by_one(net, good, other):
    good.redirects("/note", "/b?x=1")
    good.redirects("/b?x=1", "https://other.test/c")
    other.redirects("/c", "//other.test/d#me", status=308)
    other.on("/d", b"[]")
    signed = []

    def sign(method, url, body, scheme):
        assert scheme == "cavage"
        signed.append((method, url, body))
        return {"signature": f"for {url}"}

    budget = Budget(10)
    fetched = await client_on(net).get_document(NOTE, signer=sign, budget=budget)
    assert (fetched.url, fetched.body) == ("https://other.test/d", b"[]")
    steps = [NOTE, "https://good.test/b?x=1", "https://other.test/c", "https://other.test/d"]
    assert signed == [("GET", step, None) for step in steps]
    asked = good.seen + other.seen
    assert [seen.headers["signature"] for seen in asked] == [f"for {step}" for step in steps]
    assert budget.left == 6


async def test_a_signer_may_say_which_host_it_signed(net, good):
    good.on("/note")
    await client_on(net).get_document(NOTE, signer=lambda *_: {"Host": "good.test", "Date": "now"})
    assert good.seen[0].headers["host"] == "good.test"
    assert good.seen[0].headers["date"] == "now"


async def test_one_redirect_too_many_is_refused(net, good):
    good.redirects("/note", "/1", "/2", "/3", "/4")
    good.on("/4")
    with pytest.raises(Refused, match="on and on"):
        await client_on(net).get_document(NOTE)
    assert [seen.target for seen in good.seen] == ["/note", "/1", "/2", "/3"]


async def test_a_circle_is_seen_at_once(net, good):
    good.redirects("/note", "/b", "/note")
    with pytest.raises(Refused, match="on and on"):
        await client_on(net).get_document(NOTE)
    assert len(good.seen) == 2


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://good.test/plain", Malformed),
        ("ftp://good.test/", Malformed),
        ("data:application/activity+json,{}", Malformed),
        ("https://127.0.0.1/", Malformed),
        ("https://good.test:8443/", Malformed),
        ("https://me@good.test/", Malformed),
        ("https://us.test/me", Forbidden),
        ("https://inside.test/", Forbidden),
        ("https://[", Refused),
    ],
)
async def test_a_redirect_leads_nowhere_we_would_not_go_ourselves(net, good, location, error):
    net.name("inside.test", ["10.0.0.1"])
    good.redirects("/note", location)
    with pytest.raises(error):
        await client_on(net).get_document(NOTE)
    assert len(good.seen) == 1
    assert net.connected == ["93.184.216.34"]


async def test_in_development_too_https_is_not_left_for_http(net, good):
    client = Client(net, Settings(url="http://us.test", development=True), homes=[])
    good.redirects("/note", "http://good.test/plain")
    with pytest.raises(Refused, match="https to http"):
        await client.get_document(NOTE)


async def test_a_redirect_without_a_location_is_a_refusal(net, good):
    good.on("/note", b"", status=302)
    with pytest.raises(Refused, match="hand this out"):
        await client_on(net).get_document(NOTE)


@pytest.mark.parametrize("url", ["https://us.test/note", "https://US.test:443/note#x"])
async def test_the_node_does_not_ask_itself(net, url):
    client = client_on(net)
    with pytest.raises(Forbidden, match="itself"):
        await client.get_document(url)
    with pytest.raises(Forbidden, match="itself"):
        await client.post(url, body=b"{}", headers={})
    assert net.looked_up == []


async def test_homes_that_join_later_are_its_own_as_well(net, good):
    good.on("/note")
    homes = {"https://us.test"}
    client = Client(net, Settings(url="https://us.test"), homes=homes)
    await client.get_document(NOTE)
    homes.add("https://good.test")
    with pytest.raises(Forbidden):
        await client.get_document(NOTE)


async def test_an_empty_budget_fetches_nothing(net, good):
    good.on("/note")
    client, budget = client_on(net), Budget(2)
    await client.get_document(NOTE, budget=budget)
    await client.get_json(NOTE, budget=budget)
    with pytest.raises(TooMany):
        await client.get_document(NOTE, budget=budget)
    assert len(good.seen) == 2


async def test_a_second_knock_is_a_fetch_like_any_other(net, good):
    """RULE B4, V53: whoever makes us ask twice pays twice."""
    good.on("/note", status=401)
    for left, seen, error in ((5, 2, Forbidden), (1, 1, TooMany)):
        budget = Budget(left)
        good.seen.clear()
        with pytest.raises(error):
            await client_on(net).get_document(NOTE, signer=lambda *_: {"signature": "s"}, budget=budget)
        assert (len(good.seen), budget.left) == (seen, left - seen)


# Delivering -------------------------------------------------------------------------------------------------


async def test_a_delivery_arrives_as_signed_and_any_status_comes_back(net, good):
    client = client_on(net)
    headers = {"content-type": "application/activity+json", "signature": "s", "date": "d"}
    good.on("/inbox", b"thank\x1b[31m you\n\xff\xe2\x80\xae", status=202, headers={"retry-after": "7"})
    delivered = await client.post("https://good.test/inbox", body=b'{"a": 1}', headers=headers)
    assert (delivered.status, delivered.retry_after) == (202, 7.0)
    assert delivered.body_excerpt == "thank\\x1b[31m you\\n\ufffd\\u202e"
    assert good.seen[0].body == b'{"a": 1}'
    assert headers.items() <= good.seen[0].headers.items()
    assert good.seen[0].headers["accept-encoding"] == "identity"
    assert (await client.post("https://good.test/none", body=b"", headers={})).status == 404


async def test_a_long_answer_to_a_delivery_is_not_read_to_its_end(net, good):
    pause = asyncio.Event()
    good.on("/inbox", chunks=(b"x" * 20_000, b"never"), pause=pause)
    delivered = await client_on(net).post("https://good.test/inbox", body=b"{}", headers={})
    assert delivered.body_excerpt == "x" * 200


async def test_a_delivery_follows_no_redirect(net, good):
    good.redirects("/inbox", "/elsewhere", status=307)
    delivered = await client_on(net).post("https://good.test/inbox", body=b"{}", headers={})
    assert delivered.status == 307
    assert len(good.seen) == 1


async def test_a_private_inbox_is_not_delivered_to(net):
    net.name("inside.test", ["10.0.0.1"])
    with pytest.raises(Forbidden):
        await client_on(net).post("https://inside.test/inbox", body=b"{}", headers={})
    assert net.connected == []


async def test_trouble_with_a_delivery_is_unavailable(net, good):
    good.on("/inbox", hold=asyncio.Event())
    with pytest.raises(Unavailable, match="too long"):
        await client_on(net, delivery_timeout=0.05).post("https://good.test/inbox", body=b"{}", headers={})

    class Broken(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            raise httpx.ConnectError("refused")

    with pytest.raises(Unavailable, match="cannot be reached"):
        await client_on(Broken()).post("https://good.test/inbox", body=b"{}", headers={})


async def test_closing_the_client_closes_its_transport():
    closed = []

    class Closing(httpx.AsyncBaseTransport):
        async def aclose(self):
            closed.append(True)

    await client_on(Closing()).aclose()
    assert closed == [True]
