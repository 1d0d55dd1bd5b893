"""What is meant: I.74 to I.108 (those that no other test names)."""

from __future__ import annotations

import pytest

from node.activitypub import reading
from node.activitypub.vocabulary import PUBLIC
from node.errors import Conflict
from node.inbox.actors import fetch_actor
from node.network.client import Budget
from node.store.queries.groups import group_page
from node.store.queries.lists import Listing
from node.text.clean import clean_html, plain_name
from tests.activitypub.least import NOTE
from tests.support.stranger import Stranger


async def test_an_accept_of_what_was_never_asked_is_ignored(sea, beta, bees, masto):
    """I.74"""
    mia = masto.person("mia")
    forged = {
        "id": "https://beta.example/activities/follow/never",
        "type": "Follow",
        "actor": bees.founder.iri,
        "object": mia,
    }
    assert await masto.send(beta, masto.activity("Accept", mia, forged)) == 202
    await sea.settle()
    assert (await beta.arrivals())[-1].reason != ""


async def test_what_was_deleted_before_it_came_does_not_come(sea, beta, bees, masto):
    """I.77: nor by a repeat of the Create."""
    mia = masto.person("mia")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    note = masto.note(
        mia, "Gone", to=[bees.iri, PUBLIC], audience=bees.iri, type="Page", name="Gone", serve=False
    )
    masto.documents[note["id"]] = 410
    await masto.send(
        beta, masto.activity("Delete", mia, {"id": note["id"], "type": "Tombstone"}, to=[PUBLIC])
    )
    await sea.settle()
    await masto.send(beta, masto.create(note))
    await sea.settle()
    post = await beta.post(note["id"])
    assert post is None or post.deleted_at is not None


async def test_an_edit_can_be_fetched_at_its_id(sea, beta, bees, masto):
    """I.83: Mbin passes an Update on by fetching it."""
    mia = masto.person("mia")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    thread = await bees.founder.posts(bees, title="One")
    await bees.founder.edits(thread, "Better", title="Two")
    await sea.settle()
    (update,) = masto.got("Update")
    fetched = await beta.document(update["id"])
    assert fetched["type"] == "Update"
    assert fetched["object"]["name"] == "Two"


@pytest.fixture
async def alpha_member(sea, beta, bees):
    alpha = await sea.node("alpha.example")
    return alpha, beta, await alpha.member("ada"), bees


async def test_nothing_is_announced_to_who_has_not_been_accepted(sea, alpha_member):
    """I.84: Lemmy takes no Announce of a group that nobody there follows yet: the Accept goes first."""
    alpha, beta, ada, bees = alpha_member
    await bees.founder.posts(bees, title="Before")
    await sea.settle()
    assert sea.deliveries(beta, to=alpha) == []
    await ada.follows(bees)
    await bees.founder.posts(bees, title="After")
    await sea.settle()
    assert sea.deliveries(beta, to=alpha)[0].shape.startswith("Accept")


async def test_a_name_is_a_persons_or_a_groups(beta, bees):
    """I.94: Mastodon would show one of them at random."""
    with pytest.raises(Conflict):
        await beta.member("bees")
    answer = await beta.get("/.well-known/webfinger?resource=acct:bees@beta.example")
    assert [one["href"] for one in answer.json()["links"] if one["rel"] == "self"] == [bees.iri]


async def test_a_profile_is_looked_at_again_after_a_day(sea, beta, masto):
    """I.95"""
    mia = masto.person("mia")
    await fetch_actor(beta.node, mia, Budget(3))
    masto.documents[mia]["name"] = "Mia the Second"
    assert (await fetch_actor(beta.node, mia, Budget(3))).name == "Mia"
    sea.clock.advance(hours=25)
    assert (await fetch_actor(beta.node, mia, Budget(3))).name == "Mia the Second"


async def test_nodeinfo_says_nothing_that_lemmy_cannot_read(beta):
    """I.96: values in `metadata` are strings; the list itself is always there."""
    links = (await beta.get("/.well-known/nodeinfo")).json()["links"]
    assert len(links) == 2
    for link in links:
        report = (await beta.get(link["href"])).json()
        assert all(isinstance(value, str) for value in report["metadata"].values())
        assert report["software"]["name"] == "archipel"
        assert "activeHalfyear" in report["usage"]["users"]


async def test_a_comment_cannot_be_taken_for_a_vote_in_a_poll(sea, beta, bees):
    """I.98: always a date, never a name."""
    comment = await bees.founder.answers(await bees.founder.posts(bees, title="One"), "Words")
    document = await beta.document(comment)
    assert document["published"]
    assert "name" not in document


