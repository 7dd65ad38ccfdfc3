import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from accounts.pictures import MAX_BYTES, square


def opened(encoded: bytes) -> Image.Image:
    return Image.open(BytesIO(encoded))


def refused(file: BytesIO, size: int | None = None) -> str:
    with pytest.raises(ValidationError) as caught:
        square(file, len(file.getvalue()) if size is None else size)
    return caught.value.code or ""


def png(width: int, height: int, rows: bytes) -> BytesIO:
    """A PNG that says it is of this size, whatever its rows say."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return BytesIO(b"\x89PNG\r\n\x1a\n" + body)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (30, 900)])
def test_any_usual_picture_becomes_a_square(draw: Callable[..., BytesIO], kind: str, size: tuple[int, int]) -> None:
    made = opened(square(draw(kind, size), 1))
    assert (made.format, made.size) == ("WEBP", (256, 256))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_any_kind_of_colour_is_taken(draw: Callable[..., BytesIO], mode: str) -> None:
    assert opened(square(draw("PNG", mode=mode), 1)).size == (256, 256)


def test_print_colours_are_taken(draw: Callable[..., BytesIO]) -> None:
    assert opened(square(draw("JPEG", mode="CMYK"), 1)).mode == "RGB"


def test_what_is_transparent_stays_so() -> None:
    file = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(square(file, 1)).convert("RGBA").getpixel((9, 9))[3] == 0  # type: ignore[index]


def test_it_stands_upright_and_says_nothing_of_where_it_was_taken() -> None:
    picture = Image.new("RGB", (200, 100), "white")
    picture.paste("black", (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # on its side
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 0.0)
    file = BytesIO()
    picture.save(file, "JPEG", exif=exif, comment=b"at home")
    made = square(file, 1)
    assert not opened(made).getexif()
    assert b"Secret Camera" not in made
    assert b"at home" not in made
    assert opened(made).convert("L").getpixel((128, 5)) < 60  # type: ignore[operator]
    assert opened(made).convert("L").getpixel((128, 250)) > 200  # type: ignore[operator]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\xff\xd8\xff\xe0",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert refused(BytesIO(content)) == "no_picture"


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_unusual_kinds_are_refused(draw: Callable[..., BytesIO], kind: str) -> None:
    assert refused(draw(kind)) == "no_picture"


def test_half_a_picture_is_refused(draw: Callable[..., BytesIO]) -> None:
    whole = draw("PNG", (800, 800)).getvalue()
    assert refused(BytesIO(whole[: len(whole) // 2])) == "no_picture"


def test_a_large_file_is_not_even_opened() -> None:
    assert refused(BytesIO(b""), MAX_BYTES + 1) == "too_large"


@pytest.mark.parametrize(("width", "height"), [(5001, 5000), (9000, 9000)])
def test_a_bomb_is_refused_by_what_its_header_says(width: int, height: int) -> None:
    assert refused(png(width, height, b"\0" * 1000)) == "too_many_pixels"


@pytest.mark.parametrize("side", [15_000, 100_000, 2**31 - 1])
def test_a_great_bomb_is_refused_too(side: int) -> None:
    assert refused(png(side, side, b"\0" * 1000)) in {"too_many_pixels", "no_picture"}


def test_a_picture_that_moves_keeps_still() -> None:
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert getattr(opened(square(file, 1)), "n_frames", 1) == 1
