"""What a Question or an Event says beside its words (FEDERATION C.14, C.15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

JOIN_MODES: Final = frozenset({"free", "restricted", "external", "invite", "none"})
STATUSES: Final = frozenset({"confirmed", "tentative", "cancelled"})


@dataclass(frozen=True, slots=True)
class OptionDocument:
    """One answer to choose. The name is compared exactly, so it is kept exactly as written."""

    name: str
    votes: int = 0


@dataclass(frozen=True, slots=True)
class PollDocument:
    """What makes a poll of a Question.

    closed_at: when it was closed; with `closed` alone nobody said when. voters: None when not told.
    """

    options: tuple[OptionDocument, ...]
    multiple: bool = False
    closes_at: datetime | None = None
    closed: bool = False
    closed_at: datetime | None = None
    voters: int | None = None


@dataclass(frozen=True, slots=True)
class EventDocument:
    """What makes an event of an Event.

    ends_at: None when there is no end, or none to be shown. timezone: IANA name; empty means UTC. capacity: None
    without a limit. participants: None when not told. contacts: ids of those who organise it.
    """

    starts_at: datetime
    ends_at: datetime | None = None
    timezone: str = ""
    place: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    online_url: str | None = None
    join_mode: str = "none"
    external_url: str | None = None
    capacity: int | None = None
    participants: int | None = None
    status: str = "confirmed"
    category: str = ""
    contacts: tuple[str, ...] = ()


Gathering = PollDocument | EventDocument
