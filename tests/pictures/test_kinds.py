import pytest

from node.pictures.kinds import TEXT, kind_of
from tests.support import pictures


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (pictures.plain(form="JPEG"), "image/jpeg"),
        (pictures.plain(), "image/png"),
        (pictures.plain(form="WEBP"), "image/webp"),
        (pictures.moving(), "image/gif"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "image/avif"),
        (pictures.PDF, "application/pdf"),
        (b"PK\x03\x04rest", "application/zip"),
        (pictures.MP3, "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"fLaC\x00", "audio/flac"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"OggS\x00\x02OpusHead", "audio/ogg"),
        (b"OggS\x00\x02\x80theora", "video/ogg"),
        (b"\x00\x00\x00\x18ftypM4A \x00", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypisom\x00", "video/mp4"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01webm", "video/webm"),
        ("Grüße".encode(), "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_say(data, mime):
    kind = kind_of(data)
    assert kind is not None
    assert kind.mime == mime


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"\x00\x01\x02",
        b"MZ\x90\x00",
        b"\x7fELF\x02",
        b"text\x00with a nought",
        b"RIFF\x00\x00\x00\x00AVI ",
        b"\x1a\x45\xdf\xa3matroska",
        b"\x00\x00\x00\x18ftypheic\x00",
    ],
)
def test_what_is_on_no_list_is_refused(data):
    assert kind_of(data) is None


@pytest.mark.parametrize(
    "source",
    [
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "\ufeff\n<?xml version='1.0'?><svg/>",
        "<!-- a --><svg/>",
        "<!DOCTYPE html><p>x",
        "<HTML>",
        "<script>alert(1)</script>",
    ],
)
def test_markup_is_taken_as_nothing(source):
    assert kind_of(source.encode()) is None


def test_text_that_speaks_of_markup_is_text():
    assert kind_of(b"<3 and <b>bold</b>, or an <svg> further on") is TEXT
