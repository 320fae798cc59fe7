"""The edits that change some frames of an ID3v2 tag, and leave all others as they are.

ID3v2.2, 2.3 and 2.4 (id3.org) each stay what they are, with their unknown frames, pictures,
chapters and padding. A tag lies at the beginning of an mp3 file, or in a chunk of a WAV or
AIFF file.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.library.file_tags import SEPARATOR
from linernotes.library.tag_names import ID3, native_names
from linernotes.library.tagging.errors import TagDamagedError, TagFormatError
from linernotes.library.tagging.patch import Edit, edited, trimmed

Fields = Mapping[str, tuple[str, ...]]

_HEADER = 10
_UNSYNCHRONISED, _EXTENDED, _FOOTER = 0x80, 0x40, 0x10
_LARGEST = 1 << 28
_IN_2_2 = {
    "TIT2": "TT2", "TPE1": "TP1", "TALB": "TAL", "TRCK": "TRK", "TDRC": "TYE",
    "TCON": "TCO", "TBPM": "TBP", "TKEY": "TKE", "TXXX": "TXX",
}  # fmt: skip
_FROM_2_2 = {old: name for name, old in _IN_2_2.items()}
_FRAME_NAME = {2: re.compile(rb"[A-Z0-9]{3}"), 3: re.compile(rb"[A-Z0-9]{3}[A-Z0-9 \0]")}


@dataclass(frozen=True)
class _Frame:
    """Where a frame lies in the body of its tag: its header, its contents, its end."""

    name: str
    flags: int
    start: int
    contents: int
    end: int


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
    header = file.read(min(_HEADER, size))
    if header[:3] != b"ID3" or len(header) < _HEADER:
        return (Edit(offset, b"", _new_tag(fields, even=even)),)
    version, flags = header[3], header[5]
    length = _from_synchsafe(header[6:10])
    if version not in (2, 3, 4):
        raise TagFormatError(f"its ID3 tag is of version 2.{version}, which nobody knows")
    if length is None or _HEADER + length > size:
        raise TagDamagedError("its ID3 tag is longer than what holds it; repair the tag first")
    if version == 2 and flags & _EXTENDED:
        raise TagFormatError("its ID3v2.2 tag is compressed in a way that was never defined")
    body = file.read(length)
    footer = file.read(_HEADER) if version == 4 and flags & _FOOTER else b""
    whole = version < 4 and flags & _UNSYNCHRONISED
    plain = _resynchronised(body) if whole else body
    changes = _frame_edits(plain, version, flags, fields)
    if whole:
        changes = [*trimmed(0, body, _unsynchronised(edited(plain, changes)))]
    grown = sum(len(change.new) - len(change.old) for change in changes)
    if even and grown % 2:
        last = changes[-1]
        changes[-1] = Edit(last.offset, last.old, last.new + b"\0")
        grown += 1
    if length + grown >= _LARGEST:
        raise TagFormatError("its ID3 tag would be larger than an ID3 tag can be")
    new_size = _to_synchsafe(length + grown)
    edits = [Edit(offset + 6, header[6:10], new_size)]
    edits += [Edit(offset + _HEADER + edit.offset, edit.old, edit.new) for edit in changes]
    if footer:
        edits.append(Edit(offset + _HEADER + length + 6, footer[6:10], new_size))
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


def has_id3(file: BinaryIO) -> bool:
    """Tell whether a file begins with an ID3v2 tag, or bears one in a chunk."""
    file.seek(0)
    head = file.read(8)
    if head[:4] not in (b"RIFF", b"FORM"):
        return head[:3] == b"ID3"
    order = "<I" if head[:4] == b"RIFF" else ">I"
    return _find_id3_chunk(file, 8 + _number(order, head[4:]), order) is not None


def _frame_edits(body: bytes, version: int, flags: int, fields: Fields) -> list[Edit]:
    """Return the edits of a tag's body: remove the frames of the fields, put new ones behind."""
    frames, end = _frames(body, version, flags)
    names = {name for field in fields for name in native_names(ID3, field)}
    edits = [
        Edit(frame.start, body[frame.start : frame.end], b"")
        for frame in frames
        if _means(body, frame, version) & names
    ]
    return [*edits, Edit(end, b"", _encoded(fields, version))]


