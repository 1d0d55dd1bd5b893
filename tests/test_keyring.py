import base64
import stat
import threading

import pytest

from node.errors import Misconfigured
from node.keyring import Keyring


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_made_on_first_use_for_the_owner_alone(folder):
    keyring = Keyring(folder)
    assert not folder.exists()
    keyring.seal(b"x", purpose=b"p")
    assert mode(folder) == 0o700
    assert mode(folder / "node.key") == 0o600
    assert [path.name for path in folder.iterdir()] == ["node.key"]


def test_what_was_sealed_opens_after_a_restart(folder):
    sealed = Keyring(folder).seal(b"private", purpose=b"actor key")
    assert b"private" not in sealed
    assert Keyring(folder).open(sealed, purpose=b"actor key") == b"private"


def test_the_same_text_is_never_sealed_alike(folder):
    keyring = Keyring(folder)
    assert keyring.seal(b"x", purpose=b"p") != keyring.seal(b"x", purpose=b"p")


def test_a_seal_opens_for_its_own_purpose_only(folder):
    keyring = Keyring(folder)
    with pytest.raises(Misconfigured):
        keyring.open(keyring.seal(b"x", purpose=b"one"), purpose=b"other")


def test_another_key_does_not_open_it_and_says_what_to_do(folder, tmp_path):
    sealed = Keyring(folder).seal(b"x", purpose=b"p")
    with pytest.raises(Misconfigured, match=r"Put back the node\.key"):
        Keyring(tmp_path / "others").open(sealed, purpose=b"p")


def test_no_changed_byte_goes_unnoticed(folder):
    keyring = Keyring(folder)
    sealed = keyring.seal(b"x", purpose=b"p")
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        with pytest.raises(Misconfigured):
            keyring.open(bytes(changed), purpose=b"p")
    for length in range(len(sealed)):
        with pytest.raises(Misconfigured):
            keyring.open(sealed[:length], purpose=b"p")


@pytest.mark.parametrize("rights", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused_with_the_cure(folder, rights):
    Keyring(folder).seal(b"x", purpose=b"p")
    (folder / "node.key").chmod(rights)
    with pytest.raises(Misconfigured, match="chmod 600"):
        Keyring(folder).seal(b"x", purpose=b"p")


@pytest.mark.parametrize("content", [b"", b"not base64 !", base64.b64encode(b"short")])
def test_a_damaged_key_is_never_replaced(folder, content):
    folder.mkdir(mode=0o700)
    (folder / "node.key").write_bytes(content)
    (folder / "node.key").chmod(0o600)
    with pytest.raises(Misconfigured, match="damaged"):
        Keyring(folder).seal(b"x", purpose=b"p")
    assert (folder / "node.key").read_bytes() == content


def test_a_folder_that_cannot_be_made_is_told_of(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be used"):
        Keyring(tmp_path / "file" / "keys").seal(b"x", purpose=b"p")


def test_of_many_first_starts_one_key_wins(folder):
    sealed = []
    barrier = threading.Barrier(8)

    def start():
        barrier.wait()
        sealed.append(Keyring(folder).seal(b"x", purpose=b"p"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Keyring(folder).open(one, purpose=b"p") for one in sealed] == [b"x"] * 8
    assert [path.name for path in folder.iterdir()] == ["node.key"]


def test_a_key_that_another_process_made_meanwhile_is_used(folder, monkeypatch):
    theirs = Keyring(folder).seal(b"x", purpose=b"p")
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.exists", lambda _: False)
        ours = Keyring(folder)
        assert ours.open(theirs, purpose=b"p") == b"x"
    assert [path.name for path in folder.iterdir()] == ["node.key"]


def test_a_token_holds_for_its_text_and_purpose_only(folder):
    keyring = Keyring(folder)
    token = keyring.sign_token("session 7", purpose="form")
    assert Keyring(folder).token_matches(token, "session 7", purpose="form")
    assert not keyring.token_matches(token, "session 8", purpose="form")
    assert not keyring.token_matches(token, "session 7", purpose="mail")
    assert not keyring.token_matches(token[:-1], "session 7", purpose="form")


@pytest.mark.parametrize("forged", ["", "x", "é", "\ud800", "a" * 10_000])
def test_a_forged_token_is_no_match_and_no_error(folder, forged):
    assert not Keyring(folder).token_matches(forged, "session 7", purpose="form")


def test_a_token_fits_into_a_url(folder):
    token = Keyring(folder).sign_token("x", purpose="p")
    assert token.replace("-", "").replace("_", "").isalnum()
    assert len(token) == 43
