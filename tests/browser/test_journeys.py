"""The ways that people go through the site, on a phone without scripts and on a desk with them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.test_a_members_day import PASSWORD, fits, joins

pytestmark = pytest.mark.browser
BOTH_WAYS = pytest.mark.parametrize(("size", "scripts"), [("phone", False), ("desktop", True)])


def founds(page, name, title):
    page.goto("/groups/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Found the group").click()
    page.wait_for_url(f"**/c/{name}")


def publishes(page):
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/post/*")
    fits(page)


@BOTH_WAYS
def test_a_visitor_looks_round_and_stays(opens, harbour, size, scripts):
    ada = opens(size, scripts=scripts)
    joins(ada, harbour, "ada")
    founds(ada, "bees", "Bees")
    ada.goto("/c/bees/write")
    ada.get_by_label("Title").fill("Swarm season")
    ada.get_by_role("textbox", name="Text").fill("They are out.")
    publishes(ada)

    visitor = opens(size, scripts=scripts)
    visitor.goto("/")
    visitor.get_by_role("link", name="Swarm season").click()
    expect(visitor.get_by_text("They are out.")).to_be_visible()
    visitor.get_by_role("banner").get_by_role("link", name="Explore", exact=True).click()
    visitor.get_by_role("main").get_by_role("link", name=re.compile("Bees")).first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Bees")
    visitor.goto("/about")
    fits(visitor)
    visitor.goto("/c/bees/write")  # only members write: they are led to sign in, and from there to sign up
    visitor.wait_for_url(re.compile("/sign-in"))
    visitor.get_by_role("main").get_by_role("link", name="I have no account yet").click()
    visitor.get_by_label("Name", exact=True).fill("bo")
    visitor.get_by_label("Password", exact=True).fill("short")
    visitor.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(visitor.get_by_label("Name", exact=True)).to_have_value("bo")  # nothing typed is lost
    visitor.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.get_by_role("main").get_by_role("button", name="Sign up").click()
    visitor.wait_for_url("**/c/bees/write")  # where they wanted to go
    expect(visitor.locator("a[href='/u/bo']").first).to_be_visible()
    visitor.goto("/c/bees")
    visitor.get_by_role("button", name="Follow").click()
    expect(visitor.get_by_role("button", name=re.compile("Following"))).to_be_visible()
    fits(visitor)


@BOTH_WAYS
def test_a_member_posts_each_kind(opens, harbour, size, scripts):
    page = opens(size, scripts=scripts)
    joins(page, harbour, "ada")
    founds(page, "bees", "Bees")

    page.goto("/c/bees/write")
    page.get_by_label("Title").fill("A page worth an evening")
    page.get_by_role("textbox", name="Link").fill("https://www.example.org/bees")
    publishes(page)
    expect(page.get_by_role("link", name=re.compile(r"example\.org")).first).to_be_visible()

    page.goto("/c/bees/write?kind=poll")
    page.get_by_label("Title").fill("Lime or clover?")
    page.get_by_role("textbox", name="Answers").fill("Lime\nClover")
    publishes(page)
    bo = opens(size, scripts=scripts)  # for nobody votes in a poll of their own
    joins(bo, harbour, "bo")
    bo.goto(page.url)
    bo.get_by_label("Clover").check()
    poll = bo.get_by_role("region", name="Poll")
    poll.get_by_role("button", name="Vote").click()
    expect(poll).to_contain_text("your choice")
    expect(poll).to_contain_text("1 person voted")
    fits(bo)

    page.goto("/c/bees/write?kind=event")
    page.get_by_label("Title").fill("Open hive day")
    soon = datetime.now(UTC) + timedelta(days=9)
    page.get_by_label("Begins").fill(soon.strftime("%Y-%m-%dT10:00"))
    page.get_by_role("textbox", name="Place optional", exact=True).fill("Behind the chapel")
    publishes(page)
    event = page.get_by_role("region", name="Event")
    expect(event).to_contain_text("Behind the chapel")
    expect(event.get_by_role("link", name="Add to my calendar")).to_be_visible()

    page.goto("/c/bees/write?kind=poll")  # what cannot be is given back, with all that was typed
    page.get_by_label("Title").fill("Only one answer")
    page.get_by_role("textbox", name="Answers").fill("Lime")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("A poll needs at least two different answers")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Only one answer")
    fits(page)


@BOTH_WAYS
def test_two_members_write_to_each_other_and_set_who_may(opens, harbour, size, scripts):
    ada, bo = opens(size, scripts=scripts), opens(size, scripts=scripts)
    joins(ada, harbour, "ada")
    joins(bo, harbour, "bo")
    ada.goto("/u/bo")
    ada.get_by_role("link", name="Write a message").click()
    ada.get_by_role("textbox", name="Text").fill("Is the shed *open*?")
    ada.get_by_role("button", name="Send").click()
    ada.wait_for_url("**/messages/*")
    fits(ada)
    bo.goto("/messages")
    bo.get_by_role("main").get_by_role("link", name=re.compile("ada")).first.click()
    expect(bo.locator("em", has_text="open")).to_be_visible()
    fits(bo)
    bo.goto("/settings")
    bo.get_by_label("Who may write to me").select_option("nobody")
    bo.locator("form[action='/settings/messages']").get_by_role("button", name="Save").click()
    expect(bo.get_by_role("status")).to_contain_text("Who may write to you is set.")
    bo.get_by_label("Language of the pages").select_option("fr")
    bo.locator("form[action='/settings/language']").get_by_role("button").click()
    expect(bo.locator("html")).to_have_attribute("lang", "fr")
    fits(bo)


@BOTH_WAYS
def test_a_member_follows_a_group_of_another_node(opens, harbours, size, scripts):
    """Two real nodes on loopback: found by its handle, followed, written in, answered from there."""
    here, there = harbours
    ada, bo = opens(size, scripts=scripts, at=there), opens(size, scripts=scripts, at=here)
    joins(ada, there, "ada")
    founds(ada, "bees", "Bees")
    handle = f"!bees@{there.settings.host}"

    joins(bo, here, "bo")
    bo.goto(f"/search?q={handle}")
    bo.get_by_role("button", name=re.compile(re.escape(there.settings.host))).click()
    bo.wait_for_url("**/c/bees@*")
    fits(bo)
    bo.get_by_role("button", name="Follow").click()
    _at_rest(here, there)
    bo.goto(bo.url)
    expect(bo.get_by_role("button", name=re.compile("Following"))).to_be_visible()

    bo.goto(f"/c/bees@{there.settings.host}/write")
    bo.get_by_label("Title").fill("Greetings from over the water")
    publishes(bo)
    thread = bo.url
    _at_rest(here, there)
    ada.goto("/c/bees")
    ada.get_by_role("link", name="Greetings from over the water").click()
    ada.get_by_label("Your answer").fill("Come in, the kettle is on.")
    ada.get_by_role("button", name="Answer").click()
    ada.wait_for_url("**#c-*")
    _at_rest(here, there)
    bo.goto(thread)
    expect(bo.get_by_text("Come in, the kettle is on.")).to_be_visible()
    fits(bo)


def _at_rest(*harbours):
    while sum(one.work() for one in harbours):
        pass


@BOTH_WAYS
def test_a_member_begins_leaves_plans_and_takes_back(opens, harbour, size, scripts):
    page = opens(size, scripts=scripts)
    joins(page, harbour, "ada")
    founds(page, "bees", "Bees")
    page.goto("/c/bees/write")
    page.get_by_label("Title").fill("Swarm season")
    page.get_by_role("textbox", name="Text").fill("They are out.")
    if scripts:
        expect(page.get_by_text("Kept as a draft.")).to_be_visible()
        page.goto("/drafts")
    else:
        page.get_by_role("button", name="Keep as a draft").click()
        page.wait_for_url("**/drafts?note=kept")
    fits(page)
    page.get_by_role("link", name="Swarm season").click()
    expect(page.get_by_role("textbox", name="Text")).to_have_value("They are out.")

    page.get_by_text("Publish later").click()
    soon = datetime.now(UTC) + timedelta(days=9)
    page.get_by_label("Day and time").fill(soon.strftime("%Y-%m-%dT10:00"))
    page.get_by_role("button", name="Publish then").click()
    page.wait_for_url("**/drafts?note=planned")
    expect(page.get_by_text("Goes out on")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("button", name="Publish now").click()
    page.wait_for_url("**/post/*")
    thread = page.url
    page.goto("/drafts")
    expect(page.get_by_role("heading", name="No drafts")).to_be_visible()

    page.goto(f"{thread}/delete")
    page.get_by_role("button", name="Delete").click()
    fits(page)
    page.get_by_role("button", name="Undo: bring it back").click()
    page.wait_for_url(thread)
    expect(page.get_by_text("They are out.")).to_be_visible()


def test_scripts_help_to_write(opens, harbour):
    page = opens("desktop", scripts=True)
    joins(page, harbour, "ada")
    founds(page, "bees", "Bees")
    page.goto("/c/bees/write")
    text = page.get_by_role("textbox", name="Text")
    text.fill("honey")
    text.select_text()
    page.get_by_role("button", name="Bold").click()
    expect(text).to_have_value("**honey**")
    text.fill("")
    text.press_sequentially("so !be")
    expect(page.get_by_role("option", name="Bees")).to_be_visible()
    text.press("Enter")
    expect(text).to_have_value(re.compile(r"^so !bees@"))
    text.press_sequentially(":honeyb")
    expect(page.get_by_role("option").first).to_be_visible()
    page.get_by_role("option").first.click()
    expect(text).to_have_value(re.compile("\N{HONEYBEE} $"))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview a")).to_have_attribute("href", re.compile("/c/bees"))
    page.get_by_label("Title").fill("Film")
    page.get_by_label("Title").press("Enter")  # shows a preview, and never publishes
    expect(page.get_by_role("heading", name="Film")).to_be_visible()
    page.get_by_role("textbox", name="Link").fill("https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv")
    publishes(page)
    page.get_by_role("link", name="Play it here").click()
    expect(page.locator(".film iframe")).to_have_attribute(
        "src", re.compile("^https://tube.example/videos/embed/")
    )


def test_a_form_that_was_open_for_too_long_is_given_back(opens, harbour):
    page = opens("desktop", scripts=True)
    joins(page, harbour, "ada")
    founds(page, "bees", "Bees")
    page.goto("/c/bees/write")
    page.get_by_label("Title").fill("Swarm season")
    page.get_by_role("textbox", name="Text").fill("They are out.")
    page.evaluate("document.querySelector('form[data-compose] [name=csrf]').value = 'old'")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Nothing was published.")).to_be_visible()
    publishes(page)
    expect(page.get_by_text("They are out.")).to_be_visible()


def test_a_draft_on_its_way_does_not_outlive_what_is_published(opens, harbour):
    page = opens("desktop", scripts=True)
    joins(page, harbour, "ada")
    founds(page, "bees", "Bees")
    held = []

    def hold(route):
        if not held and route.request.headers.get("accept") == "application/json":
            held.append(route)
        else:
            route.continue_()

    page.route("**/c/bees/write", hold)
    page.goto("/c/bees/write")
    with page.expect_request(lambda one: one.method == "POST"):
        page.get_by_label("Title").fill("Swarm season")
    page.get_by_role("button", name="Publish").click()
    held[0].continue_()
    page.wait_for_url("**/post/*")
    page.goto("/drafts")
    expect(page.get_by_role("heading", name="No drafts")).to_be_visible()
