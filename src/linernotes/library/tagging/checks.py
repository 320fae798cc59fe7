"""Checks of what must be the same before and after tags are written."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from linernotes.audio.decoding import DecodingError
from linernotes.audio.ffmpeg import open_ffmpeg
from linernotes.audio.formats.tag_blocks import behind_id3v2
from linernotes.files import read_at
from linernotes.library.file_tags import kind_of
from linernotes.library.tag_names import APE, ID3, MP4, RIFF, VORBIS, Names, native_names
from linernotes.library.tagging.errors import TagDamagedError
from linernotes.library.tags.ape import find_ape, items_in
from linernotes.library.tags.chunks import top_chunks
from linernotes.library.tags.comments import COMMENTS, blocks, ogg_comments, raw_comments
from linernotes.library.tags.id3v2 import (
    HEADER,
    UNSYNCHRONISED,
    Header,
    frames_in,
    header_in,
    name_of,
    resynchronised,
)
from linernotes.library.tags.mp4 import item_name, listed_items


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


def digest_of_tags(path: Path, family: Names, fields: Iterable[str]) -> str:
    """Return a digest of all that a file's tags hold, but the fields of one family of names.

    Raises
    ------
    TagDamagedError
        They cannot be read.
    """
    names = {name.upper() for field in fields for name in native_names(family, field)}
    # Frames that hold several pairs, or bytes, are named as a whole.
    names |= {name.partition(":")[0] for name in names if name.startswith(("TIPL:", "UFID:"))}
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            for names_of_tag, name, value in _items(file, kind_of(path) or ""):
                if names_of_tag is not family or name.upper() not in names:
                    digest.update(repr((name, value)).encode())
    except (struct.error, LookupError, ValueError) as error:
        raise TagDamagedError("its tags are damaged; repair them first") from error
    return digest.hexdigest()


def _items(file: BinaryIO, kind: str) -> Iterator[_Item]:
    """Yield everything in the tags of a file: whose names these are, a name, and its bytes."""
    begin, end = behind_id3v2(file), file.seek(0, os.SEEK_END)
    if kind in _READERS:
        yield from _READERS[kind](file, begin, end)
    place = 0
    while header := header_in(read_at(file, place, HEADER)):
        yield from _frames(file, place, header)
        place += header.end
    if ape := find_ape(file, begin, end):
        for item in items_in(read_at(file, ape.start, ape.end - ape.start), ape.count)[0]:
            yield APE, item.key, (item.is_text, item.value)
    if (last := read_at(file, end - 128, 128)).startswith(b"TAG"):
        yield RIFF, "", last


def _frames(file: BinaryIO, place: int, header: Header) -> Iterator[_Item]:
    body = read_at(file, place + HEADER, header.size, largest=1 << 28)
    if header.version < 4 and header.flags & UNSYNCHRONISED:
        body = resynchronised(body)
    for frame in frames_in(body, header)[0]:
        contents = body[frame.contents : frame.end]
        yield ID3, name_of(body, frame, header), (frame.name, frame.flags, contents)


def _in_chunks(file: BinaryIO, begin: int, end: int) -> Iterator[_Item]:
    for name, start, size in top_chunks(file, begin, end):
        if name in ("id3 ", "ID3 ") and (header := header_in(read_at(file, start, HEADER))):
            yield from _frames(file, start, header)
        elif name not in ("data", "SSND"):
            yield RIFF, name, read_at(file, start, size)


def _in_flac(file: BinaryIO, begin: int, _: int) -> Iterator[_Item]:
    for kind, start, size in blocks(file, begin):
        data = read_at(file, start, size)
        if kind == COMMENTS:
            yield from ((VORBIS, *comment) for comment in raw_comments(data))
        else:
            yield RIFF, str(kind), data


def _in_ogg(file: BinaryIO, begin: int, _: int) -> Iterator[_Item]:
    yield from ((VORBIS, *comment) for comment in raw_comments(ogg_comments(file, begin)))


def _in_mp4(file: BinaryIO, _: int, __: int) -> Iterator[_Item]:
    data, items = listed_items(file)
    for item in items:
        yield MP4, item_name(data, item), data[item.contents : item.end]


_Item = tuple[Names, str, object]
_READERS: dict[str, Callable[[BinaryIO, int, int], Iterator[_Item]]] = {
    "wav": _in_chunks,
    "aiff": _in_chunks,
    "flac": _in_flac,
    "vorbis": _in_ogg,
    "opus": _in_ogg,
    "mp4": _in_mp4,
}
