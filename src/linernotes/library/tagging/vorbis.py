"""The edits that change some comments of a FLAC, Ogg Vorbis or Opus file.

Comments (xiph.org's Vorbis comment specification) lie in a metadata block of FLAC, and in a
packet of Ogg, which is cut into pages (RFC 3533). Pages stay cut where they were as far as
they hold what is to be told; where another one is needed, all pages behind are numbered anew.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from linernotes.audio.formats.tag_blocks import behind_id3v2
from linernotes.library.tag_names import VORBIS, native_names
from linernotes.library.tagging.errors import TagDamagedError, TagFormatError
from linernotes.library.tagging.patch import Edit, edited, trimmed
from linernotes.library.tags.comments import COMMENTS
from linernotes.library.tags.ogg import CONTINUED, FIRST, LAST, Page, packets_of, pages

Fields = Mapping[str, tuple[str, ...]]

_LARGEST_BLOCK = (1 << 24) - 1
_SEGMENTS = 255
_NOWHERE = b"\xff" * 8


def flac_edits(file: BinaryIO, fields: Fields) -> tuple[Edit, ...]:
    """Return the edits that set fields of a FLAC file.

    Raises
    ------
    TagDamagedError, TagFormatError
        The metadata are broken, or would be larger than the format allows.
    """
    position = behind_id3v2(file)
    if _read(file, position, position + 4) != b"fLaC":
        raise TagDamagedError("it does not begin as a FLAC file does")
    position += 4
    while True:
        file.seek(position)
        header = file.read(4)
        if len(header) < 4:
            raise TagDamagedError("it ends in the middle of its metadata")
        kind, last = header[0] & 0x7F, header[0] & 0x80
        size = int.from_bytes(header[1:], "big")
        if kind == COMMENTS:
            data = file.read(size)
            if len(data) < size:
                raise TagDamagedError("it ends in the middle of its comments")
            changes = comment_edits(data, fields)
            grown = size + sum(len(edit.new) - len(edit.old) for edit in changes)
            moved = (Edit(position + 4 + edit.offset, edit.old, edit.new) for edit in changes)
            return (Edit(position + 1, header[1:], _block_size(grown)), *moved)
        if last:
            break
        position += 4 + size
    data = _new_comments(fields)
    block = bytes([COMMENTS | 0x80]) + _block_size(len(data)) + data
    return (Edit(position, header[:1], bytes([kind])), Edit(position + 4 + size, b"", block))


def ogg_edits(file: BinaryIO, fields: Fields) -> tuple[Edit, ...]:
    """Return the edits that set fields of an Ogg Vorbis or Opus file.

    Raises
    ------
    TagDamagedError, TagFormatError
        The pages are broken, or it is another kind of Ogg.
    """
    found = pages(file, behind_id3v2(file))
    serial, is_vorbis = _serial(found)
    headers = _header_pages(found, serial, 1 + is_vorbis)
    packets = list(packets_of(headers))
    mark = b"\x03vorbis" if is_vorbis else b"OpusTags"
    if not packets[0].startswith(mark):
        raise TagDamagedError("there are no comments where they must be")
    comments = packets[0][len(mark) :]
    packets[0] = mark + edited(comments, comment_edits(comments, fields))
    new = _paginate(packets, headers)
    if len(new) == len(headers):
        pairs = zip(headers, new, strict=True)
        return tuple(edit for page, made in pairs for edit in _page_edits(page, made))
    begin, end = headers[0].offset, headers[-1].end
    edits = trimmed(begin, _read(file, begin, end), b"".join(map(bytes, new)))
    return (*edits, *_renumbered(file, end, serial, len(new) - len(headers)))


def comment_edits(data: bytes, fields: Fields) -> list[Edit]:
    """Return the edits of a comment block: remove those of the fields, put new ones behind.

    Examples
    --------
    >>> block = struct.pack("<II", 0, 1) + struct.pack("<I", 10) + b"genre=Folk" + b"rest"
    >>> edited(block, comment_edits(block, {"genre": ("Jazz",)}))[12:]
    b'GENRE=Jazzrest'
    """
    names = {name for field in fields for name in native_names(VORBIS, field)}
    try:
        position = 4 + _uint(data, 0)
        count, start = _uint(data, position), position
        position += 4
        edits = []
        for _ in range(count):
            end = position + 4 + _uint(data, position)
            if end > len(data):
                raise TagDamagedError("its comments are damaged; repair them first")
            key, mark, _value = data[position + 4 : end].partition(b"=")
            if mark and key.decode("ascii", "replace").upper() in names:
                edits.append(Edit(position, data[position:end], b""))
            position = end
    except struct.error as error:
        raise TagDamagedError("its comments are damaged; repair them first") from error
    added = _comments(fields)
    new_count = struct.pack("<I", count - len(edits) + len(added))
    number = Edit(start, data[start : start + 4], new_count)
    return [number, *edits, Edit(position, b"", b"".join(added))]


def _comments(fields: Fields) -> list[bytes]:
    texts = [
        f"{native_names(VORBIS, field)[0]}={value}".encode()
        for field, values in fields.items()
        for value in values
    ]
    return [struct.pack("<I", len(text)) + text for text in texts]


def _new_comments(fields: Fields) -> bytes:
    vendor = b"linernotes"
    comments = _comments(fields)
    head = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(comments))
    return head + b"".join(comments)


def _uint(data: bytes, position: int) -> int:
    return int(struct.unpack_from("<I", data, position)[0])


def _block_size(size: int) -> bytes:
    if size > _LARGEST_BLOCK:
        raise TagFormatError("its comments would be larger than a FLAC file can hold")
    return size.to_bytes(3, "big")


def _read(file: BinaryIO, begin: int, end: int) -> bytes:
    file.seek(begin)
    return file.read(end - begin)


def _serial(found: Iterator[Page]) -> tuple[int, bool]:
    """Return the serial number of the first stream of Vorbis or Opus, and whether it is Vorbis."""
    for page in found:
        if not page.flags & FIRST:
            break
        if page.data.startswith((b"\x01vorbis", b"OpusHead")):
            return page.serial, page.data.startswith(b"\x01vorbis")
    raise TagFormatError("tags of this kind of Ogg are not written here; Vorbis and Opus are")


def _header_pages(pages: Iterator[Page], serial: int, count: int) -> list[Page]:
    """Return the pages that hold a stream's next packets and nothing else."""
    found: list[Page] = []
    ended = 0
    for page in pages:
        if page.serial != serial:
            if found:
                raise TagFormatError("its comments are interleaved with another stream")
            continue
        found.append(page)
        ended += sum(length < 255 for length in page.lacing)
        if ended >= count:
            break
    else:
        raise TagDamagedError("it ends in the middle of its comments")
    if ended > count or found[-1].lacing[-1] == 255:
        raise TagFormatError("its sound begins on the page of its comments, which is not allowed")
    return found


