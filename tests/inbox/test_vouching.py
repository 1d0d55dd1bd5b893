from dataclasses import replace

import pytest

from node.activities import update
from node.activities.perform import perform
from node.inbox.vouching import AGAIN_AFTER, check_links
from node.local.fields import set_fields
from node.store.queries.actors import get_actor
from node.store.queries.fields import ProfileField, read_fields, write_fields
from tests.support.fakeremote import FakeRemote

PAGE = "https://ada.example/"
BACK = b'<a rel="me" href="https://alpha.example/u/ada">me</a>'


@pytest.fixture
async def alpha(sea):
    return await sea.node("alpha.example")


@pytest.fixture
async def ada(alpha):
    person = await alpha.member("ada")
    await says(alpha, person, ("Web", PAGE), ("Pronouns", "she"))
    return person


@pytest.fixture
def site(sea):
    remote = FakeRemote()
    sea.chart.apps["ada.example"] = remote
    return remote


async def says(island, person, *typed):
    async with island.node.transaction() as tx:
        await set_fields(tx, await get_actor(tx.session, person.iri), typed)


async def fields(island, person):
    async with island.node.reading() as session:
        return read_fields((await get_actor(session, person.iri)).fields)


async def test_a_page_that_links_back_is_marked(sea, alpha, ada, site):
    site.on("/", BACK)
    await sea.settle()
    web, pronouns = await fields(alpha, ada)
    assert web.verified == sea.clock.now()
    assert pronouns.verified is None


async def test_a_page_that_links_elsewhere_is_not(sea, alpha, ada, site):
    site.on(
        "/",
        b'<a rel="me" href="https://alpha.example/u/bo">x</a><a href="https://alpha.example/u/ada">',
    )
    await sea.settle()
    assert (await fields(alpha, ada))[0].verified is None


async def test_it_is_looked_at_again_and_a_link_that_is_gone_takes_the_mark_along(sea, alpha, ada, site):
    site.on("/", BACK)
    await sea.settle()
    site.on("/", b"<p>nothing</p>")
    sea.clock.advance(days=AGAIN_AFTER.days)
    await sea.settle()
    assert (await fields(alpha, ada))[0].verified is None


async def test_a_page_that_is_away_keeps_its_mark_for_a_month(sea, alpha, ada, site):
    site.on("/", BACK)
    await sea.settle()
    site.on("/", b"", status=503)
    sea.clock.advance(days=20)
    await check_links(alpha.node, ada.iri)
    assert (await fields(alpha, ada))[0].verified is not None
    sea.clock.advance(days=11)
    await check_links(alpha.node, ada.iri)
    assert (await fields(alpha, ada))[0].verified is None


async def test_a_field_that_stays_keeps_its_mark(sea, alpha, ada, site):
    site.on("/", BACK)
    await sea.settle()
    await says(alpha, ada, ("Web", PAGE), ("Garden", "roses"))
    assert (await fields(alpha, ada))[0].verified is not None
    await says(alpha, ada, ("Home", PAGE))
    assert (await fields(alpha, ada))[0].verified is None


async def test_a_profile_without_pages_is_not_looked_at(alpha, ada, site):
    await says(alpha, ada, ("Pronouns", "she"), ("Old", "http://ada.example/"), ("", "lost"))
    assert await check_links(alpha.node, ada.iri) is None
    assert await check_links(alpha.node, "https://alpha.example/u/nobody") is None
    assert [one.name for one in await fields(alpha, ada)] == ["Pronouns", "Old"]


async def test_fields_cross_to_another_node_without_our_mark(sea, alpha, ada, site):
    site.on("/", BACK)
    beta = await sea.node("beta.example")
    bo = await beta.member("bo")
    from node.activities import follow
    from node.inbox.actors import fetch_actor
    from node.network.client import Budget

    seen = await fetch_actor(beta.node, ada.iri, Budget(5))
    async with beta.node.transaction() as tx:
        await perform(tx, follow.compose(tx, bo.actor, await get_actor(tx.session, seen.iri)))
    await sea.settle()
    web, pronouns = await fields(beta, ada)
    assert (web.name, pronouns.value, web.verified) == ("Web", "she", None)
    assert 'href="https://ada.example/"' in web.value
    async with alpha.node.transaction() as tx:
        actor = await get_actor(tx.session, ada.iri)
        await set_fields(tx, actor, [("Garden", "<b>roses</b>")])
        actor.updated = tx.now
        await tx.session.flush()
        await perform(tx, update.compose_actor(tx, actor))
    await sea.settle()
    [garden] = await fields(beta, ada)
    assert (garden.name, garden.value) == ("Garden", "&lt;b&gt;roses&lt;/b&gt;")


def test_fields_are_kept_as_they_are():
    one = ProfileField("Web", "<a>", PAGE, "2026-01-01T00:00:00+00:00")
    assert read_fields(write_fields([one])) == (one,)
    assert read_fields("") == ()
    assert write_fields([]) == ""
    assert replace(one, source="javascript:alert(1)").address == ""
    assert one.marked(None).verified is None
