"""What a program must find in whatever we send it, or it refuses the whole (FEDERATION C, D; pitfalls of section I)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.dialects.columns import PROGRAMS
from tests.dialects.departures import Activity, Demand, innermost, types
from tests.support.stranger import PUBLIC

POSTS = frozenset({"Article", "Event", "Note", "Page", "Question"})
VOTES = frozenset({"Like", "Dislike"})


def _said(activity: Activity) -> dict[str, Any] | None:
    """Return the post that a Create or Update brings, passed on or not; None for a ballot and for all else."""
    done = innermost(activity)
    said = done.get("object")
    is_post = done["type"] in {"Create", "Update"} and isinstance(said, dict) and said["type"] in POSTS
    return said if is_post and ("content" in said or said["type"] == "Event") else None


def _all(activity: Activity) -> Iterator[dict[str, Any]]:
    """Yield the activity and all that it embeds as `object`."""
    depth: Any = activity
    while isinstance(depth, dict):
        yield depth
        depth = depth.get("object")


def explains_itself(activity: Activity) -> bool:
    """Pitfall 8: the outermost document has an `@context`."""
    return bool(activity.get("@context"))


def has_one_type(activity: Activity) -> bool:
    """Pitfalls 1 and 11: types are single strings, and nothing is null."""
    return all(isinstance(one["type"], str) and None not in one.values() for one in _all(activity))


def lists_recipients(activity: Activity) -> bool:
    """Pitfall 3: `to` and `cc` are arrays and there, outside and inside, of activities and posts."""
    has_lists = [isinstance(activity["to"], list), isinstance(activity["cc"], list)]
    for one in (innermost(activity), _said(activity)):
        if one is not None and one["type"] in {"Create", "Update", *POSTS}:
            has_lists += [isinstance(one["to"], list), isinstance(one["cc"], list)]
    return all(has_lists)


def announces_to_the_public(activity: Activity) -> bool:
    """C.0: who announces names the public, and the whole activity with its id and its actor."""
    if activity["type"] != "Announce":
        return True
    inner = activity["object"]
    is_whole = isinstance(inner, str) or {"id", "type", "actor", "object"} <= set(inner)
    return is_whole and PUBLIC in (*activity["to"], *activity["cc"])


def names_the_group_inside(activity: Activity) -> bool:
    """Pitfall 81: what a group announces names that group itself, in `audience` and among the recipients."""
    inner = activity.get("object")
    if activity["type"] != "Announce" or not isinstance(inner, dict):
        return True
    return inner["audience"] == activity["actor"] and activity["actor"] in (*inner["to"], *inner["cc"])


def votes_for_an_id(activity: Activity) -> bool:
    """C.4: what is voted on is named, not embedded."""
    done = innermost(activity)
    return done["type"] not in VOTES or isinstance(done["object"], str)


def reports_to_one(activity: Activity) -> bool:
    """C.9: a Flag has one addressee, one thing and a reason."""
    done = innermost(activity)
    return done["type"] != "Flag" or (
        len(done["to"]) == 1 and isinstance(done["object"], str) and bool(done["summary"])
    )


def deletes_in_public(activity: Activity) -> bool:
    """C.6, pitfall 5: the public is in `to` itself."""
    done = innermost(activity)
    return done["type"] != "Delete" or PUBLIC in done["to"]


def has_a_list_of_tags(activity: Activity) -> bool:
    """Pitfall 19: `tag` of a Note is an array."""
    said = _said(activity)
    return said is None or isinstance(said.get("tag", []), list)


def has_one_author(activity: Activity) -> bool:
    """Pitfall 12: `attributedTo` is one id."""
    said = _said(activity)
    return said is None or isinstance(said["attributedTo"], str)


def has_a_short_id(activity: Activity) -> bool:
    """Pitfall 54: ids of at most 100 characters."""
    return len(activity["id"]) <= 100


def is_no_vote(activity: Activity) -> bool:
    """C.3: a comment says when it was written, or it is taken for a vote in a poll."""
    said = _said(activity)
    return said is None or "published" in said


def has_a_title(activity: Activity) -> bool:
    """C.2: a Page has a `name`."""
    said = _said(activity)
    return said is None or said["type"] not in {"Page", "Article"} or bool(said["name"])


def ends_as_both_say(activity: Activity) -> bool:
    """C.8: a ban that ends says so in `expires` as well."""
    done = innermost(activity)
    return done["type"] != "Block" or done.get("endTime") == done.get("expires")


def answers_with_the_follow(activity: Activity) -> bool:
    """C.1: an Accept or Reject embeds the Follow, who asked and whom."""
    if types(activity)[:2] not in (["Accept", "Follow"], ["Reject", "Follow"]):
        return True
    return {"id", "actor", "object"} <= set(activity["object"])


def mentions_whom_it_addresses(activity: Activity) -> bool:
    """D.5: who is mentioned is addressed, or nobody is notified."""
    said = _said(activity)
    if said is None:
        return True
    named = {one["href"] for one in said.get("tag", ()) if one["type"] == "Mention"}
    return named <= {*said["to"], *said["cc"]}


def boosts_by_id(activity: Activity) -> bool:
    """D.1: a group announces ids of threads to microblogs, in public."""
    return activity["type"] != "Announce" or (
        isinstance(activity["object"], str) and PUBLIC in activity["to"]
    )


def edits_say_when(activity: Activity) -> bool:
    """C.5: an edit has `updated`."""
    done, said = innermost(activity), _said(activity)
    return done["type"] != "Update" or said is None or "updated" in said


def warns_in_the_summary_alone(activity: Activity) -> bool:
    """D.2: `summary` of a post is a content warning, so a post without one has none."""
    said = _said(activity)
    return said is None or "summary" not in said


def brings_no_page(activity: Activity) -> bool:
    """C.2: threads of ours are Articles to who reads no Page."""
    said = _said(activity)
    return said is None or said["type"] != "Page"


def moves_a_topic(activity: Activity) -> bool:
    """C.13: a category itself moves a topic, which is a collection."""
    done = innermost(activity)
    if done["type"] != "Move" or "origin" not in done:
        return True
    return done is activity and done["actor"] == done["origin"] and done["object"].endswith("/context")


EVERYBODY: tuple[Demand, ...] = (
    explains_itself,
    has_one_type,
    lists_recipients,
    has_one_author,
    edits_say_when,
)
THREADED = (*EVERYBODY, announces_to_the_public, votes_for_an_id, has_a_list_of_tags, has_a_title)
MICROBLOG = (*EVERYBODY, mentions_whom_it_addresses, boosts_by_id, warns_in_the_summary_alone)
DEMANDS: dict[str, tuple[Demand, ...]] = dict.fromkeys(PROGRAMS, EVERYBODY) | {
    "lemmy": (*THREADED, names_the_group_inside, reports_to_one, deletes_in_public),
    "piefed": (*THREADED, names_the_group_inside, has_a_short_id, is_no_vote),
    "mbin": (*THREADED, is_no_vote, ends_as_both_say, answers_with_the_follow),
    "nodebb": (*THREADED, answers_with_the_follow, moves_a_topic),
    "discourse": (*THREADED, brings_no_page),
    "mobilizon": (*EVERYBODY, brings_no_page),
    "friendica": THREADED,
    "wordpress": MICROBLOG,
    "mastodon": (*MICROBLOG, answers_with_the_follow),
    "pixelfed": MICROBLOG,
    "gotosocial": MICROBLOG,
    "misskey": MICROBLOG,
    "pleroma": MICROBLOG,
    "akkoma": MICROBLOG,
}
