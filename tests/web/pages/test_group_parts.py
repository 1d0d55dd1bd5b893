"""A group's dates, people and what it is about; and the hashtags used in it."""

from datetime import timedelta

import pytest

from node.store.queries.topics import set_topics
from node.store.tables.gatherings import Event
from node.store.tables.members import Member
from node.store.tables.trimmings import PostTag
from tests.support.browsing import Page


@pytest.fixture
async def ada(quay):
    return await quay.person("ada")


@pytest.fixture
async def bees(quay):
    return await quay.group("bees", summary="<p>Be <em>kind</em>.</p>")


async def page_of(quay, path):
    return Page(await quay.browser.get(path, headers={"accept": "text/html"}))


async def test_its_page_leads_to_its_parts(quay, bees):
    for path in ("/c/bees", "/c/bees/dates", "/c/bees/people", "/c/bees/about"):
        page = await page_of(quay, path)
        assert page.status == 200
        assert {"/c/bees", "/c/bees/dates", "/c/bees/people", "/c/bees/about"} <= set(page.links)
        current = [
            one["href"] for tag, one in page.elements if tag == "a" and one.get("aria-current") == "page"
        ]
        assert path in current
    assert (await page_of(quay, "/c/wasps/about")).status == 404
    assert (await page_of(quay, "/c/bees/people?before=x")).status == 400


async def test_its_dates(quay, ada, bees):
    wasps, now = await quay.group("wasps"), quay.clock.now()
    for title, days, values in (
        ("Soon", 2, {}),
        ("Later", 9, {}),
        ("Past", -3, {}),
        ("Hidden", 3, {"visibility": "members"}),
        ("Gone", 3, {"deleted_at": now}),
    ):
        post = await quay.post(ada, bees, title=title, **values)
        await quay.add(Event(post_id=post.id, starts_at=now + timedelta(days=days)))
    other = await quay.post(ada, wasps, title="Of wasps")
    await quay.add(Event(post_id=other.id, starts_at=now + timedelta(days=1)))
    text = (await page_of(quay, "/c/bees/dates")).text
    assert text.index("Soon") < text.index("Later") < text.index("Lately") < text.index("Past")
    assert not [one for one in ("Hidden", "Gone", "Of wasps") if one in text]
    await quay.group("ants")
    assert "No dates to come" in (await page_of(quay, "/c/ants/dates")).text


async def test_its_people_but_for_those_who_keep_it_to_themselves(quay, ada, bees):
    for name, hides in (("bo", False), ("shy", True)):
        person = await quay.person(name)
        await quay.add(Member(actor_id=person.id, created_at=quay.clock.now(), hides_lists=hides))
        await quay.follows(person, bees)
    await quay.follows(await quay.person("waits"), bees, state="pending")
    await quay.moderates(ada, bees)
    page = await page_of(quay, "/c/bees/people")
    assert {"/u/ada", "/u/bo"} <= set(page.links)
    assert not {"/u/shy", "/u/waits"} & set(page.links)


async def test_what_it_is_about(quay, ada, bees):
    async with quay.node.transaction() as tx:
        await set_topics(tx, bees, ["nature"])
    for tag in ("honey", "honey", "wax", "secret"):
        post = await quay.post(ada, bees, visibility="members" if tag == "secret" else "public")
        await quay.add(PostTag(post_id=post.id, name=tag))
    page = await page_of(quay, "/c/bees/about")
    assert "Be kind" in page.text
    assert {"/explore?topic=nature", "/tag/honey", "/tag/wax"} <= set(page.links)
    for path in ("/c/bees", "/c/bees/about"):
        tags = [one for one in (await page_of(quay, path)).links if one.startswith("/tag/")]
        assert tags == ["/tag/honey", "/tag/wax"]


async def test_of_a_private_group_strangers_see_what_it_is_about_alone(quay, ada):
    hive = await quay.group("hive", private=True, summary="<p>Ours.</p>")
    await quay.follows(ada, hive)
    page = await page_of(quay, "/c/hive/about")
    assert "Ours." in page.text
    assert "/c/hive/people" not in page.links
    for part in ("dates", "people"):
        assert (await page_of(quay, f"/c/hive/{part}")).status == 404
