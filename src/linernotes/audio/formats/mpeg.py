"""The frames of MPEG audio (layers I to III) and of AAC in ADTS, found by walking along them.

A header that tells the length may be missing, or wrong: of two files that were joined it tells
the first one's. The frames themselves tell their size and how long they sound (ISO 11172-3,
13818-3, 13818-7), so that a walk from one to the next gives the length for sure. It takes half a
second for ten hours.
"""

from __future__ import annotations

import re
import time
from array import array
from dataclasses import dataclass, field
from typing import BinaryIO

from linernotes.audio.formats.mpeg_headers import (
    FrameFormat,
    Kind,
    LengthHeader,
    begins_a_stream,
    formats_at,
    length_header,
    mpeg_format,
    size_teller,
)
from linernotes.audio.formats.section import Span
from linernotes.audio.formats.tag_blocks import behind_tags
from linernotes.files import read_at, size_of

ENTRY_EVERY = 64
"""Frames from one known place to the next."""

# What may be the beginning of a frame, of either kind.
_SYNC = re.compile(rb"\xff(?:[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x10-\xef]|[\xf0\xf1\xf8\xf9])")
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
class MpegWalk:
    """The findings of a walk along the frames of a file.

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
        for form in formats_at(data, match.start()):
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


def _is_run(data: bytes, place: int, form: FrameFormat, needed: int, *, whole: bool) -> bool:
    """Whether frames of one format follow one another, or the file ends behind two of them."""
    size_at, last = size_teller(form), len(data) - 8
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
            self._note_gap(position, first, fresh=told is not None or begins_a_stream(frame, form))
            if told is not None:
                header = told if not self._parts else header
                first += size_teller(form)(frame, 0)
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
                for form in formats_at(data, place):
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
        part, size_at, first = self._parts[-1], size_teller(form), position
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
