"""What a file is, by its own first bytes; what its name or its sender says counts for nothing (THREATS A87).

A list of what is taken: everything else is refused, SVG and HTML too, whatever they are called (V84). Text is handed out as
a file to keep, never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

FileKind = Literal["image", "audio", "video", "document"]
BRAND_AT, BRAND_ENDS = 4, 12  # of an ISO base media file: "ftyp" and its brand
_NO_TEXT = frozenset(
    map(chr, (*range(9), 11, *range(14, 32), 127))
)  # control characters but tab, lines and pages
LOOKED_AT = 4096  # bytes in which a container says what is in it
_MARKUP = re.compile(r"\s*<(\?xml\b|!doctype\b|!--|(svg|html|head|body|script)\b)", re.IGNORECASE)
_PICTURE_BRANDS = (b"avif", b"avis")
_SOUND_BRANDS = (b"M4A ", b"M4B ")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is: how it is shown, its media type, and how its name ends with us."""

    kind: FileKind
    mime: str
    ending: str


JPEG = Kind("image", "image/jpeg", "jpg")
PNG = Kind("image", "image/png", "png")
WEBP = Kind("image", "image/webp", "webp")
GIF = Kind("image", "image/gif", "gif")
AVIF = Kind("image", "image/avif", "avif")
PDF = Kind("document", "application/pdf", "pdf")
ZIP = Kind("document", "application/zip", "zip")
TEXT = Kind("document", "text/plain", "txt")
MP3 = Kind("audio", "audio/mpeg", "mp3")
OGG = Kind("audio", "audio/ogg", "ogg")
FLAC = Kind("audio", "audio/flac", "flac")
WAV = Kind("audio", "audio/wav", "wav")
M4A = Kind("audio", "audio/mp4", "m4a")
MP4 = Kind("video", "video/mp4", "mp4")
WEBM = Kind("video", "video/webm", "webm")
OGV = Kind("video", "video/ogg", "ogv")
KINDS = (JPEG, PNG, WEBP, GIF, AVIF, PDF, ZIP, TEXT, MP3, OGG, FLAC, WAV, M4A, MP4, WEBM, OGV)
ENDINGS = {one.mime: one.ending for one in KINDS}

_BEGINNINGS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3),
    (b"\xff\xf2", MP3),
    (b"fLaC", FLAC),
)


def kind_of(data: bytes) -> Kind | None:
    """Return what *data* is, or None for what is not taken here."""
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(data[8:12])
    if data[BRAND_AT : BRAND_AT + 4] == b"ftyp":
        return _iso(data[BRAND_AT + 4 : BRAND_ENDS])
    if data.startswith(b"OggS"):
        return OGV if b"theora" in data[:LOOKED_AT] else OGG
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in data[:LOOKED_AT] else None
    return TEXT if _is_text(data) else None


def _iso(brand: bytes) -> Kind | None:
    if brand in _PICTURE_BRANDS:
        return AVIF
    if brand in _SOUND_BRANDS:
        return M4A
    return MP4 if brand[:3] in {b"iso", b"mp4", b"avc", b"M4V", b"dby"} else None


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return (
        bool(text.strip())
        and not _MARKUP.match(text.lstrip("\ufeff"))
        and not any(sign in _NO_TEXT for sign in text)
    )
