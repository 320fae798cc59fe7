"""Planning file tags: from a library where it knows the track, and only what is sure."""

from __future__ import annotations

import shutil
from pathlib import Path

import mutagen
import numpy as np
import pytest

from linernotes.explore import Library
from linernotes.features import names
from linernotes.identification.tag_planning import plan_file, plan_files
from linernotes.learning import Model, load_model
from linernotes.library import TrackAnalysis
from linernotes.library.analyses import FULL, Heard, tag_names
from linernotes.library.analysis import analyse_track
from linernotes.library.content import track_id
from linernotes.library.rows import FileRow
from linernotes.library.store import Store
from linernotes.library.tagging.planning import TagPlan


@pytest.fixture
def moved(song_files: dict[str, Path], tmp_path: Path) -> Path:
    """A song that was moved and retagged."""
    moved = tmp_path / "moved.flac"
    shutil.copy(song_files["flac"], moved)
    tagged = mutagen.File(moved)
    tagged["title"] = "x" * 5000
    tagged.save()
    return moved


def told(plan: TagPlan) -> dict[str, str]:
    return {c.field: c.new for c in plan.changes} | {d.field: d.value for d in plan.doubts}


def test_a_track_that_a_library_knows_is_not_listened_to(
    moved: Path, song_files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = plan_file(str(moved), models=["genre"])
    place = str(tmp_path / "library")
    assert Library(place).scan(song_files["flac"], workers=1).added == 1
    before = moved.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("linernotes.features.tracks.extract_track", None)
        patch.setattr("linernotes.identification.tracks.identify_and_analyse", None)
        known = plan_file(str(moved), models=["genre"], library=place)
        with pytest.raises(TypeError):  # of another song it knows nothing
            plan_file(str(song_files["mp3"]), models=["genre"], library=place)
    assert told(known) == told(plain)
    assert moved.read_bytes() == before


def stored(song: Path, folder: Path, *, tags: dict[str, float], **measured: float) -> str:
    """Make a library that knows other things of a song than one hears."""
    found = analyse_track(song)
    assert found.networks is not None
    assert found.descriptors is not None
    values = found.descriptors.copy()
    for name, value in measured.items():
        values[names("descriptors").index(name)] = value
    heard = np.full(len(tag_names()), 0.01, np.float32)
    for name, value in tags.items():
        heard[tag_names().index(name)] = value
    networks = Heard(
        found.networks.embedding, heard, found.networks.start, found.networks.end,
        np.tile(heard, (len(found.networks.start), 1)),
    )  # fmt: skip
    place = str(folder / "made")
    store = Store(place, create=True)
    store.extents("descriptors")
    store.extents("networks")
    own = track_id(song)
    made = TrackAnalysis(8.0, FULL, (), networks, values)
    store.write({own: made}, [FileRow(str(song), 1, 1, own)])
    return place


def test_tempo_and_key_are_written_only_where_they_are_sure(moved: Path, tmp_path: Path) -> None:
    place = stored(moved, tmp_path, tags={}, tempo=77, tempo_confidence=0.81,
                   key_tonic=2, key_mode=1, key_confidence=0.69)  # fmt: skip
    plan = plan_file(str(moved), models=["genre"], library=place)
    assert {c.field: c.new for c in plan.changes}["bpm"] == "77"
    assert ("key", "D", pytest.approx(0.69)) in [
        (d.field, d.value, d.confidence) for d in plan.doubts
    ]
    assert "key" not in {c.field for c in plan.changes}


def test_a_player_is_told_in_its_dialect(moved: Path, tmp_path: Path) -> None:
    place = stored(moved, tmp_path, tags={}, tempo=77, tempo_confidence=0.81,
                   key_tonic=2, key_mode=1, key_confidence=0.9)  # fmt: skip
    file = str(moved)
    usual = plan_file(file, models=["mood"], library=place)
    for player, key, energy in (
        ("navidrome", "KEY", "ENERGYLEVEL"), ("foobar", "INITIAL KEY", "ENERGYLEVEL"),
        ("rekordbox", "key", "comment"), ("plex", "key", None),
    ):  # fmt: skip
        plan = plan_file(file, models=["mood"], library=place, dialect=player)
        written = {change.field: change.new for change in plan.changes}
        assert written[key] == "D"
        assert written["bpm"] == told(usual)["bpm"] == "77"
        assert energy is None or written[energy]
    (few,) = plan_files([file], models=["mood"], library=place, dialect="navidrome")
    assert isinstance(few, TagPlan)
    assert "KEY" in {change.field for change in few.changes}


def test_a_genre_that_the_tags_contradict_is_not_written(
    moved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here a model that says jazz of everything, and is sure."""
    genre = load_model("genre")
    assert isinstance(genre, Model)
    jazz = np.full(len(genre.classes), 0.002, np.float32)
    jazz[genre.classes.index("jazz")] += 1 - jazz.sum()
    monkeypatch.setattr(
        Model, "_run", lambda _self, _name, rows: (jazz, np.tile(jazz, (len(rows), 1)))
    )
    agreed = plan_file(str(moved), models=["genre"], library=stored(moved, tmp_path / "1", tags={}))
    assert {c.field: c.new for c in agreed.changes}["genre"] == "Jazz"
    place = stored(moved, tmp_path / "2", tags={"metal": 0.9})
    doubted = plan_file(str(moved), models=["genre"], library=place)
    assert "genre" not in {c.field for c in doubted.changes}
    assert ("genre", "Jazz") in [(d.field, d.value) for d in doubted.doubts]
