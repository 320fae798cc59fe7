"""Pictures made here: sound ones, and ones that are made to harm."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw


def picture(
    kind: str = "PNG",
    *,
    size: tuple[int, int] = (200, 160),
    colour: str = "#c03050",
    **options: Any,
) -> bytes:
    """A picture with a white corner at the upper left."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="white")
    if mode := options.pop("mode", None):
        image = image.convert(mode)
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    """Open what was drawn."""
    image = Image.open(io.BytesIO(jpeg))
    image.load()
    assert image.format == "JPEG"
    return image


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of PNG."""
    check = zlib.crc32(name + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + name + data + check


def png_bomb(wide: int = 50_000, high: int = 50_000) -> bytes:
    """A few kilobytes that would be gigabytes of pixels."""
    pixels = zlib.compress(bytes(1 << 20), 9)
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A small picture with a text that would be a gigabyte."""
    sound = picture()
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1 << 26), 9))
    return sound[:33] + text * 16 + sound[33:]


def scans_bomb(side: int = 2000, scans: int = 2000) -> bytes:
    """A JPEG whose last scan comes again and again, each time over all of it."""
    image = picture("JPEG", size=(side, side), progressive=True, quality=90)
    last = image.rindex(b"\xff\xda")
    return image[:last] + image[last:-2] * scans + b"\xff\xd9"
