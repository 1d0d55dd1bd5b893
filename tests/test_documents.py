"""What the documents name is there: files, commands, settings, targets of make."""

import re
from pathlib import Path

import click
import pytest
from starlette.routing import Route

from node.cli.archipel import archipel
from node.settings import Settings
from node.web.routes import routes

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
NAMED = re.compile(r"`((?:node|tests|docs|templates|static|locales|keys|benchmarks)/[\w./-]*)`")
LINK = re.compile(r"\]\(((?!https?:)[^)#]+)\)")
COMMAND = re.compile(r"(?<![\w/-])archipel ((?:[a-z]+ ?)+)(--[a-z-]+)?")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def document(request):
    return request.param


def test_files_that_are_named_exist(document):
    text = document.read_text()
    made_up = {"keys/node.key", "node/x/y.py", "tests/x/test_y.py"}
    missing = [name for name in NAMED.findall(text) if name not in made_up and not (ROOT / name).exists()]
    missing += [name for name in LINK.findall(text) if not (document.parent / name).exists()]
    assert missing == []


def test_commands_that_are_shown_exist(document):
    shown = re.findall(r"^.*archipel .*$", document.read_text(), re.MULTILINE)
    for line in shown:
        for words, option in COMMAND.findall(line):
            command, rest = archipel, words.split()
            while isinstance(command, click.Group) and rest and rest[0] in command.commands:
                command = command.commands[rest.pop(0)]
            if command is archipel:
                continue  # the name of the program in a sentence
            assert not (isinstance(command, click.Group) and rest), f"{line}: {rest}"
            if option:
                known = {name for one in command.params for name in [*one.opts, *one.secondary_opts]}
                assert option in known, line


def test_settings_that_are_named_exist(document):
    known = {f"ARCHIPEL_{name.upper()}" for name in Settings.model_fields}
    known |= {"ARCHIPEL_CONFIG", "ARCHIPEL_TEST_POSTGRES"}
    assert set(re.findall(r"ARCHIPEL_[A-Z_]+[A-Z]", document.read_text())) <= known


def test_targets_of_make_exist(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", document.read_text(), re.MULTILINE)) <= targets


def test_every_command_is_told_of():
    text = "\n".join(path.read_text() for path in DOCUMENTS)
    assert [name for name in _commands(archipel, "archipel") if name not in text] == []


def _commands(command, name):
    if not isinstance(command, click.Group):
        return [name]
    return [each for word, inner in command.commands.items() for each in _commands(inner, f"{name} {word}")]


def test_pages_that_are_named_exist(document):
    known = [route for route in routes() if isinstance(route, Route)]
    for path in re.findall(r"`(/[a-z][\w./-]*)`", document.read_text()):
        if not path.startswith(("/etc/", "/inbox")):
            whole = f"{path}x" if path.endswith("/") else path
            assert any(route.path_regex.match(whole) for route in known), path


@pytest.mark.parametrize("word", ["bans", "reports", "requests", "siblings", "moving", "standing", "blocks"])
def test_pages_of_moderation_are_told_of(word):
    text = "".join((ROOT / "docs" / name).read_text() for name in ("moderating.md", "taking-part.md"))
    for route in routes():
        path = getattr(route, "path", "")
        if path.endswith(f"/{word}") and "activities" not in path:
            shown = path.replace("{name}", "NAME").replace("{token}", "TOKEN")
            assert f"`{shown}`" in text, path
