"""How the node speaks to its operator: one event a line, nothing secret, nothing that breaks the line (A108, A109)."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

LONGEST = 2000  # characters of one value; what was cut is counted
SECRET = frozenset(
    "authorization body cookie key password pem private_key secret session set_cookie signature token".split()  # noqa: SIM905 -- a list of words reads better as words
)
Event = MutableMapping[str, Any]


def set_up(*, development: bool, stream: TextIO | None = None) -> None:
    """Send our events and those of the libraries to *stream*, standard error when None: JSON lines.

    In development lines are ``key=value`` instead, with control characters escaped as well.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide_secrets,
                shorten,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
                if development
                else structlog.processors.JSONRenderer(default=repr),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # Their own news is not the operator's: one line a migration step, one a connection.
    for chatty in ("alembic", "asyncio", "httpx", "httpcore", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def hide_secrets(logger: object, method: str, event: Event) -> Event:
    """Replace the values of keys that could hold a secret."""
    del logger, method
    for key in event:
        if key.lower() in SECRET:
            event[key] = "[hidden]"
    return event


def shorten(logger: object, method: str, event: Event) -> Event:
    """Cut long values, so that no peer writes the log full; a traceback keeps its end, where the cause is."""
    del logger, method
    for key, value in event.items():
        if not isinstance(value, str) or len(value) <= LONGEST:
            continue
        left_out = len(value) - LONGEST
        if key == "exception":
            event[key] = f"[{left_out} characters left out] {value[-LONGEST:]}"
        else:
            event[key] = f"{value[:LONGEST]} [{left_out} characters left out]"
    return event
