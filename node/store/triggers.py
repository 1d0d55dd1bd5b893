"""The database itself says what changed: triggers on the rows that documents are made of.

Whoever changes a row, by whatever statement and from whichever process, cannot forget to tell. A change tells words
(`store.changes`), and what is kept in memory names the words that it relies on (`store.relying`):

====== ========================================================================================
word   told when
====== ========================================================================================
pN     post N changed, or its pictures, its poll or its event
rN     an answer to post N came, changed or went
tN     a post of thread N came, changed or went, the thread itself included
oN     a post by actor N, or a thread of group N, came, changed or went
vN     somebody voted on post N or shared it
aN     actor N changed
hHOST  an actor of HOST came, changed or went: a handle may lead elsewhere
fN     somebody follows actor N, or is followed, or no longer
mN     group N has other moderators
eHOST  the custom emoji of HOST changed
sN     leave N to do something with a post changed or went
x      a thread was removed, restored, or shown to others than before
g      an actor went, or came back
====== ========================================================================================

They are no part of a migration, which on SQLite loses them when it rebuilds a table: `schema.upgrade` compares them with
what stands here and puts them right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from node.store.tables.all import metadata

CHANNEL = "archipel"  # of NOTIFY; a database has its own
KEPT = 4096  # rows of the table `changes` that are kept; some more, since they are not counted at each insert
SWEPT_EVERY = 256
INSERT, UPDATE, DELETE = "INSERT", "UPDATE", "DELETE"


@dataclass(frozen=True)
class Rule:
    """What rows of a table tell.

    words: SQL, of the row that is called ROW in it. of: columns whose update tells it; empty: all but *quiet*.
    """

    table: str
    words: str
    name: str = ""  # apart from other rules of the table
    on: tuple[str, ...] = (INSERT, UPDATE, DELETE)
    of: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()

    @property
    def trigger(self) -> str:
        """Its name in the database."""
        return f"tell_{self.table}{self.name}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose update it tells."""
        known = metadata.tables[self.table].columns
        return self.of or tuple(one.name for one in known if one.name not in self.quiet)


# Of posts: what no document shows, kept for pages and for looking after threads.
_COUNTED = (
    "upvotes",
    "downvotes",
    "score",
    "comment_count",
    "shares",
    "last_active",
    "hot",
    "disputed",
    "received_at",
    "edits",
)
_OF_HOME = ("home_comments", "home_upvotes", "home_counted_at")
_LOOKED_AFTER = ("refreshed_at", "refresh_etag", "repaired_at", "repair_found")
_OF_POST = "'p' || ROW.post_id"

RULES = (
    Rule(
        "posts",
        "'p' || ROW.id || coalesce(' r' || ROW.parent_id, '') || ' t' || coalesce(ROW.root_id, ROW.id)"
        " || CASE WHEN ROW.depth = 0 THEN coalesce(' o' || ROW.group_id, '') ELSE '' END || ' o' || ROW.author_id",
        quiet=(*_COUNTED, *_OF_HOME, *_LOOKED_AFTER),
    ),
    Rule("posts", "'v' || ROW.id", name="_counts", on=(UPDATE,), of=("upvotes", "shares")),
    Rule("posts", "'x'", name="_shown", on=(UPDATE, DELETE), of=("visibility", "removed_at")),
    Rule(
        "actors",
        "'a' || ROW.id || ' h' || ROW.host",
        quiet=("document", "fetched_at", "history_page", "home_followers", "moderators_at"),
    ),
    Rule("actors", "'g'", name="_gone", on=(UPDATE, DELETE), of=("deleted_at", "iri")),
    Rule("follows", "'f' || ROW.follower_id || ' f' || ROW.followee_id"),
    Rule("moderators", "'m' || ROW.group_id"),
    Rule("attachments", _OF_POST),
    Rule("polls", _OF_POST),
    Rule("poll_options", _OF_POST),
    Rule("events", _OF_POST),
    Rule("emojis", "'e' || ROW.host"),
    Rule("permissions", "'s' || ROW.id"),
)


def are_missing(connection: Connection) -> bool:
    """Tell whether the triggers are not as they stand here."""
    return _there(connection) != _wanted(connection.dialect.name)


def install(connection: Connection) -> None:
    """Put the triggers right, in the transaction of *connection*."""
    remove(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in _on_sqlite().values() if is_sqlite else _on_postgresql():
        connection.exec_driver_sql(statement)


def remove(connection: Connection) -> None:
    """Take every trigger of this kind away."""
    for name in _there(connection):
        drop = (
            f"DROP TRIGGER {name}" if connection.dialect.name == "sqlite" else f"DROP FUNCTION {name} CASCADE"
        )
        connection.exec_driver_sql(drop)


def _there(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        query = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tell@_%' ESCAPE '@'"
        )
    else:
        query = (
            "SELECT proname, coalesce(obj_description(oid, 'pg_proc'), '') FROM pg_proc"
            " WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'tell@_%' ESCAPE '@'"
        )
    return {str(name): str(told) for name, told in connection.execute(text(query))}


def _wanted(dialect: str) -> dict[str, str]:
    return _on_sqlite() if dialect == "sqlite" else {rule.trigger: _version() for rule in RULES}


def _on_sqlite() -> dict[str, str]:
    """Return the statements that make the triggers, by name."""
    made = {}
    for rule in RULES:
        for event in rule.on:
            of = f" OF {', '.join(rule.columns)}" if event == UPDATE else ""
            told = " || ' ' || ".join(rule.words.replace("ROW", row) for row in _rows(event))
            name = f"{rule.trigger}_{event.lower()}"
            made[name] = (
                f"CREATE TRIGGER {name} AFTER {event}{of} ON {rule.table}"  # noqa: S608 -- all of it stands above
                f" BEGIN INSERT INTO changes (told) VALUES ({told}); END"
            )
    made["tell_not_for_ever"] = (
        f"CREATE TRIGGER tell_not_for_ever AFTER INSERT ON changes WHEN NEW.id % {SWEPT_EVERY} = 0"  # noqa: S608 -- our own number
        f" BEGIN DELETE FROM changes WHERE id <= NEW.id - {KEPT}; END"
    )
    return made


def _rows(event: str) -> Collection[str]:
    return {INSERT: ("NEW",), DELETE: ("OLD",), UPDATE: ("OLD", "NEW")}[event]


def _on_postgresql() -> Iterator[str]:
    for rule in RULES:
        yield _function(rule)
        yield f"COMMENT ON FUNCTION {rule.trigger}() IS '{_version()}'"
        for event in rule.on:
            of = f" OF {', '.join(rule.columns)}" if event == UPDATE else ""
            yield (
                f"CREATE TRIGGER {rule.trigger}_{event.lower()} AFTER {event}{of} ON {rule.table}"
                f" FOR EACH ROW EXECUTE FUNCTION {rule.trigger}()"
            )


def _function(rule: Rule) -> str:
    """Return the function behind a rule's triggers. What is notified twice in a transaction is sent once."""
    tell = "PERFORM pg_notify('{channel}', {words});"
    old = tell.format(channel=CHANNEL, words=rule.words.replace("ROW", "OLD"))
    new = tell.format(channel=CHANNEL, words=rule.words.replace("ROW", "NEW"))
    return (
        f"CREATE FUNCTION {rule.trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {old} END IF; IF TG_OP <> 'DELETE' THEN {new} END IF; RETURN NULL; END $$"
    )


def _version() -> str:
    """Return a fingerprint of all rules."""
    return hashlib.sha256(repr([(rule, rule.columns) for rule in RULES]).encode()).hexdigest()
