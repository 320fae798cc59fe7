"""One track in another format: an order comes in as JSON, the sound goes out.

``python -m linernotes.integrations.subsonic.transcoder`` reads from standard input and writes to
standard output. Whoever has read enough closes the pipe, or ends the process.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO, cast

import av
import numpy as np

from linernotes.audio import Samples, stream
from linernotes.errors import LinernotesError
from linernotes.integrations.subsonic.transcoding import FORMATS, TranscodingOrder

# Rates that every format and every player knows.
_RATE, _OTHER_RATE = 48_000, 44_100
_MP3_KILOBITS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)


def main() -> None:
    """Make what is asked for."""
    order = TranscodingOrder.from_json(sys.stdin.buffer.read())
    try:
        with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
            transcode(order, output)
    except (BrokenPipeError, LinernotesError):
        # The player has gone, or nothing can be heard: nothing more comes.
        os._exit(1)


def transcode(order: TranscodingOrder, output: BinaryIO) -> None:
    """Write a track in another format.

    Parameters
    ----------
    order
        What to make.
    output
        Where it goes; it need not seek.

    Raises
    ------
    LinernotesError
        Nothing of it can be decoded. What can be before the file's damage is written.
    """
    wanted = FORMATS[order.format]
    options = {"write_xing": "0", "id3v2_version": "0"} if wanted.name == "mp3" else {}
    with stream(order.path, start=order.start) as blocks:
        other = blocks.sample_rate == _OTHER_RATE and wanted.name != "opus"
        rate = _OTHER_RATE if other else _RATE
        layout = "mono" if blocks.channels == 1 else "stereo"
        with av.open(output, "w", format=wanted.container, options=options) as container:
            sound = cast("av.AudioStream", container.add_stream(wanted.codec, rate=rate))
            sound.layout = layout
            if wanted.name == "opus":
                # As it is, it may well exceed what was asked for.
                sound.options = {"vbr": "constrained"}
            sound.bit_rate = 1000 * _possible(order.kilobits, wanted.name)
            context = sound.codec_context
            context.open()
            resampler = av.AudioResampler(
                format=context.format, layout=layout, rate=rate,
                frame_size=context.frame_size or 1024,
            )  # fmt: skip
            begun = False
            try:
                for block in blocks:
                    frame = av.AudioFrame.from_ndarray(_two(block), format="fltp", layout=layout)
                    frame.sample_rate = blocks.sample_rate
                    for piece in resampler.resample(frame):
                        container.mux(sound.encode(piece))
                    begun = True
            except LinernotesError:
                if not begun:
                    raise
            for piece in resampler.resample(None):
                container.mux(sound.encode(piece))
            container.mux(sound.encode(None))


def _two(block: Samples) -> Samples:
    """Return one or two channels of a block, shape (channels, n)."""
    if len(block) > 2:
        block = np.stack([block[0::2].mean(axis=0), block[1::2].mean(axis=0)])
    return np.ascontiguousarray(np.clip(block, -1, 1), np.float32)


def _possible(kilobits: int, name: str) -> int:
    """Return the highest bit rate that a format has up to one."""
    if name != "mp3":
        return kilobits
    return max((each for each in _MP3_KILOBITS if each <= kilobits), default=_MP3_KILOBITS[0])


if __name__ == "__main__":
    main()
