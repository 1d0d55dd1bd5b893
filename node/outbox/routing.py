"""Who sends an activity on: the four cases of FEP-1b12. Pure."""

from __future__ import annotations

from enum import Flag, auto


class Route(Flag):
    """What this node does with an activity that took effect."""

    NOTHING = 0
    TELL = auto()  # the author's activity itself, to whom it addresses
    ANNOUNCE = auto()  # the group passes it on to its followers


def route(*, author_is_local: bool, group_is_local: bool | None) -> Route:
    """Return the way of an activity; group_is_local: None when it is no group's matter.

    A remote author's activity is announced as received and never told again: its own node did that.
    """
    told = Route.TELL if author_is_local else Route.NOTHING
    return told | Route.ANNOUNCE if group_is_local else told
