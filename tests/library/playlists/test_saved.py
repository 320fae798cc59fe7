"""Playlists that are kept in a library: nothing of them is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import playlist_support
import pytest
from library_support import made_up
from support import LONG

from linernotes.explore import Library
from linernotes.library.errors import LibraryNotFoundError
from linernotes.library.playlists import (
    PlaylistChangedError,
    PlaylistError,
    PlaylistNotFoundError,
    Playlists,
    SavedQuery,
)
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

A, B = "a" * 32, "b" * 32
ODD = [
    "'; DROP TABLE \"own-playlists\"; --", "<script>alert(1)</script>", "../../etc/passwd", "%00",
    "new\nline\ttab", "\u202eright to left", "\U0001f3b5 \u200d", "a" * 200, "null", "\\", "'", '"',
    "\0nul", "\uffff", "終わり", "e\u0301",
]  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library of two tracks, one of whose files is gone."""
    (tmp_path / "music").mkdir()
    rows = [
        FileRow(str(tmp_path / "music" / f"{track[0]}.mp3"), 1, 1, track_id=track)
        for track in (A, B)
    ]
    place = str(tmp_path / "library")
    Store(place, create=True).write({A: made_up(1), B: made_up(2)}, rows)
    return Library(place)


def test_what_is_kept_is_there(library: Library) -> None:
    assert library.playlists.all() == ()
    made = library.playlists.create("Blue", tracks=[A, B, A], comment="of an evening")
    smart = library.playlists.create(
        "always new", query=SavedQuery(words="slow", wishes={"energy": 0.2, "voice": "no"}, n=7)
    )
    other = Library(library.location).playlists
    assert [each.name for each in other.all()] == ["always new", "Blue"]
    assert other.get(made.id) == made
    assert other.get(smart.id) == smart
    assert other.get(smart.id).is_smart
    changed = other.change(made.id, name=" Bluer ", tracks=[B])
    assert (changed.name, changed.comment, changed.tracks) == ("Bluer", "of an evening", (B,))
    assert changed.created == made.created
    assert library.playlists.add(made.id, [A], at=0).tracks == (A, B)
    assert library.playlists.all()[1].tracks == (A, B)
    assert library.playlists.all() is library.playlists.all()
    plain = other.change(smart.id, tracks=[A], query=None)
    assert (plain.is_smart, plain.tracks) == (False, (A,))
    library.playlists.remove(made.id)
    with pytest.raises(PlaylistNotFoundError):
        other.get(made.id)
    with pytest.raises(PlaylistNotFoundError):
        other.change(made.id, name="again")
    assert len(other.all()) == 1


def test_who_sees_an_old_state_is_told(library: Library) -> None:
    made = library.playlists.create("Blue", tracks=[A])
    library.playlists.change(made.id, tracks=[A, B], revision=made.revision)
    with pytest.raises(PlaylistChangedError):
        library.playlists.change(made.id, tracks=[], revision=made.revision)
    assert library.playlists.get(made.id).tracks == (A, B)


def test_scans_prune_and_repair_leave_playlists_alone(library: Library) -> None:
    made = library.playlists.create("Blue", tracks=[A, B])
    music = Path(library.location).parent / "music"
    states = library.explorer()
    (music / "odd.mp3").write_text("no song")
    library.scan(music, prune=True, workers=1)
    library.repair()
    assert library.status().tracks == 0
    assert library.playlists.get(made.id) == made
    assert states is not library.explorer()
    known = library.explorer()
    library.playlists.add(made.id, [A])
    assert library.explorer() is known  # nothing is read again for a playlist


def test_a_damaged_table_is_taken_back(library: Library) -> None:
    made = library.playlists.create("Blue", tracks=[A])
    library.playlists.add(made.id, [B])
    newest = max(
        Path(library.location).glob("own-playlists.lance/data/*"),
        key=lambda p: p.stat().st_mtime_ns,
    )
    newest.write_bytes(b"damaged")
    assert any("own-playlists" in said for said in library.repair())
    assert Library(library.location).playlists.get(made.id) == made


