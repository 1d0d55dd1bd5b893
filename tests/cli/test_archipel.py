import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from node import __main__
from node.cli.archipel import archipel
from node.cli.opening import Opening


def test_every_command_says_what_it_does():
    def walk(command, path):
        result = CliRunner().invoke(archipel, [*path, "--help"])
        assert result.exit_code == 0
        assert command.help, path
        for name, child in getattr(command, "commands", {}).items():
            walk(child, [*path, name])

    walk(archipel, [])


def test_wrong_usage_ends_with_2(shell):
    assert "No such command" in shell.run("group fond", code=2).stderr


def test_a_refusal_is_one_line_and_its_detail_wants_verbose(shell):
    shell.run("member create ada --no-password")
    assert shell.refuses("member create ada --no-password") == "The name ada is taken. Choose another."
    assert "/u/ada" in shell.refuses("--verbose member create ada --no-password")


def test_a_missing_setting_names_the_variable(shell, monkeypatch):
    monkeypatch.delenv("ARCHIPEL_URL")
    assert shell.refuses("member list").startswith("ARCHIPEL_URL: is required")


def test_a_settings_file_is_read(shell, monkeypatch, tmp_path):
    monkeypatch.delenv("ARCHIPEL_URL")
    (tmp_path / "other.toml").write_text('url = "http://other.test"\n')
    assert "http://other.test" in shell.says("--config other.toml init")
    assert shell.refuses("--config missing.toml init").startswith("There is no settings file at missing.toml")


def test_a_misspelt_variable_is_named(shell, monkeypatch):
    monkeypatch.setenv("ARCHIPEL_LANGAGE", "fr")
    assert "ARCHIPEL_LANGAGE is no setting" in shell.run("member list").stderr


def test_root_is_refused_unless_it_only_tries(shell, monkeypatch):
    as_root = Opening(open=shell.open, is_root=True)
    assert CliRunner().invoke(archipel, ["member", "list"], obj=as_root).exit_code == 0
    monkeypatch.setenv("ARCHIPEL_DEVELOPMENT", "0")
    monkeypatch.setenv("ARCHIPEL_URL", "https://alpha.example")
    result = CliRunner().invoke(archipel, ["member", "list"], obj=as_root)
    assert (result.exit_code, result.stderr[:32]) == (1, "archipel does not run as root: r")


def test_the_module_is_the_command():
    said = subprocess.run(
        [sys.executable, "-m", "node", "--version"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PATH": os.environ["PATH"]},
    )
    assert said.stdout.startswith("archipel, version ")


def test_main_runs_the_command(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["archipel", "--help"])
    with pytest.raises(SystemExit) as end:
        __main__.main()
    assert end.value.code == 0


@pytest.fixture(autouse=True)
def _log_as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
