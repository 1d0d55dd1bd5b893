"""From the welcome link to a deleted comment: with no script, on a phone and on a desk."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


def fits(page):
    """Nothing scrolls sideways. Measured by the browser, which can do so with the page's scripts off."""
    width = page.viewport_size["width"]
    box = page.locator("html").evaluate("element => element.scrollWidth")
    assert box <= width, (page.url, box)


def joins(page, harbour, name):
    page.goto("/sign-up")
    fits(page)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url(harbour.home + "/first-steps")
    fits(page)
    page.goto("/")
    fits(page)


def more(comment):
    """Open the menu of a comment."""
    comment.locator("details.menu > summary").first.click()


@pytest.mark.parametrize("size", ["narrow", "desktop"])
def test_a_members_day(opens, harbour, size):
    page = opens(size)
    page.goto(harbour.welcome)
    page.get_by_label("Name", exact=True).fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.wait_for_url(harbour.home + "/")
    fits(page)

    page.get_by_role("link", name="Found a group").first.click()
    page.get_by_label("Name", exact=True).fill("bees")
    page.get_by_label("Title").fill("Bees & hedgerows")
    page.get_by_label("Description").fill("What *flowers* when.")
    page.get_by_role("button", name="Found the group").click()
    page.wait_for_url("**/c/bees")
    assert page.locator("h1").inner_text() == "Bees & hedgerows"
    fits(page)

    page.get_by_role("link", name="Write the first thread").click()
    page.get_by_label("Title").fill("Swarm season")
    page.get_by_role("textbox", name="Text").fill("Hello **you** " + "averylongwordwithoutanybreak" * 9)
    page.get_by_role("button", name="Preview").click()
    assert page.locator(".preview strong").inner_text() == "you"
    assert page.get_by_label("Title").input_value() == "Swarm season"
    fits(page)
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/post/*")
    fits(page)

    page.get_by_label("Your answer").fill("word1")
    page.get_by_role("button", name="Answer").click()
    page.wait_for_url("**/post/*#c-*")
    comment = page.locator("li.comment")
    comment.get_by_text("Reply", exact=True).first.click()
    comment.get_by_label("Your reply").fill("word2")
    comment.get_by_role("button", name="Reply").click()
    expect(page.locator("li.comment")).to_have_count(2)
    fits(page)

    page.locator("article.thread").get_by_role("button", name="Vote up").click()
    assert page.locator("article.thread .score").inner_text().endswith("1")
    page.locator("article.thread").get_by_role("button", name="Vote up").click()
    assert page.locator("article.thread .score").inner_text().endswith("0")

    more(page.locator("li.comment").first)
    page.locator("li.comment").first.get_by_role("link", name="Edit").click()
    page.get_by_role("textbox", name="Text").fill("word3")
    page.get_by_role("button", name="Save").click()
    assert "word3" in page.locator("li.comment").first.inner_text()
    more(page.locator("li.comment").first)
    page.locator("li.comment").first.get_by_role("link", name="Delete").click()
    assert "word3" in page.locator(".quoted").inner_text()
    fits(page)
    page.get_by_role("button", name="Delete").click()
    fits(page)
    page.get_by_role("link", name="Leave it deleted").click()
    assert "its author deleted it" in page.locator("li.comment").first.inner_text()
    assert "word2" in page.locator("li.comment").last.inner_text()

    page.goto("/sign-out")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(harbour.home + "/")
    expect(page.get_by_role("link", name="Swarm season")).to_be_visible()
    fits(page)


@pytest.mark.parametrize(("size", "scheme"), [("narrow", "dark"), ("desktop", "light")])
def test_no_page_scrolls_sideways_and_every_source_is_ours(opens, harbour, size, scheme):
    page = opens(size, color_scheme=scheme, scripts=True)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    joins(page, harbour, "ada")
    for path in (
        "/", "/?view=node&sort=top&period=week", "/groups", "/groups/new", "/about", "/search", "/search?q=x",
        "/search?q=!" + "x" * 60 + "@" + "y" * 60 + ".example", "/settings", "/settings/profile", "/notifications",
        "/u/ada", "/sign-out", "/language",
    ):  # fmt: skip
        page.goto(path)
        fits(page)
    assert refused == []
    assert all(url.startswith(harbour.home) for url in asked)


def test_the_copy_button_is_a_comfort(opens, harbour):
    page = opens(scripts=True, permissions=["clipboard-read", "clipboard-write"])
    joins(page, harbour, "ada")
    page.goto("/groups/new")
    page.get_by_label("Name", exact=True).fill("bees")
    page.get_by_label("Title").fill("Bees")
    page.get_by_role("button", name="Found the group").click()
    page.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("!bees@localhost")
    without = opens()
    without.goto("/c/bees")
    expect(without.get_by_role("button", name="Copy")).to_have_count(0)


def test_a_keyboard_reaches_the_content_and_shows_where_it_is(opens, harbour):
    page = opens()
    page.goto("/about")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("element => element === document.activeElement")
    assert skip.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    assert skip.bounding_box()["x"] >= 0
