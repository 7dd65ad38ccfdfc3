"""Pictures of people who do not exist: hills in their own colours, as seen from a train."""

from colorsys import hsv_to_rgb
from io import BytesIO
from math import sin
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIDE = 512
Colour = tuple[int, int, int]


def portrait(number: int) -> BytesIO:
    """A PNG that always looks the same for the same number, and unlike those of its neighbours."""
    random = Random(number)  # noqa: S311 — a picture, not a secret.
    # Steps of the golden ratio keep colours apart however many there are.
    hue = number * 0.618 % 1
    picture = _sky(hue)
    draw = ImageDraw.Draw(picture)
    _sun(draw, random, hue)
    for layer in range(4):
        _hill(draw, random, layer, _colour(hue + 0.04 * layer, 0.35 + 0.14 * layer, 0.82 - 0.17 * layer))
    encoded = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.8)).save(encoded, "PNG")
    encoded.seek(0)
    return encoded


def _sky(hue: float) -> Image.Image:
    sky = Image.new("RGB", (1, SIDE))
    for y in range(SIDE):
        share = y / SIDE
        sky.putpixel((0, y), _colour(hue + 0.12 * (1 - share), 0.42 - 0.22 * share, 0.86 + 0.12 * share))
    return sky.resize((SIDE, SIDE))


def _sun(draw: ImageDraw.ImageDraw, random: Random, hue: float) -> None:
    radius = random.randint(44, 78)
    x, y = random.randint(110, SIDE - 110), random.randint(120, 230)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(hue + 0.5, 0.18, 1))


def _hill(draw: ImageDraw.ImageDraw, random: Random, layer: int, colour: Colour) -> None:
    base, height = 250 + layer * 66, 62 - layer * 8
    phase, width = random.uniform(0, 6.3), random.uniform(70, 130)
    ridge = [
        (x, base + height * sin(x / width + phase) + height / 3 * sin(x / width * 2.7)) for x in range(0, SIDE + 8, 8)
    ]
    draw.polygon([(0, SIDE), *ridge, (SIDE, SIDE)], fill=colour)


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = (round(255 * part) for part in hsv_to_rgb(hue % 1, min(saturation, 1), min(max(value, 0), 1)))
    return red, green, blue
