"""The decoder as it runs: a process of its own, and pictures that want to harm it (A87, A88, V84, V100)."""

import io
import os
import time

import pytest
from PIL import Image

from node.errors import TooLarge, UnsupportedMedia
from node.pictures.decoder import Decoder
from tests.support import pictures


def opened(decoded, name="full"):
    return Image.open(io.BytesIO(next(one.body for one in decoded.sizes if one.name == name)))


@pytest.mark.parametrize(
    ("form", "mime"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/png"),
        ("AVIF", "image/webp"),
    ],
)
async def test_a_picture_of_every_form_comes_out_in_all_sizes(form, mime):
    decoded = await Decoder().decode(pictures.plain(2000, 1000, form=form), "attachment")
    assert (decoded.width, decoded.height, decoded.moves) == (2000, 1000, False)
    sizes = {one.name: (one.mime, one.width, one.height) for one in decoded.sizes}
    assert sizes == {
        "full": (mime, 2000, 1000),
        "shown": ("image/webp", 1600, 800),
        "thumb": ("image/webp", 640, 320),
        "square": ("image/webp", 160, 160),
    }
    red, green, blue = (int(decoded.colour[at : at + 2], 16) for at in (1, 3, 5))
    assert abs(red - 200) < 6
    assert abs(green - 30) < 6
    assert abs(blue - 60) < 6
    for name in sizes:
        assert opened(decoded, name).size == sizes[name][1:]


async def test_a_photo_stands_upright_and_tells_nothing_of_where_it_was_taken():
    data = pictures.photo(40, 30)
    assert b"private person" in data
    decoded = await Decoder().decode(data, "attachment")
    assert (decoded.width, decoded.height) == (30, 40)
    for one in decoded.sizes:
        assert b"private person" not in one.body
        assert b"at home" not in one.body
        assert b"Exif" not in one.body
        assert not Image.open(io.BytesIO(one.body)).getexif()


@pytest.mark.parametrize("data", [pictures.plain(), pictures.moving(), pictures.plain(form="JPEG")])
async def test_nothing_of_the_file_itself_is_left(data):
    decoded = await Decoder().decode(data + pictures.TAIL, "attachment")
    assert all(b"script" not in one.body for one in decoded.sizes)


async def test_what_is_seen_through_stays_so_and_has_no_colour():
    glass = pictures.saved(Image.new("RGBA", (50, 50), (255, 0, 0, 90)))
    decoded = await Decoder().decode(glass, "attachment")
    assert decoded.colour == ""
    assert opened(decoded).mode == "RGBA"
    assert opened(decoded, "shown").mode == "RGBA"


async def test_the_colours_of_another_profile_become_those_of_browsers():
    from PIL import ImageCms

    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"no profile at all"):
        data = pictures.saved(Image.new("RGB", (20, 20), (9, 99, 199)), "JPEG", icc_profile=profile)
        decoded = await Decoder().decode(data, "attachment")
        assert "icc_profile" not in opened(decoded).info


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
async def test_an_animation_goes_on_moving(form):
    decoded = await Decoder().decode(pictures.moving(5, form), "attachment")
    assert decoded.moves
    assert opened(decoded).n_frames == 5
    assert getattr(opened(decoded, "shown"), "n_frames", 1) == 1


async def test_faces_are_squares_and_banners_three_times_as_wide_as_high():
    icon = await Decoder().decode(pictures.plain(900, 500), "icon")
    assert {one.name: (one.width, one.height) for one in icon.sizes} == {
        "full": (400, 400),
        "shown": (400, 400),
        "face": (96, 96),
    }
    banner = await Decoder().decode(pictures.plain(900, 900), "banner")
    assert (banner.width, banner.height) == (900, 300)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (pictures.bomb(), TooLarge),
        (pictures.plain(7000, 5000, form="JPEG"), TooLarge),
        (pictures.endless_gif(), TooLarge),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * (10 * 1024 * 1024), TooLarge),
        (pictures.SVG, UnsupportedMedia),
        (pictures.TAIL, UnsupportedMedia),
        (pictures.PDF, UnsupportedMedia),
        (pictures.plain()[:60], UnsupportedMedia),
        (b"", UnsupportedMedia),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", UnsupportedMedia),
        (b"P6 10 10 255\n" + b"\x00" * 300, UnsupportedMedia),
    ],
)
async def test_what_may_do_harm_is_refused_soon(data, error):
    began = time.perf_counter()
    with pytest.raises(error):
        await Decoder().decode(data, "attachment")
    assert time.perf_counter() - began < 5, "of which starting a process is the most"


async def test_the_process_can_open_and_write_nothing():
    """V100: what a decoder is made to do, it does without files, and within limits that it cannot lift."""
    import asyncio
    import sys

    code = (
        "import resource, socket, sys; from node.pictures import child; child._confine()\n"
        "try: open('/etc/passwd')\n"
        "except OSError as error: print('file', error.errno)\n"
        "try: socket.socket()\n"
        "except OSError as error: print('socket', error.errno)\n"
        "try: resource.setrlimit(resource.RLIMIT_CPU, (99, 10)); print('lifted')\n"
        "except ValueError: print('held')\n"
        "try: bytearray(2 << 30); print('room')\n"
        "except MemoryError: print('no room')\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", code, stdout=asyncio.subprocess.PIPE, env={}
    )
    output, _ = await process.communicate()
    assert output.decode().split("\n")[:4] == ["file 24", "socket 24", "held", "no room"]


async def test_the_process_knows_nothing_of_the_environment(monkeypatch):
    monkeypatch.setenv("ARCHIPEL_SECRET_OF_A_TEST", "word")
    seen = {}
    import asyncio

    real = asyncio.create_subprocess_exec

    async def watched(*args, **given):
        seen.update(given)
        return await real(*args, **given)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    await Decoder().decode(pictures.plain(), "far")
    assert seen["env"] == {}
    assert "ARCHIPEL_SECRET_OF_A_TEST" in os.environ


async def test_a_decoder_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr("node.pictures.decoder.WITHIN", 0.0)
    with pytest.raises(TooLarge, match="too long"):
        await Decoder().decode(pictures.plain(), "attachment")
