"""The process in which pictures are decoded: it has no network, no database, no keys, and may write no file.

It reads one picture from standard input and writes what became of it to standard output: a line of JSON, then the
bytes of each size in turn. Whatever a decoder of pictures can be made to do, it does here, within limits of memory
and time that the kernel holds (THREATS A87, A88, V100). Started by `decoder`, as `python -I -m node.pictures.child`.
"""

from __future__ import annotations

import copy
import io
import json
import resource
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageColor,
    ImageFilter,
    ImageOps,
    ImagePalette,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

MIB = 1024 * 1024
LARGEST = 10 * MIB  # bytes of a file
MOST_PIXELS = 33_000_000
MOST_FRAMES = 300
MOST_MOVING = 50_000_000  # pixels of all frames of an animation together
MEMORY = 768 * MIB  # of address space, the interpreter and the libraries of Pillow included
CPU_SECONDS = 10
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MOVING = ("GIF", "WEBP")  # whose animations are kept; of others the first frame
SQUARE, FACE, ICON = 160, 96, 400  # pixels of a side
THUMB, SHOWN = 640, 1600  # pixels of the longer side
BANNER = (1500, 500)

# What Pillow would import in the middle of its work, when no file can be opened any more.
_AT_HAND = (
    *(AvifImagePlugin, GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin),
    *(WebPImagePlugin, ImageColor, ImageFilter, ImagePalette, copy, tempfile),
)
Size = tuple[str, str, bytes, int, int]  # name, media type, bytes, width, height


class RefusedPicture(Exception):
    """This is not taken; the word says why."""


def main() -> None:
    """Read, decode, answer."""
    _confine()
    data = sys.stdin.buffer.read(LARGEST + 1)
    sizes: list[Size] = []
    try:
        told, sizes = decode(data, sys.argv[1])
    except RefusedPicture as error:
        told = {"refused": str(error)}
    except MemoryError:
        told = {"refused": "heavy"}
    except Exception as error:  # noqa: BLE001 -- a decoder may raise whatever a file makes it raise
        told = {"refused": "unreadable", "detail": f"{type(error).__name__}: {error}"[:300]}
    told["sizes"] = [
        {"name": name, "mime": mime, "length": len(body), "width": width, "height": height}
        for name, mime, body, width, height in sizes
    ]
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
    for _, _, body, _, _ in sizes:
        sys.stdout.buffer.write(body)


