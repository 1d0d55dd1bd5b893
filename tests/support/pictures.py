"""Pictures and files for tests, hostile ones among them; made here, every one."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

EXIF_GPS = 0x8825
ORIENTATION = 0x0112


def saved(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def plain(width: int = 40, height: int = 30, colour: Any = (200, 30, 60), form: str = "PNG") -> bytes:
    return saved(Image.new("RGB", (width, height), colour), form)


def photo(width: int = 40, height: int = 30, *, turned: int = 6) -> bytes:
    """A JPEG that lies on its side, and says where it was taken and by which camera."""
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    exif[0x0110] = "Camera of a private person"
    exif.get_ifd(EXIF_GPS)[1] = "N"
    exif.get_ifd(EXIF_GPS)[2] = (48.0, 51.0, 30.0)
    return saved(Image.new("RGB", (width, height), (10, 200, 10)), "JPEG", exif=exif, comment=b"at home")


def moving(frames: int = 5, form: str = "GIF", width: int = 20, height: int = 10) -> bytes:
    """An animation whose frames all differ."""
    made = [
        Image.new("RGB", (width, height), (index * 37 % 256, index * 91 % 256, index * 13 % 256))
        for index in range(frames)
    ]
    return saved(made[0], form, save_all=True, append_images=made[1:], duration=[40] * frames, loop=0)


def endless_gif(frames: int = 10_000) -> bytes:
    """A GIF of so many frames of one pixel, in a few bytes each."""
    one = moving(2, width=1, height=1)
    start = one.index(b"\x21\xf9")
    frame = one[start : one.index(b"\x21\xf9", start + 2)]
    return one[:start] + frame * frames + b";"


def bomb(side: int = 50_000) -> bytes:
    """A PNG that says it has so many pixels a side; what follows is as little as may be."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packed = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*one) for one in ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
TAIL = b"<html><script>alert('tail')</script></html>"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + b"\x00" * 4000
