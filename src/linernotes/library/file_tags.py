"""What a file says of itself: its tags, by the same names whatever the format."""

from __future__ import annotations

import importlib
import os
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from linernotes.audio.container import sniff
from linernotes.errors import AudioError
from linernotes.library.tag_names import (
    APE,
    ASF,
    FIELDS,
    ID3,
    MP4,
    RIFF,
    VORBIS,
    Names,
    native_names,
)

LONGEST = 1000
"""Characters of a value that are kept; longer ones are no names but accidents."""

SEPARATOR = "; "
"""What several values of a field are joined by."""

_BREAK = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]")
# No list of names in a WAV file is longer than that.
_MAX_INFO = 1 << 20

_Lookup = Callable[[str], Iterable[object]]


def read_file_tags(path: str | os.PathLike[str], *, custom: Iterable[str] = ()) -> dict[str, str]:
    """Read the tags of a file.

    Parameters
    ----------
    path
        A file: mp3 (ID3 1 to 2.4, APE), flac, ogg, opus, m4a, wav, aiff, wma, and what else
        bears APE tags. Its bytes tell the format, not its name.
    custom
        Names of linernotes' own fields to read as well, see
        `linernotes.library.tag_names.custom_name`.

    Returns
    -------
    dict of str
        The values of those fields of `linernotes.library.tag_names.FIELDS` that the file
        tells. Several values are joined by "; ", control characters dropped, values longer
        than 1000 characters cut. Nothing is repaired or guessed. Broken tags, like none, give
        an empty dictionary; nothing is raised.

    Examples
    --------
    >>> read_file_tags("song.flac")  # doctest: +SKIP
    {'title': 'Blue in Green', 'artist': 'Miles Davis', 'genre': 'Jazz', 'date': '1959'}
    >>> read_file_tags("no such file.mp3")
    {}
    """
    # Opening what is no file, such as a FIFO, may wait for ever.
    if not os.path.isfile(path):  # noqa: PTH113 - which a null byte in a name does not upset
        return {}
    fields = (*FIELDS, *custom)
    tags: dict[str, str] = {}
    for family, lookup in _sources(path):
        for field in fields:
            if field not in tags:
                value = _first_value(lookup, native_names(family, field))
                if value:
                    tags[field] = value
    return {field: tags[field] for field in fields if field in tags}


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
    try:
        with Path(path).open("rb") as file:
            kind = sniff(file).kind
            return _ogg_codec(file) if kind == "ogg" else kind
    except (AudioError, OSError, ValueError):
        return None


def _ogg_codec(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(64)
    for mark, codec in ((b"\x01vorbis", "vorbis"), (b"OpusHead", "opus"), (b"\x7fFLAC", "oggflac"),
                        (b"Speex   ", "speex")):  # fmt: skip
        if mark in head:
            return codec
    return "ogg"


def _sources(path: str | os.PathLike[str]) -> list[tuple[Names, _Lookup]]:
    """Return what tells tags in this file, the most trusted first."""
    sources: list[tuple[Names, _Lookup]] = []
    for family, load, lookup in _READERS.get(kind_of(path) or "", _UNKNOWN):
        try:
            tags = load(os.fspath(path))
            # Looking up may parse as well, so that what is broken shows here or not at all.
            if tags is not None:
                sources.append((family, _unbreakable(lookup, tags)))
        except Exception:  # noqa: S112 - whatever a broken file makes of a parser
            continue
    return sources


def _unbreakable(lookup: Callable[[Any, str], Iterable[object]], tags: Any) -> _Lookup:
    def look(name: str) -> Iterable[object]:
        try:
            return list(lookup(tags, name))
        except Exception:
            return []

    return look


def _first_value(lookup: _Lookup, names: tuple[str, ...]) -> str:
    for name in names:
        values = (clean(str(value)) for value in lookup(name))
        joined = SEPARATOR.join(dict.fromkeys(value for value in values if value))
        if joined:
            return joined[:LONGEST].strip()
    return ""


# One function a family: the values that a name has in loaded tags.


def _in_id3(tags: Any, name: str) -> Iterable[object]:
    frame_id, _, detail = name.partition(":")
    frames = tags.getall(frame_id)
    if frame_id == "TXXX":
        frames = [frame for frame in frames if frame.desc.upper() == detail.upper()]
    if frame_id == "UFID":
        return [frame.data.decode("ascii") for frame in frames if frame.owner == detail]
    if frame_id == "TIPL":
        people = [pair for frame in frames for pair in frame.people]
        return [person for role, person in people if role.lower() == detail]
    if frame_id == "TCON":
        return [genre for frame in frames for genre in frame.genres]
    return [text for frame in frames for text in frame.text]


def _in_vorbis(tags: Any, name: str) -> Iterable[object]:
    return tags.get(name, ())  # type: ignore[no-any-return]


def _in_ape(tags: Any, name: str) -> Iterable[object]:
    value = tags.get(name)
    # Binary values and links are no texts.
    return () if value is None or value.kind else list(value)


def _in_mp4(tags: Any, name: str) -> Iterable[object]:
    alike = [key for key in tags if key.lower() == name.lower()]
    values = [value for key in alike for value in tags[key]]
    if name in ("trkn", "disk"):
        return [f"{number}/{total}" if total else number for number, total in values if number]
    if name == "tmpo":
        return [value for value in values if value]
    return [value.decode() if isinstance(value, bytes) else value for value in values]


def _in_asf(tags: Any, name: str) -> Iterable[object]:
    # The zeroth track of old Windows Media counts from 0, unlike everybody else.
    values = [str(value) for value in tags.get(name, ())]
    return [int(value) + 1 for value in values] if name == "WM/Track" else values


def _in_mapping(tags: Mapping[str, str], name: str) -> Iterable[object]:
    return (tags[name],) if name in tags else ()


# What loads a kind of tag.


def _loader(module: str, name: str) -> Callable[[str], Any]:
    """Return a function that opens a file with one of mutagen's classes and returns its tags."""

    def load(path: str) -> Any:
        return getattr(importlib.import_module(f"mutagen.{module}"), name)(path).tags

    return load


def _load_id3(path: str) -> Any:
    return importlib.import_module("mutagen.id3").ID3(path, load_v1=False)


def _load_id3v1(path: str) -> Any:
    id3 = importlib.import_module("mutagen.id3")
    with Path(path).open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 128))
        frames = id3.ParseID3v1(file.read(128))
    tags = id3.ID3()
    for frame in (frames or {}).values():
        tags.add(frame)
    return tags