def _frames(body: bytes, version: int, flags: int) -> tuple[list[_Frame], int]:
    """Return the frames, and where they end and padding may begin."""
    start = _behind_extended_header(body, version) if version > 2 and flags & _EXTENDED else 0
    found = _chain(body, start, version, synchsafe=version == 4)
    if found is None and version == 4:
        # Some programs write the sizes of version 2.3 into tags of 2.4.
        found = _chain(body, start, version, synchsafe=False)
    if found is None:
        raise TagDamagedError("the frames of its ID3 tag are damaged; repair the tag first")
    return found


def _chain(
    body: bytes, position: int, version: int, *, synchsafe: bool
) -> tuple[list[_Frame], int] | None:
    """Follow the frames from one to the next, or return ``None`` if that leads astray."""
    width = 3 if version == 2 else 4
    header = 6 if version == 2 else 10
    frames = []
    while position < len(body) and body[position] != 0:
        name = body[position : position + width]
        raw = body[position + width : position + 2 * width]
        size = _from_synchsafe(raw) if synchsafe else int.from_bytes(raw, "big")
        flags = body[position + header - 1] if version > 2 and len(raw) == width else 0
        contents = position + header
        if not _FRAME_NAME[min(version, 3)].fullmatch(name) or size is None:
            return None
        if contents + size > len(body):
            return None
        frames.append(_Frame(name.decode(), flags, position, contents, contents + size))
        position = contents + size
    return frames, position


def _behind_extended_header(body: bytes, version: int) -> int:
    size = int.from_bytes(body[:4], "big") + 4 if version == 3 else _from_synchsafe(body[:4])
    if not size or not 6 <= size <= len(body):
        raise TagDamagedError("the extended header of its ID3 tag is damaged")
    if body[4] & 0x80 if version == 3 else body[5] & 0x20:
        raise TagFormatError("its ID3 tag bears a checksum, which would not hold afterwards")
    return size


def _means(body: bytes, frame: _Frame, version: int) -> set[str]:
    """Return the names, as in `linernotes.library.tag_names.ID3`, that a frame goes by."""
    if frame.name not in ("TXXX", "TXX"):
        return {_FROM_2_2.get(frame.name, frame.name)}
    contents = body[frame.contents : frame.end]
    if version == 4 and frame.flags & 0x0E == 0x02:
        contents = _resynchronised(contents)
    if version == 4 and frame.flags & 0x01:
        contents = contents[4:]
    coding = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}.get(contents[0], "latin-1")
    text = contents[1:].decode(coding, "replace")
    return {f"TXXX:{text.partition(chr(0))[0].upper()}"}


def _encoded(fields: Fields, version: int) -> bytes:
    """Return the frames that tell the fields."""
    frames = []
    for field, values in fields.items():
        name, _, detail = native_names(ID3, field)[0].partition(":")
        if name == "TMOO" and version < 4:
            name, detail = "TXXX", "MOOD"
        texts = values if version == 4 else (SEPARATOR.join(values),)
        parts = [detail, *texts] if name == "TXXX" else texts
        contents = _text("\0".join(parts), version)
        if version == 2:
            frames.append(_IN_2_2[name].encode() + len(contents).to_bytes(3, "big") + contents)
        else:
            length = len(contents)
            size = _to_synchsafe(length) if version == 4 else struct.pack(">I", length)
            frames.append(name.encode() + size + b"\0\0" + contents)
    return b"".join(frames)


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
    return b"ID3\4\0\0" + _to_synchsafe(len(frames)) + frames


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


def _from_synchsafe(data: bytes) -> int | None:
    if len(data) < 4 or any(byte & 0x80 for byte in data):
        return None
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


def _to_synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _resynchronised(data: bytes) -> bytes:
    return data.replace(b"\xff\0", b"\xff")


def _unsynchronised(data: bytes) -> bytes:
    """Put a zero behind each 255 that might be taken for the beginning of an audio frame."""
    return re.sub(rb"\xff(?=[\xe0-\xff\0]|\Z)", b"\xff\0", data)
