"""What a demonstration community is made of: people, groups, and what is said, asked and planned in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ballot:
    """A poll. options: an answer a line; chosen: whose choice is which, such as `ada:0 noor:2`."""

    options: str
    chosen: str = ""
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """An event. in_days: from the day the community is made, at that time of the zone; coming: names."""

    in_days: int
    at: str
    until: str
    place: str
    address: str = ""
    zone: str = "Europe/Paris"
    capacity: str = ""
    coming: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A thread or comment. up, down: names of those who vote, with spaces between.

    marks: reactions, such as `🌱:ada 🙏:noor`; reported: who reports it and why, with a blank between.
    pinned, locked, removed: what the founder of the group does about it in the end; removed, locked: why.
    """

    by: str
    text: str
    title: str = ""  # of a thread
    link: str | None = None
    up: str = ""
    down: str = ""
    answers: tuple[Said, ...] = ()
    warning: str = ""
    poll: Ballot | None = None
    meeting: Meeting | None = None
    marks: str = ""
    reported: str = ""
    pinned: bool = False
    locked: str = ""
    removed: str = ""
    pictures: tuple[tuple[str, str], ...] = ()  # name and description


@dataclass(frozen=True, slots=True)
class Community:
    """A group and its threads, the oldest first.

    home: of a group elsewhere, its node. moderators: names, beside the founder. private: its members alone read it,
    and those in *asking* wait to become some. outsiders: members of the node who do not follow it.
    """

    name: str
    title: str
    summary: str
    founder: str
    language: str
    threads: tuple[Said, ...]
    home: str = ""
    moderators: str = ""
    private: bool = False
    asking: str = ""
    outsiders: str = ""
    topics: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody on another node, which is as invented as they are."""

    name: str
    title: str
    home: str
    summary: str
