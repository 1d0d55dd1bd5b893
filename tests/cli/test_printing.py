import json
from datetime import UTC, datetime

from node.cli.printing import show, show_one

AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def test_a_table_has_titles_and_columns(capsys):
    show(
        [{"name": "ada", "last_seen": AT}, {"name": "benedict", "last_seen": None}], as_json=False, nothing=""
    )
    assert capsys.readouterr().out == "name      last seen\nada       2026-11-03 09:00\nbenedict\n"


def test_control_characters_do_not_reach_the_terminal(capsys):
    show([{"name": "a\r\n\x1b[2Jb", "is": True, "was": False}], as_json=False, nothing="")
    assert capsys.readouterr().out.splitlines()[1] == "a   [2Jb  yes"


def test_json_is_for_programs(capsys):
    show([{"at": AT, "name": "É"}], as_json=True, nothing="")
    said = capsys.readouterr().out
    assert json.loads(said) == [{"at": AT.isoformat(), "name": "É"}]
    assert "É" in said
    show([], as_json=True, nothing="Nothing.")
    assert json.loads(capsys.readouterr().out) == []


def test_one_thing_is_a_line_for_each_value(capsys):
    show_one({"host": "beta.example", "last_error": None}, as_json=False)
    assert capsys.readouterr().out == "host        beta.example\nlast error\n"
    show_one({"host": "beta.example"}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"host": "beta.example"}
