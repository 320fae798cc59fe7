from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from dataset_support import make_examples, write_clip
from support import encode, make_song

from linernotes.datasets.examples import Examples
from linernotes.evaluation.confounding import Leak
from linernotes.evaluation.leakage import NEAR, find_leaks, near_duplicates
from linernotes.evaluation.splits import Split
from linernotes.library.analysis import analyse_track
from linernotes.library.file_tags import read_file_tags


def half(count: int, name: str = "artist") -> Split:
    rows = np.arange(count)
    return Split(rows[: count // 2], rows[count // 2 :], name, ("artist",))


def by_code(leaks: tuple[Leak, ...]) -> dict[str, Leak]:
    assert len({leak.code for leak in leaks}) == len(leaks)
    assert all("\n" not in leak.message for leak in leaks)
    return {leak.code: leak for leak in leaks}


def test_what_cannot_be_known_is_said_last_and_always() -> None:
    examples = make_examples(["a", "b"] * 2, artist=list("pqrs"))
    leaks = find_leaks(examples, half(4))
    assert [leak.code for leak in leaks] == ["cannot-be-known"]
    assert "covers" in leaks[-1].message


def test_artists_and_albums_on_both_sides() -> None:
    examples = make_examples(
        ["a", "b", "a", "b"], artist=["p", "q", "The P feat. x", None], album=["k", "l", None, "l"]
    )
    leaks = by_code(find_leaks(examples, replace(half(4), name="random", groups=())))
    assert leaks["artist-on-both-sides"].pairs == ((0, 2),)
    assert leaks["album-on-both-sides"].pairs == ((1, 3),)
    assert "random-split" in leaks
    assert "unknown-artists" not in leaks
    unknown = make_examples(["a", "b"] * 2, artist=["p", "q", None, None])
    assert "2 tracks of 4" in by_code(find_leaks(unknown, half(4)))["unknown-artists"].message


def test_copies_are_found_whatever_their_tags(tmp_path: Path) -> None:
    song = make_song(duration=2.0, sample_rate=16000)
    for name, title in (("a", "One"), ("b", "Another title, of another length")):
        with soundfile.SoundFile(tmp_path / f"{name}.flac", "w", 16000, 2) as file:
            file.title = title
            file.write(song)
    write_clip(tmp_path / "c.wav", random_state=1)
    (tmp_path / "d.wav").write_bytes(b"no audio")
    assert read_file_tags(tmp_path / "a.flac")["title"] == "One"
    paths = [str(tmp_path / name) for name in ("a.flac", "c.wav", "b.flac", "d.wav")]
    examples = make_examples(["x", "y"] * 2, artist=list("pqrs"), path=paths)
    leaks = by_code(find_leaks(examples, half(4)))
    assert leaks["same-content"].pairs == ((0, 2),)
    assert "same-content" not in by_code(find_leaks(examples, half(4), files=False))


def test_copies_in_a_table_of_features_are_found() -> None:
    values = np.array([[1, 2], [3, 4], [1, 2], [3, 5]], dtype=np.float32)
    examples = replace(
        make_examples(["x", "y"] * 2, artist=list("pqrs")), features={"spotify": values}
    )
    assert by_code(find_leaks(examples, half(4)))["same-features"].pairs == ((0, 2),)


def test_copies_encoded_anew_are_heard(tmp_path: Path) -> None:
    song = make_song(duration=8.0)
    other = make_song(duration=8.0)[::-1].copy() * np.linspace(1, 0.2, 8 * 44100)[:, np.newaxis]
    soundfile.write(tmp_path / "a.wav", song, 44100)
    soundfile.write(tmp_path / "b.wav", other, 44100)
    encode(tmp_path / "c.m4a", song[22050:], 44100, "aac")
    soundfile.write(tmp_path / "d.mp3", other.mean(axis=1), 44100)
    paths = [tmp_path / name for name in ("a.wav", "b.wav", "c.m4a", "d.mp3")]
    heard = [analyse_track(path, analyses=("networks",)).networks for path in paths]
    embeddings = np.stack([track.embedding for track in heard if track is not None])
    examples = make_examples(["x", "y"] * 2, artist=list("pqrs"), path=list(map(str, paths)))
    leaks = by_code(find_leaks(examples, half(4), embeddings=embeddings))
    assert leaks["near-duplicate"].pairs == ((0, 2), (1, 3))
    assert near_duplicates(embeddings, half(4), least=1.01) == []
    # What a library has heard is used without being asked for.
    examples = replace(examples, features={"embedding": embeddings})
    assert "near-duplicate" in by_code(find_leaks(examples, half(4)))


def test_different_songs_of_one_author_are_not_copies(shared: Path) -> None:
    folder = shared / "music" / "authors"
    names = [f"Maxstack_{number:02d}.ogg" for number in range(4)]
    heard = [analyse_track(folder / name, analyses=("networks",)).networks for name in names]
    embeddings = np.stack([track.embedding for track in heard if track is not None])
    assert near_duplicates(embeddings, half(4)) == []
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    assert np.triu(unit @ unit.T, 1).max() < NEAR


def confounded(tmp_path: Path, form: str) -> Examples:
    """Sixteen tracks of two classes; something about the files tells which."""
    paths, targets = [], []
    for row in range(16):
        first = row % 2 == 0
        name = f"{row:02d}"
        rate = 16000 if form == "sample-rate" and first else 8000
        suffix = "flac" if form == "codec" and first else "wav"
        channels = 2 if form == "channels" and first else 1
        folder = tmp_path / ({True: "north", False: "south"}[first] if form == "folder" else "all")
        folder.mkdir(exist_ok=True)
        noise = np.random.default_rng(row).standard_normal((4000 + row, channels)) / 10
        paths.append(str(folder / f"{name}.{suffix}"))
        soundfile.write(paths[-1], noise, rate)
        targets.append("x" if first else "y")
    return make_examples(targets, artist=[f"p{row}" for row in range(16)], path=paths)


@pytest.mark.parametrize("form", ["codec", "sample-rate", "channels", "folder"])
def test_classes_that_files_tell_are_found(tmp_path: Path, form: str) -> None:
    leaks = by_code(find_leaks(confounded(tmp_path, form), half(16)))
    assert f"told-by-{form}" in leaks
    told = leaks[f"told-by-{form}"]
    assert "100%" in told.message
    assert told.classes == ("x", "y")


def test_files_of_one_kind_tell_nothing(tmp_path: Path) -> None:
    leaks = find_leaks(confounded(tmp_path, "nothing"), half(16))
    assert [leak.code for leak in leaks] == ["cannot-be-known"]


def test_classes_named_by_folders_are_told_of() -> None:
    paths = [f"/music/{name}/{row}.mp3" for row, name in enumerate(["Jazz", "rock"] * 4)]
    examples = make_examples(["jazz", "rock"] * 4, artist=list("pqrstuvw"), path=paths)
    leaks = by_code(find_leaks(examples, half(8)))
    assert list(leaks) == ["label-from-path", "cannot-be-known"]


def test_classes_of_one_artist_are_told_of() -> None:
    examples = make_examples(["x", "y", "x", "y"], artist=["p", "q", "The P", "r"])
    leak = by_code(find_leaks(examples, half(4)))["one-artist-class"]
    assert leak.classes == ("x",)
    assert "not the genre" in leak.message


def test_folds_are_looked_at_together() -> None:
    values = np.array([[1], [2], [1], [4]], dtype=np.float32)
    examples = replace(
        make_examples(["x", "y"] * 2, artist=list("pqrs")), features={"spotify": values}
    )
    first = half(4)
    second = replace(first, train=first.test, test=first.train)
    leak = by_code(find_leaks(examples, [first, second]))["same-features"]
    assert leak.pairs == ((0, 2), (2, 0))
    assert leak.message.startswith("2 tracks")
