"""The sockets that processes share: every address of a name, and a unix socket that a dead process left."""

import socket
import stat

import pytest

from node.cli.listening import listening
from node.errors import Misconfigured
from node.settings import Settings
from tests.support.pier import free_port


def settings(listen, port=8000):
    return Settings(url="https://alpha.example", listen=listen, port=port)


def knock(path):
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(str(path))


def test_a_name_is_listened_on_at_all_its_addresses():
    port = free_port()
    with listening(settings("localhost", port)) as sockets:
        for one in sockets:
            with socket.create_connection(one.getsockname()[:2], timeout=5):
                pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_port_in_use_is_named_and_nothing_stays_open():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=f"port {port}"), listening(settings("127.0.0.1", port)):
            raise AssertionError


def test_a_unix_socket_is_there_for_all_and_gone_afterwards(tmp_path):
    path = tmp_path / "s"
    with listening(settings(f"unix:{path}")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o666
        knock(path)
    assert not path.exists()


def test_a_socket_that_a_dead_process_left_is_taken_with_its_mode(tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    path.chmod(0o660)
    with listening(settings(f"unix:{path}")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        knock(path)


def test_a_socket_that_somebody_answers_on_is_left_alone(tmp_path):
    path = tmp_path / "s"
    with listening(settings(f"unix:{path}")):
        with pytest.raises(Misconfigured, match="another process"), listening(settings(f"unix:{path}")):
            raise AssertionError
        knock(path)


def test_a_file_that_is_no_socket_is_left_alone(tmp_path):
    path = tmp_path / "s"
    path.write_text("precious")
    with pytest.raises(Misconfigured), listening(settings(f"unix:{path}")):
        raise AssertionError
    assert path.read_text() == "precious"
