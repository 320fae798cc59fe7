"""ID3v2: where its tags and frames lie, and what the frames say.

Versions 2.2, 2.3 and 2.4 of id3.org. A tag lies at the beginning of a file, several may follow one
another, in a chunk of a WAV or AIFF file, or, with a footer, at the end.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.files import LARGEST, read_at
from linernotes.library.tags.id3v1 import genres_in
from linernotes.library.tags.texts import Tag, collect, utf_8, utf_16

HEADER = 10
UNSYNCHRONISED, EXTENDED, FOOTER = 0x80, 0x40, 0x10

IN_2_2 = {
    "TIT1": "TT1", "TIT2": "TT2", "TIT3": "TT3", "TPE1": "TP1", "TPE2": "TP2", "TPE3": "TP3",
    "TPE4": "TP4", "TCOM": "TCM", "TEXT": "TXT", "TLAN": "TLA", "TCON": "TCO", "TALB": "TAL",
    "TPOS": "TPA", "TRCK": "TRK", "TSRC": "TRC", "TDRC": "TYE", "TDAT": "TDA", "TBPM": "TBP",
    "TCOP": "TCR", "TPUB": "TPB", "TENC": "TEN", "TSSE": "TSS", "TKEY": "TKE", "TDOR": "TOR",
    "TCMP": "TCP", "TXXX": "TXX", "TIPL": "IPL", "COMM": "COM", "USLT": "ULT", "UFID": "UFI",
}  # fmt: skip
"""Names of ID3v2.4 frames in ID3v2.2."""

FROM_2_2 = {old: name for name, old in IN_2_2.items()}
_FROM_2_3 = {"TYER": "TDRC", "TORY": "TDOR", "IPLS": "TIPL"}
_FRAME_NAME = {2: re.compile(rb"[A-Z0-9]{3}"), 3: re.compile(rb"[A-Z0-9]{3}[A-Z0-9 \0]")}
_MOST_TAGS = 16
_MOST_FRAMES = 20_000
_LONGEST = 1 << 16


@dataclass(frozen=True)
class Header:
    """The first ten bytes of a tag."""

    version: int
    flags: int
    size: int

    @property
    def end(self) -> int:
        """Bytes of the whole tag."""
        footer = self.version == 4 and self.flags & FOOTER
        return HEADER + self.size + (HEADER if footer else 0)


@dataclass(frozen=True)
class Frame:
    """Where a frame lies in the body of its tag: its header, its contents, its end."""

    name: str
    flags: int
    start: int
    contents: int
    end: int


def header_in(data: bytes, mark: bytes = b"ID3") -> Header | None:
    """Return the header that some bytes begin with, if they do."""
    size = from_synchsafe(data[6:10])
    if len(data) < HEADER or data[:3] != mark or data[3] == 0xFF or size is None:
        return None
    return Header(data[3], data[5], size)


def read_id3v2(file: BinaryIO, place: int, end: int) -> Iterator[Tag]:
    """Yield the tags that follow one another at a place, as far as they lie before an end."""
    for header, body in tags_at(file, place, end):
        yield tag_in(body, header)


def tags_at(file: BinaryIO, place: int, end: int) -> Iterator[tuple[Header, bytes]]:
    """Yield header and body of the tags that follow one another at a place."""
    for _ in range(_MOST_TAGS):
        header = header_in(read_at(file, place, HEADER))
        if header is None or place + HEADER > end:
            return
        body = read_at(file, place + HEADER, min(header.size, end - place - HEADER, LARGEST * 4),
                       largest=LARGEST * 4)  # fmt: skip
        yield header, body
        place += header.end


def read_appended(file: BinaryIO, end: int) -> Iterator[Tag]:
    """Yield the tag whose footer lies before an end."""
    footer = header_in(read_at(file, end - HEADER, HEADER), b"3DI")
    if footer is not None:
        yield from read_id3v2(file, end - footer.size - 2 * HEADER, end)


def tag_in(body: bytes, header: Header) -> Tag:
    """Read the frames of a tag's body, as it lies in the file."""
    if header.version not in (2, 3, 4) or (header.version == 2 and header.flags & EXTENDED):
        return Tag()
    if header.version < 4 and header.flags & UNSYNCHRONISED:
        body = resynchronised(body)
    return collect(_texts(body, header))


def frames_in(body: bytes, header: Header) -> tuple[list[Frame], int, bool]:
    """Return the frames, where they end and padding may begin, and whether all of it is sound.

    The body is one without unsynchronisation as a whole.
    """
    version = header.version
    start = 0
    if version > 2 and header.flags & EXTENDED:
        start = extended_size(body, version) or 0
    found = _chain(body, start, version, synchsafe=version == 4)
    if version == 4 and not found[2]:
        # Some programs write the sizes of version 2.3 into tags of 2.4.
        other = _chain(body, start, version, synchsafe=False)
        found = max(found, other, key=lambda chain: (chain[2], len(chain[0])))
    return found


def extended_size(body: bytes, version: int) -> int | None:
    """Return the bytes of the extended header, if it is sound."""
    size = int.from_bytes(body[:4], "big") + 4 if version == 3 else from_synchsafe(body[:4])
    return size if size and 6 <= size <= len(body) else None


