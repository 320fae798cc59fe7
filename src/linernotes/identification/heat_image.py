"""Probabilities as images: a pixel each, in one picture for each colour scheme."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.floating[Any]]

# From improbable to certain, evenly darker (or lighter) to the eye and to the colour-blind.
_HEAT_LIGHT = ("f4f0e7", "ebcc99", "d58a55", "a54743", "4d1634")
_HEAT_DARK = ("22201c", "5f3244", "ab4c50", "e49156", "fee6a6")
LEVELS = 24


def heat_image(values: _Floats) -> dict[str, str]:
    """Return probabilities of shape (rows, columns) as images, one for each colour scheme."""
    # The square root tells 2 % from 10 %, between which most tags are most of the time.
    levels = np.rint(np.sqrt(np.clip(values, 0, 1)) * (LEVELS - 1)).astype(np.uint8)
    return {"light": _png(levels, _HEAT_LIGHT), "dark": _png(levels, _HEAT_DARK)}


def _png(levels: NDArray[np.uint8], stops: Sequence[str]) -> str:
    rows, wide = levels.shape
    ramp = np.array([list(bytes.fromhex(stop)) for stop in stops], np.float64)
    at = np.linspace(0, len(stops) - 1, LEVELS)
    palette = np.stack([np.interp(at, range(len(stops)), channel) for channel in ramp.T], axis=1)
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
