"""The edits that change some items of an APE tag, and leave all others as they are."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import BinaryIO

from linernotes.files import read_at
from linernotes.library.tag_names import APE, native_names
from linernotes.library.tagging.errors import TagDamagedError, TagFormatError
from linernotes.library.tagging.patch import Edit
from linernotes.library.tags.ape import Place, items_in

Fields = Mapping[str, tuple[str, ...]]

_VERSION_2 = 2000
_SIZE = 12  # of which the number of items follows


def ape_edits(file: BinaryIO, place: Place, fields: Fields) -> tuple[Edit, ...]:
    """Return the edits that set fields in a tag that is there.

    Parameters
    ----------
    file
        The open file.
    place
        Where the tag lies.
    fields
        The values by field of `linernotes.library.tag_names`.

    Raises
    ------
    TagDamagedError, TagFormatError
        The tag is broken, or of a form that cannot be kept.
    """
    data = read_at(file, place.start, place.end - place.start)
    items, sound = items_in(data, place.count)
    if not sound:
        raise TagDamagedError("its APE tag is damaged; repair the tag first")
    texts = {field: "\0".join(values) for field, values in fields.items() if values}
    if place.version < _VERSION_2 and not all(text.isascii() for text in texts.values()):
        raise TagFormatError("its APE tag is of version 1, which has no letters for this")
    names = {name.upper() for field in fields for name in native_names(APE, field)}
    edits = [
        Edit(place.start + item.start, data[item.start : item.end], b"")
        for item in items
        if item.key.upper() in names
    ]
    added = [_item(native_names(APE, field)[0], text) for field, text in texts.items()]
    count = place.count - len(edits) + len(added)
    edits.append(Edit(place.end, b"", b"".join(added)))
    grown = sum(len(edit.new) - len(edit.old) for edit in edits)
    size = place.end - place.start + 32 + grown
    told = struct.pack("<2I", size, count)
    return tuple(
        [_told(file, place.header, told)] * (place.header is not None)
        + edits
        + [_told(file, place.footer, told)] * (place.footer is not None)
    )


def _told(file: BinaryIO, place: int | None, told: bytes) -> Edit:
    at = (place or 0) + _SIZE
    return Edit(at, read_at(file, at, len(told)), told)


def _item(name: str, text: str) -> bytes:
    value = text.encode("utf-8")
    return struct.pack("<2I", len(value), 0) + name.encode() + b"\0" + value
