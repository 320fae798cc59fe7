"""The formats whose tags are written: into which tag of a file, and what that takes.

A new tag may hide an older one from programs that read one kind alone. Where a file has a tag
that can be written, that one is; what a new one would hide is carried over to it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from linernotes.audio.container import sniff
from linernotes.audio.formats.tag_blocks import behind_id3v2
from linernotes.errors import UnreadableError
from linernotes.library.file_tags import Told, clean, kind_of, read_file_tags, read_tags
from linernotes.library.tag_names import (
    APE,
    FIELDS,
    ID3,
    MORE_FIELDS,
    MP4,
    VORBIS,
    Names,
    native_names,
)
from linernotes.library.tagging.ape import ape_edits
from linernotes.library.tagging.errors import TagFormatError
from linernotes.library.tagging.id3 import chunked_id3_edits, id3_edits
from linernotes.library.tagging.mp4 import mp4_edits
from linernotes.library.tagging.patch import Edit
from linernotes.library.tagging.vorbis import flac_edits, ogg_edits
from linernotes.library.tags.ape import find_ape

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
"""How fields are called in the formats that are written, in the tag that is made anew."""

# What may have an ID3 tag in front, and is written nevertheless.
_BEHIND_ID3 = ("mp3", "aac", "flac", "ogg", "opus")
_WRITTEN = "mp3, flac, ogg, opus, m4a, wav and aiff"


@dataclass(frozen=True)
class Writing:
    """How fields get into a file.

    Parameters
    ----------
    family
        How they are called in the tag that is written.
    values
        All that is written: the fields, and what would be hidden without being carried over.
    edits
        What changes.
    """

    family: Names
    values: Values
    edits: tuple[Edit, ...]


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
    """Read the tags of a file, with those of the fields that are not always read."""
    return read_file_tags(path, custom=[field for field in fields if field not in FIELDS])


def prepare(file: BinaryIO, path: str | os.PathLike[str], kind: str, values: Values) -> Writing:
    """Tell how to set fields in an open file so that nothing is lost to any reader.

    Raises
    ------
    TagDamagedError, TagFormatError
        It cannot be done without harm.
    """
    told = read_tags(path)
    kinds = {each.kind for each in told}
    if kind == "mp3" and "id3v2" not in kinds and "ape" in kinds:
        place = find_ape(file, behind_id3v2(file), file.seek(0, os.SEEK_END))
        if place is not None:
            return Writing(APE, values, ape_edits(file, place, values))
    if _TAGS[kind] not in kinds:
        values = {**_carried(told), **values}
    return Writing(FAMILIES[kind], values, _EDITS[kind](file, values))


def _carried(told: Iterable[Told]) -> dict[str, tuple[str, ...]]:
    """Return what all the tags of a file say, by field, and by free names what has no field."""
    carried: dict[str, tuple[str, ...]] = {}
    for each in told:
        if not each.tag.decision.sure:
            message = (
                "its old tag does not tell its code page, and a new one would hide it; "
                "give it an ID3v2 tag with another program first"
            )
            raise TagFormatError(message)
        known: set[str] = set()
        for field in (*FIELDS, *MORE_FIELDS):
            for name in native_names(each.names, field):
                known.add(name.upper())
                if field not in carried and (values := _cleaned(each.tag.get(name))):
                    carried[field] = values
        for name, texts in each.tag.texts.items():
            free = _FREE.get(name, name.removeprefix("TXXX:"))
            is_name = free.isupper() and free.isascii() and "=" not in free
            if name in known or name.startswith(_NO_TEXTS) or not is_name:
                continue
            if values := _cleaned(texts):
                carried.setdefault(free, values)
    return carried


def _cleaned(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := clean(value))))


def _mp3_edits(file: BinaryIO, values: Values) -> tuple[Edit, ...]:
    return id3_edits(file, 0, file.seek(0, os.SEEK_END), values)


# What described comments and the like are not: values of one field.
_NO_TEXTS = ("COMM:", "USLT", "TIPL:", "UFID:")
_FREE = {
    "TPUB": "LABEL", "TIT1": "GROUPING", "TIT3": "SUBTITLE", "TPE3": "CONDUCTOR", "TPE4": "REMIXER",
    "TSST": "DISCSUBTITLE", "TSOA": "ALBUMSORT", "TSOP": "ARTISTSORT", "TSOT": "TITLESORT",
    "TSO2": "ALBUMARTISTSORT", "TCMP": "COMPILATION", "TOPE": "ORIGINALARTIST",
}  # fmt: skip
_TAGS = {
    "mp3": "id3v2",
    "wav": "id3 chunk",
    "aiff": "id3 chunk",
    "flac": "comments",
    "vorbis": "comments",
    "opus": "comments",
    "mp4": "mp4",
}
_EDITS: dict[str, Callable[[BinaryIO, Values], tuple[Edit, ...]]] = {
    "mp3": _mp3_edits,
    "wav": chunked_id3_edits,
    "aiff": chunked_id3_edits,
    "flac": flac_edits,
    "vorbis": ogg_edits,
    "opus": ogg_edits,
    "mp4": mp4_edits,
}
