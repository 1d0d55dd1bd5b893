"""Buttons that bring what is missing, and what the pages say of it."""

from datetime import timedelta

import pytest

from node.inbox import tasks
from node.store.queries.tasks import claim_tasks, note_progress
from tests.support.stranger import PUBLIC, Stranger


@pytest.fixture
def good(sea):
    return Stranger(sea, "good.example", software="lemmy")


@pytest.fixture
async def hive(good, beta, ada):
    """A group elsewhere that ada has looked up, with a thread of which two of three comments are here."""
    iri = good.person("hive", key="bees", kind="Group")
    ann = good.person("ann")
    context = f"{good.home}/topic/1"
    thread = good.note(
        ann, "Words", type="Page", name="Counted", audience=iri, to=[iri, PUBLIC], context=context,
        likes=f"{good.home}/likes/1",
    )  # fmt: skip
    answers = [good.note(ann, f"Answer {n}", inReplyTo=thread["id"]) for n in range(3)]
    good.collection(context, [thread["id"], answers[0]["id"], answers[1]["id"], answers[2]["id"]])
    good.collection(f"{good.home}/likes/1", [], totalItems=15)
    good.collection(f"{iri}/outbox", [thread["id"]])
    lost = good.documents.pop(answers[2]["id"])
    page = await ada.get("/search?q=!hive@good.example")
    await ada.send("/search", page.form("/search").fields | {"q": "!hive@good.example"})
    page = await ada.get("/c/hive@good.example")
    await ada.send("/c/hive@good.example/older", page.form("/c/hive@good.example/older").fields)
    await work(beta)
    good.documents[answers[2]["id"]] = lost
    return (await beta.post(thread["id"])).token


async def work(beta):
    while await tasks.work_due(beta.node):
        pass


async def test_what_home_counts_is_shown_and_a_member_mends_it(hive, ada, stranger, beta):
    path = f"/post/{hive}"
    for browser, buttons in ((stranger, 0), (ada, 1)):
        page = await browser.get(path)
        assert "2 comments have reached this node, good.example counts 3." in page.text
        assert "0 votes for it have reached this node, good.example counts 15." in page.text
        assert sum(form.action == f"{path}/repair" for form in page.forms) == buttons
    answer = await ada.send(f"{path}/repair", (await ada.get(path)).form(f"{path}/repair").fields)
    assert answer.response.headers["location"] == f"{path}#at-home"
    page = await ada.get(path)
    assert "A repair has been asked for." in page.text
    assert all(form.action != f"{path}/repair" for form in page.forms)
    async with beta.node.transaction() as tx:
        (task,) = await claim_tasks(tx, 9, timedelta(minutes=1))
        await note_progress(tx, task, 1, timedelta(minutes=1))
    assert "The thread is being repaired: 1 post found so far." in (await ada.get(path)).text
    beta.sea.clock.advance(minutes=2)
    beta.sea.chart.away.add("good.example")
    await work(beta)
    assert "good.example did not answer. It will be asked again." in (await stranger.get(path)).text
    beta.sea.chart.away.clear()
    beta.sea.clock.advance(minutes=30)
    await work(beta)
    page = await ada.get(path)
    assert "The repair brought 1 post." in page.text
    assert "reached this node, good.example counts 3" not in page.text
    await ada.send(f"{path}/repair", page.form(f"{path}/repair").fields)
    await work(beta)
    assert "The repair found nothing that was missing." in (await ada.get(path)).text
    beta.sea.clock.advance(hours=2)
    assert "The repair" not in (await ada.get(path)).text


async def test_repairs_are_limited_and_for_members(hive, ada, bo, stranger, beta):
    path = f"/post/{hive}"
    assert (await stranger.send(f"{path}/repair", {"csrf": "x"})).status == 403
    statuses = []
    for _ in range(3):
        for browser in (ada, bo):
            page = await browser.get(path)
            statuses.append((await browser.send(f"{path}/repair", page.form(f"{path}/repair").fields)).status)
            await work(beta)
    assert statuses == [303, 303, 303, 303, 429, 429], "whoever asks, one thread is asked about so often"


async def test_what_is_at_home_here_needs_no_mending(ada):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Ours")
    page = await ada.get(thread)
    assert all("repair" not in form.action for form in page.forms)
    csrf = {"csrf": page.form(f"{thread}/vote").fields["csrf"]}
    assert (await ada.send(f"{thread}/repair", csrf)).status == 400
    assert all("older" not in form.action for form in (await ada.get("/c/bees")).forms)
    assert (await ada.send("/c/bees/older", csrf)).status == 400


async def test_older_threads_of_a_group_are_limited_by_member_and_group(hive, ada, stranger, beta):
    path = "/c/hive@good.example"
    assert all(form.action != f"{path}/older" for form in (await stranger.get(path)).forms)
    statuses = []
    for _ in range(3):  # and one that the scene has spent
        page = await ada.get(path)
        statuses.append((await ada.send(f"{path}/older", page.form(f"{path}/older").fields)).status)
        assert "history is being fetched" in (await stranger.get(path)).text
        await work(beta)
    assert statuses == [303, 303, 303]
    page = await ada.get(path)
    assert (await ada.send(f"{path}/older", page.form(f"{path}/older").fields)).status == 429
