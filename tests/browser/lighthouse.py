"""What Lighthouse says of the pages that strangers come to first: `make lighthouse` prints a table.

Run by hand rather than in the suite: its figures are of a machine that has nothing else to do. Fails below 95 in any of
its four categories.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import structlog

from tests.browser import gallery
from tests.browser.conftest import CHROMIUM, Harbour

TOOLS = Path(__file__).parent / "tools"
LEAST = 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
DEADLINE = 180  # seconds a page
TRIES = 3  # now and then the browser records nothing, and Lighthouse asks to be run again
AS_SEEN_BY = {"phone": [], "desktop": ["--preset=desktop"]}


def judge(node: str, path: str, port: int, form: list[str], folder: Path) -> dict[str, Any]:
    """Return Lighthouse's report about a page. Raises CalledProcessError with its words."""
    flags = " ".join(
        ["--no-sandbox", "--headless=new", f"--host-resolver-rules='MAP {gallery.HOST} 127.0.0.1:{port}'"]
    )
    result = folder / "report.json"
    for left in reversed(range(TRIES)):
        ended = subprocess.run(
            [
                node, TOOLS / "node_modules" / "lighthouse" / "cli" / "index.js", gallery.HOME + path, *form,
                "--quiet", "--output=json", f"--output-path={result}", f"--chrome-flags={flags}",
                f"--only-categories={','.join(CATEGORIES)}",
            ],
            check=not left, timeout=DEADLINE, env=os.environ | {"CHROME_PATH": str(CHROMIUM)},
        )  # fmt: skip
        if ended.returncode == 0:
            break
    report: dict[str, Any] = json.loads(result.read_text())
    return report


def main() -> int:
    """Judge home, a group, a long thread and a person, on a phone and on a desk; return 1 when any falls short."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    node = subprocess.run([TOOLS / "setup", "--lighthouse"], capture_output=True, text=True, check=True)
    short = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalogue = gallery.catalogue(folder / "made")
        thread = max(
            (one for one in catalogue.sights if one.route == "/post/{token}"), key=lambda one: len(one.html)
        )
        harbour = Harbour(catalogue.folder, home=gallery.HOME)
        try:
            print(f"{'':26}" + "".join(f"{one:>16}" for one in CATEGORIES))
            for what, path in {
                "home": "/",
                "group": "/c/oldtown",
                "thread": thread.path,
                "person": "/u/ada",
            }.items():
                for form, flags in AS_SEEN_BY.items():
                    report = judge(node.stdout.strip(), path, harbour.port, flags, folder)
                    scores = [round(100 * report["categories"][one]["score"]) for one in CATEGORIES]
                    print(f"{what + ', ' + form:26}" + "".join(f"{one:16}" for one in scores), flush=True)
                    short = short or min(scores) < LEAST
                    for one in report["audits"].values():
                        if one["score"] is not None and one["score"] < 0.9:
                            print(f"    {one['id']}: {one['title']} {one.get('displayValue', '')}")
        finally:
            harbour.close()
    return int(short)


if __name__ == "__main__":
    sys.exit(main())
