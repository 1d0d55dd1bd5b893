"""A report, what follows from it and what the banned member reads: with no script, on a phone and on a desk."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_a_members_day import PASSWORD, fits, joins

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "scheme"), [("narrow", "dark"), ("desktop", "light")])
def test_a_moderators_day(opens, harbour, size, scheme):
    ada = opens(size, color_scheme=scheme)
    ada.goto(harbour.welcome)
    ada.get_by_label("Name", exact=True).fill("ada")
    ada.get_by_label("Password", exact=True).fill(PASSWORD)
    ada.get_by_role("button", name="Make the account").click()
    ada.goto("/groups/new")
    ada.get_by_label("Name", exact=True).fill("bees")
    ada.get_by_label("Title").fill("Bees & hedgerows")
    ada.get_by_role("button", name="Found the group").click()

    bo, cy = opens(size, color_scheme=scheme), opens(size, color_scheme=scheme)
    joins(bo, harbour, "bo")
    joins(cy, harbour, "cy")
    bo.goto("/c/bees/write")
    bo.get_by_label("Title").fill("Buy now")
    bo.get_by_role("textbox", name="Text").fill("Cheap " + "averylongwordwithoutanybreak" * 9)
    bo.get_by_role("button", name="Publish").click()
    bo.wait_for_url("**/post/*")
    thread = bo.url
    cy.goto(thread)
    cy.locator("article.thread details.menu > summary").click()
    cy.get_by_role("link", name="Report").click()
    cy.get_by_label("What is wrong?").fill("Spam" + "withoutanybreak" * 20)
    fits(cy)
    cy.get_by_role("main").get_by_role("button", name="Report").click()

    ada.goto("/c/bees")
    ada.get_by_role("link", name="1 report waits").click()
    fits(ada)
    ada.get_by_role("link", name="Decide about the report").click()
    fits(ada)
    ada.get_by_label("Remove it").check()
    ada.get_by_label("Warn the author").check()
    ada.get_by_label("Ban bo", exact=True).select_option("7 days")
    ada.get_by_role("textbox", name="Reason").fill("No adverts")
    ada.get_by_role("textbox", name="Note").fill("Third time")
    ada.get_by_role("button", name="Do so and close the report").click()
    expect(ada.get_by_text("Nothing waits.")).to_be_visible()
    ada.get_by_role("link", name="Closed").click()
    expect(ada.get_by_text("Third time")).to_be_visible()
    fits(ada)
    ada.get_by_label("Moderation", exact=True).get_by_role("link", name="Bans").click()
    fits(ada)

    for path in ("/notifications", "/settings/standing", "/c/bees", "/settings", "/settings/blocks", "/u/cy"):
        bo.goto(path)
        fits(bo)
    bo.get_by_text("Block", exact=True).click()
    bo.get_by_role("button", name="Block cy").click()
    expect(bo.get_by_text("You have blocked this account")).to_be_visible()
    bo.get_by_role("button", name="Unblock").click()
    bo.goto("/settings/standing")
    expect(bo.get_by_text("No adverts").first).to_be_visible()

    ada.get_by_role("button", name="Lift the ban of bo").click()
    expect(ada.get_by_text("Nobody is banned from this group.")).to_be_visible()
    bo.goto("/settings/standing")
    expect(bo.get_by_text("Bans in force")).to_have_count(0)
    expect(bo.get_by_role("link", name="Write to ada")).to_be_visible()


def test_the_way_to_a_ban_needs_no_mouse(opens, harbour):
    page = opens()
    page.goto(harbour.welcome)
    page.get_by_label("Name", exact=True).fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    other = opens()
    joins(other, harbour, "bo")
    page.goto("/u/bo")
    page.get_by_text("Block", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Block bo")).to_be_visible()
    page.get_by_role("link", name="Ban from this node").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/bans?who=*")
    assert page.get_by_label("Whom").input_value().startswith("@bo@")
    page.get_by_label("Reason").focus()
    page.keyboard.type("Spam")
    page.keyboard.press("Enter")
    assert page.get_by_role("status").inner_text() == "The ban is in force."
