"""A moderator's day on the pages: buttons on posts, the log, the moderators, the charter, closing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from node.store.queries.actors import get_actor
from node.store.tables.moderation import Deed

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def thread(ada, bo):
    """A thread of bo's in ada's group, with an answer by bo."""
    await ada.founds("bees")
    path = await bo.writes("bees", "Swarm season", source="When?")
    await bo.replies(path, "In May")
    return path


async def test_buttons_are_for_those_in_office(ada, bo, stranger, thread):
    assert "Moderate" in (await ada.get(thread)).text
    for other in (bo, stranger):
        page = await other.get(thread)
        assert "Moderate" not in page.text
        assert not [one for one in page.forms if one.action.endswith("/moderate")]
    form = (await ada.get(thread)).form(f"{thread}/moderate")
    csrf = (await bo.get(thread)).form(f"{thread}/vote").fields["csrf"]
    refused = await bo.send(form.action, {"csrf": csrf, "do": "lock", "next": thread})
    assert refused.status == 403
    assert (await bo.get("/c/bees/moderation")).status == 403
    assert (await bo.get("/c/bees/settings")).status == 403
    assert (await bo.get("/c/bees/close")).status == 404


async def test_a_thread_is_closed_pinned_marked_and_all_of_it_taken_back(ada, bo, thread):
    async def presses(what: str):
        return await ada.follow(await ada.submit(f"{thread}/moderate", {"do": what}, on=thread))

    assert "closed" in (await presses("lock")).text
    assert "it takes no new answers" in (await bo.get(thread)).text
    assert "pinned" in (await presses("pin")).text
    assert "sensitive" in (await presses("mark")).text
    for what in ("unlock", "unpin", "unmark"):
        page = await presses(what)
    log = (await bo.get("/c/bees/log")).text
    for sentence in (
        "closed Swarm season by bo to answers",
        "opened Swarm season by bo for answers",
        "pinned Swarm season by bo",
        "unpinned Swarm season by bo",
        "marked Swarm season by bo as sensitive",
        "marked Swarm season by bo as not sensitive",
    ):
        assert f"ada {sentence}" in log
    assert "Close to answers" in page.text
    assert await bo.replies(thread, "again")


async def test_a_closed_comment_takes_no_answers_below_it(ada, bo, thread):
    comment = next(link for link in (await bo.get(thread)).links if link.startswith("/comment/"))
    comment = comment.partition("/reply")[0]
    await ada.submit(f"{comment}/moderate", {"do": "lock"}, on=thread)
    assert not [one for one in (await bo.get(thread)).forms if one.action == f"{comment}/reply"]
    assert [one for one in (await ada.get(thread)).forms if one.action == f"{comment}/reply"]


async def test_a_removal_says_why_and_can_be_taken_back(ada, bo, stranger, thread):
    await ada.submit(f"{thread}/delete", {"reason": "Rule 3: spam", "below": "yes"})
    page = await stranger.get(thread)
    assert page.status == 410
    assert "Rule 3: spam" in page.text
    assert "Swarm season" not in page.text
    told = await bo.get("/notifications")
    assert "removed what you wrote" in told.text
    assert "Rule 3: spam" in told.text
    log = await stranger.get("/c/bees/log")
    assert "Rule 3: spam" in log.text
    assert "ada removed a thread by bo" in log.text
    assert "Swarm season" not in log.text
    await ada.submit(f"{thread}/moderate", {"do": "restore"}, on=thread)
    assert "ada restored Swarm season by bo" in (await stranger.get("/c/bees/log")).text
    page = await stranger.get(thread)
    assert (page.status, "Swarm season" in page.text, "In May" in page.text) == (200, True, True)


async def test_moderators_are_appointed_by_their_handle(ada, bo, thread):
    async def seat(who: str, do: str = "appoint"):
        page = await ada.get("/c/bees/moderation")
        csrf = page.form("/c/bees/moderators").fields["csrf"]
        return await ada.send("/c/bees/moderators", {"csrf": csrf, "who": who, "do": do})

    wrong = await seat("@nobody@beta.example")
    assert (wrong.status, "Nobody was found" in wrong.text) == (422, True)
    assert (await seat("@bo@beta.example")).status == 303
    assert "made you a moderator" in (await bo.get("/notifications")).text
    assert "Moderate this group" in (await bo.get("/c/bees")).text
    assert (await seat("@bo@beta.example", "dismiss")).status == 303
    last = await seat("@ada@beta.example", "dismiss")
    assert (last.status, "at least one moderator" in last.text) == (422, True)
    log = (await ada.get("/c/bees/log")).text
    assert "ada made bo a moderator" in log
    assert "ada dismissed bo as moderator" in log


async def test_the_charter_is_changed_and_a_group_closed_and_opened(ada, bo, stranger, thread):
    empty = await ada.submit("/c/bees/settings", {"title": " "})
    assert empty.status == 422
    changed = {"title": "Wild bees", "summary": "Be *kind*", "who": "moderators", "description": "All bees"}
    page = await ada.follow(await ada.submit("/c/bees/settings", changed))
    assert "Wild bees" in page.text
    assert "Only moderators start threads" in page.text
    form = (await ada.get("/c/bees/settings")).form("/c/bees/settings")
    assert (form.fields["summary"], form.fields["who"]) == ("Be *kind*", "moderators")
    await ada.submit("/c/bees/close")
    assert (await stranger.get("/c/bees")).status == 410
    await ada.submit("/c/bees/close")
    assert (await stranger.get("/c/bees")).status == 200


async def test_a_moderators_comment_speaks_for_the_group_if_they_say_so(ada, bo, thread):
    """FEDERATION C.3: `distinguished`; of a member's comment the mark says nothing."""
    own = await bo.replies(thread, "Bo's word")
    comment = await ada.replies(thread, "Calm down, please")
    for what, marks in (("speak", 1), ("unspeak", 0), ("speak", 1)):
        await ada.submit(f"{comment}/moderate", {"do": what}, on=thread)
        assert (await bo.get(thread)).text.count("moderator") == marks
    csrf = (await bo.get(thread)).form(f"{thread}/vote").fields["csrf"]
    await bo.send(f"{own}/moderate", {"csrf": csrf, "do": "speak"})
    assert (await bo.get(thread)).text.count("moderator") == 1


async def test_every_kind_of_deed_has_words_of_its_own(ada, stranger, beta, thread):
    """What stands in the code as recorded stands in the log as a sentence."""
    found = set()
    for path in sorted((ROOT / "node" / "activities").glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {"record", "_note"}:
                found |= {
                    one.value
                    for given in call.args[2:3]
                    for one in ast.walk(given)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    kinds = {one for one in found if one} | {"mark", "unmark"}
    assert {"remove", "ban", "unban", "appoint", "close", "move"} <= kinds
    async with beta.node.transaction() as tx:
        group = await get_actor(tx.session, "https://beta.example/c/bees")
        for kind in sorted(kinds):
            tx.session.add(Deed(iri="", kind=kind, group_id=group.id, reason=f"[{kind}]", at=tx.now))
    entries = re.findall(r"<li>(.*?)</li>", (await stranger.get("/c/bees/log")).response.text, re.DOTALL)
    said = {
        re.search(r"\[(.*?)\]", one)[1]: re.search(r"<p>The group(.*?)</p>", one, re.DOTALL)[1].strip()
        for one in entries
    }
    assert set(said) == kinds
    assert len(set(said.values())) == len(kinds)
    assert [kind for kind, words in said.items() if words == f": {kind}"] == []
