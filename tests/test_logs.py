import io
import json
import logging

import pytest
import structlog

from node import logs


@pytest.fixture
def written():
    root = logging.getLogger()
    before = root.handlers[:], root.level, structlog.get_config()
    yield io.StringIO()
    root.handlers[:], root.level = before[0], before[1]
    structlog.configure(**before[2])


def test_one_event_is_one_line_whatever_a_name_holds(written):
    logs.set_up(development=False, stream=written)
    structlog.get_logger().warning("refused", actor='Eve\r\n\x1b[31m{"event": "forged"}\u2028')
    lines = written.getvalue().splitlines()
    assert len(lines) == 1
    assert "\x1b" not in lines[0]
    event = json.loads(lines[0])
    assert (event["event"], event["level"], event["actor"][:5]) == ("refused", "warning", "Eve\r\n")


def test_development_is_one_line_too(written):
    logs.set_up(development=True, stream=written)
    structlog.get_logger().info("hello", actor="Eve\r\n\x1b[31m")
    assert len(written.getvalue().splitlines()) == 1
    assert "\x1b" not in written.getvalue()


def test_what_libraries_say_has_the_same_form(written):
    logs.set_up(development=False, stream=written)
    logging.getLogger("some.library").error("it broke: %s", "a\nb")
    assert json.loads(written.getvalue())["event"] == "it broke: a\nb"
    logging.getLogger("httpx").info("chatter")
    assert len(written.getvalue().splitlines()) == 1


def test_secrets_are_hidden_by_their_name(written):
    logs.set_up(development=False, stream=written)
    structlog.get_logger().info(
        "signed", Signature="canary", password="canary", body="canary", host="b.example"
    )
    assert "canary" not in written.getvalue()
    assert "b.example" in written.getvalue()


def test_long_values_are_cut(written):
    logs.set_up(development=False, stream=written)
    structlog.get_logger().info("long", error="x" * 100_000, count=7)
    event = json.loads(written.getvalue())
    assert event["error"] == "x" * 2000 + " [98000 characters left out]"
    assert event["count"] == 7


def test_a_traceback_keeps_its_end(written):
    logs.set_up(development=False, stream=written)
    try:
        fail("y" * 3000 + " the cause")
    except ValueError:
        structlog.get_logger().exception("failed")
    event = json.loads(written.getvalue())
    assert event["exception"].endswith("the cause")
    assert event["exception"].startswith("[")


def fail(reason):
    raise ValueError(reason)
