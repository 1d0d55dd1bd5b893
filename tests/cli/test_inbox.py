import pytest

ROW = """
INSERT INTO arrivals (iri, type, actor, signer, trust, body, received_at, state, attempts, closed_at, reason)
VALUES (:iri, 'Like', 'https://b.example/u/x', 'https://b.example/u/x', 'actor', '{}',
        '2026-01-02 03:04:05', :state, 5, '2026-01-02 03:04:05', :reason)
"""


@pytest.fixture
def letters(shell):
    for number, state in enumerate(("dead", "done", "dead")):
        shell.sql(ROW, iri=f"https://b.example/{number}", state=state, reason="boom\x1b[31m\nforged line")
    return shell


def states(shell):
    return [state for (state,) in shell.sql("SELECT state FROM arrivals ORDER BY id")]


def test_dead_letters_are_shown_with_their_reason(letters):
    assert [one["number"] for one in letters.json("inbox dead")] == [3, 1]
    assert letters.json("inbox dead")[0]["reason"].startswith("boom")


def test_what_a_peer_wrote_stays_on_its_line(letters):
    lines = letters.says("inbox dead").splitlines()
    assert len(lines) == 3
    assert "\x1b" not in "".join(lines)


def test_one_is_handled_again(letters):
    assert letters.says("inbox retry 3") == "1 to be handled again."
    assert states(letters) == ["dead", "done", "waiting"]
    assert letters.sql("SELECT attempts, reason FROM arrivals WHERE id = 3") == [(0, "")]


def test_all_are_handled_again(letters):
    assert letters.says("inbox retry --all") == "2 to be handled again."
    assert states(letters) == ["waiting", "done", "waiting"]


def test_a_wrong_number_changes_nothing(letters):
    assert letters.refuses("inbox retry 1 2").startswith("Not all of these numbers")
    assert states(letters) == ["dead", "done", "dead"]


def test_numbers_or_all(letters):
    letters.run("inbox retry", code=2)
    letters.run("inbox retry 1 --all", code=2)


def test_no_dead_letters(shell):
    assert shell.says("inbox dead") == "No dead letters."
