"""What `serve` makes of its settings; that it runs, stops and survives is in tests/process."""

import asyncio

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette

from node.cli import serve
from node.cli.archipel import archipel
from node.cli.opening import Opening
from node.settings import Settings


def door(**settings):
    return serve.Door(Starlette(), Settings(url="https://alpha.example", **settings))


async def client_of(door, *, client, forwarded):
    """Whom the application sees when *client* connects and sends that X-Forwarded-For."""
    seen = {}

    async def app(scope, receive, send):
        seen.update(scope)

    door._app.app = app
    headers = [(b"x-forwarded-for", forwarded.encode()), (b"x-forwarded-proto", b"https")]
    await door({"type": "http", "client": client, "scheme": "http", "headers": headers}, None, None)
    return seen["client"][0], seen["scheme"]


async def test_the_proxy_is_believed(sea):
    assert await client_of(door(), client=("127.0.0.1", 1), forwarded="9.9.9.9") == ("9.9.9.9", "https")


async def test_nobody_else_is_believed():
    assert await client_of(door(), client=("8.8.8.8", 1), forwarded="9.9.9.9") == ("8.8.8.8", "http")


async def test_on_a_socket_only_the_last_address_counts():
    at_socket = door(listen="unix:/run/archipel.sock")
    assert await client_of(at_socket, client=None, forwarded="1.1.1.1, 9.9.9.9") == ("9.9.9.9", "https")


async def test_another_proxy_may_be_named():
    behind = door(trusted_proxies="10.0.0.7, 10.1.0.0/16")
    assert (await client_of(behind, client=("10.1.2.3", 1), forwarded="9.9.9.9"))[0] == "9.9.9.9"
    assert (await client_of(behind, client=("127.0.0.1", 1), forwarded="9.9.9.9"))[0] == "127.0.0.1"


def test_uvicorn_is_bounded():
    config = serve.configuration(door(requests_open=500))
    assert (config.timeout_keep_alive, config.timeout_graceful_shutdown) == (5, 10)
    assert (config.http, config.h11_max_incomplete_event_size, config.limit_concurrency) == (
        "h11",
        16384,
        1500,
    )
    assert (config.server_header, config.access_log, config.ws) == (False, False, "none")


async def test_who_comes_when_all_places_are_taken_is_told_when_to_come_again():
    """Of three at once into two places one is turned away; then there is room again."""
    busy, held, answers = door(requests_open=2), asyncio.Event(), []

    async def app(scope, receive, send):
        await held.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        answers.append(message)

    async def ask():
        await busy({"type": "http", "client": ("1.1.1.1", 1), "scheme": "http", "headers": []}, None, send)

    busy._app.app = app
    waiting = [asyncio.create_task(ask()) for _ in range(2)]
    await asyncio.sleep(0)
    await ask()
    refused = answers[0]
    assert (refused["status"], dict(refused["headers"])[b"retry-after"]) == (503, b"5")
    held.set()
    await asyncio.gather(*waiting)
    await ask()
    assert [one["status"] for one in answers[2:]] == [200, 200, 200]


def test_a_port_that_is_taken(shell, monkeypatch):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        result = CliRunner().invoke(
            archipel,
            ["serve", "--no-background", "--port", str(port)],
            obj=Opening(open=shell.open, is_root=False),
        )
    assert result.exit_code == 1
    assert f"Cannot listen on 127.0.0.1, port {port}" in result.stderr
    assert "ARCHIPEL_DEVELOPMENT is on" in result.stderr


def test_it_is_quiet_in_production(capsys):
    serve._be_loud(Settings(url="https://alpha.example"))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "command", [["serve", "--host", "unix:{folder}/s"], ["serve", "--no-background"], ["worker"]]
)
def test_a_signal_ends_it_well(shell, tmp_path, monkeypatch, command):
    """Serve in this process, and signal it as soon as it says that it is ready."""
    import os
    import signal

    said = []

    def echo(line, **_):
        said.append(line)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(serve.click, "echo", echo)
    monkeypatch.setattr(serve.click, "secho", lambda *_, **__: None)
    from tests.support.pier import free_port

    monkeypatch.setenv("ARCHIPEL_PORT", str(free_port()))
    arguments = [part.format(folder=tmp_path) for part in command]
    result = CliRunner().invoke(archipel, arguments, obj=Opening(open=shell.open, is_root=False))
    assert result.exit_code == 0, result.output
    [ready] = said
    assert ready.startswith("Ready: ")
