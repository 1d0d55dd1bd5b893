"""Every page is valid HTML: html-validate knows the content models and the rules for attributes, ids and roles.

It is chosen over the Nu checker since it needs no Java, comes with the Node.js that peers need as well, and reads all pages
in one process within seconds.
"""

import json
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from tests.browser.conftest import missing

pytestmark = pytest.mark.browser
TOOLS = Path(__file__).parent / "tools"


def test_every_page_is_valid(catalogue, tmp_path):
    command = TOOLS / "node_modules" / ".bin" / "html-validate"
    if not command.exists():
        missing("html-validate is not there: run tests/browser/tools/setup")
    node = subprocess.run([TOOLS / "setup"], capture_output=True, text=True, check=True).stdout.strip()
    for number, sight in enumerate(catalogue.sights):
        (tmp_path / f"{number:03}-{sight.name}.html").write_text(sight.html)
    (tmp_path / ".htmlvalidate.json").write_text((TOOLS / "html-validate.json").read_text())
    done = subprocess.run(
        [node, command, "--formatter", f"json={tmp_path}/found.json", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
    )
    assert done.returncode in {0, 1}, done.stderr
    reports = json.loads((tmp_path / "found.json").read_text())
    where = defaultdict(list)
    for report in reports:
        for one in report["messages"]:
            where[one["ruleId"], one["message"]].append(f"{Path(report['filePath']).stem}:{one['line']}")
    assert not where, "\n".join(f"{what}: {len(at)} times, first {at[0]}" for what, at in where.items())


def test_a_page_that_is_not_valid_is_found(tmp_path):
    """The checker is really asked: an element where it may not be, an id twice, a label for nothing."""
    if not (TOOLS / "node_modules" / ".bin" / "html-validate").exists():
        missing("html-validate is not there: run tests/browser/tools/setup")
    node = subprocess.run([TOOLS / "setup"], capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / "bad.html").write_text('<p><div id="a"></div></p><b id="a">x</b><label for="none">x</label>')
    (tmp_path / ".htmlvalidate.json").write_text((TOOLS / "html-validate.json").read_text())
    done = subprocess.run(
        [node, TOOLS / "node_modules" / ".bin" / "html-validate", "--formatter", f"json={tmp_path}/found.json", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
    )
    found = {one["ruleId"] for report in json.loads((tmp_path / "found.json").read_text()) for one in report["messages"]}
    assert {"no-implicit-close", "no-dup-id", "no-missing-references"} & found