def test_any_name_is_kept(library: Library) -> None:
    library.playlists.create_all([(name, []) for name in ODD], comment=ODD[1])
    found = Playlists(library.location).all()
    assert sorted(each.name for each in found) == sorted(name.strip() for name in ODD)
    assert {library.playlists.get(each.id).comment for each in found} == {ODD[1]}


@pytest.mark.parametrize(
    ("name", "more"),
    [
        (" ", {}), ("a" * 201, {}), ("\ud800", {}), ("a", {"tracks": [""]}),
        ("a", {"tracks": ["é"]}), ("a", {"tracks": ["x" * 201]}), ("a", {"comment": "x" * 4001}),
        ("a", {"tracks": ["x"] * 200_001}),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(library: Library, name: str, more: Any) -> None:
    with pytest.raises(PlaylistError):
        library.playlists.create(name, **more)
    assert library.playlists.all() == ()


@pytest.mark.parametrize(
    "told",
    [
        {}, {"words": " "}, {"words": 3}, {"tracks": "abc"}, {"tracks": [1]},
        {"tracks": ["x"] * 201}, {"where": "genre=jazz", "n": 0}, {"where": "x", "n": 10**9},
        {"where": "x", "n": True},
        {"where": "x", "n": None}, {"words": "x" * 2001}, {"wishes": {"energy": float("nan")}},
        {"wishes": {"energy": []}}, {"wishes": [1]}, {"surprise": 1}, {"words": "\ud800"},
        {"words": "x", "per_artist": 0},
    ],
)  # fmt: skip
def test_queries_that_lie_are_refused(told: dict[str, Any]) -> None:
    with pytest.raises(PlaylistError):
        SavedQuery.from_dict(told)


def test_ids_that_lie_find_nothing(library: Library) -> None:
    library.playlists.create("Blue")
    for lie in ("", "x' OR '1'='1", "0" * 16, "0" * 17, "../library", "\0"):
        with pytest.raises(PlaylistNotFoundError):
            library.playlists.get(lie)
        with pytest.raises(PlaylistNotFoundError):
            library.playlists.remove(lie)
    assert len(library.playlists.all()) == 1


def test_without_a_library_there_are_none(tmp_path: Path) -> None:
    playlists = Playlists(str(tmp_path / "none"))
    assert playlists.all() == ()
    with pytest.raises(PlaylistNotFoundError):
        playlists.get("0" * 16)
    with pytest.raises(LibraryNotFoundError):
        playlists.create("Blue")
    assert not (tmp_path / "none").exists()


def test_many_playlists(library: Library) -> None:
    library.playlists.create_all([(f"playlist {i}", [A, B] * 10) for i in range(10_000)])
    found = Library(library.location).playlists.all()
    assert len(found) == 10_000
    assert library.playlists.get(found[-1].id) == found[-1]
    library.playlists.add(found[0].id, [A])
    assert len(library.playlists.all()[0].tracks) == 21
    with pytest.raises(PlaylistError):
        library.playlists.create_all([("one more", [])] * 10_001)


@pytest.mark.slow
def test_two_who_write_at_once_and_one_who_is_killed_lose_nothing(library: Library) -> None:
    made = library.playlists.create("Blue")

    def start(mark: str, count: int) -> subprocess.Popen[str]:
        command = [sys.executable, playlist_support.__file__, library.location, made.id, mark]
        return subprocess.Popen([*command, str(count)], stdout=subprocess.PIPE, text=True)

    first, second, killed = start("a", 8), start("b", 8), start("c", 10_000)
    told = []
    assert killed.stdout is not None
    for line in killed.stdout:
        told.append(line.strip())
        if len(told) == 3:
            killed.kill()
    for process in (first, second, killed):
        process.communicate(timeout=LONG)
    assert (first.returncode, second.returncode) == (0, 0)
    tracks = library.playlists.get(made.id).tracks
    for mark in "ab":
        assert [t for t in tracks if t.startswith(mark)] == [f"{mark}{i}" for i in range(8)]
    kept = [track for track in tracks if track.startswith("c")]
    assert kept[: len(told)] == told
    assert len(kept) - len(told) <= 1  # what was kept just before it could be told
