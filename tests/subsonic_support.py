"""A library as apps of Subsonic find it: albums, compilations, odd names, covers, files to play."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import soundfile
from library_support import made_up
from picture_support import picture
from serving_support import Served
from support import encode, make_song

from linernotes.explore import Library
from linernotes.integrations.subsonic.authentication import AppPassword, PasswordFile
from linernotes.library.jobs import stamp_of
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

ODD = "a\x01b<&>\"'\u2028]]>\ufffe é \U0001f600"
TRACKS = 60
SECONDS = 8
SOUNDS = ("flac", "mp3", "ogg", "wav")


def track_id(i: int) -> str:
    return f"{i:032x}"


def tags_of(i: int) -> dict[str, str]:
    """Twelve albums of five tracks, the last one a compilation; one title is odd."""
    album = i // 5
    tags = {
        "title": ODD if i == 7 else f"Title {i:02}",
        "artist": f"Artist {album % 6}" if album < 11 else f"Guest {i}",
        "album": f"Album {album:02}" if album < 11 else "Sampler",
        "tracknumber": f"{i % 5 + 1}/5",
        "discnumber": "1",
        "date": str(1980 + album),
    }
    if album < 11:
        tags["albumartist"] = tags["artist"]
    return tags if i % 3 == 2 else tags | {"genre": ("Jazz; Blues", "rock")[i % 3]}


def make_library(folder: Path) -> Library:
    """Make the library; the first tracks can be played, and the first album has a cover."""
    music = folder / "music"
    (music / "00").mkdir(parents=True)
    (music / "00" / "cover.png").write_bytes(picture())
    song = make_song(duration=SECONDS)
    sounds = folder / "sounds"
    sounds.mkdir()
    for kind in ("flac", "wav", "ogg"):
        soundfile.write(sounds / f"s.{kind}", song, 44100)
    encode(sounds / "s.mp3", song, 44100, "libmp3lame")
    rows, analyses = [], {}
    for i in range(TRACKS):
        kind = SOUNDS[i % 4]
        home = music / f"{i // 5:02}"
        home.mkdir(exist_ok=True)
        path = home / f"{i:02} é #1.{kind}"
        if i < 8:
            shutil.copy(sounds / f"s.{kind}", path)
        stamp = stamp_of(str(path))
        size, changed = (stamp.size, stamp.mtime_ns) if i < 8 else (10**6 + i, (i + 1) * 10**15)
        rows.append(FileRow(str(path), size, changed, track_id=track_id(i), tags=tags_of(i)))
        analyses[track_id(i)] = made_up(i) if i >= 8 else _lasting(made_up(i))
    Store(str(folder / "library"), create=True).write(analyses, rows)
    return Library(folder / "library")


def _lasting(analysis: Any) -> Any:
    from dataclasses import replace

    return replace(analysis, duration=float(SECONDS))


@dataclass(frozen=True)
class App:
    """What an app knows: where the server is, and what to show."""

    served: Served
    file: PasswordFile

    @property
    def password(self) -> AppPassword:
        known = self.file.read()
        assert known is not None
        return known

    def client(self) -> httpx.Client:
        return self.served.client(params={"apiKey": self.password.api_key, "f": "json"})


def told(answer: httpx.Response) -> dict[str, Any]:
    """Return what an answer tells, which has to be a good one."""
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["subsonic-response"]
    assert found["status"] == "ok", found
    return found


def failed(answer: httpx.Response) -> int:
    """Return the number of the error that an answer tells."""
    assert answer.status_code == 200, answer.text
    found = answer.json()["subsonic-response"]
    assert found["status"] == "failed", found
    assert found["error"]["message"]
    number: int = found["error"]["code"]
    return number
