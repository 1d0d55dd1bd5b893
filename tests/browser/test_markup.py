"""Every page is valid HTML: html-validate knows the content models and the rules for attributes, ids and roles.

It is chosen over the Nu checker since it needs no Java, comes with the Node.js that peers need as well, and reads all pages
in one process within seconds.
"""

import json
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from tests.browser.conftest import missing

pytestmark = pytest.mark.browser
TOOLS = Path(__file__).parent / "tools"


def found_in(folder):
    """Return what is wrong with the pages in a folder."""
    command = TOOLS / "node_modules" / ".bin" / "html-validate"
    if not command.exists():
        missing("html-validate is not there: run tests/browser/tools/setup")
    node = subprocess.run([TOOLS / "setup"], capture_output=True, text=True, check=True).stdout.strip()
    shutil.copy(TOOLS / "html-validate.json", folder / ".htmlvalidate.json")
    done = subprocess.run(
        [node, command, "--formatter", "json=found.json", "."],
        capture_output=True, text=True, timeout=120, cwd=folder, check=False,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    reports = json.loads((folder / "found.json").read_text())
    return [(Path(report["filePath"]).stem, one) for report in reports for one in report["messages"]]


def test_every_page_is_valid(catalogue, tmp_path):
    for number, sight in enumerate(catalogue.sights):
        (tmp_path / f"{number:03}-{sight.name}.html").write_text(sight.html)
    where = defaultdict(list)
    for name, one in found_in(tmp_path):
        where[one["ruleId"], one["message"]].append(f"{name}:{one['line']}")
    assert not where, "\n".join(f"{what}: {len(at)} times, first {at[0]}" for what, at in where.items())


def test_a_page_that_is_not_valid_is_found(tmp_path):
    bad = '<p><div id="a"></div></p><b id="a">x</b><label for="none">x</label>'
    (tmp_path / "bad.html").write_text(bad)
    assert {"no-implicit-close", "no-dup-id", "no-missing-references"} & {
        one["ruleId"] for _, one in found_in(tmp_path)
    }
