"""All that a node holds, one fact a line, so that what an arrival did is what was added and what is gone.

Ids are written without ``https://``, moments as they stand in the database, to the minute.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from node.store.tables.actors import Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.gatherings import Attendance, Event, Poll, PollOption, PollVote
from node.store.tables.listings import FeedItem, Listing
from node.store.tables.members import Member, Notification
from node.store.tables.messages import Message, MessageRecipient
from node.store.tables.moderation import Ban, Block, Caution, Deed, Report
from node.store.tables.posts import Addressee, Mark, Post, Share, Vote
from node.store.tables.trimmings import Attachment, Emoji, Permission, PostTag, Reaction
from node.text.clean import plain_text
from tests.support.archipelago import Island

TABLES = (
    Actor, Follow, Moderator, Post, Vote, Share, Mark, Addressee, Attachment, Reaction, PostTag, Emoji,
    Permission, Poll, PollOption, PollVote, Event, Attendance, Message, MessageRecipient, Ban, Block, Report,
    Deed, Caution, Listing, FeedItem, Notification,
)  # fmt: skip

MINTED = re.compile(r"\bx\d{6}\b")  # names that the node has made up itself: their number means nothing


def short(value: Any) -> str:
    """Write one value: an id without its scheme, a moment to the minute."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return MINTED.sub("…", str(value).removeprefix("https://"))


def named(**facts: Any) -> str:
    """Write those of the facts that say something."""
    return "".join(
        f", {name.replace('_', ' ').strip()}" + ("" if value is True else f" {short(value)}")
        for name, value in facts.items()
        if value not in {None, "", 0}
    )


class Ledger:
    """The rows of a node, and how each is told."""

    def __init__(self, rows: dict[type, list[Any]]) -> None:
        self.rows = rows
        self.actors = {one.id: short(one.iri) for one in rows[Actor]}
        self.posts = {one.id: short(one.iri) for one in rows[Post]}
        self.messages = {one.id: short(one.iri) for one in rows[Message]}
        self.members = {one.id: self.actors[one.actor_id] for one in rows[Member]}

    def lines(self) -> list[str]:
        """Return every fact."""
        return [
            line for table, tell in TELLERS.items() for row in self.rows[table] for line in tell(self, row)
        ]


def _actor(of: Ledger, row: Actor) -> list[str]:
    if row.is_local and row.kind != "Group":
        return [f"member {of.actors[row.id]}" + named(moved_to=row.moved_to, gone=row.deleted_at is not None)]
    facts = named(
        called=row.name,
        in_short=row.description,
        about=plain_text(row.summary),
        icon=row.icon_url,
        image=row.image_url,
        private=row.private,
        asks_first=row.manually_approves,
        moderators_begin=row.posting_restricted,
        sensitive=row.sensitive,
        not_listed=not row.discoverable,
        also=row.also_known_as.replace("\n", " "),
        moved_to=row.moved_to,
        members=row.home_followers,
        gone=row.deleted_at is not None,
    )
    return [f"actor {of.actors[row.id]}: {row.kind} {row.username}{facts}"]


