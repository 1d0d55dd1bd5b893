"""Addresses of films that can be played in a page: which player, and where it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

_YOUTUBE = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "youtube-nocookie.com"})
_NAME = re.compile(r"[\w-]{6,20}")
_PEERTUBE = re.compile(r"/(?:w|videos/watch|videos/embed)/([\w-]{16,40})/?")
_VIMEO = re.compile(r"/(?:video/)?([0-9]{5,12})/?")
_DAILYMOTION = re.compile(r"/(?:embed/)?video/([a-z0-9]{5,20})/?")


@dataclass(frozen=True, slots=True)
class Film:
    """A film elsewhere. Nothing is asked of its host before somebody presses play."""

    host: str  # that plays it
    player: str  # address of the player, for a frame


def film_at(address: str | None) -> Film | None:
    """Return the film at an address of YouTube, Vimeo, Dailymotion or any PeerTube; None for other addresses."""
    try:
        parts = urlsplit(address or "")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if (
        parts.scheme != "https"
        or port not in {None, 443}
        or not re.fullmatch(r"[a-z0-9.-]+\.[a-z0-9-]{2,}", host)
    ):
        return None
    if host in _YOUTUBE or host == "youtu.be":
        return _youtube(host, parts.path, parts.query)
    if host in {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}:
        return _matched(_VIMEO, parts.path, "player.vimeo.com", "/video/{}?dnt=1")
    if host in {"dailymotion.com", "www.dailymotion.com"}:
        return _matched(_DAILYMOTION, parts.path, "www.dailymotion.com", "/embed/video/{}")
    return _matched(_PEERTUBE, parts.path, host, "/videos/embed/{}")


def _youtube(host: str, path: str, query: str) -> Film | None:
    if host == "youtu.be":
        name = path.strip("/")
    elif path.startswith(("/shorts/", "/live/", "/embed/")):
        name = path.split("/")[2]
    else:
        name = (parse_qs(query).get("v") or [""])[0] if path == "/watch" else ""
    if not _NAME.fullmatch(name):
        return None
    return Film("www.youtube-nocookie.com", f"https://www.youtube-nocookie.com/embed/{name}")


def _matched(shape: re.Pattern[str], path: str, host: str, player: str) -> Film | None:
    found = shape.fullmatch(path)
    return Film(host, f"https://{host}{player.format(found[1])}") if found else None
