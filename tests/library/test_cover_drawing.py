"""Pictures of all kinds, drawn anew or not at all."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_support import chunk, opened, picture, png_bomb, text_bomb
from PIL import Image

from linernotes.library.cover_drawing import DrawingOrder, draw_cover


def drawn(data: bytes, size: int = 96) -> bytes:
    return draw_cover(DrawingOrder(data, size))


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {}), ("JPEG", {"progressive": True}), ("JPEG", {"mode": "CMYK"}),
     ("JPEG", {"mode": "L"}), ("PNG", {}), ("PNG", {"mode": "P"}), ("PNG", {"mode": "1"}),
     ("PNG", {"mode": "RGBA"}), ("PNG", {"mode": "LA"}), ("GIF", {}), ("WEBP", {}),
     ("WEBP", {"lossless": True, "mode": "RGBA"})],
)  # fmt: skip
def test_every_kind_of_picture_is_drawn(kind: str, options: dict[str, object]) -> None:
    image = opened(drawn(picture(kind, **options)))
    assert image.mode == "RGB"
    assert image.size == (96, 77)
    red, green, blue = image.getpixel((80, 60))  # type: ignore[misc]
    grey = options.get("mode") in ("L", "LA", "1")
    assert grey or (abs(red - 0xC0) < 20 and abs(green - 0x30) < 20 and abs(blue - 0x50) < 20)
    assert min(image.getpixel((4, 4))) > 220  # type: ignore[type-var]


def test_small_pictures_are_not_blown_up() -> None:
    assert opened(drawn(picture(size=(40, 30)), 320)).size == (40, 30)


@pytest.mark.parametrize(("level", "seen"), [(0xFFFF, 255), (0x8000, 128), (0x0100, 1)])
def test_16_bits_keep_their_levels(level: int, seen: int) -> None:
    written = io.BytesIO()
    Image.new("I;16", (64, 64), level).save(written, "PNG")
    assert abs(opened(drawn(written.getvalue())).getpixel((30, 30))[0] - seen) <= 2  # type: ignore[index]


def test_what_shines_through_is_put_on_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(written, "PNG")
    assert min(opened(drawn(written.getvalue())).getpixel((30, 30))) == 255  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (4, 4)), (3, (90, 70)), (6, (70, 4)), (8, (4, 90))]
)
def test_pictures_stand_as_the_camera_says(orientation: int, corner: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = opened(drawn(picture("JPEG", exif=exif.tobytes())))
    assert image.size == ((77, 96) if orientation > 4 else (96, 77))
    assert min(image.getpixel(corner)) > 220  # type: ignore[type-var]


def test_broken_notes_of_a_camera_cost_nothing() -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff" * 20
    assert drawn(picture("JPEG", exif=exif))


def test_nothing_of_the_picture_but_its_pixels_is_written() -> None:
    secret = b"<script>alert(1)</script>"
    exif = Image.Exif()
    exif[0x010E] = secret.decode()
    data = picture("JPEG", exif=exif.tobytes(), comment=secret, icc_profile=secret * 9)
    for each in (data + secret, picture("GIF", comment=secret) + b"PK\3\4" + secret):
        jpeg = drawn(each)
        assert jpeg.startswith(b"\xff\xd8")
        assert jpeg.endswith(b"\xff\xd9")
        assert b"script" not in jpeg
        assert b"Exif" not in jpeg


SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
HEAD = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", SVG, b"\xff\xd8\xff", b"GIF89a", b"%PDF-1.7", picture()[:-200],
     picture("JPEG")[:400], picture("WEBP")[:60], png_bomb(), png_bomb(2**31 - 1, 2**31 - 1),
     png_bomb(6400, 6400), text_bomb(), picture(size=(1, 1)), picture("BMP"), picture("TIFF"),
     picture("PPM"), picture("ICO", size=(64, 64)), picture("JPEG2000"),
     b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", HEAD) + chunk(b"IEND", b""),
     b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n"],
)  # fmt: skip
def test_what_is_no_picture_or_too_large_is_not_drawn(data: bytes) -> None:
    assert drawn(data) == b""


@settings(max_examples=150, deadline=None)
@given(
    whole=st.sampled_from(
        [picture("JPEG", progressive=True), picture("PNG"), picture("GIF"), picture("WEBP")]
    ),
    places=st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_flipped_bytes_give_a_jpeg_or_nothing(whole: bytes, places: list[tuple[int, int]]) -> None:
    data = bytearray(whole)
    for place, value in places:
        data[place % len(data)] = value
    jpeg = drawn(bytes(data))
    assert jpeg == b"" or opened(jpeg).mode == "RGB"
