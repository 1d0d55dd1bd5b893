"""What holds for every page that the site has, as everybody sees it: nobody is kept out, nothing jumps or sticks out."""

from pathlib import Path

import pytest

from tests.browser.conftest import missing

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
AXE = HERE / "tools" / "node_modules" / "axe-core" / "axe.min.js"
PARTS = 4  # so that several processes share the work
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
NARROW, ZOOMED = {"width": 320, "height": 640}, {"width": 640, "height": 450}  # 640: 1280 at 200 %
JUDGED = """tags => axe.run(document, {
    runOnly: {type: "tag", values: tags}, rules: {"target-size": {enabled: true}}, resultTypes: ["violations"],
}).then(found => found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 150)} `
    + (node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? "").slice(0, 150))))"""
IN_COLOUR = """() => axe.run(document, {runOnly: {type: "rule", values: ["color-contrast"]}, resultTypes: ["violations"]})
    .then(found => found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 150)} `
    + node.any[0]?.message)))"""


def test_no_page_is_left_out(catalogue):
    assert catalogue.unseen == [], "give gallery.py a sample of what stands in this address"
    assert len({sight.route for sight in catalogue.sights}) > 50
    assert {sight.who for sight in catalogue.sights} == {"stranger", "member", "moderator", "administrator"}


@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_can_read_and_use_it(catalogue, guide, part):
    """axe-core (WCAG 2.2 AA and best practice), at both widths and in both themes."""
    if not AXE.is_file():
        missing("axe-core is not there: run tests/browser/tools/setup")
    axe = AXE.read_text()
    found = []
    for sight, page in _walk(catalogue, guide, part, viewport=DESKTOP, color_scheme="light"):
        page.evaluate(axe)
        found += [(sight, "desktop, light", one) for one in page.evaluate(JUDGED, TAGS)]
        page.emulate_media(color_scheme="dark")
        found += [(sight, "desktop, dark", one) for one in page.evaluate(IN_COLOUR)]
        page.set_viewport_size(PHONE)
        found += [(sight, "phone, dark", one) for one in page.evaluate(JUDGED, TAGS)]
        page.emulate_media(color_scheme="light")
        found += [(sight, "phone, light", one) for one in page.evaluate(IN_COLOUR)]
    assert found == [], told(found)


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_jumps_or_sticks_out_or_is_too_small(catalogue, guide, part):
    measuring = (HERE / "measuring.js").read_text()
    found = []
    for sight, page in _walk(catalogue, guide, part, viewport=PHONE, reduced_motion="reduce"):
        page.evaluate(measuring)
        shifted = page.evaluate("measuring.shifts()")
        if (
            shifted > 0.01
        ):  # where the change of width came through late it does so once, a page that jumps always does
            page.goto(sight.path)
            page.evaluate(measuring)
            shifted = page.evaluate("measuring.shifts()")
        if shifted > 0.01:
            found.append((sight, "jumps", shifted))
        found += [(sight, "moves", one) for one in page.evaluate("measuring.moving()")]
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found += [(sight, "small", one) for one in page.evaluate("measuring.small()")]
        for size in (NARROW, ZOOMED):
            page.set_viewport_size(size)
            out = page.evaluate("measuring.sideways()")
            found += [(sight, f"{size['width']} px", out)] if out else []
        page.keyboard.press("Tab")
        found += [(sight, "no focus", one) for one in page.evaluate("measuring.unmarked()")]
    assert found == [], told(found)


def told(found):
    """Say once what several sights have in common."""
    where = {}
    for sight, *what in found:
        where.setdefault(tuple(what), []).append(f"{sight.who} {sight.sample}")
    return "\n".join(f"{what}: {len(there)} times, first {there[0]}" for what, there in where.items())


def _walk(catalogue, guide, part, **given):
    """Go to each sight of a part of them, with one page for each who looks."""
    pages = {}
    for number, sight in enumerate(catalogue.sights):
        if number % PARTS != part:
            continue
        page = pages.get(sight.who)
        if page is None:
            page = pages[sight.who] = guide(sight.who, **given)
        page.set_viewport_size(given["viewport"])
        page.goto(sight.path)
        yield sight, page
    for page in pages.values():
        page.context.close()
