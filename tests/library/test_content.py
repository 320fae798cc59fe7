"""The id of a track stays when its file is moved or retagged, and only then."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.apev2 import APEv2
from mutagen.flac import Picture
from mutagen.id3 import APIC, ID3, TIT2
from numpy.typing import NDArray
from support import make_song

from linernotes.errors import EmptyFileError, NotAudioError, UnreadableError
from linernotes.library.content import track_head, track_id

PICTURE = bytes(range(256)) * 300


def retag(path: Path) -> None:
    """Give a file a long title, and a picture where that is easy."""
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    if isinstance(file.tags, ID3):
        file.tags.add(TIT2(encoding=3, text="x" * 5000))
        file.tags.add(APIC(encoding=3, mime="image/png", type=3, desc="", data=PICTURE))
    else:
        file["\xa9nam" if path.suffix == ".m4a" else "title"] = ["x" * 70_000]
    if path.suffix == ".flac":
        picture = Picture()
        picture.data = PICTURE
        file.add_picture(picture)
    file.save()


@pytest.mark.parametrize(
    "name", ["mp3", "flac", "ogg", "opus", "m4a", "alac", "wav", "aiff", "wma"]
)
def test_retagging_and_moving_change_nothing(
    name: str, song_files: dict[str, Path], tmp_path: Path
) -> None:
    before, head = track_id(song_files[name]), track_head(song_files[name])
    copy = tmp_path / f"moved{song_files[name].suffix}"
    shutil.copy(song_files[name], copy)
    assert track_id(copy) == before
    retag(copy)
    assert copy.read_bytes() != song_files[name].read_bytes()
    assert track_id(copy) == before
    retag(copy)
    assert track_id(copy.read_bytes()) == before
    assert track_head(copy) == head


def test_what_begins_alike_may_end_otherwise(tmp_path: Path) -> None:
    song = make_song(duration=2)
    for name in ("one", "other"):
        quiet = np.zeros((44100, 2)), song if name == "one" else -song
        soundfile.write(tmp_path / f"{name}.wav", np.concatenate(quiet), 44100)
    one, other = tmp_path / "one.wav", tmp_path / "other.wav"
    assert track_head(one) == track_head(other)
    assert track_id(one) != track_id(other)
    assert track_head(one) != track_head(one.read_bytes()[:20_000])


def test_ape_id3v1_and_lyrics_at_the_end(song_files: dict[str, Path], tmp_path: Path) -> None:
    plain = song_files["mp3"].read_bytes()
    before = track_id(plain)
    id3v1 = b"TAG" + b"title".ljust(125, b"\0")
    assert track_id(plain + id3v1) == before
    lyrics = b"LYRICSBEGIN" + b"IND00003000"
    assert track_id(plain + lyrics + b"%06dLYRICS200" % len(lyrics) + id3v1) == before
    tagged = tmp_path / "tagged.mp3"
    tagged.write_bytes(plain)
    tags = APEv2()
    tags["Title"] = "title"
    tags.save(tagged)
    assert tagged.read_bytes() != plain
    assert track_id(tagged) == before


@pytest.mark.slow
def test_every_format_and_every_song_is_another_track(
    song_files: dict[str, Path], tmp_path: Path
) -> None:
    ids = {name: track_id(path) for name, path in song_files.items()}
    assert len(set(ids.values())) == len(ids)
    assert all(len(value) == 32 for value in ids.values())
    for suffix in ("wav", "flac", "ogg", "mp3"):
        other = tmp_path / f"other.{suffix}"
        soundfile.write(other, make_song()[:-1000], 44100)
        assert track_id(other) not in ids.values()


def test_the_sample_rate_is_part_of_a_wav(song: NDArray[np.float32]) -> None:
    slow, fast = io.BytesIO(), io.BytesIO()
    soundfile.write(slow, song, 44100, format="WAV")
    soundfile.write(fast, song, 48000, format="WAV")
    assert track_id(slow.getvalue()) != track_id(fast.getvalue())


def test_unfinished_recordings_are_told_apart(song_files: dict[str, Path]) -> None:
    data = bytearray(song_files["wav"].read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = bytes(4)
    other = bytearray(data)
    other[-1] ^= 1
    assert track_id(bytes(data)) != track_id(bytes(other))


@pytest.mark.parametrize("name", ["mp3", "flac", "ogg", "opus", "m4a", "wav", "aiff", "wma"])
@pytest.mark.parametrize("size", [1500, 5000, 50_001])
def test_cut_files_have_ids_too(name: str, size: int, song_files: dict[str, Path]) -> None:
    data = song_files[name].read_bytes()
    assert track_id(data[:size]) != track_id(data)


def test_what_is_no_track_says_so(tmp_path: Path) -> None:
    empty, text = tmp_path / "empty.mp3", tmp_path / "text.mp3"
    empty.touch()
    text.write_text("not a song")
    for path, error in (
        (empty, EmptyFileError),
        (text, NotAudioError),
        (tmp_path, UnreadableError),
    ):
        with pytest.raises(error):
            track_id(path)
