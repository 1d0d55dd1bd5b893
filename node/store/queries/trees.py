"""Laying out the comments of a thread: pure, from a flat list to the part of the tree that a page shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Key = Callable[["Branch"], Any]
CONTEXT = 10  # comments shown above one that is looked at alone


@dataclass(frozen=True, slots=True)
class Branch:
    """A comment without its words."""

    id: int
    parent: int | None
    token: str
    score: int
    published: datetime
    locked: bool = False
    is_new: bool = False  # to whoever looks


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment is: its token, and the one after which its page begins, None for the first page."""

    token: str
    after: str | None
    on_this_page: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a tree that a page shows."""

    shown: tuple[tuple[Branch, int], ...]  # with its depth, 0 for an answer to the thread
    replies: Mapping[int, int]  # direct ones by row number
    next_after: str | None
    hidden_before: bool
    below: Mapping[int, int]  # how many stand below each that is shown, at any depth
    new: int  # how many are new to whoever looks, on all pages
    first_new: Place | None


ORDERS: Mapping[str, Key] = {
    "top": lambda branch: (-branch.score, branch.published, branch.id),
    "new": lambda branch: (-branch.published.timestamp(), -branch.id),
    "old": lambda branch: (branch.published, branch.id),
}


def cut_tree(
    branches: Iterable[Branch],
    root: int,
    order: str,
    *,
    after: str | None = None,
    focus: int | None = None,
    flat: bool = False,
    size: int,
) -> Cut:
    """Return up to *size* comments, parents before answers, siblings in *order*; *flat*: all as siblings.

    after: token of the comment that ended the page before; begins at the start when it is not there.
    focus: row number of the comment to show with its ancestors and its answers alone.
    """
    known = {branch.id: branch for branch in branches}
    children: dict[int, list[Branch]] = defaultdict(list)
    for branch in known.values():
        children[branch.parent or root].append(branch)
    key = ORDERS.get(order, ORDERS["top"])
    for siblings in children.values():
        siblings.sort(key=key)
    walked = (
        _in_focus(known, children, root, focus) if focus is not None else _walk(children, children[root], 0)
    )
    below = _below(walked)
    if flat and focus is None:
        walked = [(branch, 0) for branch in sorted((branch for branch, _ in walked), key=key)]
    begin = next((at + 1 for at, (one, _) in enumerate(walked) if one.token == after), 0) if after else 0
    shown = tuple(walked[begin : begin + size])
    more = begin + size < len(walked)
    new = [at for at, (branch, _) in enumerate(walked) if branch.is_new]
    return Cut(
        shown=shown,
        replies={number: len(answers) for number, answers in children.items()},
        next_after=shown[-1][0].token if more else None,
        hidden_before=begin > 0,
        below=below,
        new=len(new),
        first_new=_place(walked, new[0], begin, size) if new else None,
    )


def _place(walked: list[tuple[Branch, int]], at: int, begin: int, size: int) -> Place:
    """Return where the comment at that place in the walk is found, as pages of *size* have it."""
    page = at // size * size
    return Place(
        token=walked[at][0].token,
        after=walked[page - 1][0].token if page else None,
        on_this_page=begin <= at < begin + size,
    )


def _below(walked: list[tuple[Branch, int]]) -> dict[int, int]:
    """Count what stands below each, from a walk of the tree."""
    counts: dict[int, int] = {}
    open_ones: list[tuple[int, int, int]] = []  # row number, depth, place
    for place, (branch, depth) in enumerate([*walked, (None, -1)]):
        while open_ones and open_ones[-1][1] >= depth:
            number, _, began = open_ones.pop()
            counts[number] = place - began - 1
        if branch is not None:
            open_ones.append((branch.id, depth, place))
    return counts


def closed(branches: Iterable[Branch]) -> set[int]:
    """Return the row numbers of comments that take no answers: locked, or below one that is."""
    known = {branch.id: branch for branch in branches}
    children: dict[int, list[Branch]] = defaultdict(list)
    for branch in known.values():
        children[branch.parent or 0].append(branch)
    return {branch.id for branch, _ in _walk(children, [one for one in known.values() if one.locked], 0)}


def _walk(children: Mapping[int, list[Branch]], first: list[Branch], depth: int) -> list[tuple[Branch, int]]:
    """Walk the tree without recursion: threads from elsewhere can be deeper than Python's stack."""
    found: list[tuple[Branch, int]] = []
    waiting = [(branch, depth) for branch in reversed(first)]
    while waiting:
        branch, level = waiting.pop()
        found.append((branch, level))
        waiting.extend((answer, level + 1) for answer in reversed(children.get(branch.id, [])))
    return found


def _in_focus(
    known: Mapping[int, Branch], children: Mapping[int, list[Branch]], root: int, focus: int
) -> list[tuple[Branch, int]]:
    if focus not in known:
        return []
    above: list[Branch] = []
    parent = known[focus].parent
    while parent is not None and parent != root:
        branch = known.get(parent)
        if branch is None or len(above) == len(known):
            return []  # hangs from something that is not to be seen
        above.append(branch)
        parent = branch.parent
    line = [(one, depth) for depth, one in enumerate(reversed(above[:CONTEXT]))]
    return line + _walk(children, [known[focus]], len(line))
