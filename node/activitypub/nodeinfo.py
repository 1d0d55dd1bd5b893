"""NodeInfo: what software a node runs and how it is doing (FEDERATION.md A.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from node.activitypub.values import listed, plain, web_iri
from node.errors import Malformed

Dialect = Literal["thread", "micro", "unknown"]
Schema = Literal["2.0", "2.1"]

SOFTWARE = "archipel"
_REL = "http://nodeinfo.diaspora.software/ns/schema/"
_THREAD = frozenset(
    {"lemmy", "piefed", "mbin", "kbin", "nodebb", "discourse", "friendica", "lotide", SOFTWARE}
)
_MICRO = frozenset(
    {
        "mastodon", "hometown", "glitch", "pleroma", "akkoma", "misskey", "sharkey", "firefish", "iceshrimp",
        "foundkey", "gotosocial", "pixelfed", "mitra", "fedibird", "ghost", "hollo", "wordpress",
        "calckey", "cherrypick", "iceshrimp.net", "snac", "takahe", "bookwyrm", "writefreely",
    }
)  # fmt: skip
_MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class Software:
    """What a peer runs. name: lower case."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReport:
    """How this node is doing. Members are counted whole, and by whether they were here within the time."""

    version: str
    repository: str
    homepage: str
    members: int
    active_half_year: int
    active_month: int
    threads: int
    comments: int
    open_registrations: bool
    name: str
    description: str


def write_wellknown(home: str) -> dict[str, Any]:
    """Build `/.well-known/nodeinfo`. home: scheme and host of the node."""
    links = [{"rel": f"{_REL}{schema}", "href": f"{home}/nodeinfo/{schema}"} for schema in ("2.0", "2.1")]
    return {"links": links}


def write_nodeinfo(report: NodeReport, schema: Schema) -> dict[str, Any]:
    """Build `/nodeinfo/2.0` or `/nodeinfo/2.1`.

    RULE A4: metadata values are plain strings, or Lemmy ignores the whole document.
    """
    software = {"name": SOFTWARE, "version": report.version}
    if schema == "2.1":
        software |= {"repository": report.repository, "homepage": report.homepage}
    return {
        "version": schema,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "usage": {
            "users": {
                "total": report.members,
                "activeHalfyear": report.active_half_year,
                "activeMonth": report.active_month,
            },
            "localPosts": report.threads,
            "localComments": report.comments,
        },
        "openRegistrations": report.open_registrations,
        "metadata": {"nodeName": report.name, "nodeDescription": report.description},
    }


def read_wellknown(document: dict[str, Any]) -> str:
    """Return where a peer's NodeInfo is, its newest form that we read; raises Malformed if nowhere."""
    found = {
        str(one.get("rel")): href
        for one in listed(document.get("links"))[:16]
        if isinstance(one, dict) and (href := web_iri(one.get("href")))
    }
    for schema in ("2.1", "2.0", "1.1", "1.0"):
        if f"{_REL}{schema}" in found:
            return found[f"{_REL}{schema}"]
    raise Malformed("The document points to no NodeInfo.", detail=repr(document)[:200])


def read_nodeinfo(document: dict[str, Any]) -> Software:
    """Read which software a peer runs, or raise Malformed."""
    software = document.get("software")
    name = plain(software.get("name"), _MAX_NAME) if isinstance(software, dict) else None
    if name is None or not isinstance(software, dict):
        raise Malformed("The NodeInfo does not name its software.", detail=repr(software)[:200])
    return Software(name.lower(), plain(software.get("version"), _MAX_NAME) or "")


def dialect_of(software_name: str | None) -> Dialect:
    """Tell how to speak to a peer: RULE D1.

    `thread`: announced activities. `micro`: announced ids. `unknown`: both.
    """
    name = (software_name or "").lower()
    return "thread" if name in _THREAD else "micro" if name in _MICRO else "unknown"
