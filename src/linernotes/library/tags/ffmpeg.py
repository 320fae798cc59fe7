"""The tags of what no reader here knows, such as Matroska, as FFmpeg tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from linernotes.library.tags.texts import Tag, collect


def read_ffmpeg(file: BinaryIO) -> Iterator[Tag]:
    """Yield the tags of a file and of its first stream of sound."""
    import av

    from linernotes.audio.decoding import DecodingError
    from linernotes.audio.ffmpeg import open_ffmpeg

    try:
        with open_ffmpeg(file) as opened:
            told = (opened.container.metadata, opened.container.streams.audio[0].metadata)
    except (DecodingError, av.FFmpegError):
        return
    yield from (collect((key, _raw(text)) for key, text in tags.items()) for tags in told)


def _raw(text: str) -> str | bytes:
    """Return a text, or the bytes of one that is not in UTF-8, which PyAV escapes from 19 on."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="surrogateescape")
    return text
