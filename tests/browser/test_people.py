"""Coming in, settling, keeping and inviting: with and without scripts, on a phone and on a desk."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_a_members_day import PASSWORD, fits, joins

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_newcomers_first_hour(opens, harbour, size, scripts):
    page = opens(size, scripts=scripts)
    joins(page, harbour, "ada")
    page.get_by_role("link", name="Begin").click()
    for _ in range(2):
        fits(page)
        page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name as people read it").fill("Ada")
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url(harbour.home + "/")
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)

    page.goto("/settings/profile")
    fits(page)
    page.get_by_label("Name of field 1").fill("Website")
    page.get_by_label("Value of field 1").fill("https://ada.example/" + "long" * 20)
    page.get_by_role("main").get_by_role("button", name="Save").click()
    page.wait_for_url("**/u/ada")
    expect(page.get_by_role("link", name="ada.example")).to_be_visible()
    fits(page)

    for path in (
        "/settings",
        "/settings/notifications",
        "/settings/privacy",
        "/settings/sessions",
        "/settings/muting",
        "/settings/blocks",
        "/settings/standing",
        "/settings/data",
        "/settings/moving",
        "/following",
        "/saved",
        "/notifications",
        "/messages",
        "/offline",
        "/nowhere",
    ):
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        fits(page)

    page.goto("/settings/invitations")
    page.get_by_role("button", name="Make a link").click()
    link = re.search(r"http://\S+/invitation/[\w-]+", page.locator("code").inner_text())[0]
    fits(page)
    friend = opens(size, scripts=scripts)
    friend.goto(link)
    expect(friend.get_by_text("invites you to Tidepool")).to_be_visible()
    fits(friend)
    friend.get_by_label("Name", exact=True).fill("bo")
    friend.get_by_label("Password", exact=True).fill(PASSWORD)
    friend.get_by_role("button", name="Make my account").click()
    friend.wait_for_url("**/first-steps")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_visitor_is_led_home(opens, harbour, size):
    member = opens(size)
    joins(member, harbour, "ada")
    page = opens(size)
    page.goto("/u/ada")
    fits(page)
    page.get_by_role("link", name="Follow from your own server").click()
    page.get_by_label("Your handle, or your server").fill("@cy@nowhere.example")
    page.get_by_role("button", name="Continue").click()
    onward = page.get_by_role("link", name="Continue on nowhere.example")
    assert onward.get_attribute("href").startswith("http://nowhere.example/authorize_interaction?uri=")
    fits(page)


def test_a_page_says_that_there_is_no_network(opens, harbour):
    page = opens("phone", scripts=True)
    page.goto("/about")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.context.set_offline(True)
    page.goto("/explore")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="Explore groups", exact=True)).to_be_visible()
