"""Reading what files say of themselves."""

from __future__ import annotations

import io
import os
import shutil
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import apev2, id3
from mutagen.aiff import AIFF
from mutagen.asf import ASF
from mutagen.flac import FLAC
from mutagen.mp4 import MP4, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from linernotes.library.file_tags import LONGEST, clean, read_file_tags

TOLD = {
    "title": "Così",
    "artist": "Ann; Bob",
    "album": "Both",
    "albumartist": "Ann",
    "genre": "Jazz; Blues",
    "mood": "sad",
    "date": "1959-08-17",
    "tracknumber": "3/12",
    "discnumber": "1/2",
    "isrc": "USSM15900113",
    "producer": "Teo",
    "composer": "Bill",
    "bpm": "121",
    "key": "F#m",
    "musicbrainz_recordingid": "9d1d2b2c-0000-4000-8000-000000000001",
    "musicbrainz_albumid": "9d1d2b2c-0000-4000-8000-000000000002",
    "musicbrainz_artistid": "9d1d2b2c-0000-4000-8000-000000000003",
}


def id3_frames() -> list[Any]:
    told = {name: value.split("; ") for name, value in TOLD.items()}
    names = {"title": "TIT2", "artist": "TPE1", "album": "TALB", "albumartist": "TPE2",
             "genre": "TCON", "mood": "TMOO", "date": "TDRC", "tracknumber": "TRCK",
             "discnumber": "TPOS", "isrc": "TSRC", "composer": "TCOM", "bpm": "TBPM",
             "key": "TKEY"}  # fmt: skip
    frames = [getattr(id3, frame)(encoding=3, text=told[name]) for name, frame in names.items()]
    recording = TOLD["musicbrainz_recordingid"].encode()
    return [
        *frames,
        id3.TIPL(encoding=3, people=[["engineer", "Fred"], ["producer", "Teo"]]),
        id3.UFID(owner="http://musicbrainz.org", data=recording),
        id3.TXXX(encoding=3, desc="MusicBrainz Album Id", text=TOLD["musicbrainz_albumid"]),
        id3.TXXX(encoding=3, desc="MusicBrainz Artist Id", text=TOLD["musicbrainz_artistid"]),
    ]


def tell(kind: str, path: Path) -> None:
    told = {name: value.split("; ") for name, value in TOLD.items()}
    if kind == "mp3":
        tags = id3.ID3()
        for frame in id3_frames():
            tags.add(frame)
        tags.save(path)
    elif kind in ("wav", "aiff"):
        file = {"wav": WAVE, "aiff": AIFF}[kind](path)
        file.add_tags()
        for frame in id3_frames():
            file.tags.add(frame)
        file.save()
    elif kind in ("flac", "ogg", "opus"):
        file = {"flac": FLAC, "ogg": OggVorbis, "opus": OggOpus}[kind](path)
        names = {"key": "INITIALKEY", "musicbrainz_recordingid": "MUSICBRAINZ_TRACKID"}
        for name, values in told.items():
            file[names.get(name, name)] = values
        file.save()
    elif kind in ("m4a", "alac"):
        file = MP4(path)
        names = {"title": "©nam", "artist": "©ART", "album": "©alb", "albumartist": "aART",
                 "genre": "©gen", "date": "©day", "composer": "©wrt"}  # fmt: skip
        for name, key in names.items():
            file[key] = told[name]
        free = {"mood": "MOOD", "isrc": "ISRC", "producer": "PRODUCER", "key": "initialkey",
                "musicbrainz_recordingid": "MusicBrainz Track Id",
                "musicbrainz_albumid": "MusicBrainz Album Id",
                "musicbrainz_artistid": "MusicBrainz Artist Id"}  # fmt: skip
        for name, key in free.items():
            file[f"----:com.apple.iTunes:{key}"] = [MP4FreeForm(v.encode()) for v in told[name]]
        file["trkn"], file["disk"], file["tmpo"] = [(3, 12)], [(1, 2)], [121]
        file.save()
    else:
        file = ASF(path)
        names = {"title": "Title", "artist": "Author", "album": "WM/AlbumTitle",
                 "albumartist": "WM/AlbumArtist", "genre": "WM/Genre", "mood": "WM/Mood",
                 "date": "WM/Year", "tracknumber": "WM/TrackNumber", "isrc": "WM/ISRC",
                 "discnumber": "WM/PartOfSet", "producer": "WM/Producer", "key": "WM/InitialKey",
                 "composer": "WM/Composer", "bpm": "WM/BeatsPerMinute",
                 "musicbrainz_recordingid": "MusicBrainz/Track Id",
                 "musicbrainz_albumid": "MusicBrainz/Album Id",
                 "musicbrainz_artistid": "MusicBrainz/Artist Id"}  # fmt: skip
        for name, key in names.items():
            file[key] = told[name]
        file.save()


