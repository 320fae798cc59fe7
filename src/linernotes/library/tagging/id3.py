"""The edits that change some frames of an ID3v2 tag, and leave all others as they are.

ID3v2.2, 2.3 and 2.4 (id3.org) each stay what they are, with their unknown frames, pictures,
chapters and padding. A tag lies at the beginning of an mp3 file, or in a chunk of a WAV or
AIFF file.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from linernotes.library.file_tags import SEPARATOR
from linernotes.library.tag_names import ID3, native_names
from linernotes.library.tagging.errors import TagDamagedError, TagFormatError
from linernotes.library.tagging.patch import Edit, edited, trimmed
from linernotes.library.tags.id3v2 import (
    EXTENDED,
    HEADER,
    IN_2_2,
    UNSYNCHRONISED,
    Header,
    extended_size,
    frames_in,
    header_in,
    name_of,
    resynchronised,
    to_synchsafe,
)

Fields = Mapping[str, tuple[str, ...]]

_LARGEST = 1 << 28
_IN_2_3 = {"TDRC": "TYER", "TDOR": "TORY", "TIPL": "IPLS"}


def id3_edits(
    file: BinaryIO, offset: int, size: int, fields: Fields, *, even: bool = False
) -> tuple[Edit, ...]:
    """Return the edits that set fields in the tag at an offset; without a tag, they make one.

    Parameters
    ----------
    file
        The open file.
    offset, size
        Where the tag is or will be, and how much of the file may belong to it.
    fields
        The values by field of `linernotes.library.tag_names`.
    even
        Let the tag grow by an even number of bytes, with a byte of padding if need be.

    Raises
    ------
    TagDamagedError, TagFormatError
        The tag is broken, or of a form that cannot be kept.
    """
    file.seek(offset)
    raw = file.read(min(HEADER, size))
    if raw[:3] != b"ID3" or len(raw) < HEADER:
        return (Edit(offset, b"", _new_tag(fields, even=even)),)
    header = header_in(raw)
    version, flags = raw[3], raw[5]
    if version not in (2, 3, 4):
        raise TagFormatError(f"its ID3 tag is of version 2.{version}, which nobody knows")
    if header is None or HEADER + header.size > size:
        raise TagDamagedError("its ID3 tag is longer than what holds it; repair the tag first")
    if version == 2 and flags & EXTENDED:
        raise TagFormatError("its ID3v2.2 tag is compressed in a way that was never defined")
    length = header.size
    body = file.read(length)
    footer = file.read(HEADER) if header.end > HEADER + length else b""
    whole = version < 4 and flags & UNSYNCHRONISED
    plain = resynchronised(body) if whole else body
    changes = _frame_edits(plain, header, fields)
    if whole:
        changes = [*trimmed(0, body, _unsynchronised(edited(plain, changes)))]
    grown = sum(len(change.new) - len(change.old) for change in changes)
    if even and grown % 2:
        last = changes[-1]
        changes[-1] = Edit(last.offset, last.old, last.new + b"\0")
        grown += 1
    if length + grown >= _LARGEST:
        raise TagFormatError("its ID3 tag would be larger than an ID3 tag can be")
    new_size = to_synchsafe(length + grown)
    edits = [Edit(offset + 6, raw[6:10], new_size)]
    edits += [Edit(offset + HEADER + edit.offset, edit.old, edit.new) for edit in changes]
    if footer:
        edits.append(Edit(offset + HEADER + length + 6, footer[6:10], new_size))
    return tuple(edits)


def chunked_id3_edits(file: BinaryIO, fields: Fields) -> tuple[Edit, ...]:
    """Return the edits that set fields in the ID3 chunk of a WAV or AIFF file, or make one.

    Raises
    ------
    TagDamagedError, TagFormatError
        The file, or the tag, is broken, or of a form that cannot be kept.
    """
    file.seek(0)
    form, stated = file.read(4), file.read(4)
    if form[:3] == b"ID3":
        raise TagFormatError(
            "an ID3 tag lies in front of it, where few programs expect one; remove that first"
        )
    if form not in (b"RIFF", b"FORM"):
        raise TagFormatError("tags of WAV files made for more than 4 GB are not written here")
    order = "<I" if form == b"RIFF" else ">I"
    total = _number(order, stated)
    end = 8 + total
    if end > file.seek(0, os.SEEK_END):
        raise TagDamagedError("it is shorter than it says, so that nothing can be put behind it")
    place = _find_id3_chunk(file, end, order)
    if place is not None:
        file.seek(place - 4)
        size = file.read(4)
        length = _number(order, size)
        changes = id3_edits(file, place, length, fields, even=True)
        grown = sum(len(edit.new) - len(edit.old) for edit in changes)
        edits = [Edit(place - 4, size, struct.pack(order, length + grown)), *changes]
    else:
        tag = _new_tag(fields, even=True)
        name = b"id3 " if form == b"RIFF" else b"ID3 "
        chunk = b"\0" * (total % 2) + name + struct.pack(order, len(tag)) + tag
        edits = [Edit(end, b"", chunk)]
        grown = len(chunk)
    if total + grown >= 1 << 32:
        raise TagFormatError("it would grow beyond the 4 GB that its format can hold")
    return (Edit(4, stated, struct.pack(order, total + grown)), *edits)


def _frame_edits(body: bytes, header: Header, fields: Fields) -> list[Edit]:
    """Return the edits of a tag's body: remove the frames of the fields, put new ones behind."""
    if header.version > 2 and header.flags & EXTENDED:
        _check_extended(body, header.version)
    frames, end, sound = frames_in(body, header)
    if not sound:
        raise TagDamagedError("the frames of its ID3 tag are damaged; repair the tag first")
    names = {name.upper() for field in fields for name in native_names(ID3, field)}
    edits = [
        Edit(frame.start, body[frame.start : frame.end], b"")
        for frame in frames
        if name_of(body, frame, header) in names
    ]
    return [*edits, Edit(end, b"", _encoded(fields, header.version))]


