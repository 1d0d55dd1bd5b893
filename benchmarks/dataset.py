"""Nodes with many posts, built once and kept outside the repository: what `pages` reads.

The shape of a community: groups, authors and threads of very unequal size, comments that come to what is talked of
at the time, links posted twice, votes, tags, private groups, and some of everything deleted or removed. Every row is
drawn from one seed. The words are made of a list of syllables.

Kept in the user's cache folder, under a name made of the schema and of `VERSION`; what does not fit is built anew.
"""

from __future__ import annotations

import contextlib
import functools
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

VERSION = 4
HOME = "http://localhost:8000"  # every id has it; the port that a process listens on is another matter
SECRET = "a-session-of-the-bench"
THREAD = "thread500"  # token of the thread of `LONG` comments
LONG = 500
FOLLOWED = 50  # groups that ada follows
SPAN = timedelta(days=730)  # from the first post to the last, whatever the size
KEPT_FOR = timedelta(days=20)  # an older one is built anew: ada's session ends, and what is new grows old
GONE = "2026-01-01 00:00:00.000000"
NEVER = "2099-01-01 00:00:00.000000"


TEXTS = 50_000  # of comments, drawn once
_POST = (
    "id",
    "iri",
    "token",
    "kind",
    "author_id",
    "published",
    "received_at",
    "confirmed_at",
    "upvotes",
    "downvotes",
    "score",
    "deleted_at",
    "removed_at",
    "content",
    "group_id",
    "visibility",
    "last_active",
    "root_id",
    "parent_id",
    "in_reply_to",
    "depth",
    "title",
    "link_url",
    "link_key",
    "featured_at",
    "comment_count",
    "hot",
)


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
MEDIUM = Size("medium", 100_000, 500_000, 500, 20_000, 200)
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


