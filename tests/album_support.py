"""A library of albums with covers, copies and names that are hard to show."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import soundfile
from library_support import made_up
from picture_support import picture, png_bomb
from support import make_song

from linernotes.explore import Library
from linernotes.library.jobs import stamp_of
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

LONG_NAME = "Ein sehr langer Name, der nie zu enden scheint und doch " * 6
UNBROKEN = "x" * 300
RIGHT_TO_LEFT = "\u0645\u0631\u062d\u0628\u0627 \u202e abc \u0628\u0643"
EMOJI = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3b7\U0001f3b6" * 3
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"

#: Album, artist of the album, artists of the tracks, titles, and what lies as cover in its folder.
ALBUMS = (
    ("Blue", "Joni", ("Joni",) * 3, ("One", "Two", "Three"), ("cover.png", "#3060a0")),
    ("Blue", "Other", ("Other", "Other & Guest"), ("Four", "Five"), ("Folder.JPG", "#a06030")),
    ("Hits", None, ("Joni", "Other", "Third"), ("Six", "Seven", "Eight"), None),
    (LONG_NAME, UNBROKEN, (UNBROKEN,), (LONG_NAME,), ("front.webp", "#30a060")),
    (RIGHT_TO_LEFT, EMOJI, (EMOJI,), (RIGHT_TO_LEFT,), ("album.gif", "#806080")),
    (HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE,), ("cover.jpg", "bomb")),
)
KINDS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF"}


def make_albums(folder: Path) -> Library:
    """Write the albums, and twice the first track of the first: as WAV, and byte for byte."""
    music = folder / "music"
    song = make_song(duration=2, sample_rate=16000, channels=1)
    rows, analyses, number = [], {}, 0
    for place, (album, owner, artists, titles, cover) in enumerate(ALBUMS):
        home = music / f"{place}"
        home.mkdir(parents=True)
        if cover is not None:
            name, colour = cover
            kind = KINDS[name.rpartition(".")[2].lower()]
            data = png_bomb() if colour == "bomb" else picture(kind, size=(500, 500), colour=colour)
            (home / name).write_bytes(data)
        for i, (artist, title) in enumerate(zip(artists, titles, strict=True)):
            path = home / f"{i}.ogg"
            soundfile.write(path, song, 16000)
            tags = {"title": title, "artist": artist, "album": album, "tracknumber": f"{i + 1}/9",
                    "date": str(1970 + place), "genre": "Jazz"}  # fmt: skip
            tags |= {} if owner is None else {"albumartist": owner}
            rows.append(_row(path, number, tags))
            analyses[f"{number:032x}"] = made_up(number)
            number += 1
    first = music / "0" / "0.ogg"
    shutil.copy(first, music / "again.ogg")
    rows.append(_row(music / "again.ogg", 0, dict(rows[0].tags)))
    soundfile.write(music / "0" / "0.wav", song, 16000)
    rows.append(_row(music / "0" / "0.wav", 99, dict(rows[0].tags)))
    analyses[f"{99:032x}"] = replace(made_up(0))
    store = Store(str(folder / "library"), create=True)
    store.write(analyses, rows)
    return Library(folder / "library")


def _row(path: Path, number: int, tags: dict[str, str]) -> FileRow:
    stamp = stamp_of(str(path))
    return FileRow(str(path), stamp.size, stamp.mtime_ns, track_id=f"{number:032x}", tags=tags)
