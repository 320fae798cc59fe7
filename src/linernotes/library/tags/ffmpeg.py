"""The tags of what no reader here knows, such as Matroska, as FFmpeg tells them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import BinaryIO

from linernotes.library.tags.texts import Tag, collect

_SECONDS = 5.0


def read_ffmpeg(file: BinaryIO) -> Iterator[Tag]:
    """Yield the tags of a file and of its first stream of sound."""
    from linernotes.audio.ffmpeg import open_ffmpeg

    with open_ffmpeg(file, deadline=time.monotonic() + _SECONDS) as opened:
        stream = opened.container.streams.audio[0]
        for told in (opened.container.metadata, stream.metadata):
            yield collect(told.items())
