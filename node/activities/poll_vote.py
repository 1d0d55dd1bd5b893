"""PollVote{actor: Person, object: the Question, choice_text: the answer}: how PieFed votes in polls (C.14).

It goes to the group, which announces it; the author's node counts it as it counts any vote, see `polls`.
"""

from __future__ import annotations

from node.activities import polls
from node.activities.handler import Handler
from node.activitypub.activity import Activity
from node.activitypub.reading_gatherings import MAX_OPTION
from node.store.database import Transaction


async def check(tx: Transaction, vote: Activity) -> None:
    """As for any vote in a poll; a group vouches for those on its own threads (A05)."""
    await polls.check(tx, vote, vote.object or "", _answer(vote))


async def apply(tx: Transaction, vote: Activity) -> None:
    """Count it."""
    await polls.apply(tx, vote, vote.object or "", _answer(vote), iri=vote.iri)


def _answer(vote: Activity) -> str:
    given = vote.raw.get("choice_text")
    return given[:MAX_OPTION] if isinstance(given, str) else ""


HANDLER = Handler("PollVote", check=check, apply=apply, needs=("actor",))
