"""What the tests of writing tags share: files with all kinds of tags in them."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
from mutagen import id3
from mutagen.aiff import AIFF
from mutagen.flac import FLAC, Picture
from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from linernotes.library.file_tags import read_file_tags
from linernotes.library.tagging.planning import TagPlan, plan_tags
from linernotes.library.tagging.writing import write_tags

KINDS = ("mp3", "flac", "ogg", "opus", "m4a", "alac", "wav", "aiff")
SUGGESTED = {
    "genre": ("jazz",),
    "mood": ("sad", "mellow"),
    "bpm": ("121",),
    "key": ("F#m",),
    "LINERNOTES_GENRE": ("jazz 0.83; blues 0.07",),
    "LINERNOTES_VERSION": ("0.1.0",),
}
TOLD = {field: "; ".join(values) for field, values in SUGGESTED.items()}
OURS = ("LINERNOTES_GENRE", "LINERNOTES_VERSION")
COVER = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 300

# Titles in an old code page must not stop FFmpeg; from PyAV 19 on they never do.
LENIENT: dict[str, Any] = (
    {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "replace"}
)

Copy = Callable[[str], Path]


def dress(kind: str, path: Path) -> None:
    """Put all kinds of things into the tags of a file that must not change."""
    frames = [
        id3.TIT2(encoding=1, text=["One", "Zwei"]),
        id3.TPE1(encoding=0, text="Ann"),
        id3.APIC(encoding=0, mime="image/jpeg", type=3, desc="front", data=COVER),
        id3.TXXX(encoding=3, desc="mine", text=["a", "b"]),
        id3.CHAP(element_id="c1", start_time=0, end_time=4000, sub_frames=[id3.TIT2(text="Intro")]),
        id3.PRIV(owner="somebody", data=bytes(range(256))),
        id3.POPM(email="me", rating=200, count=7),
    ]
    if kind == "mp3":
        tags = id3.ID3()
        for frame in frames:
            tags.add(frame)
        tags.save(path, v1=2, padding=lambda _: 777)
        # A frame that nobody knows, before the padding.
        data = bytearray(path.read_bytes())
        size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
        unknown = b"XYZ1\0\0\0\x05\0\0hello"
        data[10 + size - 777 : 10 + size - 777] = unknown
        size += len(unknown)
        data[6:10] = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
        path.write_bytes(data)
    elif kind in ("wav", "aiff"):
        chunked = {"wav": WAVE, "aiff": AIFF}[kind](path)
        chunked.add_tags()
        for frame in frames:
            chunked.tags.add(frame)
        chunked.save()
        data = path.read_bytes()
        order = "<I" if kind == "wav" else ">I"
        extra = b"what" + struct.pack(order, 3) + b"odd\0"
        path.write_bytes(
            data[:4] + struct.pack(order, len(data) + len(extra) - 8) + data[8:] + extra
        )
    elif kind == "flac":
        flac = FLAC(path)
        flac["title"], flac["artist"], flac["mine"] = ["One", "Zwei"], "Ann", ["a", "b"]
        flac.add_picture(picture())
        flac.save(padding=lambda _: 777)
    elif kind in ("ogg", "opus"):
        ogg = {"ogg": OggVorbis, "opus": OggOpus}[kind](path)
        ogg["title"], ogg["artist"], ogg["mine"] = ["One", "Zwei"], "Ann", ["a", "b"]
        ogg["metadata_block_picture"] = picture().write().hex()
        ogg.save()
    else:
        mp4 = MP4(path)
        mp4["©nam"], mp4["©ART"], mp4["covr"] = ["One", "Zwei"], ["Ann"], [MP4Cover(COVER)]
        mp4["----:com.example:mine"] = [MP4FreeForm(b"a", AtomDataType.UTF8), MP4FreeForm(b"\1", 0)]
        mp4["trkn"], mp4["cpil"] = [(3, 12)], True
        mp4.save()


def picture() -> Picture:
    made = Picture()
    made.type, made.mime, made.desc, made.data = 3, "image/jpeg", "front", COVER
    return made


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def packets(path: Path) -> bytes:
    with path.open("rb") as file, av.open(file, **LENIENT) as container:
        return b"".join(bytes(packet) for packet in container.demux(container.streams.audio[0]))


def write(path: Path, log: Path, *, overwrite: bool = False, **fields: Any) -> TagPlan:
    plan = plan_tags(path, fields or SUGGESTED, overwrite=overwrite)
    return write_tags(plan, log=log)


def told(path: Path) -> dict[str, str]:
    return read_file_tags(path, custom=OURS)
