"""The least that a post, an activity and an actor must say, and readers of them with something changed."""

import pytest

from node.activitypub import reading
from node.errors import Malformed

ALICE, GROUP = "https://a.example/u/alice", "https://h.example/c/bees"
NOTE = {"id": "https://a.example/n/1", "type": "Note", "attributedTo": ALICE, "content": "<p>x</p>"}
LIKE = {"id": "https://a.example/l/1", "type": "Like", "actor": ALICE, "object": "https://h.example/post/1"}
ACTOR = {"id": ALICE, "type": "Person", "preferredUsername": "alice", "inbox": f"{ALICE}/inbox"}


def note(**changed):
    return reading.read_object({**NOTE, **changed})


def like(**changed):
    return reading.read_activity({**LIKE, **changed})


def actor(**changed):
    return reading.read_actor({**ACTOR, **changed})


def refused(read, **changed):
    with pytest.raises(Malformed):
        read(**changed)
