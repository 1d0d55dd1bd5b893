"""Pictures of the demonstration community, drawn by the code below: a harbour, a garden, a kettle, some faces."""

from __future__ import annotations

import io
import math
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw
WIDTH, HEIGHT = 1200, 800
FINE = 2  # drawn so much larger, then made smaller: smooth edges

NIGHT: Colour = (28, 58, 94)
DUSK: Colour = (242, 153, 94)
SEA: Colour = (22, 82, 104)
SAND: Colour = (233, 214, 178)
LEAF: Colour = (74, 128, 72)
EARTH: Colour = (110, 78, 54)
CREAM: Colour = (250, 243, 228)
STEEL: Colour = (150, 165, 172)
RED: Colour = (186, 66, 52)


FLAGS = ("harbour", "jardin", "workshop")  # groups that have a picture; the others show their first letter


def draw(name: str) -> bytes:
    """Return the picture of that name as PNG: a scene, or a face of the demonstration."""
    picture = _SCENES[name]() if name in _SCENES else _face(name)
    out = io.BytesIO()
    picture.resize((picture.width // FINE, picture.height // FINE), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _sheet(top: Colour, bottom: Colour, width: int = WIDTH, height: int = HEIGHT) -> tuple[Image.Image, Draw]:
    """Return a sheet that goes from one colour to another."""
    strip = Image.new("RGB", (1, 2))
    strip.putpixel((0, 0), top)
    strip.putpixel((0, 1), bottom)
    sheet = strip.resize((width * FINE, height * FINE), Image.Resampling.BILINEAR)
    return sheet, ImageDraw.Draw(sheet)


def _boat(pen: Draw, x: int, y: int, size: int, hull: Colour) -> None:
    pen.polygon(
        [(x, y), (x + size, y), (x + size * 4 // 5, y + size // 4), (x + size // 6, y + size // 4)], hull
    )
    mast = x + size // 2
    pen.line([(mast, y), (mast, y - size)], EARTH, max(4, size // 30))
    pen.polygon(
        [(mast + size // 20, y - size), (mast + size // 20, y - size // 8), (x + size, y - size // 8)], CREAM
    )
    pen.polygon(
        [
            (mast - size // 20, y - size * 4 // 5),
            (mast - size // 20, y - size // 8),
            (x + size // 8, y - size // 8),
        ],
        SAND,
    )


def _evening() -> Image.Image:
    sheet, pen = _sheet(NIGHT, DUSK)
    wide, high = sheet.size
    sun = (wide * 2 // 3, high * 3 // 5)
    pen.ellipse([sun[0] - 150, sun[1] - 150, sun[0] + 150, sun[1] + 150], (255, 218, 140))
    pen.rectangle([0, high * 3 // 5, wide, high], SEA)
    for row in range(14):
        y = high * 3 // 5 + 18 + row * row * 3
        reach = 150 + row * 22
        pen.line([(sun[0] - reach, y), (sun[0] + reach // 2, y)], (214, 158, 112), 6)
    _boat(pen, wide // 6, high * 3 // 4, 420, RED)
    _boat(pen, wide // 2, high * 2 // 3, 210, NIGHT)
    return sheet


def _quay() -> Image.Image:
    sheet, pen = _sheet((172, 208, 226), (226, 236, 232))
    wide, high = sheet.size
    for number, colour in enumerate((SAND, RED, CREAM, STEEL, DUSK, LEAF)):
        left = number * wide // 6
        top = high // 4 + (number * 97) % 170
        pen.rectangle([left, top, left + wide // 6 - 8, high * 2 // 3], colour)
        pen.polygon([(left - 6, top), (left + wide // 12, top - 120), (left + wide // 6, top)], EARTH)
        for window in range(6):
            x, y = left + 70 + window % 2 * 150, top + 60 + window // 2 * 160
            pen.rectangle([x, y, x + 90, y + 100], (74, 96, 112))
    pen.rectangle([0, high * 2 // 3, wide, high * 2 // 3 + 46], EARTH)
    pen.rectangle([0, high * 2 // 3 + 46, wide, high], SEA)
    for number, hull in enumerate((RED, CREAM, LEAF)):
        _boat(pen, 160 + number * 760, high * 5 // 6, 320, hull)
    return sheet


def _beans() -> Image.Image:
    sheet, pen = _sheet((206, 226, 214), EARTH)
    wide, high = sheet.size
    for row in range(5):
        y, step = high // 3 + row * 270, 120 + row * 26
        pen.rectangle([0, y, wide, y + 46 + row * 14], (88, 60, 42))
        for plant in range(wide // step + 1):
            x = plant * step + row % 2 * step // 2
            size = 40 + row * 16
            for turn in (-0.9, -0.3, 0.3, 0.9):
                tip = (x + int(math.sin(turn) * size), y - int(math.cos(turn) * size))
                pen.line([(x, y + 10), tip], LEAF, 10)
                pen.ellipse(
                    [tip[0] - size // 3, tip[1] - size // 4, tip[0] + size // 3, tip[1] + size // 4], LEAF
                )
    return sheet


def _kettle() -> Image.Image:
    sheet, pen = _sheet((214, 206, 196), (168, 152, 136))
    wide, high = sheet.size
    pen.rectangle([0, high * 3 // 4, wide, high], (122, 92, 70))
    middle = wide // 2
    pen.ellipse([middle - 330, high // 3, middle + 330, high * 4 // 5], STEEL)
    pen.polygon(
        [
            (middle + 260, high // 2),
            (middle + 560, high // 3),
            (middle + 600, high // 3 + 60),
            (middle + 300, high * 3 // 5),
        ],
        STEEL,
    )
    pen.arc([middle - 360, high // 8, middle + 300, high * 3 // 5], 180, 350, EARTH, 44)
    pen.rectangle([middle - 130, high // 3 - 30, middle + 130, high // 3 + 20], EARTH)
    pen.ellipse([middle - 220, high // 2 - 100, middle - 120, high // 2 + 60], (224, 232, 236))
    return sheet.filter(ImageFilter.GaussianBlur(1))


def _flag(name: str) -> Callable[[], Image.Image]:
    """Return what draws the picture of a group."""

    def drawn() -> Image.Image:
        top, bottom = {"harbour": (SEA, NIGHT), "jardin": (LEAF, (44, 86, 56)), "workshop": (DUSK, RED)}[name]
        sheet, pen = _sheet(top, bottom, 400, 400)
        if name == "harbour":
            _boat(pen, 180, 560, 440, RED)
        elif name == "jardin":
            for turn in range(8):
                x, y = math.cos(turn * math.pi / 4) * 170, math.sin(turn * math.pi / 4) * 170
                pen.ellipse([400 + x - 110, 400 + y - 110, 400 + x + 110, 400 + y + 110], CREAM)
            pen.ellipse([300, 300, 500, 500], (240, 196, 84))
        else:
            pen.line([(220, 580), (520, 280)], CREAM, 90)
            pen.arc([430, 150, 670, 390], 300, 150, CREAM, 70)
        return sheet

    return drawn


def _face(name: str) -> Image.Image:
    """Return somebody's portrait, of a few shapes; always the same for a name."""
    seed = sum(ord(letter) * (place + 3) for place, letter in enumerate(name))
    grounds = (SEA, LEAF, DUSK, NIGHT, SAND)
    hairs = ((52, 36, 28), (112, 64, 36), (28, 26, 30), (190, 150, 96))
    skins = ((238, 204, 176), (196, 146, 108), (128, 84, 58), (224, 182, 148))
    ground, hair, skin = grounds[seed % 5], hairs[seed % 4], skins[seed // 3 % 4]
    sheet, pen = _sheet(ground, ground, 400, 400)
    pen.ellipse([120, 620, 680, 1100], CREAM if ground != SAND else SEA)
    pen.ellipse([190, 130, 610, 600 + seed % 3 * 60], hair)
    pen.rectangle([340, 540, 460, 680], skin)
    pen.ellipse([240, 210, 560, 610], skin)
    pen.pieslice([210, 150, 590, 500], 180, 360, hair)
    for x in (330, 450):
        pen.ellipse([x, 380, x + 26, 410], (40, 36, 34))
    pen.arc([340, 420, 460, 530], 20, 160, RED, 12)
    return sheet


_SCENES: dict[str, Callable[[], Image.Image]] = {
    "evening": _evening,
    "quay": _quay,
    "beans": _beans,
    "kettle": _kettle,
    **{name: _flag(name) for name in FLAGS},
}
