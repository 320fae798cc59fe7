"""The frames of MPEG audio (layers I to III) and of AAC in ADTS, found by walking along them.

A header that tells the length may be missing, or wrong: of two files that were joined it tells
the first one's. The frames themselves tell their size and how long they sound (ISO 11172-3,
13818-3, 13818-7), so that a walk from one to the next gives the length for sure. It takes about a
second for ten hours.
"""

from __future__ import annotations

import re
import struct
import time
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import BinaryIO, Literal

from linernotes.audio.section import Span, read_at, size_of
from linernotes.audio.tag_blocks import behind_tags

Kind = Literal["mp3", "aac"]

ENTRY_EVERY = 64
"""Frames from one known place to the next."""

_BITRATES = {
    # (MPEG version 1?, layer) -> kbit/s by index 1 to 14.
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_ADTS_RATES = (
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
)  # fmt: skip

# What may be the beginning of a frame, of either kind.
_SYNC = re.compile(rb"\xff(?:[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x10-\xef]|[\xf0\xf1\xf8\xf9])")
_WORD = struct.Struct(">I").unpack_from
_LONG = struct.Struct(">Q").unpack_from
_BUFFER = 1 << 20
# More than eight frames of any kind.
_RUN_BYTES = 1 << 17
_SAME, _OTHER = 3, 8
_SMALLEST_FREE, _LARGEST_FREE = 24, 6000
# Places that may be a frame and are none, and gaps: a file with more of them is hostile.
_MAX_FAILURES = 200_000
_MAX_GAPS = 4096
# Without a header, so many seconds of zeros at the end were sound once.
_ZEROS_WORTH_SAYING = 0.5
_START_UP = 529


@dataclass(frozen=True)
class FrameFormat:
    """What all frames of one stream share.

    Parameters
    ----------
    kind
        ``"mp3"`` (all layers) or ``"aac"``.
    sample_rate
        As the frames say; AAC may come out of the decoder at twice that.
    mono
        Whether there is one channel.
    layer
        1 to 3; 0 for AAC.
    samples
        Frames of sound in one of the stream's frames.
    key
        What must be equal in every header.
    """

    kind: Kind
    sample_rate: int
    mono: bool
    layer: int
    samples: int
    key: tuple[int, ...]


@dataclass(frozen=True)
class MpegPart:
    """Frames of one format, with what stands between them left out.

    Parameters
    ----------
    format
        What they share.
    count
        How many there are.
    spans
        Where they lie in the file.
    entries
        Offset of every frame whose number `ENTRY_EVERY` divides.
    """

    format: FrameFormat
    count: int
    spans: tuple[Span, ...]
    entries: array[int]

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return self.count * self.format.samples / self.format.sample_rate


@dataclass(frozen=True)
class LengthHeader:
    """What the first frame of an MP3 says of the others (Xing, Info, VBRI)."""

    frames: int | None
    delay: int = 0
    padding: int = 0


@dataclass(frozen=True)
class MpegWalk:
    """What a walk along the frames of a file found.

    Parameters
    ----------
    parts
        One for almost every file; more where the format changes.
    header
        What the first frame says, if it says anything.
    lost
        Seconds that should be there and are not.
    damaged
        Whether something stands between the frames that is neither sound nor a tag.
    gaps
        How often something else than a frame followed on a frame.
    """

    parts: tuple[MpegPart, ...]
    header: LengthHeader | None
    lost: float
    damaged: bool
    gaps: int


def find_frames(data: bytes, *, whole: bool, tagged: bool = False) -> tuple[Kind, int] | None:
    """Find the first run of frames: its kind, and where it begins.

    Parameters
    ----------
    data
        The beginning of a file.
    whole
        Whether that is all of it.
    tagged
        Whether a tag stands before it, as it does before frames most often.
    """
    for match in _SYNC.finditer(data):
        # A stream that begins at once needs less proof than one found somewhere.
        needed = 2 if match.start() == 0 else _SAME if tagged else 10
        for form in _formats_at(data, match.start()):
            if _is_run(data, match.start(), form, needed, whole=whole):
                return form.kind, match.start()
    return ("mp3", 0) if _is_free_run(data) else None


def walk(file: BinaryIO, start: int, *, deadline: float = float("inf")) -> MpegWalk:
    """Walk along all frames of a file.

    Parameters
    ----------
    file
        Of kind "mp3" or "aac"; its position moves.
    start
        Where the first frame begins.
    deadline
        When to give up with `TimeoutError`, on the clock of `time.monotonic`.
    """
    return _Walker(file, start, deadline).walk()


def length_header(frame: bytes) -> LengthHeader | None:
    """Read the header that the first frame of an MP3 may hold in place of sound.

    Sources: the descriptions of the Xing, LAME and VBRI headers that encoders follow.
    """
    form = mpeg_format(frame)
    if form is None or form.layer != 3:
        return None
    if frame[36:40] == b"VBRI" and len(frame) >= 54:
        return LengthHeader(int.from_bytes(frame[50:54], "big"))
    side = (9 if form.mono else 17) if form.samples == 576 else (17 if form.mono else 32)
    mark = frame[4 + side : 8 + side]
    if mark not in (b"Xing", b"Info"):
        return None
    flags, place = int.from_bytes(frame[8 + side : 12 + side], "big"), 12 + side
    frames = int.from_bytes(frame[place : place + 4], "big") if flags & 1 else None
    place += 4 * (flags & 1) + 2 * (flags & 2) + 25 * (flags & 4) + (flags & 8) // 2
    trim = frame[place + 21 : place + 24]
    if frame[place : place + 4] not in (b"LAME", b"Lavf", b"Lavc") or len(trim) < 3:
        return LengthHeader(frames)
    return LengthHeader(frames, trim[0] << 4 | trim[1] >> 4, (trim[1] & 15) << 8 | trim[2])


def trimmed(header: LengthHeader | None, *, at_end: bool) -> tuple[int, int]:
    """Return the samples that the encoder added, before and behind the sound."""
    if header is None or not (header.delay or header.padding):
        return 0, 0
    return header.delay + _START_UP, max(0, header.padding - _START_UP) if at_end else 0


def mpeg_format(header: bytes) -> FrameFormat | None:
    """Read the header of a frame of MPEG audio: what it shares with those that follow."""
    if len(header) < 4 or header[0] != 0xFF or header[1] < 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return None
    return _mpeg_format(version, layer, rate, header[3] >> 6 == 3)


@cache
def _mpeg_format(version: int, layer: int, rate: int, mono: bool) -> FrameFormat:
    samples = 384 if layer == 1 else 576 if layer == 3 and version != 3 else 1152
    key = (version, layer, rate, mono)
    return FrameFormat("mp3", _RATES[version][rate], mono, layer, samples, key)


@cache
def _mpeg_sizes(version: int, layer: int, rate: int, mono: bool) -> Mapping[int, int]:
    """Bytes of a frame by the first 26 bits of its header."""
    sample_rate, sizes = _RATES[version][rate], {}
    for number, kilobits in enumerate(_BITRATES[version == 3, layer], start=1):
        for padding in (0, 1):
            if layer == 1:
                size = (12 * kilobits * 1000 // sample_rate + padding) * 4
            else:
                slots = 72 if layer == 3 and version != 3 else 144
                size = slots * kilobits * 1000 // sample_rate + padding
            fixed = 0x7FF << 21 | version << 19 | (4 - layer) << 17 | number << 12 | rate << 10
            for protection in (0, 1):
                for private in (0, 1):
                    for mode in (3,) if mono else (0, 1, 2):
                        word = fixed | protection << 16 | padding << 9 | private << 8 | mode << 6
                        sizes[word >> 6] = size
    return sizes


def _adts_format(header: bytes) -> FrameFormat | None:
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return None
    rate, size = header[2] >> 2 & 15, (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if rate >= len(_ADTS_RATES) or size < 8:
        return None
    channels = (header[2] & 1) << 2 | header[3] >> 6
    key = (header[1], header[2] >> 2, channels)
    return FrameFormat("aac", _ADTS_RATES[rate], channels == 1, 0, 1024, key)


def _formats_at(data: bytes, place: int) -> list[FrameFormat]:
    header = data[place : place + 8]
    return [form for form in (mpeg_format(header), _adts_format(header)) if form is not None]


def _sizes(form: FrameFormat) -> Callable[[bytes, int], int]:
    """Return what tells the size of a frame of this format at a place of data, or 0."""
    if form.kind == "mp3":
        version, layer, rate, mono = form.key
        get = _mpeg_sizes(version, layer, rate, bool(mono)).get

        def mpeg_size(data: bytes, place: int) -> int:
            return get(_WORD(data, place)[0] >> 6, 0)

        return mpeg_size
    first, second, channels = form.key

    def adts_size(data: bytes, place: int) -> int:
        word = _LONG(data, place)[0]
        if word >> 48 != 0xFF00 | first or word >> 42 & 0x3F != second:
            return 0
        return word >> 21 & 0x1FFF if word >> 38 & 7 == channels else 0

    return adts_size


def _is_run(data: bytes, place: int, form: FrameFormat, needed: int, *, whole: bool) -> bool:
    """Whether frames of one format follow one another, or the file ends behind two of them."""
    size_at, last = _sizes(form), len(data) - 8
    for count in range(needed):
        if place > last:
            return count >= 2 and (whole or count >= _SAME)
        size = size_at(data, place)
        if not size:
            return False
        place += size
    return True


def _is_free_run(data: bytes) -> bool:
    """Whether data begin with frames of a bit rate that is in no table, and thus of one size."""
    if len(data) < 4 or data[2] >> 4 or mpeg_format(data[:2] + bytes([data[2] | 16, 0])) is None:
        return False
    fixed, padding = data[2] & 0xFD, data[2] >> 1 & 1
    place = data.find(data[:2], _SMALLEST_FREE, _LARGEST_FREE)
    while place > 0 and place + 3 < len(data):
        size, at, count = place - padding, 0, 0
        while count < _OTHER and data[at : at + 2] == data[:2] and data[at + 2] & 0xFD == fixed:
            at, count = at + size + (data[at + 2] >> 1 & 1), count + 1
        if count == _OTHER:
            return True
        place = data.find(data[:2], place + 1, _LARGEST_FREE)
    return False


@dataclass
class _Part:
    format: FrameFormat
    count: int = 0
    spans: list[Span] = field(default_factory=list)
    entries: array[int] = field(default_factory=lambda: array("Q"))


class _Walker:
    def __init__(self, file: BinaryIO, start: int, deadline: float) -> None:
        self._file = file
        self._end = size_of(file)
        self._start = start
        self._deadline = deadline
        self._failures = 0
        self._gaps = 0
        self._lost_bytes = 0
        self._parts: list[_Part] = []

    def walk(self) -> MpegWalk:
        header = None
        position, complete = self._start, True
        while (found := self._next_run(position)) is not None:
            first, form = found
            frame = read_at(self._file, first, 200)
            told = length_header(frame)
            self._note_gap(position, first, fresh=told is not None or _begins(frame, form))
            if told is not None:
                header = told if not self._parts else header
                first += _sizes(form)(frame, 0)
            position, complete = self._follow(first, form)
        self._note_zeros(position, header)
        parts = tuple(
            MpegPart(part.format, part.count, tuple(part.spans), part.entries)
            for part in self._parts
            if part.count
        )
        lost, damaged = self._lost(parts, header, complete)
        return MpegWalk(parts, header, lost, damaged, self._gaps)

    def _next_run(self, position: int) -> tuple[int, FrameFormat] | None:
        """Find the next frames, behind tags and whatever else stands there."""
        current = self._parts[-1].format if self._parts else None
        position = behind_tags(self._file, position)
        while position < self._end and self._failures < _MAX_FAILURES:
            self._check_time()
            data = read_at(self._file, position, _BUFFER + _RUN_BYTES)
            whole = position + len(data) >= self._end
            for match in _SYNC.finditer(data, 0, _BUFFER + 2):
                place = match.start()
                for form in _formats_at(data, place):
                    if current is not None and form.kind != current.kind:
                        continue
                    needed = _SAME if form == current else _OTHER
                    if current is None and place == 0:
                        needed = 2
                    if _is_run(data, place, form, needed, whole=whole):
                        return position + place, form
                self._failures += 1
                if self._failures >= _MAX_FAILURES:
                    break
            position += _BUFFER
        return None

    def _follow(self, position: int, form: FrameFormat) -> tuple[int, bool]:
        """Walk as far as frames follow one another; tell whether the last one is whole."""
        if not self._parts or self._parts[-1].format != form:
            self._parts.append(_Part(form))
        part, size_at, first = self._parts[-1], _sizes(form), position
        count, entries = part.count, part.entries
        margin = 4 if form.kind == "mp3" else 8
        going = True
        while going and position + margin <= self._end:
            self._check_time()
            data = read_at(self._file, position, _BUFFER)
            place, last, size = 0, len(data) - margin, 0
            while place <= last:
                size = size_at(data, place)
                if not size:
                    going = False
                    break
                if not count % ENTRY_EVERY:
                    entries.append(position + place)
                count += 1
                place += size
            position += place
        complete = position <= self._end
        if not complete:
            count -= 1
            position -= size
            if not count % ENTRY_EVERY:
                entries.pop()
        part.count = count
        if position > first:
            self._add_span(part, (first, position))
        return (position if complete else self._end), complete

    def _add_span(self, part: _Part, span: Span) -> None:
        if part.spans and len(part.spans) >= _MAX_GAPS:
            span = (part.spans.pop()[0], span[1])
        part.spans.append(span)

    def _note_gap(self, position: int, first: int, *, fresh: bool) -> None:
        if not self._parts or first == position:
            return
        self._gaps += 1
        tags = behind_tags(self._file, position) - position
        # Where one file was put behind another, whatever stands between them is no loss.
        if first - position > tags and not tags and not fresh:
            self._lost_bytes += first - position

    def _note_zeros(self, position: int, header: LengthHeader | None) -> None:
        rest = behind_tags(self._file, position)
        if header is None and rest == position and self._parts and self._end > position:
            tail = read_at(self._file, position, _BUFFER)
            zeros = tail.rstrip(b"\0") == b"" or tail.count(0) > 0.99 * len(tail)
            if zeros and (self._end - position) * self._seconds_per_byte() > _ZEROS_WORTH_SAYING:
                self._lost_bytes += self._end - position

    def _lost(
        self, parts: tuple[MpegPart, ...], header: LengthHeader | None, complete: bool
    ) -> tuple[float, bool]:
        lost = self._lost_bytes * self._seconds_per_byte()
        damaged = lost > 0
        if header is not None and header.frames and parts:
            form = parts[0].format
            promised = header.frames * form.samples / form.sample_rate
            missing = promised - sum(part.seconds for part in parts)
            # A piece cut out of a file keeps its header, and nothing is wrong with it.
            if missing > 0 and (damaged or not complete):
                return max(missing, lost), True
        return lost, damaged

    def _seconds_per_byte(self) -> float:
        seconds = sum(p.count * p.format.samples / p.format.sample_rate for p in self._parts)
        size = sum(last - first for p in self._parts for first, last in p.spans)
        return seconds / size if size else 0.0

    def _check_time(self) -> None:
        if time.monotonic() > self._deadline:
            raise TimeoutError


def _begins(frame: bytes, form: FrameFormat) -> bool:
    """Whether this layer III frame needs no bits of those before it, as a stream's first does."""
    if form.layer != 3 or frame[2] >> 4 == 14:
        return False
    side = 4 + (0 if frame[1] & 1 else 2)
    if form.samples == 576:
        return frame[side] == 0
    return frame[side] == 0 and frame[side + 1] & 0x80 == 0
