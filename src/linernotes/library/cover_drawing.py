"""A picture of unknown origin, opened with care and drawn anew.

It is meant to run in a process that can be killed (`linernotes.library.covers`): a picture of a few
kilobytes may want gigabytes or hours, and decoders have had holes.
"""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
"""Formats that are opened; what is in any other is no cover."""

MOST_PIXELS = 40_000_000
"""A picture that says it has more is not opened."""

_SMALLEST = 16
_QUALITY = 82
# What a camera noted of how it was held: EXIF's tag, and what puts it right.
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class DrawingOrder:
    """A picture, and the pixels that the longer side of its drawing may have."""

    data: bytes
    size: int


def draw_cover(order: DrawingOrder) -> bytes:
    """Draw a picture small.

    Parameters
    ----------
    order
        The picture. Of one that moves, the first frame is taken; what shines through is put on
        white; profiles of colours are not followed.

    Returns
    -------
    bytes
        A JPEG in RGB, with nothing in it but the picture; empty if it is no picture of the
        formats JPEG, PNG, WebP or GIF, has more than 40 million pixels, or is broken.

    Examples
    --------
    >>> draw_cover(DrawingOrder(b"<svg/>", 96))
    b''
    """
    from PIL import Image, ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # our own limit is lower, and refuses instead of warning
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(order.data), formats=FORMATS) as image:
                wide, high = image.size
                if min(wide, high) < _SMALLEST or wide * high > MOST_PIXELS:
                    return b""
                return _draw(image, order.size)
    except Exception:  # whatever a broken picture makes a decoder raise
        return b""


def _draw(image: Image, size: int) -> bytes:
    from PIL.Image import Resampling, Transpose, new

    turn = {
        2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE, 6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }.get(_orientation(image))  # fmt: skip
    # JPEG is decoded no larger than it is needed, with enough left to be made smaller well.
    image.draft("RGB", (2 * size, 2 * size))
    image.load()
    plain = _in_rgb(image)
    plain.thumbnail((size, size), Resampling.LANCZOS, reducing_gap=2.0)
    if turn is not None:
        plain = plain.transpose(turn)
    # A picture of its own: nothing that the other one brought along is written.
    drawn = new("RGB", plain.size)
    drawn.paste(plain)
    written = io.BytesIO()
    drawn.save(written, "JPEG", quality=_QUALITY, optimize=True, progressive=False)
    return written.getvalue()


def _orientation(image: Image) -> int:
    with suppress(Exception):  # notes of a camera may be broken where the picture is sound
        return int(image.getexif().get(_ORIENTATION, 1))
    return 1


def _in_rgb(image: Image) -> Image:
    from PIL.Image import fromarray, new

    if image.mode.startswith("I"):  # 16 bits, of which the upper eight are seen
        import numpy as np

        values = np.asarray(image).astype(np.int64).clip(0, 0xFFFF) >> 8
        return fromarray(values.astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        over = image.convert("RGBA")
        below = new("RGBA", over.size, (255, 255, 255, 255))
        below.alpha_composite(over)
        return below.convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")
