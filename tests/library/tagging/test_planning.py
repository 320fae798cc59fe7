"""What would be written, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mutagen.flac import FLAC
from tagging_support import (
    KINDS,
    SUGGESTED,
    TOLD,
    Copy,
    dress,
    told,
    write,
)

from linernotes.library.tagging.errors import (
    ChangedError,
)
from linernotes.library.tagging.planning import Doubt, plan_tags, suggest_fields
from linernotes.library.tagging.undo import undo_tags
from linernotes.library.tagging.writing import write_tags


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_file_says_stays_unless_overwritten(kind: str, copy: Copy, log: Path) -> None:
    path = copy(kind)
    dress(kind, path)
    write(path, log, genre=["folk"], bpm=["90"], LINERNOTES_GENRE=["folk 0.9"])
    plan = plan_tags(path, SUGGESTED)
    assert {kept.field: (kept.old, kept.new) for kept in plan.kept} == {
        "genre": ("folk", "jazz"), "bpm": ("90", "121"),
    }  # fmt: skip
    write_tags(plan, log=log)
    assert told(path)["genre"] == "folk"
    assert told(path)["LINERNOTES_GENRE"] == TOLD["LINERNOTES_GENRE"]
    write(path, log, overwrite=True, **SUGGESTED)
    assert {field: told(path)[field] for field in TOLD} == TOLD
    # Once more without change: there is nothing to do.
    assert not plan_tags(path, SUGGESTED, overwrite=True).changes


def test_a_plan_that_is_out_of_date_is_not_done(copy: Copy, log: Path) -> None:
    path = copy("flac")
    plan = plan_tags(path, SUGGESTED)
    flac = FLAC(path)
    flac["genre"] = "Folk"
    flac.save()
    with pytest.raises(ChangedError):
        write_tags(plan, log=log)
    assert told(path) == {"genre": "Folk"}


def test_only_what_is_sure_is_suggested() -> None:
    assert suggest_fields().fields == {}
    sure = suggest_fields(
        words={"genre": ("jazz", 0.93, True), "mood": ("sad", 0.91, True)},
        models={"my genres": "jazz 0.83; blues 0.07"},
        descriptors={"tempo": 127.6, "tempo_confidence": 0.8,
                     "key_tonic": 10, "key_mode": 1, "key_confidence": 0.7},
    )  # fmt: skip
    fields = dict(sure.fields)
    assert fields.pop("LINERNOTES_VERSION")
    assert fields == {
        "genre": ("Jazz",), "mood": ("Sad",), "bpm": ("128",), "key": ("Bb",),
        "LINERNOTES_MY_GENRES": ("jazz 0.83; blues 0.07",),
    }  # fmt: skip
    assert sure.doubts == ()


def test_what_is_not_sure_is_told_as_a_doubt() -> None:
    unsure = suggest_fields(
        words={"genre": ("hiphop", 0.88, False)},
        descriptors={"tempo": 90.2, "tempo_confidence": 0.79,
                     "key_tonic": 0, "key_mode": 0, "key_confidence": 0.2},
    )  # fmt: skip
    assert unsure.fields == {}
    assert unsure.doubts == (
        Doubt("genre", "Hip-Hop", 0.88), Doubt("bpm", "90", 0.79), Doubt("key", "Cm", 0.2),
    )  # fmt: skip


def test_what_was_not_heard_is_neither() -> None:
    told = suggest_fields(descriptors={"tempo": 0, "key_confidence": 0})
    assert (told.fields, told.doubts) == ({}, ())


def test_what_says_the_same_is_left_alone(copy: Copy) -> None:
    path = copy("flac")
    flac = FLAC(path)
    flac["genre"], flac["bpm"], flac["key"] = "Jazz", "130.000", "Nonsense"
    flac.save()
    suggested = {"genre": ["jazz"], "bpm": ["130"], "key": ["Am"]}
    plan = plan_tags(path, suggested)
    assert plan.changes == ()
    assert [kept.field for kept in plan.kept] == ["key"]
    assert [change.field for change in plan_tags(path, suggested, overwrite=True).changes] == [
        "key"
    ]


def test_plans_and_results_are_json(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    written = write(path, log, genre=["jazz"])
    assert json.loads(json.dumps(written.as_dict())) == {
        "file": str(path), "error": None, "kept": [], "written": True, "warnings": [],
        "not_sure": [], "changes": [{"field": "genre", "old": None, "new": "jazz"}],
    }  # fmt: skip
    (undone,) = undo_tags(log=log)
    assert undone.as_dict()["changes"] == [{"field": "genre", "old": "jazz", "new": None}]
