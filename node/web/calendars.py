"""iCalendar: dates as calendars take them (RFC 5545, RFC 7986)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from node.store.queries.threads import path_of
from node.store.tables.gatherings import Event
from node.store.tables.posts import Post
from node.text.clean import plain_text

if TYPE_CHECKING:
    import icalendar

ICALENDAR = "text/calendar; charset=utf-8"
LOOK_AGAIN = timedelta(hours=6)  # after which a calendar that keeps this one should ask again


def write_calendar(
    events: Iterable[tuple[Post, Event]], *, home: str, now: datetime, title: str = ""
) -> bytes:
    """Return events as one calendar. home: of the node that shows their pages. title: of a calendar that is kept."""
    import icalendar  # noqa: PLC0415 -- 4 MB for a link that few follow

    found = icalendar.Calendar()
    found.add("prodid", "-//Archipel//EN")
    found.add("version", "2.0")
    if title:
        for name in ("name", "x-wr-calname"):  # RFC 7986; what calendars read that are older
            found.add(name, title)
        found.add("refresh-interval", LOOK_AGAIN, parameters={"value": "DURATION"})
    for post, event in events:
        found.add_component(_entry(icalendar.Event(), post, event, home=home, now=now))
    found.add_missing_timezones()
    return bytes(found.to_ical())


def _entry(entry: icalendar.Event, post: Post, event: Event, *, home: str, now: datetime) -> icalendar.Event:
    zone = ZoneInfo(event.timezone) if event.timezone else UTC
    entry.add("uid", post.iri)
    entry.add("dtstamp", now)
    entry.add("summary", post.title)
    entry.add("dtstart", event.starts_at.astimezone(zone))
    if event.ends_at is not None:
        entry.add("dtend", event.ends_at.astimezone(zone))
    where = ", ".join(one for one in (event.place, event.address) if one) or event.online_url
    if where:
        entry.add("location", where)
    if post.content:
        entry.add("description", plain_text(post.content))
    entry.add("status", event.status.upper())
    entry.add("url", f"{home}{path_of(post)}")
    return entry
