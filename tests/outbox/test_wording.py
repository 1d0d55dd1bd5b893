"""What one program is told in other words than all others: Articles for Pages, topics that move."""

from __future__ import annotations

import pytest

from node.activities import moving_threads, update
from node.activities.drafts import ThreadDraft
from node.activitypub import integrity
from tests.federation.acts import act
from tests.support.stranger import PUBLIC, Stranger


@pytest.fixture
async def harbour(sea):
    """A group of ours, followed from Lemmy, Discourse, Mobilizon and NodeBB."""
    island = await sea.node("ours.example")
    bees = await island.group("bees")
    ports = {}
    for name in ("lemmy", "discourse", "mobilizon", "nodebb"):
        ports[name] = port = Stranger(sea, f"{name}.example", software=name)
        await port.send(island, port.activity("Follow", port.person("una"), bees.iri))
    await sea.settle()
    return island, bees, ports


def brought(port):
    """Kinds of the posts that were announced, with what announced them."""
    return [
        (one["object"]["type"], one["object"]["object"]["type"])
        for one in port.got("Announce")
        if isinstance(one["object"], dict) and isinstance(one["object"].get("object"), dict)
    ]


async def test_who_reads_no_page_gets_an_article_of_the_same_id_and_words(sea, harbour):
    """C.2, H: in an edit as well; whoever asks gets a Page (RULE D2), and the others are sent one."""
    island, bees, ports = harbour
    thread = await bees.founder.posts(bees, title="Swarm season", text="When?")
    await bees.founder.answers(thread, "In May")
    sea.clock.advance(minutes=1)
    await act(
        bees.founder, update.compose, thread, draft=ThreadDraft(title="Swarm season", source="And where?")
    )
    await sea.settle()
    expected = [("Create", "Article"), ("Create", "Note"), ("Update", "Article")]
    assert brought(ports["discourse"]) == brought(ports["mobilizon"]) == expected
    plain = [("Create", "Page"), ("Create", "Note"), ("Update", "Page")]
    assert brought(ports["lemmy"]) == brought(ports["nodebb"]) == plain
    assert (await island.document(thread))["type"] == "Page"
    one, other = (ports[name].got("Announce")[0] for name in ("discourse", "lemmy"))
    assert one["id"] == other["id"]
    assert one["object"]["object"] | {"type": "Page"} == other["object"]["object"]


async def test_a_proof_on_other_words_is_not_sent(sea, harbour):
    """B.5: it covers the type. What was not changed keeps its own."""
    _, bees, ports = harbour
    thread = await bees.founder.posts(bees, title="Swarm season")
    await bees.founder.answers(thread, "In May")
    await sea.settle()
    for name, expected in (("lemmy", [True] * 4), ("discourse", [False, False, True, True])):
        said = ports[name].got("Announce")[:2]
        found = [bool(integrity.proofs_of(part)) for one in said for part in (one, one["object"])]
        assert found == expected, name


async def test_what_others_have_proven_stays_as_it_came(sea, harbour):
    """B.5: a signature of theirs would no longer hold; without one, their Page is an Article as ours are."""
    island, bees, ports = harbour
    lemmy = ports["lemmy"]
    una = f"{lemmy.home}/users/una"
    for more in ({}, {"signature": {"type": "RsaSignature2017", "signatureValue": "x"}}):
        page = lemmy.note(una, "Hives", type="Page", name="Hives", to=[bees.iri, PUBLIC], audience=bees.iri)
        await lemmy.send(island, lemmy.create(page, **more))
    await sea.settle()
    assert brought(ports["discourse"]) == [("Create", "Article"), ("Create", "Page")]


async def test_lemmy_is_sent_a_poll_as_a_page_that_shows_the_choices(sea, harbour):
    """C.14: it reads no Question, and would refuse the thread and all that answers it."""
    island, bees, ports = harbour
    thread = await bees.founder.asks(bees, title="When?", source="Tell", options="May & June\nJuly")
    await sea.settle()
    (page,), (question,) = (
        [one["object"]["object"] for one in ports[name].got("Announce")] for name in ("lemmy", "nodebb")
    )
    assert (page["type"], question["type"], (await island.document(thread))["type"]) == (
        "Page",
        *["Question"] * 2,
    )
    assert {page["id"], question["id"]} == {thread}
    assert page["content"].startswith(question["content"])
    assert "<li>May &amp; June</li><li>July</li>" in page["content"]
    assert f'href="{thread}"' in page["content"]
    assert not {"oneOf", "endTime", "source"} & set(page)


async def test_nodebb_hears_of_a_moved_thread_as_of_a_moved_topic(sea, harbour):
    """C.13: its own categories say so themselves, and name the collection."""
    island, bees, ports = harbour
    wasps = await island.group("wasps", founder=bees.founder)
    thread = await bees.founder.posts(bees, title="About wasps")
    await sea.settle()
    context = (await island.document(thread))["context"]
    await act(bees.founder, moving_threads.compose, thread, wasps.iri)
    await sea.settle()
    (move,) = ports["nodebb"].got("Move")
    assert (move["actor"], move["object"]) == (bees.iri, context)
    assert (move["origin"], move["target"]) == (bees.iri, wasps.iri)
    assert (await island.document(context))["type"] == "OrderedCollection"
    assert ports["lemmy"].got("Move") == []
    assert ports["lemmy"].got("Announce")[-1]["object"]["object"] == thread
