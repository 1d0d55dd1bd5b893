import asyncio
import gzip
import socket
from contextlib import AsyncExitStack

import httpx
import pytest

from node.errors import Forbidden, Unavailable
from node.network.client import Client
from node.network.transport import make_transport
from node.settings import Settings
from tests.support.fakenet import FakeNet
from tests.support.fakeremote import FakeRemote, tls_for

GOOD, OTHER = "93.184.216.34", "93.184.216.35"


@pytest.fixture
async def stack():
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
def net():
    return FakeNet()


@pytest.fixture
def remote():
    return FakeRemote()


async def transport_to(stack, net, tls=None, *, development=False, **settings):
    url = "http://us.test" if development else "https://us.test"
    made = make_transport(
        Settings(url=url, development=development, **settings), net, tls=tls, open_socket=net.open_socket
    )
    stack.push_async_callback(made.aclose)
    return made


async def ask(transport, url, method="GET", **more):
    response = await transport.handle_async_request(httpx.Request(method, url, **more))
    try:
        return response, b"".join([chunk async for chunk in response.aiter_raw()])
    finally:
        await response.aclose()


async def test_the_checked_address_is_connected_to_and_tls_keeps_the_name(stack, net, remote, tmp_path):
    server, trust = tls_for(tmp_path, "good.test")
    net.listen_at(GOOD, await stack.enter_async_context(remote.listening(server)))
    net.name("good.test", [GOOD], ["127.0.0.1"])
    remote.on("/a?b=%7Ec", b'{"id": 1}')
    transport = await transport_to(stack, net, trust)
    response, body = await ask(transport, "https://good.test/a?b=%7Ec")
    assert (response.status_code, body) == (200, b'{"id": 1}')
    assert net.connected == [GOOD]
    assert net.looked_up == ["good.test"]
    assert remote.seen[0].host == "good.test"
    assert remote.seen[0].target == "/a?b=%7Ec"


async def test_a_certificate_for_another_name_is_trouble(stack, net, remote, tmp_path):
    server, trust = tls_for(tmp_path, "other.test")
    net.listen_at(GOOD, await stack.enter_async_context(remote.listening(server)))
    net.name("good.test", [GOOD])
    transport = await transport_to(stack, net, trust)
    with pytest.raises(httpx.ConnectError):
        await ask(transport, "https://good.test/a")
    assert remote.seen == []


async def test_an_answer_that_turns_private_is_not_followed(stack, net, remote):
    port = await stack.enter_async_context(remote.listening())
    net.listen_at(GOOD, port)
    net.listen_at("127.0.0.1", port)
    net.name("flip.test", [GOOD], ["127.0.0.1"], [GOOD, "10.0.0.1"])
    transport = await transport_to(stack, net)
    await ask(transport, "http://flip.test/")
    for _ in range(2):
        with pytest.raises(Forbidden):
            await ask(transport, "http://flip.test/")
    assert net.connected == [GOOD]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]", "0.0.0.0"]
)
async def test_a_host_written_as_an_address_is_judged_too(stack, net, host):
    transport = await transport_to(stack, net)
    with pytest.raises(Forbidden):
        await ask(transport, f"http://{host}/")
    assert net.connected == []


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1"])
async def test_number_forms_of_addresses_go_nowhere(stack, net, host):
    net.name(host, ["127.0.0.1"])
    transport = await transport_to(stack, net)
    with pytest.raises((Forbidden, httpx.TransportError)):
        await ask(transport, f"http://{host}/")
    assert net.connected == []


async def test_a_public_address_as_host_is_connected_to(stack, net, remote):
    net.listen_at(GOOD, await stack.enter_async_context(remote.listening()))
    transport = await transport_to(stack, net)
    response, _ = await ask(transport, f"http://{GOOD}/")
    assert response.status_code == 404


async def test_in_development_loopback_is_reached_by_real_sockets(stack, remote):
    port = await stack.enter_async_context(remote.listening())
    remote.on("/a", b"[]")
    net = FakeNet()
    net.name("dev.test", ["127.0.0.1"])
    made = make_transport(Settings(url="http://us.test", development=True), net)
    stack.push_async_callback(made.aclose)
    _, body = await ask(made, f"http://dev.test:{port}/a")
    assert body == b"[]"
    _, body = await ask(made, f"http://127.0.0.1:{port}/a")
    assert body == b"[]"


