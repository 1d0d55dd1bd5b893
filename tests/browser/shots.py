"""Pictures of every page: `make shots` puts them into docs/design/shots, which git leaves out.

Each sight (see `gallery`) at the width of a phone and of a desk, in light and in dark, and some in French. ONLY=groups takes
those alone whose address has that in it. ONLY=guide takes the few that docs/design.md shows, and puts them beside it, small.
Ends by itself, and what it started ends with it.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tempfile
import time
from html import unescape
from pathlib import Path
from typing import Any

import structlog
from PIL import Image
from playwright.async_api import Browser, async_playwright

from tests.browser import gallery
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Harbour
from tests.browser.gallery import Catalogue, Sight

WHERE = Path(__file__).parents[2] / "docs" / "design" / "shots"
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
THEMES = ("light", "dark")
IN_FRENCH = ("/", "/c/lecture", "/notifications", "/settings", "/explore", "/c/lecture/write", "/u/lucie")
GUIDE = {  # name of the picture in docs/design: who looks, at what, at which size, in which theme
    "front": ("stranger", "/", "desktop", "light"),
    "thread": ("member", "What is the oldest thing you still use every week?", "desktop", "light"),
    "group": ("member", "/c/oldtown", "phone", "light"),
    "composer": ("member", "/c/oldtown/write", "phone", "dark"),
    "explore": ("member", "/explore", "phone", "light"),
    "home": ("member", "/", "phone", "dark"),
}
TALLEST = 4000  # pixels; of a longer page the beginning says enough
DEADLINE = 900  # seconds
AT_A_TIME = 2


def wanted(catalogue: Catalogue, only: str) -> list[Sight]:
    """Return what to take pictures of: each page once for everybody who sees it otherwise, then the French."""
    french = [Sight(path, path, "french", "") for path in IN_FRENCH]
    return [one for one in [*catalogue.sights, *french] if only in one.path or only in one.route]


def names(sights: list[Sight]) -> list[str]:
    """Return a file name for each, without clashes: those of one address are numbered."""
    seen: dict[str, int] = {}
    result = []
    for sight in sights:
        seen[sight.name] = seen.get(sight.name, 0) + 1
        number = seen[sight.name]
        result.append(sight.name if number == 1 else f"{sight.name}-{number}")
    return result


async def _take(
    browser: Browser, catalogue: Catalogue, todo: asyncio.Queue[tuple[str, Sight]], where: Path
) -> None:
    pages: dict[str, Any] = {}
    while not todo.empty():
        name, sight = todo.get_nowait()
        if sight.who not in pages:
            context = await browser.new_context(base_url=gallery.HOME, reduced_motion="reduce")
            if catalogue.cookies[sight.who]:
                cookie = {"name": "sid", "value": catalogue.cookies[sight.who], "url": gallery.HOME}
                await context.add_cookies([cookie])  # type: ignore[list-item] -- a plain mapping will do
            pages[sight.who] = await context.new_page()
        page = pages[sight.who]
        await page.goto(sight.path)
        for size, view in SIZES.items():
            await page.set_viewport_size(view)
            height = await page.evaluate("document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": view["width"], "height": min(height, TALLEST)}
            for theme in THEMES:
                await page.emulate_media(color_scheme=theme)
                await page.screenshot(path=where / f"{name}-{size}-{theme}.png", clip=clip, full_page=True)


async def take(catalogue: Catalogue, port: int, sights: list[Sight], where: Path) -> None:
    """Take the pictures with several pages at a time."""
    todo: asyncio.Queue[tuple[str, Sight]] = asyncio.Queue()
    for one in zip(names(sights), sights, strict=True):
        todo.put_nowait(one)
    rule = f"--host-resolver-rules=MAP {gallery.HOST} 127.0.0.1:{port}"
    async with asyncio.timeout(DEADLINE), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, rule])
        await asyncio.gather(*(_take(browser, catalogue, todo, where) for _ in range(AT_A_TIME)))
        await browser.close()


def guide(catalogue: Catalogue, port: int) -> int:
    """Take the pictures of the guide: one screen of each, at half its size; return how many."""
    titled = {
        title: sight.path
        for sight in catalogue.sights
        if sight.route == "/post/{token}" and (title := _title(sight.html))
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (who, what, size, theme) in GUIDE.items():
            sight = Sight(what, titled.get(what, what), who, "")
            asyncio.run(take(catalogue, port, [sight], Path(folder)))
            view = SIZES[size]
            with Image.open(Path(folder) / f"{sight.name}-{size}-{theme}.png") as picture:
                screen = picture.crop((0, 0, view["width"], view["height"]))
                screen.resize((view["width"] * 2 // 3, view["height"] * 2 // 3)).save(
                    WHERE.parent / f"{name}.webp", quality=80, method=6
                )
    return len(GUIDE)


def _title(html: str) -> str:
    found = re.search(r"<title>(.*?) · ", html)
    return unescape(found[1]) if found else ""


def main(only: str) -> None:
    """Furnish a node, serve it, take the pictures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        catalogue = gallery.catalogue(Path(folder) / "made")
        sights = [] if only == "guide" else wanted(catalogue, only)
        if not only:
            shutil.rmtree(WHERE, ignore_errors=True)
        WHERE.mkdir(parents=True, exist_ok=True)
        harbour = Harbour(catalogue.folder, home=gallery.HOME)
        try:
            if only == "guide":
                print(f"{guide(catalogue, harbour.port)} pictures beside the guide: {WHERE.parent}")
            else:
                asyncio.run(take(catalogue, harbour.port, sights, WHERE))
        finally:
            harbour.close()
    if only == "guide":
        return
    count = len(sights) * len(SIZES) * len(THEMES)
    print(f"{count} pictures of {len(sights)} sights in {time.monotonic() - began:.0f} s: {WHERE}")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
