"""What the pages say in which language: catalogues, plural forms, moments and numbers.

English is the source; a catalogue is read from its `.po` file when the node starts, so nothing compiled is
kept. `mark` names a sentence for extraction where it stands; `Words` says it to somebody.
"""

from __future__ import annotations

import functools
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}  # code: its own name
# Languages that a post may be said to be in: those most written in, codes of BCP 47.
_CODES = """
ar bg br ca cs cy da de el en eo es et eu fi fr ga gl he hi hr hu id is it ja ko lt lv
nl no oc pl pt ro ru sk sl sr sv tr uk vi zh
"""
POST_LANGUAGES = tuple(_CODES.split())
DAY = 24 * 60 * 60  # seconds
JUST_NOW = 45  # seconds
NEAR = timedelta(days=2)  # of what is to come, the time of day is told too
RELATIVE_FOR = 30 * DAY  # older moments are shown as dates
NEXT_UNIT = 0.85  # of a unit, from which on it is told in that one: Babel's own threshold
FIRST = re.compile(r"\b1\b(?= \w)")  # the day of the month, in a French date
KEPT = 8192  # moments and numbers of each kind kept as they are said
PROJECT = Path(__file__).resolve().parent.parent.parent
_FOLDERS = (Path(__file__).resolve().parent.parent, PROJECT)  # installed beside the package, or a checkout


def folder_of(name: str) -> Path:
    """Return the folder of `templates`, `static` or `locales`, installed or in a checkout."""
    found = next((base / name for base in _FOLDERS if (base / name).is_dir()), None)
    if found is None:
        raise FileNotFoundError(f"The node was installed without its {name} folder.")
    return found


def mark(sentence: str) -> str:
    """Name a sentence for the catalogues; it is said later, to somebody."""
    return sentence


@dataclass(frozen=True)
class Words:
    """One language: its code and its catalogue."""

    language: str
    catalogue: NullTranslations

    def say(self, sentence: str, values: Mapping[str, object] | None = None) -> str:
        """Return the sentence in this language; `%(name)s` takes values. An unknown one stays English."""
        said = self.catalogue.ugettext(sentence) if sentence else ""
        return said % values if values else said

    # A *zone* is the IANA name of the zone by whose clock a moment is told; empty: UTC, and a time then says so.

    def moment(self, at: datetime, zone: str) -> str:
        """Return date and time."""
        day, time = _day_and_time(at, zone, self.language)
        return self._timed(mark("%(day)s, %(time)s"), zone, day=day, time=time)

    def day(self, at: datetime, now: datetime, zone: str) -> str:
        """Return the day of a moment: today, yesterday, or its date."""
        day = _by(at, zone).date()
        apart = (_by(now, zone).date() - day).days
        if apart in {0, 1}:
            return self.say(mark("Yesterday") if apart else mark("Today"))
        return _date(day, self.language)

    def until(self, at: datetime, now: datetime, zone: str) -> str:
        """Return a moment to come: the day, and within two days the time as well."""
        there = _by(at, zone)
        if at - now > NEAR:
            return _date(there.date(), self.language)
        day = _ordinal(dates.format_skeleton("MMMMd", there, locale=self.language), self.language)
        return self._timed(mark("%(day)s, %(time)s"), zone, day=day, time=_time(there, self.language))

    def span(self, starts: datetime, ends: datetime | None, zone: str) -> str:
        """Return when something takes place, with the days of the week."""
        first = _by(starts, zone)
        values = {"day": self._weekday(first), "time": _time(first, self.language)}
        if ends is None:
            return self._timed(mark("%(day)s, %(time)s"), zone, **values)
        last = _by(ends, zone)
        values["end"] = _time(last, self.language)
        if last.date() == first.date():
            return self._timed(mark("%(day)s, %(time)s to %(end)s"), zone, **values)
        values["last"] = self._weekday(last)
        return self._timed(mark("%(day)s, %(time)s until %(last)s, %(end)s"), zone, **values)

    def _timed(self, sentence: str, zone: str, **values: str) -> str:
        told = self.say(sentence, values)
        return told if zone else f"{told} UTC"

    def _weekday(self, at: datetime) -> str:
        return _ordinal(dates.format_date(at, format="full", locale=self.language), self.language)

    def since(self, at: datetime, now: datetime, zone: str) -> str:
        """Return how long ago it was; after a month the date."""
        seconds = (at - now).total_seconds()
        if abs(seconds) < JUST_NOW:
            return self.say(mark("just now"))
        if abs(seconds) > RELATIVE_FOR:
            return _date(_by(at, zone).date(), self.language)
        unit, length = next(
            ((name, long) for name, long in dates.TIMEDELTA_UNITS if abs(seconds) / long >= NEXT_UNIT)
        )
        return _ago(round(abs(seconds) / length), unit, seconds > 0, self.language)

    def number(self, value: int) -> str:
        """Return a number with the language's separators."""
        return numbers.format_decimal(value, locale=self.language)

    def percent(self, value: int) -> str:
        """Return a share in per cent."""
        return numbers.format_percent(value / 100, locale=self.language)

    def compact(self, value: int) -> str:
        """Return a number in little room: 12K."""
        return _compact(value, self.language)

    def language_name(self, code: str) -> str:
        """Return the name of a language in this one; the code itself when nobody knows it."""
        try:
            return Locale.parse(code, sep="-").get_display_name(self.language) or code
        except (ValueError, UnknownLocaleError):
            return code


