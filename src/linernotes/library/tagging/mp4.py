"""The edits that change some items of an MP4 file's list of tags, and leave all others.

The list lies in the atoms moov/udta/meta/ilst (as iTunes writes it). Whatever lies behind the
moov atom moves when it grows, so that the tables that tell where the sound lies move with it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import numpy as np

from linernotes.library.tag_names import MP4, native_names
from linernotes.library.tagging.errors import TagDamagedError, TagFormatError
from linernotes.library.tagging.patch import Edit
from linernotes.library.tags.mp4 import (
    FREE,
    INTEGER,
    TEXT,
    Atom,
    atoms,
    item_name,
    top_atoms,
    version_bytes,
)

Fields = Mapping[str, tuple[str, ...]]

_LARGEST_MOOV = 1 << 28


def mp4_edits(file: BinaryIO, fields: Fields) -> tuple[Edit, ...]:
    """Return the edits that set fields of an MP4 file.

    Raises
    ------
    TagDamagedError, TagFormatError
        The atoms are broken, or of a form that cannot be kept.
    """
    length = file.seek(0, os.SEEK_END)
    top = list(top_atoms(file, length))
    moov = next((atom for atom in top if atom.name == b"moov"), None)
    if moov is None:
        raise TagDamagedError("the index of this file is missing; it was not finished")
    if any(atom.name == b"moof" for atom in top):
        raise TagFormatError(
            "it is in fragments, as for streaming; remux it first: ffmpeg -i … -c copy …"
        )
    if moov.end - moov.start > _LARGEST_MOOV:
        raise TagFormatError("its index is too large to be true")
    file.seek(moov.start)
    data = file.read(moov.end - moov.start)
    root = Atom(b"moov", 0, moov.contents - moov.start, len(data))
    parents, edits = _list_edits(data, root, fields)
    grown = sum(len(edit.new) - len(edit.old) for edit in edits)
    edits += [_resized(data, atom, grown) for atom in parents]
    if any(atom.start >= moov.end for atom in top):
        edits += _moved_chunks(data, root, moov.end, grown)
    edits.sort(key=lambda edit: edit.offset)
    return tuple(Edit(moov.start + edit.offset, edit.old, edit.new) for edit in edits)


def _list_edits(data: bytes, moov: Atom, fields: Fields) -> tuple[list[Atom], list[Edit]]:
    """Return the atoms that will grow, and the edits inside of them."""
    new = b"".join(_items(fields))
    parents = [moov]
    for name, made in ((b"udta", _udta), (b"meta", _meta), (b"ilst", _ilst)):
        skip = version_bytes(data, parents[-1])
        inside = list(atoms(data, parents[-1].contents + skip, parents[-1].end))
        found = next((atom for atom in inside if atom.name == name), None)
        if found is None:
            # At the front of udta, since a zero may end it; at the end of the others.
            at_front = parents[-1].name == b"udta"
            place = parents[-1].contents if at_front else parents[-1].end
            return parents, [Edit(place, b"", made(new))]
        if name == b"meta":
            _check_handler(data, found)
        parents.append(found)
    names = {name.upper() for field in fields for name in native_names(MP4, field)}
    ilst = parents[-1]
    edits = [
        Edit(atom.start, data[atom.start : atom.end], b"")
        for atom in atoms(data, ilst.contents, ilst.end)
        if item_name(data, atom).upper() in names
    ]
    return parents, [*edits, Edit(ilst.end, b"", new)]


def _items(fields: Fields) -> Iterator[bytes]:
    for field, values in fields.items():
        if not values:  # it is taken out
            continue
        name = native_names(MP4, field)[0]
        if name.startswith(FREE):
            _, mean, key = name.split(":")
            head = _atom(b"mean", bytes(4) + mean.encode())
            head += _atom(b"name", bytes(4) + key.encode())
            texts = b"".join(_value(TEXT, value.encode()) for value in values)
            yield _atom(b"----", head + texts)
        elif name == "tmpo":
            yield _atom(b"tmpo", _value(INTEGER, struct.pack(">h", int(values[0]))))
        else:
            texts = b"".join(_value(TEXT, value.encode()) for value in values)
            yield _atom(name.encode("latin-1"), texts)


def _value(kind: int, payload: bytes) -> bytes:
    return _atom(b"data", struct.pack(">II", kind, 0) + payload)


def _ilst(items: bytes) -> bytes:
    return _atom(b"ilst", items)


def _meta(items: bytes) -> bytes:
    handler = bytes(8) + b"mdirappl" + bytes(9)
    return _atom(b"meta", bytes(4) + _atom(b"hdlr", handler) + _ilst(items))


def _udta(items: bytes) -> bytes:
    return _atom(b"udta", _meta(items))


def _atom(name: bytes, contents: bytes) -> bytes:
    return struct.pack(">I", 8 + len(contents)) + name + contents


def _check_handler(data: bytes, meta: Atom) -> None:
    for atom in atoms(data, meta.contents + version_bytes(data, meta), meta.end):
        if atom.name == b"hdlr" and data[atom.contents + 8 : atom.contents + 12] != b"mdir":
            raise TagFormatError("its tags are of QuickTime's kind, which are not written here")


def _resized(data: bytes, atom: Atom, grown: int) -> Edit:
    size = atom.end - atom.start + grown
    if atom.contents - atom.start == 16:
        return Edit(atom.start + 8, data[atom.start + 8 : atom.contents], struct.pack(">Q", size))
    return Edit(atom.start, data[atom.start : atom.start + 4], struct.pack(">I", size))


def _moved_chunks(data: bytes, moov: Atom, behind: int, grown: int) -> list[Edit]:
    """Return the edits of the tables that tell where chunks of sound lie, of those behind."""
    edits = []
    for table in _descendants(data, moov, (b"trak", b"mdia", b"minf", b"stbl")):
        if table.name not in (b"stco", b"co64"):
            continue
        kind = np.dtype(">u4" if table.name == b"stco" else ">u8")
        begin = table.contents + 8
        count = int.from_bytes(data[table.contents + 4 : begin], "big")
        if begin + count * kind.itemsize > table.end:
            raise TagDamagedError("the table of where its sound lies is damaged")
        old = data[begin : begin + count * kind.itemsize]
        places = np.frombuffer(old, kind).astype(np.int64)
        places[places >= behind] += grown
        if kind.itemsize == 4 and count and places.max() >= 1 << 32:
            raise TagFormatError("it would grow beyond the 4 GB that its tables can tell")
        edits.append(Edit(begin, old, places.astype(kind).tobytes()))
    return edits


def _descendants(data: bytes, atom: Atom, path: tuple[bytes, ...]) -> Iterator[Atom]:
    for inner in atoms(data, atom.contents, atom.end):
        if not path:
            yield inner
        elif inner.name == path[0]:
            yield from _descendants(data, inner, path[1:])