async def test_microblogs_get_threads_and_neither_comments_nor_votes(sea, beta, bees, masto):
    """I.99, I.100, I.103: a boost for each thread; each vote would cost them a fetch."""
    mia = masto.person("mia")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    await sea.settle()
    thread = await bees.founder.posts(bees, title="One")
    comment = await bees.founder.answers(thread, "Words")
    await bees.founder.votes(thread, 1)
    await bees.founder.votes(comment, 1)
    await sea.settle()
    assert [one["object"] for one in masto.got("Announce")] == [thread]
    assert masto.got("Like") == []


async def test_a_new_title_is_a_new_title(sea, beta, bees, masto):
    """I.101: of a Page at every reader; of ours by an Update with a date later than before."""
    mia = masto.person("mia")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    note = masto.note(mia, "Words", to=[bees.iri, PUBLIC], audience=bees.iri, type="Page", name="First")
    await masto.send(beta, masto.create(note))
    await sea.settle()
    sea.clock.advance(minutes=5)
    changed = note | {"name": "Second", "updated": sea.clock.now().isoformat().replace("+00:00", "Z")}
    await masto.send(beta, masto.activity("Update", mia, changed, to=note["to"], cc=note["cc"]))
    await sea.settle()
    assert (await beta.post(note["id"])).title == "Second"


def test_a_context_that_leads_nowhere_is_none():
    """I.104"""
    for given in ("tag:friendica.example,2026:x", "urn:x:1", {"type": "x"}, 5, None):
        assert reading.read_object({**NOTE, "context": given}).context is None


async def test_an_announce_of_an_announce_is_not_passed_on(sea, beta, bees, masto):
    """I.105: nor is what came by an Announce announced again."""
    mia, hive = masto.person("mia"), masto.person("hive", kind="Group")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    thread = await bees.founder.posts(bees, title="One")
    await sea.settle()
    before = len(masto.received)
    inner = masto.activity("Announce", mia, thread, to=[PUBLIC])
    await masto.send(beta, masto.activity("Announce", hive, inner, to=[PUBLIC]))
    await sea.settle()
    assert len([one for one in masto.received[before:] if one["type"] == "Announce"]) == 0


async def test_an_inbox_never_says_that_it_is_gone(sea, beta, bees):
    """I.106: PieFed would take that for the end of the node."""
    for path in ("/inbox", "/u/nobody/inbox", "/c/none/inbox"):
        response = await beta.get(path, accept="application/activity+json")
        assert response.status_code != 410


def test_what_others_write_is_cleaned_wherever_it_is_shown():
    """I.107: words, names and profiles; language and direction stay."""
    assert clean_html('<a href="javascript:alert(1)">x</a>') == "x"
    assert clean_html("<script>alert(1)</script>") == clean_html("<img src=x onerror=alert(1)>") == ""
    assert clean_html('<p lang="fr" dir="ltr">Bonjour</p>') == '<p lang="fr" dir="ltr">Bonjour</p>'
    assert plain_name("A\u202eda") == "Ada"


async def test_pictures_from_elsewhere_tell_nobody_who_reads(sea, beta, bees, masto):
    """I.108: they are asked for without saying where the reader is, and only by who opens them."""
    mia = masto.person("mia")
    await masto.send(beta, masto.activity("Follow", mia, bees.iri))
    note = masto.note(
        mia, "Look", to=[bees.iri, PUBLIC], audience=bees.iri, type="Page", name="Look",
        attachment=[{"type": "Image", "url": "https://cdn.example/1.png", "name": "A bee"}],
    )  # fmt: skip
    await masto.send(beta, masto.create(note))
    await sea.settle()
    page = await beta.get(f"/post/{(await beta.post(note['id'])).token}")
    assert page.headers["referrer-policy"] in {
        "no-referrer",
        "same-origin",
        "strict-origin-when-cross-origin",
    }
    assert '<img src="https://cdn.example' not in page.text or 'referrerpolicy="no-referrer"' in page.text


async def test_a_list_of_moderators_is_that_of_the_groups_home(sea, beta):
    """I.89: read again at home, at most by the day, and nobody else's word."""
    lemmy = Stranger(sea, "lemmy.example", software="lemmy")
    group = lemmy.person("garden", kind="Group", attributedTo="https://lemmy.example/users/garden/moderators")
    ripley = lemmy.person("ripley")
    listed = {"id": f"{group}/moderators", "type": "OrderedCollection", "orderedItems": [ripley]}
    lemmy.documents[listed["id"]] = listed
    from node.inbox.backfill import fetch_moderators

    await fetch_moderators(beta.node, await fetch_actor(beta.node, group, Budget(3)))
    async with beta.node.reading() as session:
        page = await group_page(
            session, "garden@lemmy.example", beta.host, viewer=None, listing=Listing(), now=sea.clock.now()
        )
    assert [line.handle for line in page.moderators] == [ripley]
