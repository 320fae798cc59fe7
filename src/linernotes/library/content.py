"""The identity of a track, wherever its file lies and whatever its tags say.

A track's id is a hash of the audio as it is stored, without the metadata around it: of an mp3
what lies between its ID3, Lyrics3 and APE tags, of a flac its frames, of an mp4 its ``mdat``
boxes, of an ogg all packets but the comments and pictures, of a wav or aiff the format and the
samples, of a wma its data object. Nothing is decoded, so that the id depends on no decoder's
version and costs no more than reading the file. What is in another container is hashed whole,
but for tags at its ends.

Two encodings of the same recording are two tracks: they sound different.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from linernotes.audio import Source
from linernotes.audio.container import sniff
from linernotes.audio.source import open_source, source_name

_BLOCK = 1 << 20
_HEAD = 1 << 16
_DIGEST_SIZE = 16

_ASF_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
_OGG_COMMENTS = (b"\x03vorbis", b"OpusTags")
# Metadata blocks of FLAC that tell of the music without being any: padding, application,
# seek table, comments, cue sheet, picture.
_FLAC_EXTRAS = frozenset(range(1, 7))
_OGG_HEADERS = 64


class _Span(NamedTuple):
    """Bytes of a file from ``start`` to before ``end``."""

    start: int
    end: int


def track_id(source: Source) -> str:
    """Return the id of a track: 32 hexadecimal digits that moving and retagging do not change.

    Parameters
    ----------
    source
        Path, bytes, or binary file object.

    Raises
    ------
    EmptyFileError, UnreadableError, NotAudioError, UnsupportedError
        The file cannot be read, or is no audio.

    Examples
    --------
    >>> information, padding = bytes([0x80, 0, 0, 1, 7]), bytes([0x81, 0, 0, 2, 0, 0])
    >>> plain = b"fLaC" + information + b"frames"
    >>> padded = b"fLaC" + bytes([0, 0, 0, 1, 7]) + padding + b"frames"
    >>> track_id(plain) == track_id(padded)
    True
    """
    with open_source(source) as file:
        kind = sniff(file, source_name(source)).kind
        digest = hashlib.blake2b(digest_size=_DIGEST_SIZE)
        for block in _payload(file, kind):
            digest.update(block)
        return digest.hexdigest()


def track_head(source: Source) -> str:
    """Return 32 hexadecimal digits that tell how a track begins; it costs next to nothing.

    Tracks of one id begin alike, those that begin alike are most often one track.

    Parameters
    ----------
    source
        Path, bytes, or binary file object.

    Raises
    ------
    EmptyFileError, UnreadableError, NotAudioError, UnsupportedError
        As `track_id`.
    """
    with open_source(source) as file:
        kind = sniff(file, source_name(source)).kind
        digest, left = hashlib.blake2b(digest_size=_DIGEST_SIZE), _HEAD
        for block in _payload(file, kind, size=_HEAD):
            digest.update(block[:left])
            left -= len(block)
            if left <= 0:
                break
        return digest.hexdigest()


def _payload(file: BinaryIO, kind: str, *, size: int = _BLOCK) -> Iterator[bytes]:
    """Yield the audio of a file as it is stored, or the whole of it where that fails."""
    bare = _without_tags(file)
    if kind == "ogg":
        yield from _ogg_payload(file, bare)
        return
    spans: list[_Span] = []
    if find := _FINDERS.get(kind):
        spans = [span for span in find(file, bare) if span.end > span.start]
    for span in spans or [bare]:
        yield from _blocks(file, span, size)


def _blocks(file: BinaryIO, span: _Span, size: int = _BLOCK) -> Iterator[bytes]:
    file.seek(span.start)
    left = span.end - span.start
    while left > 0 and (block := file.read(min(size, left))):
        left -= len(block)
        yield block


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    return b"".join(_blocks(file, _Span(offset, offset + size)))


def _without_tags(file: BinaryIO) -> _Span:
    """Leave out ID3v2 tags before the audio, and ID3v1, Lyrics3, APE and ID3v2 after it."""
    start, end = 0, file.seek(0, io.SEEK_END)
    while (size := _id3_size(_read(file, start, 10))) and start + size < end:
        start += size
    while (size := _trailing_tag(file, start, end)) and size < end - start:
        end -= size
    return _Span(start, end)


def _id3_size(header: bytes) -> int:
    """Bytes of the ID3v2 tag with this header, or 0 (ID3v2.4, section 3.1)."""
    if len(header) < 10 or header[:3] not in (b"ID3", b"3DI") or max(header[6:10]) > 0x7F:
        return 0
    size = sum(byte << shift for byte, shift in zip(header[6:10], (21, 14, 7, 0), strict=True))
    return size + (20 if header[5] & 0x10 else 10)


def _trailing_tag(file: BinaryIO, start: int, end: int) -> int:
    """Bytes of the tag that ends here, or 0."""
    tail = _read(file, max(start, end - 160), min(160, end - start))
    if tail[-128:-125] == b"TAG" and len(tail) >= 128:
        return 128
    if tail[-32:-24] == b"APETAGEX":
        size = int.from_bytes(tail[-20:-16], "little")
        has_header = tail[-9] & 0x80
        return size + (32 if has_header else 0)
    if tail[-9:] == b"LYRICS200" and tail[-15:-9].isdigit():
        return int(tail[-15:-9]) + 15
    if tail[-10:-7] == b"3DI":
        return _id3_size(tail[-10:])
    return 0


def _flac_frames(file: BinaryIO, bare: _Span) -> Iterator[_Span]:
    offset, last = bare.start + 4, False
    while not last:
        header = _read(file, offset, 4)
        if len(header) < 4:
            return
        last = bool(header[0] & 0x80)
        offset += 4 + int.from_bytes(header[1:], "big")
    yield _Span(offset, bare.end)


def _mp4_media(file: BinaryIO, bare: _Span) -> Iterator[_Span]:
    offset = bare.start
    while offset + 8 <= bare.end:
        header = _read(file, offset, 16)
        size, skip = int.from_bytes(header[:4], "big"), 8
        if size == 1:
            size, skip = int.from_bytes(header[8:16], "big"), 16
        elif size == 0:
            size = bare.end - offset
        if size < skip:
            return
        if header[4:8] == b"mdat":
            yield _Span(offset + skip, min(offset + size, bare.end))
        offset += size


def _wav_samples(file: BinaryIO, bare: _Span) -> Iterator[_Span]:
    # RF64, for files beyond 4 GB, tells its sizes elsewhere.
    if _read(file, bare.start, 4) == b"RIFF":
        yield from _chunks(file, bare, "little", form=b"fmt ", samples=b"data")


def _aiff_samples(file: BinaryIO, bare: _Span) -> Iterator[_Span]:
    yield from _chunks(file, bare, "big", form=b"COMM", samples=b"SSND")


def _chunks(
    file: BinaryIO, bare: _Span, order: Literal["little", "big"], *, form: bytes, samples: bytes
) -> list[_Span]:
    """Find the chunks of a RIFF or IFF file that tell how samples are stored, and hold them."""
    found: dict[bytes, _Span] = {}
    offset = bare.start + 12
    while offset + 8 <= bare.end:
        header = _read(file, offset, 8)
        name, size = header[:4], int.from_bytes(header[4:], order)
        left = bare.end - offset - 8
        if name == samples and size == 0:  # a recording that was never finished
            size = left
        found.setdefault(name, _Span(offset + 8, offset + 8 + min(size, left)))
        offset += 8 + size + size % 2
    return [found[form], found[samples]] if form in found and samples in found else []


def _asf_data(file: BinaryIO, bare: _Span) -> Iterator[_Span]:
    offset = bare.start
    while offset + 24 <= bare.end:
        header = _read(file, offset, 24)
        size = int.from_bytes(header[16:], "little")
        if header[:16] == _ASF_DATA:
            # Behind the file's own id, the number of packets, and two reserved bytes.
            yield _Span(offset + 50, min(offset + size, bare.end))
        if size < 24:
            return
        offset += size


_FINDERS: dict[str, Callable[[BinaryIO, _Span], Iterable[_Span]]] = {
    "flac": _flac_frames,
    "mp4": _mp4_media,
    "wav": _wav_samples,
    "aiff": _aiff_samples,
    "asf": _asf_data,
}


def _ogg_payload(file: BinaryIO, bare: _Span) -> Iterator[bytes]:
    """Yield an ogg file's packets without pages, comments and pictures.

    New comments shift the boundaries and numbers of all pages that follow, so that pages
    themselves cannot be compared.
    """
    headers: dict[int, _OggHeaders] = {}
    offset = bare.start
    while offset < bare.end:
        header = _read(file, offset, 27)
        if len(header) < 27 or header[:4] != b"OggS":
            # What is between pages is damage, or another file's beginning: all of it counts.
            yield from _blocks(file, _Span(offset, bare.end))
            return
        lacing = _read(file, offset + 27, header[26])
        body = _read(file, offset + 27 + header[26], sum(lacing))
        stream = headers.setdefault(int.from_bytes(header[14:18], "little"), _OggHeaders())
        yield stream.keep(lacing, body)
        offset += 27 + header[26] + sum(lacing)


class _OggHeaders:
    """The headers of one stream in an ogg file, until they are over."""

    def __init__(self) -> None:
        self._packet = b""
        self._count = 0
        self._flac = False
        self._over = False

    def keep(self, lacing: bytes, body: bytes) -> bytes:
        """Return what counts of a page's body."""
        if self._over:
            return body
        kept, position = [], 0
        for size in lacing:
            self._packet += body[position : position + size]
            position += size
            if size < 255:
                if not self._is_extra(self._packet):
                    kept.append(self._packet)
                self._packet = b""
                self._count += 1
        if self._count >= (_OGG_HEADERS if self._flac else 3) and not self._packet:
            self._over = True
        return b"".join(kept)

    def _is_extra(self, packet: bytes) -> bool:
        if self._count == 0:
            self._flac = packet.startswith(b"\x7fFLAC")
            return False
        if self._flac:
            # The first byte of a frame is 255, and of the last block 128 and more.
            return packet[:1] != b"\xff" and bool(packet) and packet[0] & 0x7F in _FLAC_EXTRAS
        return packet.startswith(_OGG_COMMENTS) or self._count == 1
