from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from dataset_support import make_examples, write_clip, write_fma, write_gtzan
from library_support import made_up, write_songs

from linernotes.datasets.copies import without_copies
from linernotes.datasets.examples import (
    ColumnNotFoundError,
    ExamplesNotFoundError,
    ExamplesUnreadableError,
    NoExamplesError,
    OneClassError,
)
from linernotes.explore import Library
from linernotes.learning.data import load_data, trainable
from linernotes.library.errors import LibraryNotFoundError
from linernotes.library.rows import FileRow
from linernotes.library.store import Store


def tagged(path: Path, *, random_state: int = 0, **tags: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(random_state).standard_normal(4000) / 10
    with soundfile.SoundFile(path, "w", 8000, 1) as file:
        for field, value in tags.items():
            setattr(file, field, value)
        file.write(noise)
    return path


def test_folders_with_the_artists_of_the_files_own_tags(tmp_path: Path) -> None:
    tagged(tmp_path / "jazz/a.flac", artist="Nina", album="Live")
    tagged(tmp_path / "rock/b.flac", random_state=1)
    examples = load_data(tmp_path, label="genre")
    assert examples.target == ("jazz", "rock")
    assert examples.artist == ("Nina", None)
    assert examples.album == ("Live", None)
    assert examples.label == "genre"


def test_tables_with_the_artists_of_the_files_own_tags(tmp_path: Path) -> None:
    tagged(tmp_path / "a.flac", artist="Nina")
    tagged(tmp_path / "b.flac", random_state=1, artist="Ann")
    (tmp_path / "t.csv").write_text("path,label,artist\na.flac,x,\nb.flac,y,Bob\n")
    assert load_data(tmp_path / "t.csv").artist == ("Nina", "Bob")


def test_a_collected_folder_is_read_by_its_table(tmp_path: Path) -> None:
    tagged(tmp_path / "Eno/a.flac")
    tagged(tmp_path / "Dre/b.flac", random_state=1)
    (tmp_path / "tracks.csv").write_text(
        "path,label,artist,title,isrc\nEno/a.flac,Brian Eno,Devo,,\nDre/b.flac,Dr. Dre,Snoop,,\n"
    )
    examples = load_data(tmp_path, label="producer")
    assert examples.target == ("Brian Eno", "Dr. Dre")
    assert examples.artist == ("Devo", "Snoop")
    assert examples.label == "producer"


def test_data_sets_by_name(tmp_path: Path) -> None:
    fma = write_fma(tmp_path / "fma")
    assert load_data(f"fma:{fma}").name == "fma:small"
    assert load_data(f"fma:{fma}:medium").name == "fma:medium"
    with pytest.raises(ColumnNotFoundError, match="tiny"):
        load_data(f"fma:{fma}:tiny")
    write_gtzan(tmp_path / "gtzan/genres", clips=["pop.00010"])
    assert load_data(f"gtzan:{tmp_path}/gtzan").split == ("validation",)


def test_a_table_of_spotifys_features(tmp_path: Path) -> None:
    table = tmp_path / "songs.csv"
    table.write_text(
        "id,genre,danceability,energy,key,mode,loudness,speechiness,acousticness,"
        "instrumentalness,liveness,valence,tempo\n1,pop,0.5,0.6,7,1,-7,0,0,0,0,0,120\n"
    )
    assert load_data(table, label="genre").features["spotify"].shape == (1, 11)


def test_file_tags_of_a_folder(tmp_path: Path) -> None:
    tagged(tmp_path / "m/a.flac", genre="Jazz", artist="Nina")
    tagged(tmp_path / "m/b.flac", random_state=1, genre="Rock; Pop")
    tagged(tmp_path / "m/c.flac", random_state=2)
    examples = load_data(f"tags:{tmp_path}/m")
    assert examples.target == ("Jazz", "Rock")
    assert examples.artist == ("Nina", None)
    assert [left.code for left in examples.left_out] == ["no-label"]
    assert "more than one genre" in examples.warnings[0]
    with pytest.raises(ColumnNotFoundError, match="producer"):
        load_data(f"tags:{tmp_path}/m", label="mod")


def test_a_library_with_a_file_tag(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "library"), create=True)
    tags = [{"producer": "Dilla", "albumartist": "A", "album": "K"}, {"producer": "Madlib"}, {}]
    rows = [
        FileRow(f"/m/{number}.mp3", 1, 1, track_id=f"{number:032x}", tags=one)
        for number, one in enumerate(tags)
    ]
    broken = FileRow("/m/broken.mp3", 1, 1, code="corrupt", message="it is damaged")
    analyses = {
        row.track_id: made_up(random_state) for random_state, row in enumerate(rows) if row.track_id
    }
    store.write(analyses, [*rows, broken])
    examples = load_data(f"library:{tmp_path}/library", label="producer")
    assert examples.target == ("Dilla", "Madlib")
    assert examples.path == ("/m/0.mp3", "/m/1.mp3")
    assert (examples.artist, examples.album) == (("A", None), ("K", None))
    assert examples.track_id == (f"{0:032x}", f"{1:032x}")
    assert {left.name: left.code for left in examples.left_out} == {
        "/m/broken.mp3": "corrupt",
        "/m/2.mp3": "no-label",
    }
    collection = Library(tmp_path / "library").collection()
    assert examples.features == {}  # which are read when they are asked for
    assert examples.measured == {"embedding", "tags", "descriptors"}
    examples = examples.with_features(["embedding", "tags", "descriptors", "fma"])
    assert set(examples.features) == examples.measured
    assert (examples.features["embedding"] == collection.embedding[:2]).all()
    assert (examples.features["tags"] == collection.tags[:2]).all()
    assert (examples.features["descriptors"] == collection.descriptors[:2]).all()
    same = load_data("library:", label="producer", library=tmp_path / "library")
    assert same.target == examples.target
    (tmp_path / "moods.csv").write_text("path,mood,artist\n/m/2.mp3,calm,Nina\n/m/1.mp3,wild,\n")
    moods = load_data(
        f"library:{tmp_path}/library", label="mood", labels=tmp_path / "moods.csv"
    )  # fmt: skip
    assert (moods.path, moods.target) == (("/m/1.mp3", "/m/2.mp3"), ("wild", "calm"))
    assert moods.artist == (None, "Nina")
    read = moods.with_features(["tags"]).features["tags"]
    assert (read == collection.tags[1:3]).all()
    with pytest.raises(NoExamplesError, match=r"of 3 the reason .* tell its mood"):
        load_data(f"library:{tmp_path}/library", label="mood")
    with pytest.raises(LibraryNotFoundError):
        load_data(f"library:{tmp_path}/none")