KINDS = ("mp3", "flac", "ogg", "opus", "m4a", "alac", "wav", "aiff", "wma")


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_tells_the_same(
    kind: str, song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = Path(shutil.copy(song_files[kind], tmp_path / "without a suffix"))
    assert not set(read_file_tags(path)) & {"title", "genre"}
    tell(kind, path)
    assert read_file_tags(path) == TOLD


@pytest.mark.parametrize("version", [3, 4])
def test_id3_of_any_version(version: int, song_files: dict[str, Path], tmp_path: Path) -> None:
    path = Path(shutil.copy(song_files["mp3"], tmp_path / "a.mp3"))
    tags = id3.ID3()
    tags.add(id3.TIT2(encoding=1, text="Così"))
    tags.add(id3.TCON(encoding=0, text="(17)"))
    tags.add(id3.TDRC(encoding=0, text="1959"))
    if version == 3:
        tags.update_to_v23()
    tags.save(path, v2_version=version)
    assert read_file_tags(path) == {"title": "Così", "genre": "Rock", "date": "1959"}


def test_id3_2_2(song_files: dict[str, Path], tmp_path: Path) -> None:
    frames = b"".join(
        name + len(text).to_bytes(3, "big") + text
        for name, text in ((b"TT2", b"\0Title"), (b"TCO", b"\0Folk"), (b"TYE", b"\x001959"))
    )
    path = tmp_path / "a.mp3"
    header = b"ID3\x02\0\0" + bytes([0, 0, len(frames) >> 7, len(frames) & 127])
    path.write_bytes(header + frames + song_files["mp3"].read_bytes())
    assert read_file_tags(path) == {"title": "Title", "genre": "Folk", "date": "1959"}


def test_older_tags_tell_what_newer_ones_do_not(
    song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "a.mp3"
    old = b"TAG" + b"Old title".ljust(30, b"\0") + b"Old artist".ljust(30, b"\0") + bytes(30)
    path.write_bytes(song_files["mp3"].read_bytes() + old + b"1959" + bytes(30) + b"\x11")
    assert read_file_tags(path) == {
        "title": "Old title", "artist": "Old artist", "date": "1959", "genre": "Rock",
    }  # fmt: skip
    tags = apev2.APEv2()
    tags["Artist"], tags["Genre"] = ["Ape artist", "Another"], "Folk"
    tags.save(path)
    assert read_file_tags(path)["artist"] == "Ape artist; Another"
    newest = id3.ID3()
    newest.add(id3.TPE1(encoding=3, text="New artist"))
    newest.save(path, v1=1)
    told = read_file_tags(path)
    assert told["artist"] == "New artist"
    assert told["genre"] == "Folk"


def test_the_info_list_of_wav(song_files: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    data = song_files["wav"].read_bytes()
    texts = b"INAM" + struct.pack("<I", 5) + b"Name\0\0" + b"IGNR" + struct.pack("<I", 4) + b"Folk"
    chunk = b"LIST" + struct.pack("<I", 4 + len(texts)) + b"INFO" + texts
    path.write_bytes(b"RIFF" + struct.pack("<I", len(data) + len(chunk) - 8) + data[8:] + chunk)
    assert read_file_tags(path) == {"title": "Name", "genre": "Folk"}


def test_odd_texts_are_cut_and_cleaned_but_not_repaired(
    song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = Path(shutil.copy(song_files["flac"], tmp_path / "a.flac"))
    file = FLAC(path)
    file["title"] = "Two\nlines\x07 and \x1b[31ma colour"
    file["artist"] = "Ã©tÃ\x81"
    file["album"] = "x" * 100_000
    file["genre"] = ["", "  ", "Folk", "Folk"]
    file.save()
    told = read_file_tags(path)
    assert told["title"] == "Two lines and [31ma colour"
    assert told["artist"] == "Ã©tÃ"
    assert told["album"] == "x" * LONGEST
    assert told["genre"] == "Folk"


def test_nothing_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "text.mp3").write_text("no music at all")
    os.mkfifo(tmp_path / "fifo.mp3")
    for name in ("missing.mp3", "empty.mp3", "text.mp3", "fifo.mp3", "", "a\0b"):
        assert read_file_tags(tmp_path / name) == {}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_broken_tags_never_raise(
    kind: str, song_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    path = tmp_path_factory.mktemp("broken") / "a"
    shutil.copy(song_files[kind], path)
    tell(kind, path)
    file = io.BytesIO(path.read_bytes())
    reach = min(3000, len(file.getvalue()))
    for _ in range(data.draw(st.integers(1, 6))):
        file.seek(data.draw(st.integers(0, reach - 1)))
        file.write(data.draw(st.binary(min_size=1, max_size=4)))
    path.write_bytes(file.getvalue()[: data.draw(st.integers(0, len(file.getvalue())))])
    for value in read_file_tags(path).values():
        assert value == clean(value)
        assert value
