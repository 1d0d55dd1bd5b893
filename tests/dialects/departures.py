"""What must have been delivered to a server for a row of the matrix to say that we send it.

A row has parts, each with the forms that it may have. `S`: every part was delivered to that server. `s`: some were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.support.stranger import PUBLIC

Activity = dict[str, Any]
Demand = Callable[[Activity], bool]
HOME = "https://ours.example"
# fmt: off
ACTIVITIES = frozenset({
    "Accept", "Add", "Announce", "Block", "Create", "Delete", "Dislike", "EmojiReact", "Flag", "Follow", "Join",
    "Leave", "Like", "Lock", "Move", "QuoteRequest", "Reject", "Remove", "Resolve", "Undo", "Update", "Warn",
})
# fmt: on


def types(activity: Activity) -> list[str]:
    """Return the types from the outside in; an id is written ``id``, a list ``list``."""
    found, depth = [], activity
    while True:
        found.append(depth["type"])
        inner = depth.get("object")
        if isinstance(inner, dict):
            depth = inner
            continue
        if inner is not None:
            found.append("list" if isinstance(inner, list) else "id")
        return found


def innermost(activity: Activity) -> Activity:
    """Return the activity that an Announce is around, else the activity itself."""
    inner = activity.get("object")
    return inner if activity["type"] == "Announce" and isinstance(inner, dict) else activity


@dataclass(frozen=True)
class Form:
    """An activity of ours by its types from the outside in, and what else must hold of it."""

    path: str  # `Announce Create Page`; what stands deeper does not matter
    demands: tuple[Demand, ...] = ()

    def fits(self, activity: Activity) -> bool:
        """Tell whether it is of this form, by one of ours."""
        path = self.path.split()
        if types(activity)[: len(path)] != path or not innermost(activity)["actor"].startswith(HOME):
            return False
        return all(demand(activity) for demand in self.demands)


Part = tuple[Form, ...]


def _said(*paths: str, where: Iterable[Demand] = ()) -> Part:
    """One part of a row, in any of these forms."""
    return tuple(Form(path, tuple(where)) for path in paths)


def _either(path: str, *where: Demand) -> Part:
    """One part of a row, by itself or passed on by a group of ours."""
    return _said(path, f"Announce {path}", where=where)


def _is_by_group(activity: Activity) -> bool:
    return "/c/" in activity["actor"]


def _names_only_whom_it_asks(activity: Activity) -> bool:
    return activity["to"] == [activity["object"]] and not _is_by_group(activity)


def _begins(activity: Activity) -> bool:
    said = innermost(activity)["object"]
    return "inReplyTo" not in said and PUBLIC in said["to"]


def _answers(activity: Activity) -> bool:
    said = innermost(activity)["object"]
    return "inReplyTo" in said and "content" in said and "published" in said and isinstance(said["tag"], list)


def _is_ballot(activity: Activity) -> bool:
    said = activity["object"]
    return {"name", "inReplyTo"} <= set(said) and not {"content", "published"} & set(said)


def _is_private(activity: Activity) -> bool:
    said = activity["object"]
    named = {one["href"] for one in said.get("tag", ()) if one["type"] == "Mention"}
    return PUBLIC not in (*said["to"], *said["cc"]) and len(said["to"]) == 1 and named == set(said["to"])


def _is_of_a_post(activity: Activity) -> bool:
    about = innermost(activity)["object"]
    about = about["object"] if isinstance(about, dict) else about
    return "/post/" in about or "/comment/" in about or "/statuses/" in about


def _has_reason(activity: Activity) -> bool:
    done = innermost(activity)
    done = done["object"] if done["type"] == "Undo" else done
    return "summary" in done


def _has_none(activity: Activity) -> bool:
    return not _has_reason(activity)


def _has_moment(activity: Activity) -> bool:
    return "updated" in innermost(activity)["object"]


def _on(collection: str) -> Demand:
    def demand(activity: Activity) -> bool:
        return innermost(activity)["target"].endswith(f"/{collection}")

    return demand


def _is_ban(activity: Activity) -> bool:
    """Both spellings of the end: Lemmy reads the one, Mbin the other (pitfall 87)."""
    done = innermost(activity)
    return "target" in done and done.get("endTime") == done.get("expires")


def _is_own_end(activity: Activity) -> bool:
    return activity["object"] == activity["actor"]


def _has_origin(activity: Activity) -> bool:
    return "origin" in innermost(activity)


def _is_of_account(activity: Activity) -> bool:
    return activity["object"] == activity["actor"] and "origin" not in activity


def _is_object(activity: Activity) -> bool:
    said = activity["object"]
    return isinstance(said, dict) and said["type"] not in ACTIVITIES


PAGES = ("Page", "Article", "Note", "Question", "Event")
ROWS: dict[str, tuple[Part, ...]] = {
    "Follow group by person": (_said("Follow id", where=[_names_only_whom_it_asks]),),
    "Follow group by Group": (_said("Follow id", where=[_is_by_group]),),
    "Accept (embedded Follow)": (_said("Accept Follow id"),),
    "Accept with Follow id only": (_said("Accept id"),),
    "Reject{Follow}": (_said("Reject Follow id"),),
    "Undo{Follow}": (_said("Undo Follow id"),),
    "Announce{Create}": (_said("Announce Create"),),
    "Announce{object embedded}": (_said("Announce", where=[_is_object]),),
    "Announce{object id}": (_said("Announce id", where=[_is_by_group, _is_of_a_post]),),
    "Announce{Like, Dislike, Undo}": (
        _said("Announce Like id"),
        _said("Announce Dislike id"),
        _said("Announce Undo Like id"),
        _said("Announce Undo Dislike id"),
    ),
    "Announce{Update, Delete}": (_said("Announce Update"), _said("Announce Delete")),
    "Create Page": (_said("Create Page", where=[_begins]),),
    "Create Article": (_said("Create Article", where=[_begins]),),
    "Create Note as thread": (_said("Create Note", "Announce Create Note", where=[_begins]),),
    "Create Note as reply": (_said("Create Note", where=[_answers]),),
    "Question": (_said("Create Question", where=[_begins]),),
    "poll vote Note": (_said("Create Note", where=[_is_ballot]),),
    "Event": (_said("Create Event", where=[_begins]),),
    "Join, Leave on events": (_said("Join id"), _said("Leave id")),
    "Video": (_either("Create Video"),),
    "Like": (_said("Like id"),),
    "Dislike": (_said("Dislike id"),),
    "EmojiReact": (_either("EmojiReact"),),
    "Undo{Like, Dislike}": (_said("Undo Like id"), _said("Undo Dislike id")),
    "Update content": (
        _said(*(f"{by}Update {one}" for by in ("", "Announce ") for one in PAGES), where=[_has_moment]),
    ),
    "Update Person": (_said("Update Person"),),
    "Update Group": (_either("Update Group"),),
    "Delete by author": (_said("Delete id", where=[_is_of_a_post, _has_none]),),
    "Delete with summary (mod)": (_either("Delete id", _is_of_a_post, _has_reason),),
    "Undo{Delete}": (_either("Undo Delete id", _is_of_a_post, _has_reason),),
    "Lock, Undo{Lock}": (_either("Lock id"), _either("Undo Lock id")),
    "Add/Remove featured": (_either("Add id", _on("featured")), _either("Remove id", _on("featured"))),
    "Add/Remove moderators": (_either("Add id", _on("moderators")), _either("Remove id", _on("moderators"))),
    "Block with target": (_either("Block id", _is_ban),),
    "Flag": (_said("Flag", "Announce Flag"),),
    "Resolve, Warn": (_either("Resolve Flag"), _said("Warn id")),
    "Delete Person": (_said("Delete id", where=[_is_own_end]),),
    "private Note": (_said("Create Note", where=[_is_private]),),
    "ChatMessage": (_said("Create ChatMessage", where=[_is_private]),),
    "Move account": (_said("Move id", where=[_is_of_account]),),
    "Move post": (_either("Move id", _has_origin),),
    "Feed actor": (_either("Update Feed"), _either("Follow Feed")),
    "QuoteRequest": (_said("QuoteRequest id"),),
}


def letter(row: str, received: list[Activity]) -> str:
    """Return `S`, `s` or nothing: how much of the row is among what was delivered to one server."""
    parts = [any(form.fits(one) for one in received for form in part) for part in ROWS[row]]
    return "S" if all(parts) else "s" if any(parts) else ""
