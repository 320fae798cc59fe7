"""What must be the same before and after tags are written, as other programs read it."""

from __future__ import annotations

import hashlib
import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from linernotes.audio.decoding import DecodingError
from linernotes.audio.ffmpeg import open_ffmpeg
from linernotes.library.tag_names import native_names
from linernotes.library.tagging.errors import TagDamagedError
from linernotes.library.tagging.formats import FAMILIES


def digest_of_sound(file: BinaryIO) -> str:
    """Return a digest of the sound as it is coded, and of what decoders must know of it.

    Raises
    ------
    TagDamagedError
        FFmpeg cannot read the sound to its end.
    """
    digest = hashlib.sha256()
    try:
        with open_ffmpeg(file) as opened:
            stream = opened.container.streams.audio[0]
            context = stream.codec_context
            known = (context.name, context.sample_rate, context.layout.name, context.extradata)
            digest.update(repr(known).encode())
            for packet in opened.container.demux(stream):
                digest.update(memoryview(packet))
    except (DecodingError, OSError, ValueError, ZeroDivisionError) as error:
        raise TagDamagedError("its sound is damaged; repair or fetch it again first") from error
    return digest.hexdigest()


def digest_of_tags(path: Path, kind: str, fields: Iterable[str]) -> str:
    """Return a digest of all tags but those of the fields, as mutagen reads them.

    Raises
    ------
    TagDamagedError
        It cannot.
    """
    names = {name.upper() for field in fields for name in native_names(FAMILIES[kind], field)}
    try:
        told = list(_READERS[kind](os.fspath(path)))
    except Exception as error:
        raise TagDamagedError(f"its tags are damaged: {error}") from error
    digest = hashlib.sha256()
    for name, value in told:
        if name.upper() not in names:
            digest.update(repr((name, value)).encode())
    return digest.hexdigest()


def _in_id3(path: str) -> Iterator[tuple[str, object]]:
    id3 = importlib.import_module("mutagen.id3")
    try:
        tags = id3.ID3(path, load_v1=False)
    except id3.ID3NoHeaderError:
        return
    yield from _frames(tags)


def _in_chunks(module: str, name: str) -> _Reader:
    def read(path: str) -> Iterator[tuple[str, object]]:
        tags = getattr(importlib.import_module(f"mutagen.{module}"), name)(path).tags
        if tags is not None:
            yield from _frames(tags)

    return read


def _frames(tags: Any) -> Iterator[tuple[str, object]]:
    yield from tags.items()
    if tags.unknown_frames:
        yield "", tags.unknown_frames


def _in_flac(path: str) -> Iterator[tuple[str, object]]:
    file = importlib.import_module("mutagen.flac").FLAC(path)
    yield from file.tags or ()
    for block in file.metadata_blocks:
        if block is not file.tags:
            yield "", (block.code, bytes(block.write()))


def _in_ogg(module: str, name: str) -> _Reader:
    def read(path: str) -> Iterator[tuple[str, object]]:
        tags = getattr(importlib.import_module(f"mutagen.{module}"), name)(path).tags
        yield from tags
        yield "", tags.vendor

    return read


def _in_mp4(path: str) -> Iterator[tuple[str, object]]:
    tags = importlib.import_module("mutagen.mp4").MP4(path).tags
    if tags is not None:
        yield from tags.items()
        if tags._failed_atoms:
            yield "", sorted(tags._failed_atoms.items())


_Reader = Callable[[str], Iterator[tuple[str, object]]]
_READERS: dict[str, _Reader] = {
    "mp3": _in_id3,
    "wav": _in_chunks("wave", "WAVE"),
    "aiff": _in_chunks("aiff", "AIFF"),
    "flac": _in_flac,
    "vorbis": _in_ogg("oggvorbis", "OggVorbis"),
    "opus": _in_ogg("oggopus", "OggOpus"),
    "mp4": _in_mp4,
}
