import pytest

from node.activitypub.addressing import is_public, mentions_of, recipients, visibility
from node.activitypub.documents import ActivityDocument, Mention, ObjectDocument
from node.activitypub.vocabulary import PUBLIC

GROUP, ALICE = "https://h.example/c/bees", "https://a.example/u/alice"
FOLLOWERS = f"{ALICE}/followers"


@pytest.mark.parametrize(
    ("to", "cc", "followers", "expected"),
    [
        ([PUBLIC], [FOLLOWERS], FOLLOWERS, "public"),
        (["as:Public"], [], None, "public"),
        ([GROUP], ["Public"], None, "unlisted"),
        ([FOLLOWERS], [PUBLIC], FOLLOWERS, "unlisted"),
        ([FOLLOWERS], [], FOLLOWERS, "followers"),
        ([GROUP], [FOLLOWERS], FOLLOWERS, "followers"),
        ([FOLLOWERS], [], None, "direct"),
        ([ALICE], [], FOLLOWERS, "direct"),
        (["https://x.example/followers"], [], FOLLOWERS, "direct"),
        ([], [], FOLLOWERS, "direct"),
    ],
)
def test_visibility_is_read_from_the_addresses(to, cc, followers, expected):
    assert visibility(to, cc, followers) == expected
    assert is_public(to, cc) == (expected in {"public", "unlisted"})


def test_recipients_are_everyone_but_the_public():
    activity = ActivityDocument(
        iri="https://a.example/1",
        type="Like",
        actor=ALICE,
        to=(GROUP, PUBLIC),
        cc=(ALICE, GROUP),
        audience=GROUP,
    )
    assert recipients(activity) == (GROUP, ALICE)
    assert activity.addressees == (GROUP, PUBLIC, ALICE)


def test_a_mention_counts_only_when_it_is_addressed_too():
    note = ObjectDocument(
        iri="https://a.example/1",
        type="Note",
        attributed_to=ALICE,
        to=(PUBLIC,),
        cc=(GROUP,),
        mentions=(Mention(GROUP), Mention("https://x.example/u"), Mention(GROUP, "@bees")),
    )
    assert mentions_of(note) == (GROUP,)
    assert recipients(note) == (GROUP,)
    assert note.is_public
    assert not note.is_unlisted