def _confine() -> None:
    """Give up what decoding needs no more of: files, time and memory without end."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    Image.preinit()
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),  # those that are open: nothing can be opened any more
    ):
        resource.setrlimit(what, (most, most))


def decode(data: bytes, use: str) -> tuple[dict[str, Any], list[Size]]:
    """Return what a picture is and its sizes for *use*: attachment, icon, banner, far or far-icon.

    Raises RefusedPicture: size, pixels, frames, unreadable.
    """
    if len(data) > LARGEST:
        raise RefusedPicture("size")
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise RefusedPicture("pixels") from error
    except OSError as error:
        raise RefusedPicture("unreadable") from error
    if picture.width * picture.height > MOST_PIXELS:
        raise RefusedPicture("pixels")
    form = picture.format or ""
    durations = _durations(picture) if use == "attachment" and form in MOVING else []
    picture.seek(0)
    still = _plain(picture)
    sizes = _USES[use](still, form)
    if len(durations) > 1:
        sizes[0] = _moving(picture, form, durations)
    told = {
        "width": sizes[0][3],
        "height": sizes[0][4],
        "colour": _colour(still),
        "moves": len(durations) > 1,
    }
    return told, sizes


def _durations(picture: Image.Image) -> list[int]:
    """Return how long each frame is shown, in milliseconds; looks at no more frames than may be."""
    found: list[int] = []
    while True:
        try:
            picture.seek(len(found))
        except EOFError:
            return found
        found.append(int(picture.info.get("duration") or 100))
        if len(found) > MOST_FRAMES or len(found) * picture.width * picture.height > max(
            MOST_MOVING, picture.width * picture.height
        ):
            raise RefusedPicture("frames")


def _plain(picture: Image.Image) -> Image.Image:
    """Return the pixels alone: upright, in sRGB, without anything that was said beside them."""
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in {"RGB", "CMYK", "L"} and profile:
        upright = _in_srgb(upright, profile)
    see_through = upright.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in upright.info
    plain = upright.convert("RGBA" if see_through else "RGB")
    if see_through and plain.getchannel("A").getextrema() == (255, 255):
        plain = plain.convert("RGB")
    plain.info = {}
    return plain


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture in the colours that browsers assume; as it is when its profile makes no sense."""
    mode = "L" if picture.mode == "L" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(
            picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB" if mode == "RGB" else None
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return changed or picture


def _colour(picture: Image.Image) -> str:
    """Return the mean colour, as ``#rrggbb``; none of what is seen through, which would show it for good."""
    if picture.mode == "RGBA":
        return ""
    red, green, blue = picture.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"


def _attachment(picture: Image.Image, form: str) -> list[Size]:
    return [
        _whole(picture, form),
        *_far(picture, form),
    ]


def _far(picture: Image.Image, form: str) -> list[Size]:
    del form
    return [
        _webp("shown", _within(picture, SHOWN), 80),
        _webp("thumb", _within(picture, THUMB), 76),
        _webp("square", _square(picture, SQUARE), 70),
    ]


def _icon(picture: Image.Image, form: str) -> list[Size]:
    return [_whole(_square(picture, ICON), form), *_far_icon(picture, form)]


def _far_icon(picture: Image.Image, form: str) -> list[Size]:
    del form
    return [_webp("shown", _square(picture, ICON), 80), _webp("face", _square(picture, FACE), 76)]


def _banner(picture: Image.Image, form: str) -> list[Size]:
    width = min(BANNER[0], picture.width)
    height = max(1, width * BANNER[1] // BANNER[0])
    cut = ImageOps.fit(picture, (width, height))
    return [_whole(cut, form), _webp("shown", cut, 80), _webp("thumb", _within(cut, THUMB), 76)]


_USES: dict[str, Callable[[Image.Image, str], list[Size]]] = {
    "attachment": _attachment,
    "icon": _icon,
    "banner": _banner,
    "far": _far,
    "far-icon": _far_icon,
}


def _whole(picture: Image.Image, form: str) -> Size:
    """Write it whole, in a form that every peer reads: JPEG stays JPEG, what may be seen through is PNG or WebP."""
    if form == "JPEG" and picture.mode == "RGB":
        body = _saved(picture, "JPEG", quality=90, optimize=True, progressive=True)
        return "full", "image/jpeg", body, picture.width, picture.height
    if form in {"PNG", "GIF"}:
        return "full", "image/png", _saved(picture, "PNG"), picture.width, picture.height
    return _webp("full", picture, 90)


def _moving(picture: Image.Image, form: str, durations: list[int]) -> Size:
    """Write an animation frame by frame, without what else was in the file."""
    picture.seek(0)
    bare = {"exif": b"", "xmp": b"", "icc_profile": b"", "comment": b""}
    body = _saved(picture, form, save_all=True, duration=durations, loop=0, **bare)
    return "full", f"image/{form.lower()}", body, picture.width, picture.height


def _within(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    smaller = picture.copy()
    smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
    return smaller


def _square(picture: Image.Image, side: int) -> Image.Image:
    wanted = min(side, *picture.size)
    return ImageOps.fit(picture, (wanted, wanted), Image.Resampling.LANCZOS)


def _webp(name: str, picture: Image.Image, quality: int) -> Size:
    body = _saved(picture, "WEBP", quality=quality, method=3)
    return name, "image/webp", body, picture.width, picture.height


def _saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


if __name__ == "__main__":
    main()
