import pytest

from node.outbox.ordering import BARRIER, Ahead, touch_of

POST = "https://alpha.example/post/1"


def create(iri=POST, above=None):
    note = {"id": iri, "type": "Note", "inReplyTo": above}
    return {"type": "Create", "actor": "https://alpha.example/u/ada", "object": note}


def like(actor="ada", obj=POST):
    return {"type": "Like", "actor": f"https://alpha.example/u/{actor}", "object": obj}


def announced(activity):
    return {"type": "Announce", "actor": "https://alpha.example/c/bees", "object": activity}


def undo(activity):
    return {"type": "Undo", "actor": activity["actor"], "object": activity}


def delete(iri=POST):
    return {"type": "Delete", "actor": "https://alpha.example/u/ada", "object": iri}


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [
        (create(), like(), True),
        (create(), announced(like()), True),
        (announced(create()), announced(POST), True),
        (create(), create("https://alpha.example/comment/2", POST), True),
        (create(), create("https://alpha.example/comment/2"), False),
        (
            create("https://alpha.example/comment/2", POST),
            create("https://alpha.example/comment/3", POST),
            False,
        ),
        (like(), undo(like()), True),
        (like("ada"), like("bob"), False),
        (like("ada"), undo(like("bob")), False),
        (like("ada", "x"), like("ada", "y"), False),
        (like(), delete(), True),
        (delete(), undo(delete()), True),
        (announced(create()), announced(delete()), True),
        (create("x"), {"type": "Follow", "actor": "a", "object": "b"}, True),
        ({"type": "Undo", "object": {"type": "Follow", "object": "b"}}, create(), True),
        (create("x"), {"type": "Delete", "actor": "a", "object": "a"}, True),
        ({"type": "Like"}, create("x"), True),
    ],
)
def test_what_is_about_the_same_keeps_its_order_and_the_rest_need_not_wait(first, second, waits):
    ahead = Ahead()
    ahead.add(touch_of(first))
    assert ahead.holds(touch_of(second)) is waits


def test_with_nothing_ahead_nothing_waits():
    assert not Ahead().holds(BARRIER)
