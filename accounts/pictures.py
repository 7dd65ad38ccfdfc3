"""Pictures of people: what is taken, and what is made of it."""

from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from PIL import ExifTags, Image, ImageOps

SIDE = 256
MAX_BYTES = 10 * 1024 * 1024
# 25 megapixels take 100 MB to decode: what one request may cost, and more than a telephone's usual picture.
MAX_PIXELS = 25_000_000

# Each of these is read by a decoder that draws nothing but pixels. SVG is a document with scripts in it.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

# What undoes each orientation of EXIF 2.32, 4.6.4 A; 1 is upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# What Pillow raises on broken or hostile data, apart from what it derives from them.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning)


def square(file: IO[bytes], size: int) -> bytes:
    """The middle of a picture as a WebP of 256 × 256 pixels, with nothing else that the file carried.

    `size` is the file's, in bytes. Raises `ValidationError` in words for the person who chose it.
    """
    if size > MAX_BYTES:
        raise ValidationError("That picture is too large: it may have 10 MB.", code="too_large")
    try:
        return _square(file)
    except BROKEN as error:
        raise ValidationError("That is not a picture. Choose a JPEG, PNG, WebP or GIF.", code="no_picture") from error


def _square(file: IO[bytes]) -> bytes:
    with Image.open(file, formats=FORMATS) as picture:
        # The header is all that was read so far: a bomb is refused before it is unpacked.
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError("That picture is too large: it may have 25 megapixels.", code="too_many_pixels")
        picture.load()
        upright = _upright(picture)
        flat = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        fitted = ImageOps.fit(flat, (SIDE, SIDE), Image.Resampling.LANCZOS)
    encoded = BytesIO()
    fitted.save(encoded, "WEBP", quality=86)
    return encoded.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """As its EXIF says that it was held; as it is where that cannot be read.

    Pillow's own `exif_transpose` also writes the EXIF anew, and fails where a part of it is damaged.
    """
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 — Pillow raises whatever damage leads to, and the pixels are sound.
        turn = None
    return picture if turn is None else picture.transpose(turn)
