"""Adding pictures with a real browser: without scripts, and with them."""

import base64

import pytest
from playwright.sync_api import expect

from tests.browser.test_a_members_day import fits, joins
from tests.support import pictures

pytestmark = pytest.mark.browser


def file(name, body, kind="image/png"):
    return {"name": name, "mimeType": kind, "buffer": body}


def founds(page, harbour):
    joins(page, harbour, "ada")
    page.goto("/groups/new")
    page.get_by_label("Name", exact=True).fill("bees")
    page.get_by_label("Title").fill("Bees")
    page.get_by_role("button", name="Found the group").click()
    page.wait_for_url("**/c/bees")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_without_scripts_files_are_kept_from_one_sending_to_the_next(opens, harbour, size):
    page = opens(size)
    founds(page, harbour)
    page.goto("/c/bees/write")
    page.get_by_label("Title").fill("Roses")
    page.get_by_label("Add pictures or files").set_input_files(
        [file("a.png", pictures.plain(1200, 800)), file("bad.png", pictures.bomb())]
    )
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_have_text(
        "bad.png: This picture has more than 33 million pixels. Make it smaller, then try again."
    )
    fits(page)
    assert page.get_by_label("Title").input_value() == "Roses"
    page.get_by_label("Add pictures or files").set_input_files(
        [file("b.jpg", pictures.photo(800, 1200)), file("r.pdf", pictures.PDF)]
    )
    page.get_by_role("button", name="Add, and go on writing").click()
    expect(page.locator(".attached > li")).to_have_count(3)
    page.locator(".attached input[maxlength]").first.fill("A red rose")
    page.get_by_role("button", name="Preview").click()
    assert page.locator(".attached input[maxlength]").first.input_value() == "A red rose"
    page.locator(".attached > li").nth(2).get_by_label("Take out").check()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").first).to_contain_text("Not everybody sees pictures")
    fits(page)
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/post/*")
    expect(page.locator(".shot img")).to_have_count(2)
    fits(page)
    page.goto("/c/bees")
    expect(page.locator(".small-picture img")).to_have_count(1)
    fits(page)


def test_with_scripts_each_file_goes_up_by_itself_and_is_moved_and_taken_out(opens, harbour):
    page = opens("desktop", scripts=True)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    founds(page, harbour)
    page.goto("/c/bees/write")
    page.get_by_label("Title").fill("Roses")
    add = page.get_by_label("Add pictures or files")
    add.set_input_files([file("a.png", pictures.plain(1200, 800)), file("b.jpg", pictures.photo(800, 1200))])
    lines = page.locator(".attached > li")
    expect(page.locator(".attached > li[data-token]:not([data-token=''])")).to_have_count(2)
    assert page.locator(".send-files").count() == 0
    named = page.locator('input[name="media"]')
    first, second = named.input_value().split()
    lines.nth(1).get_by_role("button", name="Earlier").click()
    assert named.input_value().split() == [second, first]
    add.set_input_files([file("bad.svg", pictures.SVG, "image/svg+xml")])
    expect(page.get_by_role("alert")).to_contain_text("bad.svg: Files of this kind are not taken")
    add.set_input_files([file("note.txt", b"Roses are red", "text/plain")])
    expect(lines).to_have_count(3)
    lines.nth(2).get_by_role("button", name="Take out").click()
    assert named.input_value().split() == [second, first]
    add.set_input_files([file("worse.png", pictures.bomb())])
    expect(page.get_by_role("alert").last).to_contain_text("33 million pixels")
    expect(lines).to_have_count(2)
    page.evaluate(
        """(picture) => {
        const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], "pasted.png", {type: "image/png"}));
        document.querySelector("textarea").dispatchEvent(
            new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        base64.b64encode(pictures.plain()).decode(),
    )
    expect(page.locator(".attached > li[data-token]:not([data-token=''])")).to_have_count(3)
    for number, words in enumerate(("Lying", "A red rose", "Pasted")):
        lines.nth(number).locator("input[maxlength]").fill(words)
    fits(page)
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/post/*")
    shots = page.locator(".shot img")
    expect(shots).to_have_count(3)
    assert [shots.nth(number).get_attribute("alt") for number in range(3)] == [
        "Lying",
        "A red rose",
        "Pasted",
    ]
    page.wait_for_load_state("networkidle")
    assert page.evaluate("[...document.querySelectorAll('.shot img')].every((one) => one.naturalWidth > 0)")
    refused = ("413", "415", "422")  # as files are
    assert [one for one in said if not any(status in one for status in refused)] == []


def test_nothing_moves_while_pictures_come(opens, harbour):
    page = opens("phone", scripts=True)
    founds(page, harbour)
    page.goto("/c/bees/write")
    page.get_by_label("Title").fill("Rose")
    page.get_by_role("textbox", name="Text").fill("Below the picture.")
    page.get_by_label("Add pictures or files").set_input_files([file("a.png", pictures.plain(1200, 800))])
    line = page.locator(".attached > li[data-token]:not([data-token=''])")
    expect(line).to_have_count(1)
    line.locator("input[maxlength]").fill("A red rose")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/post/*")
    here = page.url
    held = []

    def hold(route):
        held.append(route)

    page.route("**/media/**", hold)
    page.goto(here, wait_until="domcontentloaded")
    words = page.get_by_text("Below the picture.")
    before = words.bounding_box()
    while not held:
        page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    page.unroute("**/media/**")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("[...document.images].every((one) => one.complete)")
    assert words.bounding_box() == before
