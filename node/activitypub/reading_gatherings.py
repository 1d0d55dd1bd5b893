"""The poll in a Question and the event in an Event, in the shapes that peers send (FEDERATION C.14, C.15).

Total: what cannot be read as a poll or an event leaves a post that is words alone.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from node.activitypub.gatherings import JOIN_MODES, STATUSES, EventDocument, OptionDocument, PollDocument
from node.activitypub.parts import link_of
from node.activitypub.values import (
    count,
    flag,
    in_a_language,
    listed,
    moment,
    page_url,
    plain,
    text,
    types_of,
    web_iri,
    web_iris,
)
from node.activitypub.vocabulary import MAX_NAME

MAX_OPTIONS = 20  # THREATS 0.2
MAX_OPTION = 300  # characters of one answer
MAX_PLACES = 8
MAX_ADDRESS = 500  # characters
MAX_CONTACTS = 8
_MAX_CATEGORY = 60
_LATITUDE, _LONGITUDE = 90, 180  # degrees either way
_ADDRESS = ("streetAddress", "postalCode", "addressLocality", "addressRegion", "addressCountry")
_FIRST_PARAGRAPH = re.compile(r"\s*<(p|h[1-6])>(.{0,2000}?)</\1>", re.DOTALL)


def poll_of(document: dict[str, Any]) -> PollDocument | None:
    """Return the poll of a Question; None when it offers nothing to choose."""
    multiple = document.get("anyOf") is not None
    given = listed(document.get("anyOf") if multiple else document.get("oneOf"))
    options: dict[str, OptionDocument] = {}
    for one in given:
        option = _option(one) if isinstance(one, dict) else None
        if option is not None and len(options) < MAX_OPTIONS:
            options.setdefault(option.name, option)
    if not options:
        return None
    ends, closed = moment(document.get("endTime")), document.get("closed")
    closed_at = None if isinstance(closed, bool) else moment(closed)
    return PollDocument(
        options=tuple(options.values()),
        multiple=multiple,
        closes_at=ends or closed_at,
        closed=closed_at is not None or flag(closed),
        closed_at=closed_at,
        voters=count(document.get("votersCount")),
    )


def _option(one: dict[str, Any]) -> OptionDocument | None:
    given = text(in_a_language(one, "name", None) or one.get("content"), MAX_OPTION)
    name = (given or "").replace("\x00", "")
    replies = one.get("replies")
    votes = count(replies.get("totalItems")) if isinstance(replies, dict) else None
    return OptionDocument(name, votes or 0) if plain(name, MAX_OPTION) else None


def without_title(content: str | None, name: str | None) -> str | None:
    """Take the title off the head of a Question's words.

    Microblogs show a Question's words and not its name, so it stands in both places (FEDERATION C.14, D.2).
    """
    first = _FIRST_PARAGRAPH.match(content or "")
    if content is None or name is None or first is None:
        return content
    said = " ".join(html.unescape(re.sub(r"<[^<>]*>", "", first[2])).split())
    return content[first.end() :].lstrip() if said == name else content


def event_of(document: dict[str, Any]) -> EventDocument | None:
    """Return the event of an Event; None when it does not say when it begins."""
    starts = moment(document.get("startTime"))
    if starts is None:
        return None
    ends = moment(document.get("endTime")) if flag(document.get("displayEndTime"), default=True) else None
    places = [one for one in listed(document.get("location"))[:MAX_PLACES] if isinstance(one, (dict, str))]
    at = next((one for one in places if not _is_online(one)), None)
    latitude, longitude = _position(at)
    external = web_iri(document.get("externalParticipationUrl")) or web_iri(document.get("buyTicketsLink"))
    return EventDocument(
        starts_at=starts,
        ends_at=ends if ends is not None and ends >= starts else None,
        timezone=_timezone(document.get("timezone")),
        place=(_name(at) or "")[:MAX_NAME],
        address=_address(at),
        latitude=latitude,
        longitude=longitude,
        online_url=_online(document, places),
        join_mode=_join_mode(document.get("joinMode"), external),
        external_url=external,
        capacity=count(document.get("maximumAttendeeCapacity")) or None,  # Mobilizon writes 0 for no limit
        participants=_participants(document),
        status=_status(document),
        category=plain(document.get("category"), _MAX_CATEGORY) or "",
        contacts=web_iris(
            listed(document.get("organizers"))[:MAX_CONTACTS]
            + listed(document.get("contacts"))[:MAX_CONTACTS]
        ),
    )


def organiser_of(document: dict[str, Any]) -> tuple[str, str] | None:
    """Return person and group of what Mobilizon attributes to the group, the person in `actor`: events and articles."""
    actor, owner = web_iri(document.get("actor")), document.get("attributedTo")
    if not isinstance(owner, str) or actor is None or web_iri(owner) is None or owner == actor:
        return None
    return actor, owner


def _is_online(place: dict[str, Any] | str) -> bool:
    if isinstance(place, str):
        return False
    kinds = types_of(place.get("type"))
    if "VirtualLocation" in kinds:
        return True
    return (
        not kinds and _name(place) is None and not _address(place) and page_url(place.get("url")) is not None
    )


def _online(document: dict[str, Any], places: list[dict[str, Any] | str]) -> str | None:
    for place in places:
        if isinstance(place, dict) and _is_online(place) and (url := page_url(place.get("url"))):
            return url
    link = link_of(document.get("attachment")) if flag(document.get("isOnline")) else None
    return web_iri(document.get("onlineLink")) or (link.href if link else None)


def _name(place: dict[str, Any] | str | None) -> str | None:
    if isinstance(place, str):
        return None if web_iri(place) else plain(place, MAX_NAME)
    return plain(in_a_language(place, "name", None), MAX_NAME, joiners=True) if place else None


def _address(place: dict[str, Any] | str | None) -> str:
    given = place.get("address") if isinstance(place, dict) else None
    if isinstance(given, str):
        return plain(given, MAX_ADDRESS) or ""
    if not isinstance(given, dict):
        return ""
    parts = [plain(given.get(name), MAX_NAME) for name in _ADDRESS]
    return ", ".join(part for part in parts if part)[:MAX_ADDRESS]


def _position(place: dict[str, Any] | str | None) -> tuple[float | None, float | None]:
    if not isinstance(place, dict):
        return None, None
    latitude = _degrees(place.get("latitude"), _LATITUDE)
    longitude = _degrees(place.get("longitude"), _LONGITUDE)
    return (latitude, longitude) if latitude is not None and longitude is not None else (None, None)


def _degrees(value: Any, most: int) -> float | None:
    try:
        degrees = float(value) if isinstance(value, (int, float, str)) else None
    except (ValueError, OverflowError):
        return None
    return degrees if degrees is not None and -most <= degrees <= most else None


def _timezone(value: Any) -> str:
    return value if isinstance(value, str) and value in timezones() else ""


@cache
def timezones() -> frozenset[str]:
    """Return the names of time zones that are known here."""
    return frozenset(available_timezones())


def _join_mode(value: Any, external: str | None) -> str:
    mode = value.strip().lower() if isinstance(value, str) else ""
    if mode in JOIN_MODES:
        return mode
    return "external" if external is not None else "none"


def _participants(document: dict[str, Any]) -> int | None:
    told = count(document.get("participantCount"))
    attendees = document.get("attendees")
    return count(attendees.get("totalItems")) if told is None and isinstance(attendees, dict) else told


def _status(document: dict[str, Any]) -> str:
    given = document.get("ical:status") or document.get("status") or document.get("eventStatus")
    word = given.lower() if isinstance(given, str) else ""
    word = word.rpartition("/")[2].removeprefix("event").replace("canceled", "cancelled")
    return word if word in STATUSES else "confirmed"