def _by(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone or "Etc/UTC"))


def _time(at: datetime, language: str) -> str:
    return dates.format_time(at, format="short", tzinfo=at.tzinfo, locale=language)


# What pages say over and over: saying a moment or a number takes a tenth of a millisecond, and a thread has hundreds.


@functools.lru_cache(KEPT)
def _ago(count: int, unit: Any, ahead: bool, language: str) -> str:
    span = timedelta(seconds=count * dict(dates.TIMEDELTA_UNITS)[unit] * (1 if ahead else -1))
    return dates.format_timedelta(
        span, granularity=unit, threshold=math.inf, add_direction=True, locale=language
    )


@functools.lru_cache(KEPT)
def _date(day: date, language: str) -> str:
    return _ordinal(dates.format_date(day, format="long", locale=language), language)


def _ordinal(told: str, language: str) -> str:
    """Return a date with the first of a month as French has it, which Unicode's tables leave out."""
    return FIRST.sub("1er", told) if language == "fr" else told


@functools.lru_cache(KEPT)
def _day_and_time(at: datetime, zone: str, language: str) -> tuple[str, str]:
    there = _by(at, zone)
    return _date(there.date(), language), _time(there, language)


@functools.lru_cache(KEPT)
def _compact(value: int, language: str) -> str:
    return numbers.format_compact_decimal(value, locale=language, fraction_digits=1)


def catalogues(language: str) -> tuple[Path, ...]:
    """Return the file of the sentences of a language of `LANGUAGES`; none for English, and for any other."""
    file = folder_of("locales") / language / "LC_MESSAGES" / "archipel.po"
    return (file,) if language in LANGUAGES and file.is_file() else ()


@functools.cache
def words(language: str) -> Words:
    """Return the words of a language of `LANGUAGES`; English for any other."""
    files = catalogues(language)
    if not files:
        return Words("en", NullTranslations())
    with files[0].open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Words(language, Translations(compiled))


@functools.cache
def post_languages(language: str) -> Mapping[str, str]:
    """Return the languages that a post may be said to be in, code to name, sorted by name."""
    speak = words(language)
    return dict(
        sorted(((code, speak.language_name(code)) for code in POST_LANGUAGES), key=lambda one: one[1])
    )


_TOPICS: Mapping[str, str] = {
    "arts": mark("Arts and design"),
    "books": mark("Books and writing"),
    "computing": mark("Computing"),
    "crafts": mark("Making and repairing"),
    "education": mark("Learning and teaching"),
    "family": mark("Family"),
    "film": mark("Film and television"),
    "food": mark("Food and drink"),
    "games": mark("Games"),
    "health": mark("Health"),
    "history": mark("History"),
    "home": mark("House and garden"),
    "humour": mark("Humour"),
    "languages": mark("Languages"),
    "music": mark("Music"),
    "nature": mark("Nature and climate"),
    "news": mark("News and politics"),
    "photography": mark("Photography"),
    "places": mark("Places and regions"),
    "science": mark("Science"),
    "society": mark("Society and belief"),
    "sport": mark("Sport"),
    "travel": mark("Travel and outdoors"),
    "work": mark("Work and money"),
}


@functools.cache
def topic_names(language: str) -> Mapping[str, str]:
    """Return the names of the topics of groups, by topic, sorted by name."""
    speak = words(language)
    return dict(sorted(((code, speak.say(name)) for code, name in _TOPICS.items()), key=lambda one: one[1]))


def preferred(accept_language: str, default: str) -> str:
    """Return the language of ours that an Accept-Language header likes best, or *default*."""
    wishes: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept_language[:200].split(",")):
        code, _, parameters = part.strip().partition(";")
        language = code.strip().lower().split("-", 1)[0]
        if language in LANGUAGES:
            wishes.append((-_quality(parameters), position, language))
    best = min(wishes, default=None)
    return best[2] if best is not None and best[0] < 0 else default


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return max(0.0, min(1.0, float(value)))
    except ValueError:
        return 0.0
