"""Probabilities as images: a pixel each, in one picture for each colour scheme."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.pages import Scheme, theme_colours

_Floats = NDArray[np.floating[Any]]

LEVELS = 24


def heat_image(values: _Floats) -> dict[str, str]:
    """Return probabilities of shape (rows, columns) as images, one for each colour scheme."""
    # The square root tells 2 % from 10 %, between which most tags are most of the time.
    levels = np.rint(np.sqrt(np.clip(values, 0, 1)) * (LEVELS - 1)).astype(np.uint8)
    return {"light": _png(levels, "light"), "dark": _png(levels, "dark")}


def _png(levels: NDArray[np.uint8], scheme: Scheme) -> str:
    rows, wide = levels.shape
    colours = theme_colours(scheme)
    ramp = np.array([list(bytes.fromhex(colours[f"heat{i}"][1:])) for i in range(5)], np.float64)
    at = np.linspace(0, len(ramp) - 1, LEVELS)
    palette = np.stack([np.interp(at, range(len(ramp)), channel) for channel in ramp.T], axis=1)
    scanlines = np.concatenate([np.zeros((rows, 1), np.uint8), levels], axis=1).tobytes()
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, rows, 8, 3, 0, 0, 0)),
        (b"PLTE", np.rint(palette).astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(scanlines, 9)),
        (b"IEND", b""),
    )
    image = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return "data:image/png;base64," + base64.b64encode(image).decode("ascii")
