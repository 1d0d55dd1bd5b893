import re

import pytest
from sqlalchemy import select

from node.local import invitations
from node.store.tables.members import Invitation, Invited, Member
from tests.support.browsing import PASSWORD
from tests.support.dbhash import no_effect

NEW = {"name": "cy", "password": PASSWORD}


async def invites(browser, **fields):
    page = await browser.submit("/settings/invitations", fields)
    assert page.status == 200, page.text
    return re.search(r"/invitation/[\w-]+", page.response.text)[0]


async def test_a_link_brings_somebody_in_and_says_who_invited(ada, opens, beta):
    await ada.founds("bees")
    offered = re.search(r'option value="(\d+)"', (await ada.get("/settings/invitations")).response.text)[1]
    link = await invites(ada, group=offered)
    cy = opens()
    page = await cy.get(link)
    assert "ada invites you" in page.text
    assert page.response.headers["referrer-policy"] == "no-referrer"
    page = await cy.submit(link, NEW)
    assert page.response.headers["location"] == "/first-steps"
    assert "/c/bees" in (await cy.get("/following")).links
    assert "/u/cy" in (await ada.get("/settings/invitations")).links
    async with beta.node.reading() as session:
        [noted] = await session.scalars(select(Invited))
        assert noted.inviter_id == 1


async def test_it_opens_a_node_that_takes_nobody_else(sea, opens):
    closed = await sea.node("closed.example", registrations="closed")
    await closed.member("ada")
    async with closed.node.transaction() as tx:
        secret = await invitations.issue(tx, 1, uses=1, days=7)
    browser = opens(closed)
    assert (await browser.get("/sign-up")).status == 403
    assert (await browser.submit(f"/invitation/{secret}", NEW)).status == 303


async def test_a_link_is_good_for_as_many_as_it_says(ada, opens):
    link = await invites(ada, uses="1")
    assert (await opens().submit(link, NEW)).status == 303
    page = await opens().get(link)
    assert page.status == 410
    assert "used up" in page.text


async def test_of_two_who_want_the_last_use_one_gets_it(ada, opens):
    link = await invites(ada, uses="1")
    first, second = opens(), opens()
    form = (await second.get(link)).form(link)
    await first.submit(link, NEW)
    page = await second.send(link, form.fields | {"name": "dee", "password": PASSWORD})
    assert page.status == 410
    assert (await first.get("/u/dee")).status == 404


async def test_a_wrong_form_uses_nothing_up(ada, opens, beta):
    link = await invites(ada, uses="1")
    browser = opens()
    page = await browser.submit(link, {"name": "ada", "password": PASSWORD})
    assert page.status == 422
    assert (await browser.submit(link, NEW)).status == 303


async def test_a_link_ends_with_its_days(ada, opens, sea):
    link = await invites(ada, days="2")
    sea.clock.advance(days=2)
    assert (await opens().get(link)).status == 410


async def test_a_link_that_was_withdrawn(ada, opens):
    link = await invites(ada, note="for Cy")
    await ada.submit("/settings/invitations/withdraw", on="/settings/invitations")
    assert (await opens().get(link)).status == 410
    assert "for Cy" not in (await ada.get("/settings/invitations")).text


async def test_nobody_withdraws_the_link_of_another(ada, bo, opens):
    link = await invites(ada)
    await invites(bo)
    fields = (await bo.get("/settings/invitations")).form("/settings/invitations/withdraw").fields
    await bo.send("/settings/invitations/withdraw", fields | {"number": "1"})
    assert (await opens().get(link)).status == 200


async def test_the_secret_itself_is_kept_nowhere(ada, beta):
    link = await invites(ada)
    async with beta.node.reading() as session:
        [kept] = await session.scalars(select(Invitation))
    assert kept.fingerprint not in link
    assert link.rpartition("/")[2] not in (await ada.get("/settings/invitations")).response.text


async def test_where_administrators_invite_a_member_does_not(sea, opens):
    strict = await sea.node("strict.example", invitations="administrators")
    browser = await opens(strict).signs_up("ada")
    page = await browser.get("/settings/invitations")
    assert "administrators invite" in page.text
    form = (await browser.get("/settings/profile")).form("/settings/profile")
    sent = {"csrf": form.fields["csrf"], "uses": "1", "days": "1"}
    assert (await browser.send("/settings/invitations", sent)).status == 403
    async with strict.node.transaction() as tx:
        (await tx.session.get_one(Member, 1)).role = "administrator"
    assert (await browser.submit("/settings/invitations")).status == 200


@pytest.mark.parametrize("wrong", [{"uses": "0"}, {"uses": "101"}, {"days": "31"}, {"group": "x"}])
async def test_numbers_that_make_no_sense_are_given_back(ada, beta, wrong):
    async with no_effect(beta.node.database):
        page = await ada.submit("/settings/invitations", {"note": "kept", **wrong})
    assert page.status == 422
    assert page.form("/settings/invitations").fields["note"] == "kept"


async def test_whoever_is_here_already_uses_nothing_up(ada, bo, opens):
    link = await invites(ada)
    assert "account here already" in (await bo.get(link)).text
    assert (await bo.submit(link)).status == 303
    assert (await opens().submit(link, NEW)).status == 303
