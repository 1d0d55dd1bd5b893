"""Where a visitor goes on at their own server: asked of that server, once, and remembered for a moment.

Nothing is kept in the database, nothing is asked that the visitor did not name, and whatever the server says only
ever becomes a link to that same server (THREATS A72, A75).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from sqlmodel import col, select

from node.activitypub import intents, strictjson
from node.activitypub.webfinger import Handle
from node.errors import NodeError
from node.inbox.limits import Failures, Lately
from node.inbox.tasks import ask_nodeinfo
from node.network.client import Budget
from node.runtime import Node
from node.store.tables.peers import Peer

FETCHES = 3
FAILED_FOR = timedelta(minutes=5)
# Where software that offers no templates takes an address, by its name in NodeInfo.
BY_SOFTWARE: Mapping[str, str] = {
    "lemmy": "/search?q={address}",
    "piefed": "/search?q={address}",
    "mbin": "/search?q={address}",
    "kbin": "/search?q={address}",
    "nodebb": "/search?term={object}",
    "archipel": "/interact?uri={object}",
}
OTHERWISE = "/authorize_interaction?uri={object}"  # Mastodon's, and that of most of its kin


class AskedLately(Lately[dict[str, str]]):
    """What servers offered lately, by handle."""


class Unanswered(Failures):
    """Servers that did not answer lately, by handle."""


@dataclass(frozen=True, slots=True)
class Onward:
    """Addresses on the visitor's server, the best first. is_known: whether the server itself named the first."""

    addresses: tuple[str, ...]
    is_known: bool


async def find_onward(
    node: Node, host: str, handle: Handle | None, verb: str, iri: str, *, address: str = ""
) -> Onward:
    """Return where somebody of *host* does *verb* (Follow, Like ...) to what has that id.

    address: what a search there finds it by, when that is not the id: a handle.

    A server that does not answer, or knows no intents, is guessed at by its software.
    """
    values = {"object": iri, "uri": iri, "inReplyTo": iri}
    offered = await _offered(node, handle) if handle is not None else {}
    named = [
        found
        for name in (verb.lower(), "object", "subscribe")
        if name in offered and (found := intents.expand(offered[name], values, host))
    ]
    scheme = node.settings.home.partition("://")[0]
    software = await _software(node, host) if not named else ""
    guesses = [BY_SOFTWARE.get(software, OTHERWISE), OTHERWISE, BY_SOFTWARE["lemmy"]]
    known = {"object": iri, "address": address or iri}
    made = [intents.expand(f"{scheme}://{host}{one}", known, host) for one in guesses]
    guessed = [one for one in made if one is not None]
    return Onward(tuple(dict.fromkeys([*named, *guessed]))[:3], bool(named))


async def _offered(node: Node, handle: Handle) -> dict[str, str]:
    """Ask the server of *handle* for its templates; none when it does not answer."""
    name, now = str(handle).lower(), node.clock.now()
    known = node.memory(AskedLately).find(name, now)
    if known is not None:
        return known
    scheme = node.settings.home.partition("://")[0]
    resource = quote(handle.acct, safe=":@")
    try:
        node.memory(Unanswered).check(name, now)
        url = f"{scheme}://{handle.host}/.well-known/webfinger?resource={resource}"
        fetched = await node.client.get_json(url, budget=Budget(FETCHES))
        offered = intents.read_intents(strictjson.load(fetched.body), development=node.settings.development)
    except NodeError as error:
        node.memory(Unanswered).remember(name, error, now + FAILED_FOR)
        return {}
    node.memory(AskedLately).keep(name, offered, now)
    return offered


async def _software(node: Node, host: str) -> str:
    """Return what runs there: known here, or asked; empty when it does not say."""
    async with node.reading() as session:
        known = await session.scalar(select(Peer.software).where(col(Peer.host) == host))
    if known:
        return str(known)
    name, now = f"software of {host}", node.clock.now()
    try:
        node.memory(Unanswered).check(name, now)
        return (await ask_nodeinfo(node, host)).name
    except NodeError as error:
        node.memory(Unanswered).remember(name, error, now + FAILED_FOR)
        return ""
