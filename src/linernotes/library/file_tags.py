"""A file's own tags, by the same names whatever the format."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from linernotes.audio.container import sniff
from linernotes.audio.formats.tag_blocks import behind_id3v2
from linernotes.audio.source import Source
from linernotes.errors import AudioError
from linernotes.library.tag_names import (
    APE,
    ASF,
    FFMPEG,
    FIELDS,
    ID3,
    MP4,
    RIFF,
    VORBIS,
    Names,
    native_names,
)
from linernotes.library.tags.ape import FOOTER as APE_FOOTER
from linernotes.library.tags.ape import find_ape, read_ape
from linernotes.library.tags.asf import read_asf
from linernotes.library.tags.chunks import read_chunk_id3, read_chunk_texts
from linernotes.library.tags.comments import read_flac, read_ogg
from linernotes.library.tags.ffmpeg import read_ffmpeg
from linernotes.library.tags.id3v1 import read_id3v1
from linernotes.library.tags.id3v2 import read_appended, read_id3v2
from linernotes.library.tags.mp4 import read_mp4
from linernotes.library.tags.texts import BROKEN, Tag

LONGEST = 1000
"""Characters of a value that are kept; longer ones are no names but accidents."""

SEPARATOR = "; "
"""Joins several values of a field."""

_BREAK = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]")


def read_file_tags(source: Source, *, custom: Iterable[str] = ()) -> dict[str, str]:
    """Read the tags of a file.

    Parameters
    ----------
    source
        A path, bytes, or a binary file object, which is left where it was; of one that cannot
        seek, nothing is read. It is mp3 (ID3 1 to 2.4, APE), flac, ogg, opus, m4a, wav, aiff,
        wma, Matroska, or what else bears APE or ID3 tags; its bytes tell, not its name.
    custom
        Names of more fields to read: those of `linernotes.library.tag_names.MORE_FIELDS`, or
        linernotes' own, see `linernotes.library.tag_names.custom_name`.

    Returns
    -------
    dict of str
        The values of those fields of `linernotes.library.tag_names.FIELDS` that the file
        tells. Several values are joined by "; ", control characters dropped, values longer
        than 1000 characters cut. Texts whose code page is not told are in the one that the
        letters tell, see `linernotes.library.tags.codepages`; where they tell none, in Latin-1.
        Broken tags give what can be read of them; nothing is raised.

    Examples
    --------
    >>> read_file_tags("song.flac")  # doctest: +SKIP
    {'title': 'Blue in Green', 'artist': 'Miles Davis', 'genre': 'Jazz', 'date': '1959'}
    >>> read_file_tags("no such file.mp3")
    {}
    """
    fields = (*FIELDS, *custom)
    tags: dict[str, str] = {}
    for told in read_tags(source):
        for field in fields:
            if field not in tags:
                value = _first_value(told.tag, native_names(told.names, field))
                if value:
                    tags[field] = value
    return {field: tags[field] for field in fields if field in tags}


@dataclass(frozen=True)
class Told:
    """One of the tags of a file.

    Parameters
    ----------
    kind
        Where it lies and how: "id3v2", "id3v2 at the end", "id3v1", "id3 chunk", "ape",
        "comments", "mp4", "asf", "text chunks" or "ffmpeg".
    names
        What fields are called in it.
    tag
        What it says.
    """

    kind: str
    names: Names
    tag: Tag


def read_tags(source: Source) -> list[Told]:
    """Return the tags of a file that say anything, the most trusted first.

    Examples
    --------
    >>> read_tags("no such file.mp3")
    []
    """
    found: list[Told] = []
    with suppress(*BROKEN), _opened(source) as file:
        own = _READERS.get(kind_in(file) or "", ())
        begin, end = behind_id3v2(file), file.seek(0, os.SEEK_END)
        for kind, names, read in (*own, *_AROUND):
            tags = _as_far_as_sound(read(file, begin, end))
            found += [Told(kind, names, tag) for tag in tags if tag]
    return found


@contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    """Open what tags are read from; what cannot be raises `OSError`."""
    if isinstance(source, str | os.PathLike):
        # Opening what is no file, such as a FIFO, may wait for ever.
        if not os.path.isfile(source):  # noqa: PTH113 - which a null byte in a name does not upset
            raise FileNotFoundError(source)
        with Path(source).open("rb") as file:
            yield file
    elif isinstance(source, bytes | bytearray | memoryview):
        yield io.BytesIO(source)
    elif not source.seekable():
        raise io.UnsupportedOperation
    else:
        place = source.tell()
        try:
            yield source
        finally:
            source.seek(place)


def clean(text: str) -> str:
    r"""Return text as a tag's value is kept: one line, nothing that cannot be seen or written.

    Examples
    --------
    >>> clean("So\x00 What\n(take 2) ")
    'So What (take 2)'
    """
    return _CONTROL.sub("", _BREAK.sub(" ", text)).strip()[:LONGEST].strip()


def kind_of(path: str | os.PathLike[str]) -> str | None:
    """Tell the format of a file from its bytes: "mp3", "flac", "vorbis", "opus", "mp4", …."""
    with suppress(OSError, ValueError), Path(path).open("rb") as file:
        return kind_in(file)
    return None


def kind_in(file: BinaryIO) -> str | None:
    """Tell the format of an open file, as `kind_of` does; its position moves."""
    begin = behind_id3v2(file)
    for whole in (file, _rest(file, begin)) if begin else (file,):
        try:
            kind = sniff(whole).kind
        except AudioError:
            continue
        return _ogg_codec(file, begin) if kind == "ogg" else kind
    return None


def _rest(file: BinaryIO, begin: int) -> BinaryIO:
    """Return what decides the format of what comes behind the tags in front."""
    file.seek(begin)
    return io.BytesIO(file.read(1 << 16))


def _ogg_codec(file: BinaryIO, begin: int) -> str:
    file.seek(begin)
    head = file.read(64)
    for mark, codec in ((b"\x01vorbis", "vorbis"), (b"OpusHead", "opus"), (b"\x7fFLAC", "oggflac"),
                        (b"Speex   ", "speex")):  # fmt: skip
        if mark in head:
            return codec
    return "ogg"


def _as_far_as_sound(tags: Iterable[Tag]) -> Iterator[Tag]:
    """Yield tags as far as they can be read."""
    try:
        yield from tags
    except BROKEN:
        return


def _read_id3v1(file: BinaryIO, begin: int, end: int) -> Iterator[Tag]:
    """Yield the ID3v1 tag at the end, or the one that an APE tag was put behind."""
    yield from read_id3v1(file, end)
    place = find_ape(file, begin, end)
    if place is not None and place.footer == end - APE_FOOTER:
        yield from read_id3v1(file, place.start if place.header is None else place.header)


def _first_value(tag: Tag, names: tuple[str, ...]) -> str:
    for name in names:
        values = (clean(value) for value in tag.get(name))
        joined = SEPARATOR.join(dict.fromkeys(value for value in values if value))
        if joined:
            return joined[:LONGEST].strip()
    return ""


# A kind of tag, its names, and how it is read from a file of which what is behind the ID3 tags in
# front begins and ends at two places.
_Reader = tuple[str, Names, Callable[[BinaryIO, int, int], Iterable[Tag]]]

_CHUNKS: tuple[_Reader, ...] = (
    ("id3 chunk", ID3, read_chunk_id3),
    ("text chunks", RIFF, read_chunk_texts),
)
_OGG: tuple[_Reader, ...] = (("comments", VORBIS, lambda file, begin, _: read_ogg(file, begin)),)
_FFMPEG: tuple[_Reader, ...] = (("ffmpeg", FFMPEG, lambda file, _, __: read_ffmpeg(file)),)
_READERS: dict[str, tuple[_Reader, ...]] = {
    "flac": (("comments", VORBIS, lambda file, begin, _: read_flac(file, begin)),),
    "vorbis": _OGG,
    "opus": _OGG,
    "oggflac": _OGG,
    "speex": _OGG,
    "mp4": (("mp4", MP4, lambda file, _, __: read_mp4(file)),),
    "asf": (("asf", ASF, lambda file, _, __: read_asf(file)),),
    "wav": _CHUNKS,
    "aiff": _CHUNKS,
    "matroska": _FFMPEG,
    "caf": _FFMPEG,
    "au": _FFMPEG,
    "w64": _FFMPEG,
}
# What may be around any kind of sound, after the format's own tags. The oldest kind of tag comes
# last: it cuts everything at 30 characters.
_AROUND: tuple[_Reader, ...] = (
    ("id3v2", ID3, lambda file, _, end: read_id3v2(file, 0, end)),
    ("id3v2 at the end", ID3, lambda file, _, end: read_appended(file, end)),
    ("ape", APE, read_ape),
    ("id3v1", ID3, _read_id3v1),
)
