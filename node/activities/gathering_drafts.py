"""A poll or an event as a person typed it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from node.activities.drafts import Line, ThreadDraft
from node.activitypub.gatherings import EventDocument, OptionDocument, PollDocument
from node.activitypub.origin import parse_iri
from node.activitypub.reading_gatherings import MAX_OPTIONS, timezones
from node.errors import Malformed
from node.text.clean import plain_name

LONGEST_OPTION = 100  # characters; Mastodon refuses longer ones of its own
FEWEST_OPTIONS = 2
LASTS = {"1h": 1, "6h": 6, "1d": 24, "3d": 72, "7d": 168, "14d": 336, "open": 0}  # hours; 0: without an end
LARGEST = 1_000_000  # people


class PollDraft(ThreadDraft):
    """A thread that is a poll. options: an answer on each line."""

    options: str = Field(max_length=MAX_OPTIONS * (LONGEST_OPTION + 2))
    multiple: bool = False
    lasts: Literal["1h", "6h", "1d", "3d", "7d", "14d", "open"] = "3d"

    @field_validator("options")
    @classmethod
    def _answers(cls, value: str) -> str:
        lines = [" ".join(plain_name(line).split()) for line in value.splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        if len(lines) < FEWEST_OPTIONS:
            raise ValueError("A poll needs at least two different answers, each on a line of its own.")
        if len(lines) > MAX_OPTIONS:
            raise ValueError("A poll has room for at most 20 answers.")
        if any(len(line) > LONGEST_OPTION for line in lines):
            raise ValueError("An answer has room for at most 100 characters.")
        return "\n".join(lines)

    def asked(self, now: datetime) -> PollDocument:
        """Return the poll that is to be."""
        hours = LASTS[self.lasts]
        return PollDocument(
            options=tuple(OptionDocument(line) for line in self.options.splitlines()),
            multiple=self.multiple,
            closes_at=(now + timedelta(hours=hours)).replace(microsecond=0) if hours else None,
            voters=0,
        )


class EventDraft(ThreadDraft):
    """A thread that is an event. starts, ends: local time of the zone, as `2026-12-01T19:00`."""

    starts: Line = Field(min_length=1, max_length=40)
    ends: Line = Field(default="", max_length=40)
    timezone: Line = Field(default="Etc/UTC", max_length=60)
    place: Line = Field(default="", max_length=200)
    address: Line = Field(default="", max_length=400)
    online_url: Line = Field(default="", max_length=2000)
    join_mode: Literal["free", "restricted", "invite", "external", "none"] = "free"
    external_url: Line = Field(default="", max_length=2000)
    capacity: Line = Field(default="", max_length=10)
    status: Literal["confirmed", "tentative", "cancelled"] = "confirmed"

    @field_validator("starts", "ends")
    @classmethod
    def _a_moment(cls, value: str) -> str:
        if not value:
            return ""
        try:
            datetime.fromisoformat(value)
        except ValueError as error:
            raise ValueError("A day and time looks like 2026-12-01 19:00.") from error
        return value

    @field_validator("timezone")
    @classmethod
    def _a_zone(cls, value: str) -> str:
        if value not in timezones():
            raise ValueError("A time zone looks like Europe/Paris.")
        return value

    @field_validator("online_url", "external_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not value:
            return ""
        try:
            parse_iri(value, development=True)
        except Malformed as error:
            raise ValueError("A link is a whole web address, such as https://example.org/page.") from error
        return value

    @field_validator("place", "address")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(plain_name(value).split())

    @field_validator("capacity")
    @classmethod
    def _a_number(cls, value: str) -> str:
        if value and not (value.isascii() and value.isdigit() and 0 < int(value) <= LARGEST):
            raise ValueError("Give a number of people, or leave this empty.")
        return value

    @model_validator(mode="after")
    def _fits(self) -> EventDraft:
        event = self.asked(datetime.min.replace(tzinfo=UTC))
        if event.ends_at is not None and event.ends_at < event.starts_at:
            raise ValueError("The event ends before it begins.")
        if self.join_mode == "external" and not self.external_url:
            raise ValueError("Say at which address one takes part.")
        return self

    def asked(self, now: datetime) -> EventDocument:
        """Return the event that is to be."""
        del now
        return EventDocument(
            starts_at=self._instant(self.starts),
            ends_at=self._instant(self.ends) if self.ends else None,
            timezone=self.timezone,
            place=self.place,
            address=self.address,
            online_url=self.online_url or None,
            join_mode=self.join_mode,
            external_url=self.external_url or None,
            capacity=int(self.capacity) if self.capacity else None,
            status=self.status,
        )

    def _instant(self, text: str) -> datetime:
        """Return a moment in UTC; one that names no zone is of the event's own."""
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(self.timezone))
        return zoned.astimezone(UTC).replace(microsecond=0)


DRAFTS: dict[str, type[ThreadDraft]] = {"thread": ThreadDraft, "poll": PollDraft, "event": EventDraft}
