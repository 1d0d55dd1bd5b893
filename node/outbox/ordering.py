"""Which entries of a lane may be under way at once, and which must wait for an earlier one (RULE F2). Pure.

What is done to one object keeps its order: a post before its edit, its votes and its replies, a vote before its Undo, the
deletion last. Votes of different people on one post do not mind each other. All that is not about posts (follows, bans,
moves, profiles) waits for everything before it, and everything after waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_CHANGES = frozenset({"Create", "Update", "Delete"})
_REACTIONS = frozenset({"Like", "Dislike", "EmojiReact"})
_POSTS = frozenset({"Page", "Note", "Article", "Question", "Event", "Tombstone"})
_DEPTH = 4  # Announce{Undo{Delete{post}}}


@dataclass(frozen=True, slots=True)
class Touch:
    """What an entry is about. changes: ids that it brings, alters or takes away. needs: those that must be there.

    is_barrier: about something else; nothing may overtake it, and it overtakes nothing.
    """

    changes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    is_barrier: bool = False


BARRIER = Touch(is_barrier=True)


class Ahead:
    """What is under way or waits, as the next entry meets it."""

    def __init__(self) -> None:
        self._changes: set[str] = set()
        self._needs: set[str] = set()
        self.is_barred = False  # nothing at all may go before that is through
        self._is_empty = True

    def add(self, touch: Touch) -> None:
        """Let later entries wait for *touch*."""
        self._is_empty = False
        self.is_barred |= touch.is_barrier
        self._changes |= touch.changes
        self._needs |= touch.needs

    def holds(self, touch: Touch) -> bool:
        """Tell whether *touch* must wait."""
        if self.is_barred or (touch.is_barrier and not self._is_empty):
            return True
        return not (
            self._changes.isdisjoint(touch.changes)
            and self._changes.isdisjoint(touch.needs)
            and self._needs.isdisjoint(touch.changes)
        )


def touch_of(activity: Mapping[str, Any]) -> Touch:
    """Return what an activity touches, whatever is wrapped in it."""
    parts = list(_read(activity, _DEPTH))
    if not parts or any(part is None for part in parts):
        return BARRIER
    found = [part for part in parts if part is not None]
    return Touch(
        frozenset[str]().union(*(part.changes for part in found)),
        frozenset[str]().union(*(part.needs for part in found)),
    )


def _read(activity: Mapping[str, Any], depth: int) -> Iterator[Touch | None]:
    """Give what each layer touches; None for one that is not about posts."""
    kind, thing = activity.get("type"), activity.get("object")
    if kind in _REACTIONS and isinstance(thing, str):
        yield Touch(frozenset({f"{activity.get('actor')} {thing}"}), frozenset({thing}))
    elif kind in {"Announce", "Undo"} and isinstance(thing, dict) and depth:
        yield from _read(thing, depth - 1)
    elif kind in _CHANGES or kind == "Announce":
        yield _change(activity, thing)
    else:
        yield None


def _change(activity: Mapping[str, Any], thing: object) -> Touch | None:
    if isinstance(thing, str) and thing != activity.get("actor") and activity.get("type") != "Update":
        return Touch(frozenset({thing}))
    if isinstance(thing, dict) and thing.get("type") in _POSTS and isinstance(thing.get("id"), str):
        above = thing.get("inReplyTo")
        return Touch(frozenset({thing["id"]}), frozenset({above}) if isinstance(above, str) else frozenset())
    return None
