import itertools

from node.activitypub import vocabulary as v


def test_no_type_is_of_two_kinds():
    kinds = [v.ACTIVITY_TYPES, v.ACTOR_TYPES, v.OBJECT_TYPES, v.COLLECTION_TYPES, v.KEY_TYPES, {v.TOMBSTONE}]
    assert all(a.isdisjoint(b) for a, b in itertools.combinations(kinds, 2))
    assert v.THREAD_TYPES <= v.OBJECT_TYPES
    assert v.GROUP_TYPES <= v.ACTOR_TYPES


def test_the_public_is_written_in_full():
    assert v.PUBLIC == "https://www.w3.org/ns/activitystreams#Public"
    assert v.PUBLIC in v.PUBLIC_SPELLINGS
    assert len(v.PUBLIC_SPELLINGS) == 3
    assert v.CONTEXT[0] == v.ACTIVITYSTREAMS
