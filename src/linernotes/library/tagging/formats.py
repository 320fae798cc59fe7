"""The formats whose tags are written, and what each of them needs."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from linernotes.audio.container import sniff
from linernotes.errors import UnreadableError
from linernotes.library.file_tags import kind_of, read_file_tags
from linernotes.library.tag_names import CUSTOM, ID3, MP4, VORBIS, Names
from linernotes.library.tagging.errors import TagFormatError
from linernotes.library.tagging.id3 import chunked_id3_edits, has_id3, id3_edits
from linernotes.library.tagging.mp4 import mp4_edits
from linernotes.library.tagging.patch import Edit
from linernotes.library.tagging.vorbis import flac_edits, ogg_edits

Values = Mapping[str, tuple[str, ...]]

FAMILIES: dict[str, Names] = {
    "mp3": ID3,
    "wav": ID3,
    "aiff": ID3,
    "flac": VORBIS,
    "vorbis": VORBIS,
    "opus": VORBIS,
    "mp4": MP4,
}
"""How fields are called in the formats that are written."""

# What may have an ID3 tag in front, and is written nevertheless.
_BEHIND_ID3 = ("mp3", "aac", "flac")
_WRITTEN = "mp3, flac, ogg, opus, m4a, wav and aiff"
# What a new ID3 tag takes over from the older kind of tag that it hides from players.
_CARRIED = ("title", "artist", "album", "genre", "date", "tracknumber")


def writable_kind(path: str | os.PathLike[str]) -> str:
    """Tell the format of a file, if its tags are written here.

    Raises
    ------
    AudioError
        The file cannot be opened, or is no audio.
    TagFormatError
        It is of another format.
    """
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise UnreadableError("this is no file")
        with Path(path).open("rb") as file:
            container = sniff(file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableError(f"this file cannot be opened: {reason}") from error
    kind = kind_of(path)
    if container.start and container.kind not in _BEHIND_ID3:
        raise TagFormatError(
            "a tag that does not belong there stands before the file proper; remove it first"
        )
    if kind not in FAMILIES:
        raise TagFormatError(f"tags of this format are not written here, but those of {_WRITTEN}")
    return kind


def read_fields(path: str | os.PathLike[str], fields: Iterable[str]) -> dict[str, str]:
    """Read the tags of a file, with those of the fields that are our own."""
    return read_file_tags(path, custom=[field for field in fields if field.startswith(CUSTOM)])


def values_to_write(
    file: BinaryIO, path: str | os.PathLike[str], kind: str, values: Values
) -> dict[str, tuple[str, ...]]:
    """Return what to write: the values, and what a first ID3v2 tag would hide from players."""
    carried: dict[str, tuple[str, ...]] = {}
    if FAMILIES[kind] is ID3 and not has_id3(file):
        tags = read_file_tags(path)
        carried = {field: (tags[field],) for field in _CARRIED if field in tags}
    return {**carried, **values}


def edits_of(file: BinaryIO, kind: str, values: Values) -> tuple[Edit, ...]:
    """Return the edits that set fields in an open file.

    Raises
    ------
    TagDamagedError, TagFormatError
        It cannot be done without harm.
    """
    return _EDITS[kind](file, values)


def _mp3_edits(file: BinaryIO, values: Values) -> tuple[Edit, ...]:
    return id3_edits(file, 0, file.seek(0, os.SEEK_END), values)


_EDITS: dict[str, Callable[[BinaryIO, Values], tuple[Edit, ...]]] = {
    "mp3": _mp3_edits,
    "wav": chunked_id3_edits,
    "aiff": chunked_id3_edits,
    "flac": flac_edits,
    "vorbis": ogg_edits,
    "opus": ogg_edits,
    "mp4": mp4_edits,
}