async def build(size: Size, folder: Path) -> Path:
    """Make a node of that size in an empty *folder*, which nobody keeps, and return it: for tests of small ones."""
    await _empty_node(folder)
    with contextlib.closing(sqlite3.connect(folder / "archipel.db", isolation_level=None)) as connection:
        _Builder(connection, size).build()
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
        self._fill("posts", _POST, self._posts(of_thread))
        self._insert("votes", self._votes())
        self._insert("follows", self._follows())
        self._insert("post_tags", self._tags())
        self._words()
        self._directory()
        self._disputed()
        self._around_ada()
        for _, _, sql in aside:
            run(sql)
        run("COMMIT")
        run("PRAGMA journal_mode=WAL")

    def _insert(self, table: str, rows: Iterator[dict[str, object]]) -> None:
        """Insert rows of one shape, of which the first names the columns."""
        first = next(rows)
        self._fill(table, tuple(first), (tuple(row.values()) for row in itertools.chain([first], rows)))

    def _fill(self, table: str, names: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
        """Insert rows; columns that are not named and must not be empty get what stands for nothing."""
        plain = {"INTEGER": "0", "BOOLEAN": "0", "FLOAT": "0.0"}
        others = {
            name: plain.get(kind, "''")
            for _, name, kind, needed, _, key in self.connection.execute(f"PRAGMA table_info({table})")
            if needed and not key and name not in names
        }
        columns = ", ".join([*names, *others])
        marks = ", ".join(["?"] * len(names) + list(others.values()))
        self.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)

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
            "private": int(kind == "Group" and local and self._is_private(n)),
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

    def _posts(self, of_thread: array[int]) -> Iterator[tuple[object, ...]]:
        """Write the posts, in the order in which they were said and with row numbers in that order."""
        draw, ids, groups = self.random.random, self.ids, self.groups
        latest = array("q", ids)  # of each thread, the row number that the next comment may answer
        depths = array("q", [0] * len(ids))
        texts = [f"<p>{self.phrases.text(20)}</p>" for _ in range(TEXTS)]
        opened = 0
        for number, thread in enumerate(of_thread):
            at, gone = self._at(number), draw() < 0.02
            removed = GONE if draw() < 0.01 else None
            up = int(1 / (draw() + 0.002)) - 1
            down = int(up * draw() * 0.3)
            author = int(self.size.people * draw() ** 3)
            home = HOME if author % 2 == 0 else f"https://peer{author % self.size.peers}.example"
            said = (self.first_person + author, at, at, at, up, down, up - down)
            if thread < 0:
                yield self._thread(number, opened, home, said, gone=gone, removed=removed)
                opened += 1
                continue
            parent = latest[thread] if draw() < 0.55 else ids[thread]
            depth = 1 if parent == ids[thread] else min(depths[thread], 40) + 1
            token, group = f"c{number:07}", groups[thread]
            kept = (GONE, removed, "") if gone else (None, removed, texts[int(draw() * TEXTS)])
            answers = (ids[thread], parent, f"{HOME}/comment/c{parent - 1:07}", depth)
            place = (self._group(group), "members" if self._is_private(group) else "public")
            mine = (number + 1, f"{home}/comment/{token}", token, "Note")
            yield (*mine, *said, *kept, *place, at, *answers, "", None, None, None, 0, 0.0)
            if draw() < 0.5:
                latest[thread], depths[thread] = number + 1, depth

    def _thread(
        self,
        number: int,
        opened: int,
        home: str,
        said: tuple[object, ...],
        *,
        gone: bool,
        removed: str | None,
    ) -> tuple[object, ...]:
        draw, group = self.random.random, self.groups[opened]
        is_long = number == int(self.total * 0.9)
        token = THREAD if is_long else f"p{number:07}"
        gone, removed = gone and not is_long, None if is_long else removed
        link = f"https://news.example/{number - number % 20}" if draw() < 0.5 and not gone else None
        key = hashlib.sha256(link.encode()).hexdigest() if link else None
        score = int(str(said[-1]))
        seconds = (self.begin + SPAN * (number / self.total)).replace(tzinfo=UTC).timestamp()
        magnitude = math.copysign(math.log10(max(abs(score), 1)), score)
        kept = (GONE, removed, "") if gone else (None, removed, f"<p>{self.phrases.text(60)}</p>")
        return (
            *(number + 1, f"{home}/post/{token}", token, "Page"),
            *said,
            *kept,
            *(self._group(group), "members" if self._is_private(group) else "public"),
            self._at(self.newest[opened]),
            *(None, None, None, 0),  # answers nothing
            "" if gone else self.phrases.title(7),
            *(link, key, said[1] if number % 5000 == 7 else None),
            self.counts[opened],
            magnitude + seconds / SECONDS_A_MAGNITUDE,
        )

    def _group(self, group: int) -> int:
        return self.first_group + group if group else self.bees

    @staticmethod
    def _is_private(group: int) -> bool:
        return group % 38 == 36

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
            "followee_id": self._group(group),
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
        """Take the words of threads and comments into the indexes; the texts have no markup but their paragraph."""
        folded = functools.lru_cache(2 * TEXTS)(lambda text: " ".join(fold(text)))
        self.connection.create_function("folded", 1, folded, deterministic=True)
        self.connection.execute(
            "INSERT INTO search_texts (post_id, title, text)"
            " SELECT id, folded(title), folded(substr(content, 4, length(content) - 7)) FROM posts"
            " WHERE root_id IS NULL AND title <> ''"
        )
        self.connection.execute(
            "INSERT INTO comment_texts (post_id, text, stale)"
            " SELECT id, folded(substr(content, 4, length(content) - 7)), 0 FROM posts"
            " WHERE root_id IS NOT NULL AND content <> ''"
        )
        for index in ("search_words", "search_words_of_comments"):
            self.connection.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")

    def _directory(self) -> None:
        """Enter the groups as if they had been counted; after the words, for whose sake the database can fold."""
        self.connection.execute(
            "INSERT OR REPLACE INTO directory (group_id, is_local, followers, members, threads, active_at, founded_at, name_key,"
            " words, language, counted_at) SELECT actors.id, peer_id IS NULL, coalesce(f.n, 0), coalesce(f.n, 0),"
            " coalesce(p.n, 0), coalesce(p.last, published), published, folded(username), folded(username), '', ?"
            " FROM actors LEFT JOIN (SELECT followee_id, count(*) AS n FROM follows GROUP BY followee_id) AS f"
            " ON f.followee_id = actors.id LEFT JOIN (SELECT group_id, count(*) AS n, max(last_active) AS last"
            " FROM posts WHERE root_id IS NULL GROUP BY group_id) AS p ON p.group_id = actors.id"
            " WHERE kind = 'Group'",
            (datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds"),),
        )

    def _disputed(self) -> None:
        """As the migration that brought the order: the smaller camp, weighed by how even the two are."""
        self.connection.execute(
            "UPDATE posts SET disputed = CASE WHEN upvotes < downvotes"
            " THEN 1.0 * upvotes * upvotes / downvotes ELSE 1.0 * downvotes * downvotes / upvotes END"
            " WHERE upvotes > 0 AND downvotes > 0"
        )

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
