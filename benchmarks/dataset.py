"""Nodes with many posts, built once and kept outside the repository: what `pages` reads.

The shape of a community: groups, authors and threads of very unequal size, comments that come to what is talked of
at the time, links posted twice, votes, tags, private groups, and some of everything deleted or removed. Every row is
drawn from one seed. The words are made of a list of syllables.

Kept in the user's cache folder, under a name made of the schema and of `VERSION`; what does not fit is built anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import math
import os
import shutil
import sqlite3
import sys
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.phrases import Phrases
from node.activities.standing import SECONDS_A_MAGNITUDE
from node.app import open_node
from node.ids import fingerprint
from node.local import actors, members
from node.settings import Settings
from node.text.folding import fold
from tests.support.archipelago import a_key_pair

VERSION = 1
HOME = "http://localhost:8000"  # every id has it; the port that a process listens on is another matter
SECRET = "a-session-of-the-bench"
THREAD = "thread500"  # token of the thread of `LONG` comments
LONG = 500
FOLLOWED = 50  # groups that ada follows
SPAN = timedelta(days=730)  # from the first post to the last, whatever the size
KEPT_FOR = timedelta(days=20)  # an older one is built anew: ada's session ends, and what is new grows old
GONE = "2026-01-01 00:00:00.000000"
NEVER = "2099-01-01 00:00:00.000000"


# Columns of posts that a thread has and a comment has not, or the other way round.
_OF_SOME = ("root_id", "parent_id", "in_reply_to", "link_url", "link_key", "featured_at")


@dataclass(frozen=True)
class Size:
    """How much is in a node."""

    name: str
    threads: int
    comments: int
    groups: int
    people: int
    peers: int


SMALL = Size("small", 10_000, 50_000, 100, 2_000, 50)
LARGE = Size("large", 1_000_000, 5_000_000, 2_000, 100_000, 500)


async def prepared(size: Size, scratch: Path) -> Path:
    """Return the folder of a node of that size, built if need be. scratch: an empty folder."""
    schema = await _empty_node(scratch / f"empty-{size.name}")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "archipel-bench"
    folder = base / f"{size.name}-{schema}-{VERSION}"
    if _is_fresh(folder):
        return folder
    for old in base.glob(f"{size.name}-*"):
        shutil.rmtree(old)
    print(f"Building {size.threads:,} threads and {size.comments:,} comments in {folder}", file=sys.stderr)
    began = time.monotonic()
    shutil.move(scratch / f"empty-{size.name}", folder)
    with contextlib.closing(sqlite3.connect(folder / "archipel.db", isolation_level=None)) as connection:
        _Builder(connection, size).build()
    (folder / "built.json").write_text(json.dumps({"at": datetime.now(UTC).isoformat()}))
    took, mib = time.monotonic() - began, (folder / "archipel.db").stat().st_size / 2**20
    print(f"Built in {took:.0f} s: {mib:,.0f} MiB", file=sys.stderr)
    return folder


def _is_fresh(folder: Path) -> bool:
    try:
        built = datetime.fromisoformat(json.loads((folder / "built.json").read_text())["at"])
    except (OSError, ValueError, KeyError):
        return False
    return datetime.now(UTC) - built < KEPT_FOR


async def _empty_node(folder: Path) -> str:
    """Make a node with ada and her group bees; return a name for its schema."""
    settings = Settings(url=HOME, development=True, data=folder, keys=folder / "keys")
    node = await open_node(settings, new_key_pair=a_key_pair)
    async with node.transaction() as tx:
        ada = await members.sign_up(
            tx, HOME, "ada", await actors.new_keys(node), password_hash="", language="en"
        )
        founder = await tx.session.get_one(actors.Actor, ada.actor_id)
        await actors.found_group(tx, HOME, "bees", await actors.new_keys(node), title="Bees", founder=founder)
    await node.close()
    with contextlib.closing(sqlite3.connect(folder / "archipel.db")) as connection:
        made = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    lines = sorted(
        line.strip(" ,") for (sql,) in made for line in sql.splitlines()
    )  # tables in no fixed order
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


class _Builder:
    """Fills one database. Row numbers: peers, then groups, then people, each in one run of numbers."""

    def __init__(self, connection: sqlite3.Connection, size: Size) -> None:
        self.connection, self.size = connection, size
        self.random = Random(size.name)
        self.phrases = Phrases(self.random)
        self.begin = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0) - SPAN
        self.total = size.threads + size.comments
        [(self.ada,)] = connection.execute("SELECT id FROM actors WHERE username = 'ada'")
        [(self.bees,)] = connection.execute("SELECT id FROM actors WHERE username = 'bees'")
        self.first_group = self.bees + 1
        self.first_person = self.first_group + size.groups
        # Of each thread: its row number, group, number of comments, row number of its newest post.
        self.ids, self.groups = array("q"), array("q")
        self.counts, self.newest = array("q"), array("q")

    def build(self) -> None:
        """Fill the tables; the indexes are put back afterwards, which is quicker than to keep them up."""
        run = self.connection.execute
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
            run(f"PRAGMA {pragma}")
        aside = run(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        ).fetchall()
        for kind, name, _ in aside:
            run(f"DROP {kind} {name}")
        run("BEGIN")
        self._actors()
        of_thread = self._drawn()
        self._insert("posts", self._posts(of_thread))
        self._insert("votes", self._votes())
        self._insert("follows", self._follows())
        self._insert("post_tags", self._tags())
        self._words()
        self._around_ada()
        for _, _, sql in aside:
            run(sql)
        run("COMMIT")
        run("PRAGMA journal_mode=WAL")

    def _insert(self, table: str, rows: Iterator[dict[str, object]]) -> None:
        """Insert rows of one shape; columns that they do not name get their default, or nothing."""
        first = next(rows)
        known = {row[1]: row for row in self.connection.execute(f"PRAGMA table_info({table})")}
        plain = {"INTEGER": "0", "BOOLEAN": "0", "FLOAT": "0.0"}
        others = {
            name: plain.get(row[2], "''")
            for name, row in known.items()
            if row[3] and not row[5] and name not in first
        }
        names = ", ".join([*first, *others])
        marks = ", ".join(["?"] * len(first) + list(others.values()))
        self.connection.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",
            (tuple(row.values()) for row in itertools.chain([first], rows)),
        )

    def _at(self, number: int) -> str:
        """Return the instant of the item of that number, as SQLite keeps it."""
        return (self.begin + SPAN * (number / self.total)).isoformat(" ", "microseconds")

    def _actors(self) -> None:
        at, size = self._at(0), self.size
        self._insert(
            "peers",
            (
                {
                    "id": n + 1,
                    "host": f"peer{n}.example",
                    "dialect": "thread",
                    "state": "awake",
                    "first_seen": at,
                }
                for n in range(size.peers)
            ),
        )
        self._insert(
            "actors",
            itertools.chain(
                (self._actor(self.first_group + n, n, f"group{n}", "Group") for n in range(size.groups)),
                (self._actor(self.first_person + n, n, f"person{n}", "Person") for n in range(size.people)),
            ),
        )

    def _actor(self, number: int, n: int, username: str, kind: str) -> dict[str, object]:
        local = n % 2 == 0
        peer = int(self.size.peers ** self.random.random())
        home = HOME if local else f"https://peer{peer - 1}.example"
        path = f"/{'c' if kind == 'Group' else 'u'}/{username}"
        return {
            "id": number,
            "iri": home + path,
            "kind": kind,
            "home": home,
            "host": home.partition("://")[2],
            "path": path,
            "username": username,
            "lookup_name": username,
            "handle_verified": 1,
            "peer_id": None if local else peer,
            "name": self.phrases.title(3),
            "summary": f"<p>{self.phrases.text(20)}</p>",
            "inbox": f"{home}{path}/inbox",
            "followers": f"{home}{path}/followers",
            "discoverable": 1,
            "indexable": 1,
            "private": int(kind == "Group" and local and n % 38 == 36),
            "sealed_key": b"none" if local else None,
            "published": self._at(0),
        }

    def _drawn(self) -> array[int]:
        """Draw the order of everything said: for each item the number of its thread, or -1 for a new thread."""
        draw, size, of_thread = self.random.random, self.size, array("q")
        talked_of = array(
            "q", [0] * 2000
        )  # threads of the latest comments: what is talked of draws more talk
        share, long_at, long, long_left = size.threads / self.total, int(self.total * 0.9), -1, LONG
        for number in range(self.total):
            opened = len(self.ids)
            if number == long_at or opened == 0 or draw() < share:
                long = opened if number == long_at else long
                of_thread.append(-1)
                self.ids.append(number + 1)
                self.groups.append(0 if number == long_at else int(size.groups ** draw()) - 1)
                self.counts.append(0)
                self.newest.append(number)
                continue
            if long_left and long >= 0 and number % 8 == 0:
                thread, long_left = long, long_left - 1
            else:
                recent = opened - int(opened ** (draw() / 2))
                thread = talked_of[int(draw() * 2000)] if draw() < 0.6 else recent
                thread -= thread == long
                talked_of[number % 2000] = thread
            of_thread.append(thread)
            self.counts[thread] += 1
            self.newest[thread] = number
        return of_thread

    def _posts(self, of_thread: array[int]) -> Iterator[dict[str, object]]:
        latest = array("q", self.ids)  # of each thread, the row number that the next comment may answer
        depths = array("q", [0] * len(self.ids))
        opened = 0
        for number, thread in enumerate(of_thread):
            if thread < 0:
                yield self._thread(number, opened)
                opened += 1
                continue
            root, answers_one = self.ids[thread], self.random.random() < 0.55
            parent = latest[thread] if answers_one else root
            depth = min(depths[thread], 40) + 1 if parent != root else 1
            yield self._comment(number, thread, parent, depth)
            if self.random.random() < 0.5:
                latest[thread], depths[thread] = number + 1, depth

    def _common(self, number: int, what: str, token: str) -> dict[str, object]:
        draw = self.random.random
        author = int(self.size.people * draw() ** 3)
        local = author % 2 == 0
        home = HOME if local else f"https://peer{author % self.size.peers}.example"
        iri, at = f"{home}/{what}/{token}", self._at(number)
        up = int(1 / (draw() + 0.002)) - 1
        down = int(up * draw() * 0.3)
        lost = draw()
        return dict.fromkeys(_OF_SOME) | {
            "id": number + 1,
            "iri": iri,
            "token": token,
            "depth": 0,
            "title": "",
            "comment_count": 0,
            "hot": 0.0,
            "author_id": self.first_person + author,
            "published": at,
            "received_at": at,
            "confirmed_at": at,
            "deleted_at": GONE if lost < 0.02 else None,
            "removed_at": GONE if lost > 0.99 else None,
            "upvotes": up,
            "downvotes": down,
            "score": up - down,
            "create_iri": None if local else f"{iri}/activity",
        }

    def _thread(self, number: int, opened: int) -> dict[str, object]:
        is_long = number == int(self.total * 0.9)
        row = self._common(number, "post", THREAD if is_long else f"p{number:09}")
        gone = row["deleted_at"] is not None and not is_long
        group, linked = self.groups[opened], self.random.random() < 0.5
        link = f"https://news.example/{number - number % 20}" if linked and not gone else None
        score = int(str(row["score"]))
        sign = (score > 0) - (score < 0)
        seconds = (self.begin + SPAN * (number / self.total)).replace(tzinfo=UTC).timestamp()
        if is_long:
            row |= {"deleted_at": None, "removed_at": None}
        return row | {
            "kind": "Page",
            "group_id": self.bees if group == 0 else self.first_group + group,
            "title": "" if gone else self.phrases.title(7),
            "content": "" if gone else f"<p>{self.phrases.text(60)}</p>",
            "visibility": "members" if group and group % 38 == 36 else "public",
            "link_url": link,
            "link_key": hashlib.sha256(link.encode()).hexdigest() if link else None,
            "featured_at": row["published"] if number % 5000 == 7 else None,
            "comment_count": self.counts[opened],
            "last_active": self._at(self.newest[opened]),
            "hot": sign * math.log10(max(abs(score), 1)) + seconds / SECONDS_A_MAGNITUDE,
        }

    def _comment(self, number: int, thread: int, parent: int, depth: int) -> dict[str, object]:
        row = self._common(number, "comment", f"c{number:09}")
        gone, group = row["deleted_at"] is not None, self.groups[thread]
        return row | {
            "kind": "Note",
            "group_id": self.bees if group == 0 else self.first_group + group,
            "root_id": self.ids[thread],
            "parent_id": parent,
            "in_reply_to": f"{HOME}/comment/c{parent - 1:09}",
            "depth": depth,
            "content": "" if gone else f"<p>{self.phrases.text(30)}</p>",
            "visibility": "members" if group and group % 38 == 36 else "public",
            "last_active": row["published"],
        }

    def _votes(self) -> Iterator[dict[str, object]]:
        """Draw a vote for every second post, and one of ada's for some."""
        for number in range(1, self.total + 1, 2):
            voter = int(self.size.people * self.random.random())
            yield self._vote(number, self.first_person + voter)
            if number % 101 == 0:
                yield self._vote(number, self.ada)

    def _vote(self, post: int, actor: int) -> dict[str, object]:
        iri = f"https://peer{post % self.size.peers}.example/likes/{post}-{actor}"
        return {
            "post_id": post,
            "actor_id": actor,
            "value": 1 if post % 7 else -1,
            "iri": iri,
            "at": self._at(post),
        }

    def _follows(self) -> Iterator[dict[str, object]]:
        """Let everybody follow a few groups, the large ones more than the small, and ada fifty of all sizes."""
        groups = self.size.groups
        spread = range(10, groups, max((groups - 10) // (FOLLOWED - 10), 1))
        hers = {*range(10), *itertools.islice(spread, FOLLOWED - 10)}
        for group in sorted(hers - {0}):
            yield self._follow(self.ada, group)
        for person in range(self.size.people):
            for group in {int(groups ** self.random.random()) - 1 for _ in range(3)}:
                yield self._follow(self.first_person + person, group)

    def _follow(self, follower: int, group: int) -> dict[str, object]:
        return {
            "follower_id": follower,
            "followee_id": self.bees if group == 0 else self.first_group + group,
            "iri": f"{HOME}/follows/{follower}-{group}",
            "kind": "Follow",
            "state": "accepted",
            "created_at": self._at(0),
        }

    def _tags(self) -> Iterator[dict[str, object]]:
        for number in self.ids:
            if number % 5 == 0:
                yield {"post_id": number, "name": self.phrases.word()}

    def _words(self) -> None:
        """Take the words of threads into the index; the texts have no markup but their paragraph."""
        self.connection.create_function("folded", 1, lambda text: " ".join(fold(text)), deterministic=True)
        self.connection.execute(
            "INSERT INTO search_texts (post_id, title, text)"
            " SELECT id, folded(title), folded(substr(content, 4, length(content) - 7)) FROM posts"
            " WHERE root_id IS NULL AND title <> ''"
        )
        self.connection.execute("INSERT INTO search_words(search_words) VALUES ('rebuild')")

    def _around_ada(self) -> None:
        """Give ada a browser that is signed in, and people whom she does not want to hear."""
        [(member,)] = self.connection.execute("SELECT id FROM members")
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        session = {
            "fingerprint": fingerprint(SECRET),
            "member_id": member,
            "created_at": now,
            "last_used": NEVER,
            "expires_at": NEVER,
        }
        self._insert("sessions", iter([session]))
        blocks = (
            {
                "blocker_id": self.ada,
                "blocked_id": self.first_person + n,
                "iri": f"{HOME}/blocks/{n}",
                "at": now,
            }
            for n in range(5, 10)
        )
        self._insert("blocks", blocks)
        notices = (
            {"member_id": member, "kind": "reply", "post_id": n, "actor_id": self.first_person, "at": now}
            for n in range(1, 200)
        )
        self._insert("notifications", notices)
