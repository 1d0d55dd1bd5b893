"""What the first view of every page weighs on the wire: `make weights` prints a table.

A first view is the page and all that it has the browser fetch, squeezed as it leaves, without headers (some 1 kB a request).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import structlog

from node.store.objects import object_name
from node.web.assets import assets
from node.web.squeezing import LEAST, PADDING, squeeze
from tests.browser import gallery
from tests.browser.gallery import Sight
from tests.support.browsing import Page

MOST_OF_A_VIEW = 100_000  # bytes
MOST_OF_STYLE_AND_SCRIPT = 40_000


@dataclass(frozen=True)
class Weight:
    """Bytes on the wire, at most. parts: address of what is fetched beside the page -> bytes."""

    sight: Sight
    page: int
    parts: dict[str, int]

    @property
    def total(self) -> int:
        return self.page + sum(self.parts.values())

    @property
    def requests(self) -> int:
        return 1 + len(self.parts)


def weigh(sight: Sight, node: Path) -> Weight:
    """Weigh a page of the node in that folder. Raises ValueError for a part that is none of ours."""
    parts = {}
    for tag, one in Page.of(sight.html).elements:
        loads = tag in {"script", "img"} or (tag == "link" and one.get("rel") in {"stylesheet", "icon"})
        address = (one.get("src") or one.get("href") or "").partition("?")[0]
        if not loads or not address or address.startswith("data:") or one.get("loading") == "lazy":
            continue  # a picture that comes once it is scrolled to is no part of a first view
        if address.startswith("/media/"):
            token, _, file = address.removeprefix("/media/").partition("/")
            size, _, ending = file.partition(".")
            parts[address] = (node / "media" / object_name("own", token, size, ending)).stat().st_size
            continue
        if not address.startswith("/static/"):
            raise ValueError(f"{sight.path} loads {address}")
        asset = assets()[address.removeprefix("/static/")]
        parts[address] = len(asset.packed)
    return Weight(sight, _squeezed(sight.html.encode()), parts)


def style_and_script(weights: list[Weight]) -> int:
    """Return what all style and script weigh together that any page loads."""
    every = {name: size for one in weights for name, size in one.parts.items()}
    return sum(size for name, size in every.items() if name.endswith((".css", ".js")))


def _squeezed(body: bytes) -> int:
    return len(body) if len(body) < LEAST else len(squeeze(body, PADDING))


def main() -> None:
    """Print the table, the heaviest first."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder:
        found = gallery.catalogue(Path(folder))
        weights = [weigh(sight, found.folder) for sight in found.sights]
    print(f"{'total':>7} {'page':>7} {'style':>7} {'script':>7} {'requests':>9}  page")
    for one in sorted(weights, key=lambda one: -one.total):
        style = sum(size for name, size in one.parts.items() if name.endswith(".css"))
        script = sum(size for name, size in one.parts.items() if name.endswith(".js"))
        print(
            f"{one.total:7} {one.page:7} {style:7} {script:7} {one.requests:9}  {one.sight.who} {one.sight.sample}"
        )
    print(f"\nAll style and script: {style_and_script(weights):,} of {MOST_OF_STYLE_AND_SCRIPT:,} bytes.")


if __name__ == "__main__":
    main()
