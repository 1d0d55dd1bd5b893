"""What others wrote, for strict readers: Lemmy refuses a whole activity for one value in another shape."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from node.activitypub.shapes import strict_activity, strict_object

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
WIRE = Path(__file__).parents[1] / "wire"
ANN = "https://far.example/u/ann"
POST = "https://far.example/post/1"
CAT = "https://far.example/cat.png"


def takes_as_lemmy(activity: dict[str, Any]) -> bool:
    """Tell whether Lemmy's parser of a Note in its wrapper takes it (its `NoteWrapper`, `Note`, `Attachment`)."""
    post = activity["object"]
    lists = (activity["to"], activity["cc"], activity.get("tag", []), post["to"], post["cc"])
    more = (post.get("tag", []), post.get("attachment", []))
    ids = [
        activity["actor"],
        post["attributedTo"],
        *(post[one] for one in ("inReplyTo", "audience") if one in post),
    ]
    fits = all(
        (one["type"] == "Link" and isinstance(one["href"], str))
        or (one["type"] in {"Image", "Document"} and isinstance(one["url"], str))
        for one in post.get("attachment", [])
    )
    return (
        all(isinstance(one, list) for one in lists + more)
        and all(isinstance(one, str) for one in ids)
        and fits
    )


def test_what_gotosocial_and_others_create_becomes_readable_to_lemmy():
    """I.2, I.3, I.14, I.18, I.19: one recipient as a string, one tag or attachment as an object, an actor in full."""
    given = json.loads((WIRE / "gotosocial" / "create_note.json").read_text())
    assert not takes_as_lemmy(given)
    given["actor"] = {"id": given["actor"], "type": "Person"}
    given["object"] |= {
        "attributedTo": [given["object"]["attributedTo"]],
        "attachment": {
            "type": "Video",
            "mediaType": "video/mp4",
            "url": "https://gts.example/moss.mp4",
            "name": None,
        },
        "cc": None,
    }
    before = copy.deepcopy(given)
    shaped = strict_activity(given)
    assert given == before, "the original is another's"
    assert takes_as_lemmy(shaped)
    assert shaped["to"] == shaped["object"]["to"] == [PUBLIC]
    assert shaped["object"]["tag"] == [given["object"]["tag"]]
    assert shaped["object"]["attachment"] == [
        {"type": "Document", "mediaType": "video/mp4", "url": "https://gts.example/moss.mp4"}
    ]
    kept = {"content", "contentMap", "replies", "interactionPolicy", "url", "published"}
    assert {name: shaped["object"][name] for name in kept} == {name: given["object"][name] for name in kept}


def test_a_note_that_begins_a_thread_is_carried_so_that_lemmy_reads_no_comment():
    """Lemmy takes a Note in a Create with two arrays for a comment; with one address alone for a thread."""
    note = {"id": POST, "type": "Note", "attributedTo": ANN, "to": [PUBLIC], "cc": [ANN, POST]}
    create = {"type": "Create", "actor": ANN, "object": note}
    for to, cc, expected in (
        ([PUBLIC], [ANN, POST], (PUBLIC, [ANN, POST])),
        (PUBLIC, [ANN, POST], (PUBLIC, [ANN, POST])),
        ([PUBLIC, ANN], POST, ([PUBLIC, ANN], POST)),
        ([PUBLIC, ANN], [ANN, POST], ([PUBLIC, ANN], [ANN, POST])),
    ):
        shaped = strict_activity({**create, "to": to, "cc": cc})
        assert (shaped["to"], shaped["cc"]) == expected
        assert shaped["object"] == note
    for other in ({**note, "inReplyTo": POST}, {**note, "type": "Page"}):
        shaped = strict_activity({**create, "to": [PUBLIC], "cc": [ANN], "object": other})
        assert (shaped["to"], shaped["cc"]) == ([PUBLIC], [ANN])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"to": "as:Public", "cc": [{"id": ANN}, None, ANN]}, {"to": [PUBLIC], "cc": [ANN]}),
        ({"tag": None}, {"tag": []}),
        ({"attributedTo": {"id": ANN}, "audience": ["https://b.example/c/x"]}, {"attributedTo": ANN, "audience": "https://b.example/c/x"}),
        ({"attributedTo": [{"type": "Person", "id": ANN}, {"type": "Group", "id": "x"}]}, {"attributedTo": [{"type": "Person", "id": ANN}, {"type": "Group", "id": "x"}]}),
        ({"inReplyTo": {"id": POST, "type": "Note"}}, {"inReplyTo": POST}),
        ({"inReplyTo": None}, {"inReplyTo": None}),
        ({"attachment": CAT}, {"attachment": [{"type": "Link", "href": CAT}]}),
        (
            {"attachment": [{"type": "Document", "url": [{"type": "Link", "href": CAT, "mediaType": "image/png"}]}]},
            {"attachment": [{"type": "Document", "url": CAT, "mediaType": "image/png"}]},
        ),
        ({"attachment": [7, {"type": "Note"}]}, {"attachment": [7, {"type": "Note"}]}),
        ({"image": CAT}, {"image": {"type": "Image", "url": CAT}}),
        ({"image": [{"type": "Image", "url": [{"href": CAT}], "name": "a cat"}]}, {"image": {"type": "Image", "url": CAT, "name": "a cat"}}),
        ({"image": [7]}, {"image": 7}),
    ],
)  # fmt: skip
def test_each_part_of_a_post_takes_the_shape_of_most(given, expected):
    shaped = strict_object({"id": POST, "content": "<p>x</p>"} | given)
    assert shaped == {"id": POST, "content": "<p>x</p>", "to": [], "cc": []} | expected


def test_votes_and_deeds_are_about_ids_and_an_undo_is_shaped_within():
    """Friendica and Discourse embed what they like; Lemmy takes an id alone (C.4)."""
    like = {"id": f"{ANN}/like", "type": "Like", "actor": {"id": ANN}, "object": {"id": POST, "type": "Page"}}
    undo = {"id": f"{ANN}/undo", "type": "Undo", "actor": ANN, "to": "Public", "object": like}
    shaped = strict_activity(undo)
    assert shaped["to"] == [PUBLIC]
    assert shaped["object"] == {
        "id": f"{ANN}/like",
        "type": "Like",
        "actor": ANN,
        "object": POST,
        "to": [],
        "cc": [],
    }
    tombstone = {
        "id": f"{ANN}/delete",
        "type": "Delete",
        "actor": ANN,
        "object": {"id": POST, "type": "Tombstone"},
    }
    assert strict_activity(tombstone)["object"] == tombstone["object"]


def test_what_carries_a_proof_stays_as_it_is_to_the_last_value():
    """I.9, B.5: the proof is over the values as they came."""
    post = {"id": POST, "type": "Note", "to": PUBLIC, "tag": {"type": "Mention", "href": ANN}}
    create = {"id": f"{ANN}/create", "type": "Create", "actor": ANN, "to": PUBLIC, "object": post}
    for seal in ("proof", "signature"):
        assert strict_activity(create | {seal: {"type": "x"}}) == create | {seal: {"type": "x"}}
        sealed = post | {seal: {"type": "x"}}
        assert strict_activity(create | {"object": sealed})["object"] == sealed
        assert strict_activity(create | {"object": sealed, "cc": ANN})["cc"] == [ANN]
