"""The shape of the house: layers, sizes, what tracked files may say, what the wheel holds."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from node.cli.checks import FLOORS

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 400  # lines; 250 is the aim
LONGEST_FUNCTION = 60  # lines; 30 is the aim
# Paths of somebody's machine, and hosts that stand in for the public registries.
PRIVATE = re.compile(
    r"(?<![\w.$}/-])/(?:work|root|workspace)/|/home/[a-z]+/|/Users/[A-Z]|index-url\s*=|artifactory|\.internal[/:]"
    r"|\b(?:10|192\.168)(?:\.\d+){2,3}:\d+"
)


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this is no git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def modules() -> list[Path]:
    return sorted((ROOT / "node").rglob("*.py"))


def test_arrows_point_down():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_init_files_hold_a_docstring_and_nothing_else():
    for path in ROOT.glob("node/**/__init__.py"):
        body = ast.parse(path.read_text()).body
        assert all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in body), path


def test_no_module_is_a_drawer_for_odds_and_ends():
    drawers = {"utils", "util", "helpers", "common", "manager", "misc"}
    assert [path for path in modules() if path.stem in drawers] == []


def test_modules_stay_within_bounds():
    counted = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    long = {
        name: lines for name, lines in counted.items() if lines > LONGEST_MODULE and "migrations" not in name
    }
    assert long == {}


def test_functions_stay_within_bounds():
    long = []
    for path in modules():
        if "migrations" in path.parts:
            continue
        for one in ast.walk(ast.parse(path.read_text())):
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (one.end_lineno or 0) - one.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{one.lineno} {one.name} {lines}")
    assert long == []


def test_an_exception_to_a_rule_has_a_reason():
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"#\s*noqa", line) and not re.search(r"#\s*noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* -- \S", line)
    ]
    assert bare == []


def test_tracked_files_name_no_machine_and_no_private_registry():
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        text = path.read_bytes().decode("utf-8", "ignore")
        found += [f"{path.relative_to(ROOT)}: {one.group()}" for one in PRIVATE.finditer(text)]
    assert found == []


def test_lock_files_name_no_registry():
    """Where packages come from is the installer's own matter."""
    locks = [path for path in tracked() if path.name == "package-lock.json"]
    assert locks
    assert [path for path in locks if '"resolved"' in path.read_text()] == []


def test_no_secret_is_tracked():
    names = {str(path.relative_to(ROOT)) for path in tracked()}
    assert {name for name in names if name.startswith("keys/")} <= {"keys/README.md"}
    assert not {name for name in names if name.endswith((".db", ".key"))}


@pytest.mark.parametrize(("library", "floor"), FLOORS.items())
def test_libraries_stand_above_their_floor_and_are_asked_for_there(library, floor):
    def parts(release):
        return tuple(int(number) for number in re.findall(r"\d+", release)[:3])

    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    [asked] = [line.partition(">=")[2] for line in wanted if re.split(r"[\[>]", line)[0] == library]
    assert parts(asked) >= parts(floor)
    assert parts(version(library)) >= parts(floor)


def test_the_wheel_holds_all_that_a_node_needs(tmp_path):
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        entry = archive.read(next(name for name in inside if name.endswith("entry_points.txt"))).decode()
    assert "archipel = node.__main__:main" in entry
    for folder in ("templates", "static", "locales"):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {f"node/{name}" for name in files} <= inside, folder
    assert "node/store/migrations/env.py" in inside
    assert "node/store/migrations/versions/0001_first.py" in inside
    assert {name for name in inside if name.startswith("node/")} | {
        name for name in inside if ".dist-info/" in name
    } == inside