def _chain(
    body: bytes, position: int, version: int, *, synchsafe: bool
) -> tuple[list[Frame], int, bool]:
    """Follow the frames from one to the next, as far as they lead."""
    width = 3 if version == 2 else 4
    header = 6 if version == 2 else 10
    frames: list[Frame] = []
    while position < len(body) and body[position] != 0:
        name = body[position : position + width]
        raw = body[position + width : position + 2 * width]
        size = from_synchsafe(raw) if synchsafe else int.from_bytes(raw, "big")
        flags = body[position + header - 1] if version > 2 and len(body) >= position + header else 0
        contents = position + header
        if not _FRAME_NAME[min(version, 3)].fullmatch(name) or size is None:
            return frames, position, False
        if contents + size > len(body) or len(frames) == _MOST_FRAMES:
            return frames, position, False
        frames.append(Frame(name.decode(), flags, position, contents, contents + size))
        position = contents + size
    return frames, position, True


def contents_of(body: bytes, frame: Frame, header: Header) -> bytes:
    """Return what a frame holds, plain; nothing where it is encrypted."""
    contents, flags = body[frame.contents : frame.end], frame.flags
    if header.version == 2 or not (flags or header.flags & UNSYNCHRONISED):
        return contents
    if header.version == 3:
        compressed, encrypted, grouped, counted = flags & 0x80, flags & 0x40, flags & 0x20, 0
        skip = 4 if compressed else 0
    else:
        compressed, encrypted, grouped, counted = flags & 8, flags & 4, flags & 0x40, flags & 1
        if flags & 2 or header.flags & UNSYNCHRONISED:
            contents = resynchronised(contents)
        skip = 4 if counted else 0
    if encrypted:
        return b""
    contents = contents[skip + bool(grouped) :]
    if not compressed:
        return contents
    try:
        return zlib.decompressobj().decompress(contents, LARGEST)
    except zlib.error:
        return b""


def name_of(body: bytes, frame: Frame, header: Header) -> str:
    """Return the name, as in `linernotes.library.tag_names.ID3`, that a frame goes by."""
    name = modern_name(frame.name)
    if name not in ("TXXX", "COMM", "USLT"):
        return name
    contents = contents_of(body, frame, header)
    skip = 1 if name == "TXXX" else 4
    described = _decoded(contents[:1] + contents[skip : skip + _LONGEST])
    text = described if isinstance(described, str) else described.decode("latin-1")
    detail = text.partition("\0")[0].upper()
    return f"{name}:{detail}" if detail or name == "TXXX" else name


def modern_name(name: str) -> str:
    """Return what a frame is called in ID3v2.4.

    Examples
    --------
    >>> modern_name("TT2"), modern_name("TYER"), modern_name("TP1 "), modern_name("XYZ1")
    ('TIT2', 'TDRC', 'TPE1', 'XYZ1')
    """
    name = name.strip(" \0")
    name = FROM_2_2.get(name, name)
    return _FROM_2_3.get(name, name)


def _texts(body: bytes, header: Header) -> Iterator[tuple[str, str | bytes]]:
    frames, _, _ = frames_in(body, header)
    date: dict[str, str] = {}
    for frame in frames:
        name = name_of(body, frame, header)
        contents = contents_of(body, frame, header)[:_LONGEST]
        if frame.name in ("TYER", "TYE", "TDAT", "TDA"):
            text = _decoded(contents)
            date[name] = text.strip("\0 ") if isinstance(text, str) else ""
        elif name == "TIPL":
            yield from _people(contents)
        elif name == "UFID":
            owner, _, identifier = contents.partition(b"\0")
            yield f"UFID:{owner.decode('latin-1')}", identifier.decode("ascii", "ignore")
        elif name.startswith(("TXXX", "COMM", "USLT")):
            skip = 1 if name.startswith("TXXX") else 4
            yield name, _second(contents[:1] + contents[skip:])
        elif name == "TCON":
            yield name, _genres(contents)
        elif name.startswith("T"):
            yield name, _decoded(contents)
    if "TDRC" in date:
        day = date.get("TDAT", "")
        exact = f"-{day[2:4]}-{day[:2]}" if len(day) == 4 and day.isdecimal() else ""
        yield "TDRC", date["TDRC"] + exact


def _decoded(contents: bytes) -> str | bytes:
    """Decode what a byte says how it is encoded; what may be an old code page stays bytes."""
    coding, data = contents[:1], contents[1:]
    if coding == b"\1":
        return utf_16(data)
    if coding == b"\2":
        # Which has no mark, but for those who put one there.
        return utf_16(data if data[:2] in (b"\xff\xfe", b"\xfe\xff") else b"\xfe\xff" + data)
    if coding == b"\3":
        return utf_8(data)
    # Without that byte, as some programs write it, all of it is text.
    data = data if coding == b"\0" else contents
    return data.decode("ascii") if data.isascii() else data


def _second(contents: bytes) -> str | bytes:
    """Return what comes behind a description."""
    text = _decoded(contents)
    if isinstance(text, str):
        return text.partition("\0")[2]
    return text.partition(b"\0")[2]


def _genres(contents: bytes) -> str | bytes:
    text = _decoded(contents)
    if isinstance(text, bytes):
        return text
    return "\0".join(genre for part in text.split("\0") for genre in genres_in(part))


def _people(contents: bytes) -> Iterator[tuple[str, str | bytes]]:
    text = _decoded(contents)
    parts = (text if isinstance(text, str) else text.decode("latin-1")).split("\0")
    for role, person in zip(parts[::2], parts[1::2], strict=False):
        yield f"TIPL:{role}", person


def from_synchsafe(data: bytes) -> int | None:
    """Return a number of four bytes of seven bits, or nothing if it is none."""
    if len(data) < 4 or any(byte & 0x80 for byte in data):
        return None
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


def to_synchsafe(number: int) -> bytes:
    """Return four bytes of seven bits."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def resynchronised(data: bytes) -> bytes:
    """Take out the zeros that were put behind each 255."""
    return data.replace(b"\xff\0", b"\xff")
