import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from node.store.tables.actors import Actor
from node.store.tables.members import Member, Notification
from node.store.tables.posts import Post

ROOT = Path(__file__).resolve().parents[3]
TELLERS = {"tell", "_tell", "tell_once", "tell_moderators", "tell_followers", "Notification"}


@pytest.fixture
async def answered(ada, bo):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season")
    return thread, await bo.replies(thread, "word1")


async def test_an_answer_is_told_until_it_is_read(answered, ada, beta):
    _, comment = answered
    page = await ada.get("/")
    assert "1 new" in page.text
    page = await ada.get("/notifications")
    assert "bo answered" in page.text
    assert "Swarm season" in page.text
    assert "word1" in page.text
    assert comment in page.links
    page = await ada.submit("/notifications/read", on="/notifications")
    page = await ada.follow(page)
    assert "1 new" not in page.text
    assert "bo answered" in page.text
    assert "Mark all as read" not in page.text


async def test_what_came_since_stays_new(answered, ada, bo, beta):
    thread, _ = answered
    fields = (await ada.get("/notifications")).form("/notifications/read").fields
    beta.sea.clock.advance(minutes=1)
    await bo.replies(thread, "word2")
    await ada.send("/notifications/read", fields)
    assert "1 new" in (await ada.get("/")).text


async def test_nothing_from_the_future_is_read(answered, ada, bo, beta):
    thread, _ = answered
    fields = (await ada.get("/notifications")).form("/notifications/read").fields
    await ada.send("/notifications/read", fields | {"until": "2999-01-01T00:00:00+00:00"})
    beta.sea.clock.advance(minutes=1)
    await bo.replies(thread, "word2")
    assert "1 new" in (await ada.get("/")).text
    assert (await ada.send("/notifications/read", fields | {"until": "soon"})).status == 400


@pytest.mark.parametrize("what", ["deleted_at", "removed_at", "visibility"])
async def test_what_may_no_longer_be_read_is_no_longer_told(answered, ada, beta, what):
    _, comment = answered
    async with beta.node.transaction() as tx:
        post = await tx.session.scalar(select(Post).where(Post.token == comment.rsplit("/", 1)[-1]))
        setattr(post, what, "followers" if what == "visibility" else tx.now)
    page = await ada.get("/notifications")
    assert "word1" not in page.text
    assert "1 new" not in page.text


async def test_an_empty_page_says_what_it_is_for(ada):
    assert "you read it here" in (await ada.get("/notifications")).text


async def test_strangers_are_led_to_sign_in(stranger):
    page = await stranger.get("/notifications")
    assert page.response.headers["location"] == "/sign-in?next=/notifications"


def kinds_made():
    """Every kind of notification that stands in the code: where members are told, and where a row is made."""
    found = set()
    for path in sorted((ROOT / "node").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in TELLERS:
                named = [one.value for one in call.keywords if one.arg == "kind"]
                for given in [*named, *call.args[:3]]:
                    found |= _spoken(given)
    return found


def _spoken(given):
    if isinstance(given, ast.IfExp):
        return _spoken(given.body) | _spoken(given.orelse)
    if isinstance(given, ast.JoinedStr):  # f"guest-{kind}", of what an invited guest answers
        return {f"{given.values[0].value}{end}" for end in ("accepted", "declined")}
    return {given.value} if isinstance(given, ast.Constant) and isinstance(given.value, str) else set()


async def test_every_kind_that_the_node_makes_has_words_of_its_own_in_both_languages(ada, bo, beta):
    kinds = sorted(kinds_made())
    assert {"reply", "mention", "moved", "ban", "guest-declined", "resolved"} <= set(kinds)
    async with beta.node.transaction() as tx:
        by = await tx.session.scalar(select(Actor).where(Actor.username == "bo"))
        member = await tx.session.scalar(select(Member).join(Actor).where(Actor.username == "ada"))
        for kind in ["unheard-of", *kinds]:
            tx.session.add(Notification(member_id=member.id, kind=kind, actor_id=by.id, text=kind, at=tx.now))
    for language in ("en", "fr"):
        await ada.submit("/settings/language", {"language": language}, on="/settings")
        page = (await ada.get("/notifications")).response.text
        entries = re.findall(r"<li class=\"unread\">.*?</li>", page, re.DOTALL)
        said = {}
        for entry in entries:
            kind = re.search(r'<p class="hint" dir="auto">([\w-]+)</p>', entry)[1]
            said[kind] = re.search(r"</span> (.*?)</span><span>", entry, re.DOTALL)[1]
        assert set(said) == {"unheard-of", *kinds}
        assert len(set(said.values())) == len(said), "each is told apart, and from what is unheard of"


class TestAnswersToOne:
    @pytest.fixture
    async def thread(self, ada):
        await ada.founds("bees")
        return await ada.writes("bees", "Swarm season")

    async def test_answers_to_one_post_are_told_as_one(self, thread, ada, bo, opens, sea):
        other = await ada.writes("bees", "Another")
        for number, name in enumerate(("cy", "di", "eli", "flo")):
            one = await opens().signs_up(name)
            sea.clock.advance(minutes=1)
            await one.replies(thread, f"word{number}")
            page = await ada.get("/notifications")
            said = (
                "cy answered",
                "di and cy answered",
                "eli and 2 others answered",
                "flo and 3 others answered",
            )
            assert said[number] in page.text
        sea.clock.advance(minutes=1)
        await bo.replies(other, "elsewhere")
        page = await ada.get("/notifications")
        assert "bo answered" in page.text
        assert "3 answers before it" in page.text
        assert all(f"word{number}" in page.text for number in range(4)), "nothing is lost"
        assert len([form for form in page.forms if "number" in form.fields]) == 2

    async def test_one_who_answers_often(self, thread, ada, bo):
        await bo.replies(thread, "word1")
        await bo.replies(thread, "word2")
        assert "bo answered 2 times" in (await ada.get("/notifications")).text

    async def test_they_are_read_together(self, thread, ada, bo):
        for number in range(3):
            await bo.replies(thread, f"word{number}")
        assert "3 new" in (await ada.get("/")).text
        form = next(one for one in (await ada.get("/notifications")).forms if "number" in one.fields)
        await ada.send("/notifications/read", form.fields)
        assert "3 new" not in (await ada.get("/")).text
        await bo.replies(thread, "word3")
        page = await ada.get("/notifications")
        assert "1 new" in page.text, "what is read is not told again with what is not"
        assert (await ada.send("/notifications/read", form.fields | {"also": "1 x"})).status == 400
