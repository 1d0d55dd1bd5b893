"""Every error the node raises on purpose.

NodeError
├── Refused         4xx: they must change something
│   ├── Malformed         400  not a document or form we can read
│   ├── Unauthenticated   401  we cannot tell who sent this
│   ├── Forbidden         403  we know who, and they may not
│   ├── NotFound          404  not here, or not for this viewer
│   ├── Gone              410  was here, was deleted
│   ├── Conflict          409  clashes with what exists
│   ├── TooLarge          413  over a stated limit
│   ├── UnsupportedMedia  415  not a type we read
│   └── TooMany           429  slow down
├── Unavailable     503: may work later
└── Misconfigured   the operator must change a setting
"""

from __future__ import annotations

from typing import ClassVar


class NodeError(Exception):
    """An error with two texts.

    message: safe to show; says what happened, to what, and what to do.
    detail: for the operator's log only.
    """

    status: ClassVar[int] = 500

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} ({self.detail})" if self.detail else self.message


class Refused(NodeError):
    """They must change something; trying the same again is pointless."""

    status = 400


class Malformed(Refused):
    """Not a document, request or form that we can read."""


class Unauthenticated(Refused):
    """We cannot tell who sent this."""

    status = 401


class Forbidden(Refused):
    """We know who sent this, and they may not."""

    status = 403


class NotFound(Refused):
    """Not here, or not for this viewer: the two look alike on purpose."""

    status = 404


class Conflict(Refused):
    """Clashes with what exists already."""

    status = 409


class Gone(Refused):
    """Was here and has been deleted."""

    status = 410


class TooLarge(Refused):
    """Over a stated limit."""

    status = 413


class UnsupportedMedia(Refused):
    """Not a media type that we read."""

    status = 415


class TooMany(Refused):
    """Too many requests; retry_after is in seconds."""

    status = 429

    def __init__(self, message: str, *, detail: str = "", retry_after: int = 60) -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after


class Unavailable(NodeError):
    """May work later; retry_after is in seconds, None when unknown."""

    status = 503

    def __init__(self, message: str, *, detail: str = "", retry_after: int | None = None) -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after


class Misconfigured(NodeError):
    """The operator must change a setting before the node can start."""
