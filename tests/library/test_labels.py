"""Labels that people give tracks themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from library_support import made_up

from linernotes.learning.data import load_data
from linernotes.library.errors import LibraryError
from linernotes.library.jobs import stamp_of
from linernotes.library.labels import LabelError, TrackLabels
from linernotes.library.rows import FileRow
from linernotes.library.store import Store


@pytest.fixture
def location(tmp_path: Path) -> str:
    """A library of six tracks."""
    rows = []
    for i in range(6):
        path = tmp_path / f"{i}.ogg"
        path.write_bytes(b"x")
        stamp = stamp_of(str(path))
        rows.append(
            FileRow(str(path), stamp.size, stamp.mtime_ns, track_id=f"{i:032x}",
                    tags={"artist": f"A{i}"})
        )  # fmt: skip
    store = Store(str(tmp_path / "library"), create=True)
    store.write({f"{i:032x}": made_up(i) for i in range(6)}, rows)
    return str(tmp_path / "library")


def test_labels_are_given_changed_and_taken_away(location: str) -> None:
    labels = TrackLabels(location)
    assert labels.by_track() == {}
    assert labels.counts() == {}
    labels.give(["a", "b", "c"], "  late   night ")
    labels.give(["c", "d"], "Morning")
    assert labels.counts() == {"Morning": 2, "late night": 2}
    assert labels.by_track()["c"] == "Morning"
    assert labels.by_track() is labels.by_track()
    # They are there in another process, and after a restart.
    assert TrackLabels(location).by_track() == labels.by_track()
    assert labels.forget("late night") == 2
    assert labels.forget("late night") == 0
    labels.give(["d"], None)
    assert TrackLabels(location).by_track() == {"c": "Morning"}


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b", "\u202e"])
def test_what_is_no_name_is_refused(location: str, name: str) -> None:
    with pytest.raises(LabelError):
        TrackLabels(location).give(["a"], name)
    with pytest.raises(LabelError):
        TrackLabels(location).give([], "name")


def test_without_a_library_nothing_is_kept(tmp_path: Path) -> None:
    labels = TrackLabels(str(tmp_path / "nowhere"))
    assert labels.by_track() == {}
    with pytest.raises(LibraryError):
        labels.give(["a"], "name")


def test_scans_leave_labels_alone_and_models_learn_them(location: str) -> None:
    labels = TrackLabels(location)
    before = Store(location, create=False).states()
    labels.give([f"{i:032x}" for i in range(3)], "up")
    labels.give([f"{i:032x}" for i in range(3, 5)], "down")
    assert Store(location, create=False).states() == before
    Store(location, create=True, repair=True).repair()
    examples = load_data(f"library:{location}", label="label")
    assert examples.classes == ("down", "up")
    assert len(examples) == 5