def _paginate(packets: list[bytes], old: list[Page]) -> list[Page]:
    """Cut packets into pages: where the old ones were cut, or at least into as many."""
    lacing: list[int] = []
    ends = set()
    for packet in packets:
        lacing += [255] * (len(packet) // 255) + [len(packet) % 255]
        ends.add(len(lacing))
    data = b"".join(packets)
    pages = []
    begin = position = 0
    for index, end in enumerate(_cuts(len(lacing), [len(page.lacing) for page in old])):
        own = bytes(lacing[begin:end])
        contents = data[position : position + sum(own)]
        flags = 0 if begin == 0 or begin in ends else CONTINUED
        granule = bytes(8) if any(begin < place <= end for place in ends) else _NOWHERE
        number = old[0].number + index
        pages.append(Page(0, flags, granule, old[0].serial, number, own, contents))
        begin, position = end, position + len(contents)
    return pages


def _cuts(segments: int, old: list[int]) -> list[int]:
    """Return behind which segments pages end."""
    kept = list(itertools.accumulate(old[:-1]))
    if 0 < segments - sum(old[:-1]) <= _SEGMENTS:
        return [*kept, segments]
    count = min(max(len(old), -(-segments // _SEGMENTS)), segments)
    return [segments * (index + 1) // count for index in range(count)]


def _page_edits(old: Page, new: Page) -> list[Edit]:
    """Return the edits that make one page of another, each as small as can be."""
    before, after = bytes(old), bytes(new)
    cuts_before = (0, 22, 26, 27 + len(old.lacing), len(before))
    cuts_after = (0, 22, 26, 27 + len(new.lacing), len(after))
    return [
        edit
        for (begin, end), (start, stop) in zip(
            itertools.pairwise(cuts_before), itertools.pairwise(cuts_after), strict=True
        )
        for edit in trimmed(old.offset + begin, before[begin:end], after[start:stop])
    ]


def _renumbered(file: BinaryIO, offset: int, serial: int, shift: int) -> Iterator[Edit]:
    """Yield the edits of the numbers and checksums of all pages of a stream from an offset on."""
    for page in pages(file, offset):
        if page.serial != serial:
            continue
        new = bytes(replace(page, number=(page.number + shift) % (1 << 32)))
        yield Edit(page.offset + 18, _read(file, page.offset + 18, page.offset + 26), new[18:26])
        if page.flags & LAST:
            return
