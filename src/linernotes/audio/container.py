"""What kind of file this is, told from its first bytes rather than from its name.

Decoders guess too eagerly: given a program renamed to ``.mp3`` they find a few
hundred milliseconds of "music" in it. A file is handed to a decoder only if it
bears the signature of an audio container, or holds a run of consecutive MPEG frames.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.errors import NotAudioError, UnsupportedError

_HEAD = 4096
_SCAN = 1 << 20

# (offset, bytes, kind): the formats that libsndfile or FFmpeg read.
_SIGNATURES = (
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"caff", "caf"),
    (0, b".snd", "au"),
    (0, b"riff\x2e\x91\xcf\x11", "w64"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"wvpk", "wavpack"),
    (0, b"MAC ", "ape"),
    (0, b"MPCK", "musepack"),
    (0, b"MP+", "musepack"),
    (0, b"TTA1", "tta"),
    (0, b"DSD ", "dsf"),
    (0, b"#!AMR", "amr"),
    (0, b"\x0b\x77", "ac3"),
    (4, b"ftyp", "mp4"),
)

# Files that hold long runs of what looks like MPEG frames, but are something else.
_OTHERS = (
    b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"PK\x03\x04", b"%PDF",
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"SQLite",
)  # fmt: skip

# ASF objects that announce encrypted content (ASF specification, 10.1 and 10.2).
_ASF_ENCRYPTION = (
    bytes.fromhex("fbb31122 23bdd211 b4b700a0 c955fc6e".replace(" ", "")),
    bytes.fromhex("14e68a29 2226174c b935dae0 7ee9289c".replace(" ", "")),
)
_MP4_ENCRYPTION = (b"drms", b"enca")

_BITRATES = {
    # (MPEG version 1?, layer) -> kbit/s by index 1 to 14 (ISO 11172-3, 13818-3).
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_ADTS_RATES = 13


@dataclass(frozen=True)
class Container:
    """What the first bytes of a file say of it.

    Parameters
    ----------
    kind
        Short name of the format, such as ``"mp3"``, ``"flac"``, ``"mp4"``.
    declares_length
        Whether its header states the length, so that a loss can be measured.
    """

    kind: str
    declares_length: bool


def sniff(file: BinaryIO, name: str | None = None) -> Container:
    """Tell the container of an open file, and leave the file at its beginning.

    Raises
    ------
    NotAudioError
        The bytes are none of an audio file.
    UnsupportedError
        The bytes are those of copy-protected audio.

    Examples
    --------
    >>> import io
    >>> sniff(io.BytesIO(b"fLaC" + bytes(100))).kind
    'flac'
    """
    try:
        head = _read(file, 0, _HEAD)
        container = _by_signature(head)
        if container is None and not head.startswith(_OTHERS):
            container = _by_frames(file, head)
        if container is None:
            raise NotAudioError("this is not an audio file, whatever its name says", name)
        if container.kind in ("asf", "mp4") and _is_encrypted(file, container.kind):
            raise UnsupportedError(
                "this file is copy-protected (DRM); get an unprotected copy of it", name
            )
        return container
    finally:
        file.seek(0)


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    parts = []
    while size > 0:
        part = file.read(size)
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _by_signature(head: bytes) -> Container | None:
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return Container("wav", declares_length=True)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Container("aiff", declares_length=True)
    for offset, magic, kind in _SIGNATURES:
        if head.startswith(magic, offset):
            # An ogg stream or a raw one is as long as it is.
            return Container(kind, declares_length=kind not in ("ogg", "amr", "ac3"))
    return None


def _by_frames(file: BinaryIO, head: bytes) -> Container | None:
    """Find MPEG audio or ADTS by a run of consecutive frames, behind an ID3 tag if any."""
    offset = 0
    while head[:3] == b"ID3" and len(head) >= 10:
        size = sum(
            (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
        )
        offset += 10 + size
        head = _read(file, offset, _HEAD)
    if head.startswith(b"fLaC"):
        return Container("flac", declares_length=True)
    data = _read(file, offset, _SCAN)
    # A stream that begins at once needs less proof than one found somewhere.
    position, length = (0, 2) if data[:1] == b"\xff" else (data.find(b"\xff"), 10)
    while position != -1:
        for kind, frame_size in (("mp3", _mpeg_frame_size), ("aac", _adts_frame_size)):
            if _is_run(data, position, frame_size, length=length):
                first = data[position : position + 200]
                return Container(kind, declares_length=b"Xing" in first or b"Info" in first)
        position, length = data.find(b"\xff", position + 1), 10
    return None


_FrameSize = Callable[[bytes], tuple[int, tuple[int, ...]]]


def _is_run(data: bytes, position: int, frame_size: _FrameSize, *, length: int) -> bool:
    """Whether ``length`` frames of one stream follow one another (or the file ends first)."""
    stream = None
    for count in range(length):
        header = data[position : position + 7]
        if len(header) < 7:
            return count >= 2
        size, fixed = frame_size(header)
        if size == 0 or (stream is not None and fixed != stream):
            return False
        stream = fixed
        position += size
    return True


def _mpeg_frame_size(header: bytes) -> tuple[int, tuple[int, ...]]:
    """Bytes of the MPEG audio frame that begins here (0: none), and what its stream keeps."""
    version, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if header[0] != 0xFF or header[1] < 0xE0 or version == 1 or layer == 4:
        return 0, ()
    if bitrate in (0, 15) or rate == 3:
        return 0, ()
    bits = _BITRATES[version == 3, layer][bitrate - 1] * 1000
    sample_rate = _RATES[version][rate]
    padding = header[2] >> 1 & 1
    if layer == 1:
        size = (12 * bits // sample_rate + padding) * 4
    else:
        samples = 72 if layer == 3 and version != 3 else 144
        size = samples * bits // sample_rate + padding
    return size, (version, layer, rate)


def _adts_frame_size(header: bytes) -> tuple[int, tuple[int, ...]]:
    """Bytes of the ADTS frame that begins here (0: none), and what its stream keeps."""
    if header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return 0, ()
    rate = header[2] >> 2 & 15
    size = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if rate >= _ADTS_RATES or size < 8:
        return 0, ()
    return size, (header[1], rate)


def _is_encrypted(file: BinaryIO, kind: str) -> bool:
    if kind == "asf":
        head = _read(file, 0, 1 << 16)
        return any(guid in head for guid in _ASF_ENCRYPTION)
    # The sample descriptions lie in the 'moov' box, at either end of the file.
    end = file.seek(0, io.SEEK_END)
    offset = 0
    while 0 <= offset < end - 8:
        header = _read(file, offset, 16)
        size, box = int.from_bytes(header[:4], "big"), header[4:8]
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if box == b"moov":
            moov = _read(file, offset, min(size or end, _SCAN))
            entries = (match.end() + 12 for match in re.finditer(b"stsd", moov))
            return any(moov[entry : entry + 4] in _MP4_ENCRYPTION for entry in entries)
        if size < 8:
            return False
        offset += size
    return False