def _post(of: Ledger, row: Post) -> list[str]:
    iri = of.posts[row.id]
    place = "re " + of.posts[row.parent_id] if row.parent_id else "thread"
    if row.parent_id is None and row.in_reply_to is not None:
        place = f"adrift, re {short(row.in_reply_to)}"
    where = of.actors.get(row.group_id, "nowhere")
    head = f"post {iri}: {row.kind} by {of.actors[row.author_id]} in {where}, {place}"
    head += named(
        unconfirmed=row.confirmed_at is None,
        on_the_groups_word=row.verify_by is not None,
        visibility=row.visibility if row.visibility != "public" else "",
        at=row.published,
    )
    said = named(
        title=f"“{row.title}”" if row.title else "",
        text=f"“{' '.join(plain_text(row.content).split())}”" if row.content else "",
        markdown=bool(row.source),
        warning=row.warning,
        sensitive=row.sensitive,
        language=row.language,
        link=row.link_url,
        image=row.image_url,
        image_alt=row.image_alt,
        quotes=row.quote_iri,
        stamp=row.quote_stamp,
        approved_by=row.approved_by,
        policy=row.policy,
        page=row.url if row.url != row.iri else "",
        updated=row.updated,
    )
    fate = named(
        deleted=row.deleted_at is not None,
        removed=row.removed_at is not None,
        because=row.removal_reason,
        locked=row.locked_at is not None,
        pinned=row.featured_at is not None,
        in_office=row.distinguished,
    )
    counts = named(
        up=row.upvotes,
        down=row.downvotes,
        comments=row.comment_count,
        shares=row.shares,
        comments_at_home=row.home_comments,
        up_at_home=row.home_upvotes,
    )
    told = (("said", said), ("fate", fate), ("counts", counts))
    return [head, *(f"{name} {iri}: {facts[2:]}" for name, facts in told if facts)]


def _poll(of: Ledger, row: Poll) -> list[str]:
    facts = named(
        of_several=row.multiple, until=row.closes_at, closed=row.closed_at is not None, voters=row.voters
    )
    options = [f"{one.name} {one.votes}" for one in of.rows[PollOption] if one.post_id == row.post_id]
    return [f"poll {of.posts[row.post_id]}: {' / '.join(options)}{facts}"]


def _event(of: Ledger, row: Event) -> list[str]:
    facts = named(
        until=row.ends_at,
        zone=row.timezone,
        at=row.place,
        address=row.address,
        latitude=row.latitude,
        online=row.online_url,
        elsewhere=row.external_url,
        room_for=row.capacity,
        come=row.participants,
        status=row.status,
        category=row.category,
    )
    return [f"event {of.posts[row.post_id]}: {row.join_mode} {short(row.starts_at)}{facts}"]


def _picture(of: Ledger, row: Attachment) -> list[str]:
    facts = named(
        type=row.media_type,
        alt=row.alt,
        size=f"{row.width}x{row.height}" if row.width else "",
        blurhash=row.blurhash,
        focus=f"{row.focus_x} {row.focus_y}" if row.focus_x or row.focus_y else "",
    )
    return [f"{row.kind} {of.posts[row.post_id]}: {short(row.url)}{facts}"]


def _permission(of: Ledger, row: Permission) -> list[str]:
    about = of.posts.get(row.post_id, "")
    return [
        f"leave {row.kind} {about}: {of.actors[row.actor_id]} for {short(row.interaction)} {row.state}"
        + named(stamp=row.stamp)
    ]


def _message(of: Ledger, row: Message) -> list[str]:
    to = sorted(of.actors[one.actor_id] for one in of.rows[MessageRecipient] if one.message_id == row.id)
    text = " ".join(plain_text(row.content).split())
    facts = named(deleted=row.deleted_at is not None, at=row.published, re=row.in_reply_to)
    return [
        f"message {of.messages[row.id]}: {of.actors[row.author_id]} to {' and '.join(to)} “{text}”{facts}"
    ]


def _report(of: Ledger, row: Report) -> list[str]:
    about = of.posts.get(row.post_id) or of.messages.get(row.message_id) or of.actors.get(row.subject_id)
    facts = named(
        to=of.actors.get(row.group_id),
        because=row.reason,
        times=row.times if row.times > 1 else 0,
        passed_on=row.passed_on,
        resolved_by=of.actors.get(row.resolved_by_id, "nobody") if row.resolved_at else "",
    )
    return [f"report {of.actors[row.reporter_id]} of {about}{facts}"]


def _notice(of: Ledger, row: Notification) -> list[str]:
    about = of.posts.get(row.post_id) or of.actors.get(row.group_id) or ""
    facts = named(about=about, text=" ".join(row.text.split()))
    return [f"told {of.members[row.member_id]}: {row.kind} by {of.actors[row.actor_id]}{facts}"]