def _check_extended(body: bytes, version: int) -> None:
    if extended_size(body, version) is None:
        raise TagDamagedError("the extended header of its ID3 tag is damaged")
    if body[4] & 0x80 if version == 3 else body[5] & 0x20:
        raise TagFormatError("its ID3 tag bears a checksum, which would not hold afterwards")


def _encoded(fields: Fields, version: int) -> bytes:
    """Return the frames that tell the fields."""
    frames = []
    for field, values in fields.items():
        if not values:  # it is taken out
            continue
        name, _, detail = native_names(ID3, field)[0].partition(":")
        if (name == "TMOO" and version < 4) or (version == 2 and name not in IN_2_2):
            name, detail = "TXXX", field.upper()
        texts = values if version == 4 else (SEPARATOR.join(values),)
        contents = _contents(name, detail, texts, version)
        if version == 2:
            frames.append(IN_2_2[name].encode() + len(contents).to_bytes(3, "big") + contents)
        else:
            length = len(contents)
            size = to_synchsafe(length) if version == 4 else struct.pack(">I", length)
            name = _IN_2_3.get(name, name) if version == 3 else name
            frames.append(name.encode() + size + b"\0\0" + contents)
    return b"".join(frames)


def _contents(name: str, detail: str, texts: Sequence[str], version: int) -> bytes:
    if name == "UFID":
        return detail.encode() + b"\0" + texts[0].encode()
    if name == "TXXX":
        return _text("\0".join([detail, *texts]), version)
    if name == "TIPL":
        return _text("\0".join(part for text in texts for part in (detail, text)), version)
    if name == "COMM":
        # Of no language that is known, and without a description.
        described = _text("\0" + SEPARATOR.join(texts), version)
        return described[:1] + b"XXX" + described[1:]
    if name == "TDRC" and version < 4:
        return _text(texts[0][:4], version)
    return _text("\0".join(texts), version)


def _text(text: str, version: int) -> bytes:
    if text.isascii():
        return b"\0" + text.encode()
    if version == 4:
        return b"\3" + text.encode("utf-8")
    # Each of the texts has a byte order mark of its own.
    parts = (b"\xff\xfe" + part.encode("utf-16-le") for part in text.split("\0"))
    return b"\1" + b"\0\0".join(parts)


def _new_tag(fields: Fields, *, even: bool) -> bytes:
    frames = _encoded(fields, 4)
    frames += b"\0" * (len(frames) % 2 if even else 0)
    return b"ID3\4\0\0" + to_synchsafe(len(frames)) + frames


def _find_id3_chunk(file: BinaryIO, end: int, order: str) -> int | None:
    position = 12
    while position + 8 <= end:
        file.seek(position)
        name, raw = file.read(4), file.read(4)
        size = _number(order, raw)
        if position + 8 + size > end:
            raise TagDamagedError("one of its chunks is longer than the file; repair it first")
        if name in (b"id3 ", b"ID3 "):
            return position + 8
        position += 8 + size + size % 2
    return None


def _number(order: str, data: bytes) -> int:
    if len(data) < 4:
        raise TagDamagedError("it ends in the middle of its header")
    return int(struct.unpack(order, data)[0])


def _unsynchronised(data: bytes) -> bytes:
    """Put a zero behind each 255 that might be taken for the beginning of an audio frame."""
    return re.sub(rb"\xff(?=[\xe0-\xff\0]|\Z)", b"\xff\0", data)
