"""The kind of a file, told from its first bytes rather than from its name.

Decoders guess too eagerly: given a program renamed to ``.mp3`` they find a few
hundred milliseconds of "music" in it. A file is handed to a decoder only if it
bears the signature of an audio container, or holds a run of consecutive MPEG frames. Tags may
stand before either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from linernotes.audio.formats.mpeg import find_frames
from linernotes.audio.formats.section import section
from linernotes.audio.formats.tag_blocks import behind_tags
from linernotes.errors import NotAudioError, UnsupportedError
from linernotes.files import read_at, size_of

_HEAD = 4096
_SCAN = 1 << 20
_LONGEST_PADDING = 1 << 16

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
    (0, b"tBaK", "tak"),
    (0, b"ajkg", "shorten"),
    (0, b"OFR ", "optimfrog"),
    (0, b"DSD ", "dsf"),
    (0, b"FRM8", "dff"),
    (0, b"#!AMR", "amr"),
    (0, b"\x0b\x77", "ac3"),
    (0, b"\x7f\xfe\x80\x01", "dts"),
    (0, b"\xfe\x7f\x01\x80", "dts"),
    (0, b"\x1f\xff\xe8\x00", "dts"),
    (0, b"\xff\x1f\x00\xe8", "dts"),
    (0, b"DTSHDHDR", "dts"),
    (4, b"\xf8\x72\x6f\xba", "truehd"),
    (4, b"\xf8\x72\x6f\xbb", "mlp"),
    (0, b"Creative Voice File", "voc"),
    (0, b"FLV\x01", "flv"),
    (0, b".RMF", "realmedia"),
    (0, b".ra\xfd", "realmedia"),
    (4, b"ftyp", "mp4"),
)

# QuickTime's older files begin with any of these boxes.
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")

# Streams without a header that tells how long they are.
_UNMEASURED = frozenset(("ogg", "mp3", "aac", "amr", "ac3", "dts", "truehd", "mlp", "shorten"))

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

# The ASF object that says how long the sound is, or that nobody knew (3.2).
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c 47a9cf11 8ee400c0 0c205365".replace(" ", ""))


@dataclass(frozen=True)
class Container:
    """A file's kind, as its first bytes tell it.

    Parameters
    ----------
    kind
        Short name of the format, such as ``"mp3"``, ``"flac"``, ``"mp4"``.
    declares_length
        Whether its header states the length, so that a loss can be measured.
    start
        Bytes before the format begins: tags that do not belong to it, or rubbish.
    """

    kind: str
    declares_length: bool
    start: int = 0


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
        start = behind_tags(file, 0)
        head = read_at(file, start, _HEAD)
        kind = _kind_of(head)
        if kind is None and start:
            start = _behind_padding(file, start)
            head = read_at(file, start, _HEAD)
            kind = _kind_of(head)
        if kind is None and not head.startswith(_OTHERS):
            data = read_at(file, start, _SCAN)
            found = find_frames(data, whole=len(data) < _SCAN, tagged=start > 0)
            if found is not None:
                kind, start = found[0], start + found[1]
        if kind is None:
            raise NotAudioError("this is not an audio file, whatever its name says", name)
        bare = section(file, [(start, size_of(file))]) if start else file
        if kind in ("asf", "mp4") and _is_encrypted(bare, kind):
            raise UnsupportedError(
                "this file is copy-protected (DRM); get an unprotected copy of it", name
            )
        declares_length = kind not in _UNMEASURED and not (kind == "asf" and _is_broadcast(bare))
        return Container(kind, declares_length, start)
    finally:
        file.seek(0)


def _behind_padding(file: BinaryIO, start: int) -> int:
    """Return the offset behind the zeros that some writers put behind a tag."""
    padded = read_at(file, start, _LONGEST_PADDING)
    start += len(padded) - len(padded.lstrip(b"\0"))
    # An mp4 begins with zeros itself.
    return start - 3 if _kind_of(read_at(file, start - 3, 12)) == "mp4" else start


def _kind_of(head: bytes) -> str | None:
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[:1] == b"\0" and head[4:8] in _QUICKTIME:
        return "mp4"
    if head[:1] == b"G" and len(head) > 752 and head[: 752 + 1 : 188] == b"GGGGG":
        return "mpegts"
    kinds = (kind for offset, magic, kind in _SIGNATURES if head.startswith(magic, offset))
    return next(kinds, None)


def _is_broadcast(file: BinaryIO) -> bool:
    """Whether an ASF stream was written before its length was known."""
    head = read_at(file, 0, 1 << 16)
    properties = head.find(_ASF_PROPERTIES)
    flags = head[properties + 88 : properties + 89]
    return properties < 0 or not flags or bool(flags[0] & 1)


def _is_encrypted(file: BinaryIO, kind: str) -> bool:
    if kind == "asf":
        head = read_at(file, 0, 1 << 16)
        return any(guid in head for guid in _ASF_ENCRYPTION)
    # The sample descriptions lie in the 'moov' box, at either end of the file.
    end = size_of(file)
    offset = 0
    while 0 <= offset < end - 8:
        header = read_at(file, offset, 16)
        size, box = int.from_bytes(header[:4], "big"), header[4:8]
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if box == b"moov":
            moov = read_at(file, offset, min(size or end, _SCAN))
            entries = (match.end() + 12 for match in re.finditer(b"stsd", moov))
            return any(moov[entry : entry + 4] in _MP4_ENCRYPTION for entry in entries)
        if size < 8:
            return False
        offset += size
    return False