async def test_the_second_address_is_tried_when_the_first_is_dead(stack, net, remote):
    """I.70: many peers have an IPv6 address that nobody answers at."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        net.listen_at(OTHER, unused.getsockname()[1])
        net.listen_at(GOOD, await stack.enter_async_context(remote.listening()))
        net.name("good.test", [OTHER, GOOD])
        transport = await transport_to(stack, net)
        response, _ = await ask(transport, "http://good.test/")
    assert response.status_code == 404
    assert net.connected == [OTHER, GOOD]


async def test_a_closed_port_is_a_connect_error(stack, net):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        net.listen_at(GOOD, unused.getsockname()[1])
        net.name("good.test", [GOOD])
        transport = await transport_to(stack, net)
        with pytest.raises(httpx.ConnectError):
            await ask(transport, "http://good.test/")


async def test_a_name_without_addresses_is_unavailable(stack, net):
    net.name("gone.test", [])
    transport = await transport_to(stack, net)
    with pytest.raises(Unavailable):
        await ask(transport, "http://gone.test/")


async def test_a_post_arrives_byte_for_byte_with_its_headers_and_no_others(stack, net, remote):
    net.listen_at(GOOD, await stack.enter_async_context(remote.listening()))
    net.name("good.test", [GOOD])
    remote.on("/inbox", b"", status=202)
    transport = await transport_to(stack, net)
    headers = {"host": "good.test", "digest": "SHA-256=x", "content-type": "application/activity+json"}
    response, _ = await ask(transport, "http://good.test/inbox", "POST", content=b'{"a": 1}', headers=headers)
    assert response.status_code == 202
    assert remote.seen[0].body == b'{"a": 1}'
    assert remote.seen[0].headers == headers | {"content-length": "8"}


async def test_cookies_and_proxies_of_the_environment_are_ignored(stack, net, remote, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    net.listen_at(GOOD, await stack.enter_async_context(remote.listening()))
    net.name("good.test", [GOOD])
    remote.on("/", headers={"set-cookie": "a=b; Path=/"})
    transport = await transport_to(stack, net)
    await ask(transport, "http://good.test/")
    await ask(transport, "http://good.test/")
    assert len(remote.seen) == 2
    assert all("cookie" not in seen.headers for seen in remote.seen)


async def test_redirects_and_packed_bodies_come_through_untouched(stack, net, remote):
    net.listen_at(GOOD, await stack.enter_async_context(remote.listening()))
    net.name("good.test", [GOOD])
    packed = gzip.compress(b"{}")
    remote.on("/p", packed, headers={"content-encoding": "gzip"})
    remote.redirects("/r", "/p")
    transport = await transport_to(stack, net)
    _, body = await ask(transport, "http://good.test/p")
    assert body == packed
    response, _ = await ask(transport, "http://good.test/r")
    assert response.headers["location"] == "/p"


async def test_half_a_body_is_a_read_error(stack, net, remote):
    net.listen_at(GOOD, await stack.enter_async_context(remote.listening()))
    net.name("good.test", [GOOD])
    remote.on("/", chunks=(b"half", b"rest"), half=True)
    transport = await transport_to(stack, net)
    with pytest.raises(httpx.ReadError):
        await ask(transport, "http://good.test/")


async def test_a_silent_server_is_a_read_timeout(stack, net, remote):
    net.listen_at(GOOD, await stack.enter_async_context(remote.listening()))
    net.name("good.test", [GOOD])
    remote.on("/", hold=asyncio.Event())
    transport = await transport_to(stack, net)
    with pytest.raises(httpx.ReadTimeout):
        await ask(transport, "http://good.test/", extensions={"timeout": {"read": 0.05}})


async def test_an_address_that_aiohttp_cannot_read_is_no_protocol_of_ours(stack, net):
    transport = await transport_to(stack, net)
    with pytest.raises(httpx.UnsupportedProtocol):
        await ask(transport, "ftp://good.test/")


async def test_answers_that_are_not_http_are_read_errors(stack, net):
    async def babble(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    stack.push_async_callback(server.wait_closed)
    stack.callback(server.close)
    net.listen_at(GOOD, server.sockets[0].getsockname()[1])
    net.name("good.test", [GOOD])
    transport = await transport_to(stack, net)
    with pytest.raises(httpx.ReadError):
        await ask(transport, "http://good.test/")


async def test_closing_an_unused_transport_does_nothing():
    await make_transport(Settings(url="https://us.test"), FakeNet()).aclose()


async def test_the_whole_client_fetches_over_tls(stack, net, remote, tmp_path):
    server, trust = tls_for(tmp_path, "good.test")
    net.listen_at(GOOD, await stack.enter_async_context(remote.listening(server)))
    net.name("good.test", [GOOD])
    remote.on("/note", gzip.compress(b'{"id": 1}'), headers={"content-encoding": "gzip"})
    settings = Settings(url="https://us.test")
    transport = make_transport(settings, net, tls=trust, open_socket=net.open_socket)
    client = Client(transport, settings, homes=["https://us.test"])
    stack.push_async_callback(client.aclose)
    fetched = await client.get_document("https://good.test/note")
    assert fetched.body == b'{"id": 1}'