def test_copies_are_used_once_and_contradictions_never(tmp_path: Path) -> None:
    a, b, c = write_songs(tmp_path / "x", ["a.wav", "b.wav", "c.wav"])
    write_songs(tmp_path / "y", ["d.wav"])
    shutil.copy(a, tmp_path / "x" / "again.wav")
    shutil.copy(b, tmp_path / "y" / "other.wav")
    examples = load_data(tmp_path)
    assert [Path(path or "").name for path in examples.path] == ["a.wav", "c.wav", "d.wav"]
    codes = {Path(left.name).name: left.code for left in examples.left_out}
    assert codes == {
        "again.wav": "duplicate", "b.wav": "conflicting-labels", "other.wav": "conflicting-labels",
    }  # fmt: skip
    for path in (a, c, tmp_path / "y" / "d.wav", tmp_path / "x" / "again.wav"):
        path.unlink()
    with pytest.raises(NoExamplesError, match="copies"):
        load_data(tmp_path)


def test_files_that_are_gone_or_empty_are_no_copies(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).touch()
    paths = [str(tmp_path / name) for name in ("a", "b", "gone", "gone too")]
    examples = make_examples(["x", "y"] * 2, path=paths)
    assert without_copies(examples) is examples


@pytest.mark.parametrize(
    ("spec", "error"),
    [("none", ExamplesNotFoundError), ("fma:none", ExamplesNotFoundError),
     ("gtzan:none", ExamplesNotFoundError), ("tags:none", ExamplesNotFoundError),
     ("", NoExamplesError), ("song.mp3", ExamplesNotFoundError),
     ("binary", ExamplesUnreadableError)],
)  # fmt: skip
def test_what_holds_no_examples_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: str, error: type[Exception]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "song.mp3")
    (tmp_path / "binary").write_bytes(b"\0\1\2" * 100)
    with pytest.raises(error) as caught:
        load_data(spec)
    assert "\n" not in str(caught.value)


