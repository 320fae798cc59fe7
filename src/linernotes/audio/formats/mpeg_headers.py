"""The headers of the frames of MPEG audio (layers I to III) and of AAC in ADTS.

Sources: ISO 11172-3, 13818-3 and 13818-7, and the descriptions of the Xing, LAME and VBRI headers
that encoders follow.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

Kind = Literal["mp3", "aac"]

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
_WORD = struct.Struct(">I").unpack_from
_LONG = struct.Struct(">Q").unpack_from
# Samples by which every decoder of layer III is late.
_START_UP = 529


@dataclass(frozen=True)
class FrameFormat:
    """The fields that all frames of one stream share.

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
class LengthHeader:
    """The table in the first frame of an MP3 about the others (Xing, Info, VBRI)."""

    frames: int | None
    delay: int = 0
    padding: int = 0


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


def _adts_format(header: bytes) -> FrameFormat | None:
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return None
    rate, size = header[2] >> 2 & 15, (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if rate >= len(_ADTS_RATES) or size < 8:
        return None
    channels = (header[2] & 1) << 2 | header[3] >> 6
    key = (header[1], header[2] >> 2, channels)
    return FrameFormat("aac", _ADTS_RATES[rate], channels == 1, 0, 1024, key)


def formats_at(data: bytes, place: int) -> list[FrameFormat]:
    """Return what the header at a place of data may be the header of."""
    header = data[place : place + 8]
    return [form for form in (mpeg_format(header), _adts_format(header)) if form is not None]


def size_teller(form: FrameFormat) -> Callable[[bytes, int], int]:
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


def begins_a_stream(frame: bytes, form: FrameFormat) -> bool:
    """Whether this layer III frame needs no bits of those before it, as a stream's first does."""
    if form.layer != 3 or frame[2] >> 4 == 14:
        return False
    side = 4 + (0 if frame[1] & 1 else 2)
    if form.samples == 576:
        return frame[side] == 0
    return frame[side] == 0 and frame[side + 1] & 0x80 == 0


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
