"""Who is given what is said in a private group: servers with members of it (FEDERATION B.4, C.16).

Its server is what is admitted, as with Lemmy: one accepted follower there is enough, and keeping the rest out is
that server's duty. Of our own groups we know; of a group elsewhere its host is asked.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from urllib.parse import quote

from node.activitypub.origin import host_of, same_origin
from node.errors import Forbidden, Refused
from node.inbox.actors import fetch_actor
from node.inbox.fetching import check_not_blocked, instance_signer
from node.inbox.limits import CAPACITY
from node.network.client import DOCUMENT, Budget
from node.runtime import Node
from node.store.queries.followers import has_member_at
from node.store.tables.actors import Actor

REMEMBERED = timedelta(minutes=5)  # how long a host's word on a server is believed
FETCHES = 3


class Admissions:
    """What hosts of private groups said of the servers that asked us."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[datetime, bool]] = OrderedDict()

    def find(self, group: str, host: str, now: datetime) -> bool | None:
        """Return what was said lately, or None."""
        until, word = self._known.get((group, host), (now, False))
        return word if until > now else None

    def remember(self, group: str, host: str, word: bool, until: datetime) -> None:
        """Keep it until then."""
        self._known.pop((group, host), None)
        self._known[group, host] = (until, word)
        if len(self._known) > CAPACITY:
            self._known.popitem(last=False)


async def check_admitted(node: Node, group: Actor, signer: str) -> None:
    """Raise Forbidden unless the server of *signer* has a member of the private *group*.

    signer: id of the actor whose key signed the request. Raises Unavailable while the group's host is away.
    """
    await check_not_blocked(node, signer)
    if group.is_local:
        asker = await fetch_actor(node, signer, Budget(FETCHES))
        async with node.reading() as session:
            admitted = await has_member_at(session, group, asker.peer_id)
    elif same_origin(signer, group.iri):
        admitted = True
    else:
        admitted = await _asked(node, group, signer)
    if not admitted:
        raise Forbidden(
            "This is for servers with members of the private group.", detail=f"{signer}: {group.iri}"
        )


async def _asked(node: Node, group: Actor, signer: str) -> bool:
    now, host = node.clock.now(), host_of(signer)
    known = node.memory(Admissions).find(group.iri, host, now)
    if known is not None:
        return known
    word = group.followers is not None and await _says_yes(node, group.followers, signer)
    node.memory(Admissions).remember(group.iri, host, word, now + REMEMBERED)
    return word


async def _says_yes(node: Node, followers: str, signer: str) -> bool:
    """Ask the host: 200 is yes, whatever it holds; Lemmy answers without a body."""
    mark = "&" if "?" in followers else "?"
    url = f"{followers}{mark}is_follower={quote(signer, safe='')}"
    try:
        await node.client.get(
            url, accept=DOCUMENT, signer=await instance_signer(node), budget=Budget(FETCHES)
        )
    except Refused:
        return False
    return True
