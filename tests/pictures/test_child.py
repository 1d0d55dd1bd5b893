"""Decoding itself, without the process around it: what is looked at and in which order."""

import io
import json
import sys

import pytest

from node.pictures import child
from tests.support import pictures


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (pictures.bomb(), "pixels"),
        (b"\x00" * (child.LARGEST + 1), "size"),
        (pictures.moving(301, width=1, height=1), "frames"),
        (b"nothing", "unreadable"),
    ],
)
def test_a_refusal_says_why(data, word, monkeypatch):
    monkeypatch.setattr(child.Image, "MAX_IMAGE_PIXELS", child.MOST_PIXELS)
    with pytest.raises(child.RefusedPicture, match=word):
        child.decode(data, "attachment")


def test_a_large_animation_is_refused_before_it_is_decoded_whole(monkeypatch):
    monkeypatch.setattr(child, "MOST_MOVING", 3 * 200)
    assert child.decode(pictures.moving(3), "attachment")[0]["moves"]
    with pytest.raises(child.RefusedPicture, match="frames"):
        child.decode(pictures.moving(4), "attachment")


def test_of_pictures_elsewhere_the_first_frame_alone_is_kept():
    told, sizes = child.decode(pictures.moving(), "far")
    assert not told["moves"]
    assert [name for name, *_ in sizes] == ["shown", "thumb", "square"]


def test_the_answer_is_a_line_and_then_the_bytes(monkeypatch):
    out = io.BytesIO()
    monkeypatch.setattr(child, "_confine", lambda: None)
    monkeypatch.setattr(sys, "argv", ["child", "icon"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pictures.plain())))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out))
    child.main()
    line, _, bodies = out.getvalue().partition(b"\n")
    assert sum(one["length"] for one in json.loads(line)["sizes"]) == len(bodies)
    sys.stdout.detach()


@pytest.mark.parametrize(
    ("error", "word"), [(MemoryError(), "heavy"), (ZeroDivisionError("x"), "unreadable")]
)
def test_whatever_a_decoder_raises_is_a_refusal(error, word, monkeypatch):
    def broken(data, use):
        raise error

    out = io.BytesIO()
    monkeypatch.setattr(child, "_confine", lambda: None)
    monkeypatch.setattr(child, "decode", broken)
    monkeypatch.setattr(sys, "argv", ["child", "icon"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x")))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out))
    child.main()
    assert json.loads(out.getvalue())["refused"] == word
    sys.stdout.detach()
