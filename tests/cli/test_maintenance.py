from node.web.maintenance import FILE


def test_pages_go_away_and_come_back(shell, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIPEL_DATA", str(tmp_path / "data"))
    assert "Pages are away" in shell.says("maintenance on --minutes 5 --words", "New disk")
    assert "New disk" in (tmp_path / "data" / FILE).read_text()
    assert shell.says("maintenance off") == "Pages are back."
    assert shell.says("maintenance off") == "Pages were not away."
