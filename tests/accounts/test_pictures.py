import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

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


def photo(kind: str = "JPEG") -> tuple[bytes, range]:
    """A picture on its side, as a telephone takes it; and where in it its EXIF stands."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera"
    exif[0x011A] = 72.0
    exif.get_ifd(0x8769)[0x9003] = "2024:05:01 10:00:00"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 0.0)
    file, block = BytesIO(), exif.tobytes()
    Image.new("RGB", (60, 30), "teal").save(file, kind, exif=block)
    body = block.removeprefix(b"Exif\0\0")
    start = file.getvalue().index(body)
    return file.getvalue(), range(start, start + len(body))


def becomes(content: bytes) -> str:
    """What comes of it: a picture, or the code of the refusal. Anything else is raised."""
    try:
        made = opened(square(BytesIO(content), len(content)))
    except ValidationError as error:
        return error.code or ""
    assert (made.format, made.size) == ("WEBP", (256, 256))
    return "picture"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("to", [0, 1, 0x7F, 0xFF])
def test_a_picture_whose_exif_is_damaged_anywhere_is_taken(kind: str, to: int) -> None:
    whole, exif = photo(kind)
    assert becomes(whole) == "picture"
    for at in exif:
        damaged = bytearray(whole)
        damaged[at] = to
        # PNG has a checksum over its EXIF, and may be refused for that.
        assert becomes(bytes(damaged)) in ({"picture", "no_picture"} if kind == "PNG" else {"picture"}), at


def test_a_picture_whose_exif_is_cut_short_is_taken() -> None:
    whole, exif = photo()
    head = exif.start - len(b"\xff\xe1..Exif\0\0")
    assert whole[head : head + 2] == b"\xff\xe1"
    for left in range(len(exif)):
        segment = b"Exif\0\0" + whole[exif.start : exif.start + left]
        length = struct.pack(">H", len(segment) + 2)
        cut = whole[:head] + b"\xff\xe1" + length + segment + whole[exif.stop :]
        assert becomes(cut) == "picture", left


@pytest.mark.parametrize("orientation", range(10))
def test_it_is_turned_as_pillow_would_turn_it(orientation: int) -> None:
    picture = Image.effect_noise((60, 60), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    file, upright = BytesIO(), BytesIO()
    picture.save(file, "PNG", exif=exif)
    ImageOps.exif_transpose(opened(file.getvalue())).save(upright, "PNG", exif=b"")
    assert square(file, 1) == square(upright, 1)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_where_its_exif_cannot_be_read_it_is_taken_as_it_is(kind: str) -> None:
    picture = Image.new("RGB", (200, 100), "white")
    picture.paste("black", (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = BytesIO()
    picture.save(file, kind, exif=exif)
    start = exif.tobytes().removeprefix(b"Exif\0\0")[:8]
    assert start in file.getvalue()
    made = opened(square(BytesIO(file.getvalue().replace(start, b"????????")), 1)).convert("L")
    assert made.getpixel((5, 128)) < 60  # type: ignore[operator]
    assert made.getpixel((250, 128)) > 200  # type: ignore[operator]


@given(data=st.data())
def test_nothing_but_a_picture_or_the_refusal_comes_of_damage(data: st.DataObject) -> None:
    whole, exif = photo(data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"])))
    damaged = bytearray(whole)
    places = st.sampled_from(exif) | st.integers(0, len(whole) - 1)
    for at, to in data.draw(st.dictionaries(places, st.integers(0, 255), min_size=1, max_size=12)).items():
        damaged[at] = to
    end = data.draw(st.integers(0, len(whole)) | st.just(len(whole)))
    assert becomes(bytes(damaged[:end])) in {"picture", "no_picture", "too_many_pixels"}


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