def _load_ape(path: str) -> Any:
    return importlib.import_module("mutagen.apev2").APEv2(path)


def _load_texts(path: str) -> dict[str, str]:
    """Read the INFO list of WAV, or the text chunks of AIFF; none says how it is encoded."""
    with Path(path).open("rb") as file:
        head = file.read(12)
        little = head[:4] in (b"RIFF", b"RF64")
        end = file.seek(0, os.SEEK_END)
        chunks = list(_chunks(file, 12, end, little=little))
        texts = {}
        for name, offset, size in chunks:
            file.seek(offset)
            if name in ("NAME", "AUTH"):
                texts[name] = file.read(min(size, LONGEST * 4))
            elif name == "LIST" and size <= _MAX_INFO and file.read(4) == b"INFO":
                for inner, place, length in _chunks(file, offset + 4, offset + size, little=little):
                    file.seek(place)
                    texts[inner] = file.read(min(length, LONGEST * 4))
    return {name: _decoded(text.rstrip(b"\0")) for name, text in texts.items()}


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _chunks(
    file: BinaryIO, position: int, end: int, *, little: bool
) -> Iterable[tuple[str, int, int]]:
    """Yield name, offset and size of the contents of chunks."""
    while position + 8 <= end:
        file.seek(position)
        name, size = struct.unpack("<4sI" if little else ">4sI", file.read(8))
        yield name.decode("latin-1"), position + 8, size
        position += 8 + size + size % 2


_Reader = tuple[Names, Callable[[str], Any], Callable[[Any, str], Iterable[object]]]

_ID3_AND_APE: tuple[_Reader, ...] = (
    (ID3, _load_id3, _in_id3),
    (APE, _load_ape, _in_ape),
    # The oldest kind of tag comes last: it cuts everything at 30 characters.
    (ID3, _load_id3v1, _in_id3),
)
_READERS: dict[str, tuple[_Reader, ...]] = {
    "mp3": _ID3_AND_APE,
    "aac": _ID3_AND_APE,
    "tta": _ID3_AND_APE,
    "flac": ((VORBIS, _loader("flac", "FLAC"), _in_vorbis), (ID3, _load_id3, _in_id3)),
    "vorbis": ((VORBIS, _loader("oggvorbis", "OggVorbis"), _in_vorbis),),
    "opus": ((VORBIS, _loader("oggopus", "OggOpus"), _in_vorbis),),
    "oggflac": ((VORBIS, _loader("oggflac", "OggFLAC"), _in_vorbis),),
    "speex": ((VORBIS, _loader("oggspeex", "OggSpeex"), _in_vorbis),),
    "mp4": ((MP4, _loader("mp4", "MP4"), _in_mp4),),
    "asf": ((ASF, _loader("asf", "ASF"), _in_asf),),
    "wav": ((ID3, _loader("wave", "WAVE"), _in_id3), (RIFF, _load_texts, _in_mapping)),
    "aiff": ((ID3, _loader("aiff", "AIFF"), _in_id3), (RIFF, _load_texts, _in_mapping)),
    "ape": ((APE, _load_ape, _in_ape),),
    "wavpack": ((APE, _load_ape, _in_ape),),
    "musepack": ((APE, _load_ape, _in_ape),),
}
# Even where no sound is found, an mp3 file may still bear a name.
_UNKNOWN = _ID3_AND_APE