def test_what_can_be_trained_is_trained() -> None:
    features = {"fma": np.ones((6, 3), dtype=np.float32)}
    features["fma"][4, 1] = np.nan
    examples = replace(make_examples(list("aabbbc")), features=features)
    left = trainable(examples)
    assert left.target == tuple("aabb")
    assert [one.code for one in left.left_out] == ["nan-features", "small-class"]
    assert left.left_out[1].name == "track 5"
    assert "one track" in left.left_out[1].message
    # What was left out before is still listed.
    assert len(trainable(left).left_out) == 2


@pytest.mark.parametrize(
    ("target", "says"),
    [("aaa", "one class"), ("aab", "only 1"), ("abc", "only 0"), ("", "one class")],
)
def test_one_class_is_not_enough(target: str, says: str) -> None:
    with pytest.raises(OneClassError, match=says):
        trainable(make_examples(list(target)))


def write_numbers(folder: Path, *, rows: int = 8) -> Path:
    """A table of tones with two columns of numbers, each with a gap, and a class of ours."""
    lines = ["path,artist,energy,valence,year,mood"]
    for number in range(rows):
        tagged(folder / f"m/{number}.flac", random_state=number)
        energy = "" if number == 0 else f"{number / 10}"
        valence = "?" if number == 1 else f"{number / 7:.3f}"
        mood = ("not sure", "calm")[number % 2]
        lines.append(f"m/{number}.flac,a{number},{energy},{valence},{1960 + number},{mood}")
    table = folder / "numbers.csv"
    table.write_text("\n".join(lines) + "\n")
    return table


def test_a_column_of_numbers_is_read_as_numbers(tmp_path: Path) -> None:
    table = write_numbers(tmp_path)
    energy = load_data(table, label="energy")
    assert energy.numbers.values.ravel().tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert [(left.code, left.message) for left in energy.left_out] == [
        ("no-label", "this row has no label; add it")
    ]
    assert load_data(table, label="energy", numbers=False).numbers is None
    years = load_data(table, label="year")
    assert "year holds numbers from 1960 to 1967" in years.warnings[0]


def test_two_columns_are_joined_where_both_are_there(tmp_path: Path) -> None:
    both = load_data(write_numbers(tmp_path), label="energy, valence")
    assert both.numbers.names == ("energy", "valence")
    assert both.numbers.values[0].tolist() == [0.2, 0.286]
    assert len(both) == 6
    assert {left.code for left in both.left_out} == {"no-label", "not-a-number"}
    assert both.label == "energy, valence"


def test_labels_that_nothing_tells_are_said_with_those_there_are(tmp_path: Path) -> None:
    table = write_numbers(tmp_path)
    fma = write_fma(tmp_path / "fma")
    write_gtzan(tmp_path / "gtzan/genres", clips=["pop.00010"])
    for spec, label, said in (
        (table, "enery", "no column enery; did you mean energy"),
        (table, "nope", "name one of path, artist, energy, valence, year, mood"),
        (f"tags:{tmp_path}/m", "gnre", "did you mean genre"),
        (f"fma:{fma}", "nope", "choose genre, artist, album"),
        (f"fma:{fma}", "track.languagecode", "did you mean track.language_code"),
        (f"gtzan:{tmp_path}/gtzan", "energy", "it tells the genre of its clips alone"),
        (tmp_path, "bpm", "name tags:"),
    ):
        with pytest.raises(ColumnNotFoundError, match=said):
            load_data(spec, label=label)


def test_folders_are_classes_unless_it_is_said(tmp_path: Path) -> None:
    for number in range(6):
        tagged(tmp_path / f"{number / 10}/{number}.flac", random_state=number)
        tagged(tmp_path / f"{number / 10}/{number}b.flac", random_state=10 + number)
    assert load_data(tmp_path).numbers is None
    assert load_data(tmp_path, numbers=True).numbers.values.max() == 0.5


def test_a_class_called_as_ours_is_learned_and_warned_of(tmp_path: Path) -> None:
    found = trainable(load_data(write_numbers(tmp_path), label="mood"))
    assert found.classes == ("calm", "not sure")
    assert "a class is called not sure: that is also told" in found.warnings[0]
    assert trainable(found).warnings == found.warnings
