"""What came back: a fetched document or a peer's word on a delivery, and what a status means to us."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from node.errors import Forbidden, Gone, NodeError, NotFound, Refused, Unavailable, UnsupportedMedia

ACTIVITY_STREAMS = "https://www.w3.org/ns/activitystreams"
EXCERPT = 200  # characters of a peer's answer that reach the log
NOT_MODIFIED = 304
LONGEST_ETAG = 300  # characters; a longer one is not kept
LONGEST_WAIT = 86_400.0  # seconds; nobody is waited for longer on their own word
_LATER = {408, 425, 429}
_MEANING: dict[int, type[Refused]] = {401: Forbidden, 403: Forbidden, 404: NotFound, 410: Gone}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document from elsewhere. `url` is where it was found in the end, without fragment."""

    url: str
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    media_type: str  # lower case, without parameters; "" when none was stated
    profile: str = ""  # the media type's profile parameter
    charset: str = ""  # lower case

    @property
    def is_unchanged(self) -> bool:
        """Tell whether the copy whose ETag was shown is still the newest (RFC 9110 15.4.5)."""
        return self.status == NOT_MODIFIED

    @property
    def etag(self) -> str:
        """Return the name of this version, to be shown as it is when asking again; empty when it has none."""
        stated = self.headers.get("etag", "")
        return stated if len(stated) <= LONGEST_ETAG and stated.isascii() and stated.isprintable() else ""

    def check_document(self) -> None:
        """Raise UnsupportedMedia unless this may be read as ActivityPub.

        Anything else could be a file that somebody uploaded to the host (CVE-2024-25623), so the media
        type is what vouches for the host's intent. A missing profile is accepted, a wrong one is not.
        """
        readable = self.media_type == "application/activity+json" or (
            self.media_type == "application/ld+json"
            and (not self.profile or ACTIVITY_STREAMS in self.profile.split())
        )
        if not readable or self.charset not in {"", "utf-8"}:
            raise UnsupportedMedia(
                "This address does not answer with an ActivityPub document.",
                detail=f"{self.url} answered {self.media_type or 'no media type'} {self.profile} {self.charset}",
            )

    def check_json(self) -> None:
        """Raise NotFound unless this is JSON: pages answer at .well-known of hosts that know nothing of us."""
        plain = {
            "application/json",
            "application/jrd+json",
            "application/activity+json",
            "application/ld+json",
        }
        if self.media_type not in plain or self.charset not in {"", "utf-8"}:
            raise NotFound(
                "There is no JSON document at this address.", detail=f"{self.url} {self.media_type}"
            )


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a peer said to a POST; whether that is good news is for the lane to judge."""

    status: int
    retry_after: float | None  # seconds
    body_excerpt: str  # at most EXCERPT characters, printable; for the log, never for a page


def read_fetched(response: httpx.Response, body: bytes) -> Fetched:
    """Return *response* and its *body* as a document."""
    media_type, parameters = read_media_type(response.headers.get("content-type", ""))
    return Fetched(
        url=str(response.request.url),
        status=response.status_code,
        headers=dict(response.headers),
        body=body,
        media_type=media_type,
        profile=parameters.get("profile", ""),
        charset=parameters.get("charset", "").lower(),
    )


def read_media_type(value: str) -> tuple[str, dict[str, str]]:
    """Split a Content-Type into its type, lower case, and its parameters (RFC 9110 8.3.1)."""
    first, *rest = _split_unquoted(value)
    parameters: dict[str, str] = {}
    for part in rest:
        name, _, given = part.partition("=")
        parameters.setdefault(name.strip().lower(), given.strip().strip('"'))
    return first.strip().lower(), parameters


def read_retry_after(value: str, *, now: datetime) -> float | None:
    """Return how many seconds a Retry-After header asks to wait, 0 to LONGEST_WAIT; None if it says nothing.

    value: seconds, or an HTTP date (RFC 9110 10.2.3). now: aware.
    """
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT)


def refusal(response: httpx.Response, *, now: datetime) -> NodeError | None:
    """Return what a status that is not 2xx means to whoever wanted the document; None for 2xx."""
    status, where = response.status_code, f"{response.request.url} answered {response.status_code}"
    if 200 <= status < 300:  # noqa: PLR2004 -- the class of success
        return None
    if status >= 500 or status in _LATER:  # noqa: PLR2004 -- the class of server errors
        wait = read_retry_after(response.headers.get("retry-after", ""), now=now)
        return Unavailable(
            "The other node cannot answer at the moment.",
            detail=where,
            retry_after=None if wait is None else math.ceil(wait),
        )
    kind = _MEANING.get(status, Refused)
    return kind("The other node does not hand this out.", detail=where)


def excerpt_of(body: bytes) -> str:
    """Return the start of a peer's answer, fit for a log line: one line, control characters escaped."""
    text = body.decode("utf-8", "replace")[:EXCERPT]
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)[
        :EXCERPT
    ]


def _split_unquoted(value: str) -> list[str]:
    """Split at the semicolons outside quotes."""
    parts, quoted = [""], False
    for character in value:
        quoted ^= character == '"'
        if character == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts
