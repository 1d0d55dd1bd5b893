from sqlalchemy import select

from node.store.tables.actors import Actor
from node.store.tables.members import Member
from tests.support.browsing import PASSWORD
from tests.support.dbhash import no_effect

OTHER = "another horse battery"


async def test_the_language_of_the_pages(ada):
    page = await ada.submit("/settings/language", {"language": "fr"}, on="/settings")
    page = await ada.follow(page)
    assert "La langue est réglée." in page.text
    assert page.elements[0] == ("html", {"lang": "fr"})


async def test_a_language_that_is_none(ada):
    page = await ada.submit("/settings/language", {"language": "tlh"}, on="/settings")
    assert page.status == 422
    assert "language-wrong" in page.response.text


async def test_another_password_ends_every_other_session(ada, opens):
    elsewhere = opens()
    await elsewhere.signs_in("ada")
    page = await ada.submit("/settings/password", {"present": PASSWORD, "password": OTHER}, on="/settings")
    assert "Every other session has ended" in (await ada.follow(page)).text
    assert (await elsewhere.get("/settings")).status == 303
    assert (await opens().signs_in("ada", PASSWORD)).status == 422
    assert (await opens().signs_in("ada", OTHER)).status == 303


async def test_a_stolen_cookie_alone_changes_no_password(ada, beta):
    async with no_effect(beta.node.database, but=["attempts"]):
        page = await ada.submit("/settings/password", {"present": "guess", "password": OTHER}, on="/settings")
    assert page.status == 422
    assert "not your present password" in page.text


async def test_guessing_the_present_password_is_limited(ada):
    sent = {"present": "guess", "password": OTHER}
    statuses = [(await ada.submit("/settings/password", sent, on="/settings")).status for _ in range(11)]
    assert statuses == [422] * 10 + [429]


async def test_a_short_new_password(ada):
    page = await ada.submit("/settings/password", {"present": PASSWORD, "password": "x"}, on="/settings")
    assert page.status == 422
    assert "at least 10" in page.text


async def test_the_profile(ada, beta):
    page = await ada.submit("/settings/profile", {"name": "Ada <b>M</b>\u202e", "summary": "I keep *bees*."})
    page = await ada.follow(page)
    assert "Ada <b>M</b>" in page.text
    assert ("em", {}) in page.elements
    form = (await ada.get("/settings/profile")).form("/settings/profile")
    assert form.fields["summary"] == "I keep *bees*."
    async with beta.node.reading() as session:
        actor = await session.scalar(select(Actor).where(Actor.username == "ada"))
    assert actor.name == "Ada <b>M</b>"
    assert actor.updated is not None


async def test_a_profile_brings_no_role_along(ada, beta):
    async with no_effect(beta.node.database):
        page = await ada.submit("/settings/profile", {"name": "x", "role": "administrator", "__class__": "x"})
    assert page.status == 422
    async with beta.node.reading() as session:
        assert (await session.scalar(select(Member))).role == "member"


async def test_a_name_that_is_too_long_is_given_back(ada):
    page = await ada.submit("/settings/profile", {"name": "x" * 101, "summary": "kept"})
    assert page.status == 422
    fields = page.form("/settings/profile").fields
    assert (fields["name"], fields["summary"], fields["value_6"]) == ("x" * 101, "kept", "")