def _pair(word: str, left: str, right: str) -> Any:
    def tell(of: Ledger, row: Any) -> list[str]:
        def name(key: str) -> str:
            value = getattr(row, key)
            return of.posts[value] if key == "post_id" else of.actors[value]

        return [f"{word} {name(left)}: {name(right)}"]

    return tell


TELLERS: dict[type, Any] = {
    Actor: _actor,
    Follow: lambda of, row: [
        f"follow {of.actors[row.followee_id]}: {of.actors[row.follower_id]} {row.state}"
        + named(by=row.kind if row.kind != "Follow" else "")
    ],
    Moderator: _pair("moderator", "group_id", "actor_id"),
    Post: _post,
    Vote: lambda of, row: [f"vote {of.posts[row.post_id]}: {of.actors[row.actor_id]} {row.value:+}"],
    Share: _pair("share", "post_id", "actor_id"),
    Mark: lambda of, row: [f"mark {row.kind} {short(row.object)} by {short(row.actor)}"],
    Addressee: _pair("for", "post_id", "actor_id"),
    Attachment: _picture,
    Reaction: lambda of, row: [
        f"reaction {of.posts[row.post_id]}: {of.actors[row.actor_id]} {row.emoji}" + named(icon=row.icon_url)
    ],
    PostTag: lambda of, row: [f"tag {of.posts[row.post_id]}: {row.name}"],
    Emoji: lambda of, row: [f"emoji {row.host}: {row.shortcode} {short(row.url)}"],
    Permission: _permission,
    Poll: _poll,
    PollVote: lambda of, row: [
        f"choice {of.posts[row.post_id]}: {of.actors[row.actor_id]} "
        + next(one.name for one in of.rows[PollOption] if one.id == row.option_id)
    ],
    Event: _event,
    Attendance: lambda of, row: [
        f"{row.kind} {of.posts[row.post_id]}: {of.actors[row.actor_id]} {row.state}" + named(says=row.message)
    ],
    Message: _message,
    Ban: lambda of, row: [
        f"ban {short(row.scope)}: {of.actors[row.actor_id]} by {of.actors.get(row.by_id)}"
        + named(because=row.reason, until=row.expires_at, with_posts=row.content_removed)
    ],
    Block: _pair("block", "blocker_id", "blocked_id"),
    Report: _report,
    Deed: lambda of, row: [
        f"deed {row.kind} by {of.actors.get(row.actor_id)}"
        + named(
            of=of.posts.get(row.post_id),
            whom=of.actors.get(row.subject_id),
            in_=of.actors.get(row.group_id),
            because=row.reason,
        )
    ],
    Caution: lambda of, row: [
        f"caution {of.posts.get(row.post_id)}: {of.actors[row.actor_id]} to {of.actors[row.subject_id]} {row.reason}"
    ],
    Listing: _pair("shown", "group_id", "post_id"),
    FeedItem: _pair("feed", "feed_id", "group_id"),
    Notification: _notice,
}


async def read(island: Island) -> list[str]:
    """Return every fact that the node holds, and what it has sent."""
    rows: dict[type, list[Any]] = {}
    async with island.node.reading() as session:
        for table in (*TABLES, Member):
            key = next(iter(table.__table__.primary_key.columns))
            rows[table] = list(await session.scalars(select(table).order_by(col(key))))
    sent = [f"sent {parcel.host}: {parcel.shape}" for parcel in island.sea.deliveries(island)]
    return Ledger(rows).lines() + sent


def changes(before: list[str], after: list[str]) -> list[str]:
    """Return what is gone and what is new, a line each."""
    gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
    return sorted(
        [*(f"- {one}" for one in gone.elements()), *(f"+ {one}" for one in new.elements())],
        key=lambda one: one[2:],
    )
