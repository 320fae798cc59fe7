"""The space of a library is kept: read, grown, fitted anew, and no matter when it is damaged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from library_support import made_up, write_songs
from old_library_support import open_old_library

from linernotes.explore import Explorer, Library, fit_space
from linernotes.explore import kept_space as kept_space_module
from linernotes.explore.kept_space import KeptSpace
from linernotes.explore.neighbourhood import neighbourhood_of, read_neighbourhood
from linernotes.explore.requests import query_of
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

HERE = str(Path(__file__).parents[1])


def name_of(number: int) -> str:
    return f"{number:032x}"


def add(store: Store, numbers: range, *, placed: bool = False) -> None:
    """Add tracks that were never recorded, as a scan does or as one that was stopped."""
    analyses = {name_of(number): made_up(number) for number in numbers}
    rows = [FileRow(f"/music/{n:03}.mp3", 1, 1, name_of(n), {"title": f"{n}"}) for n in numbers]
    if placed:
        with KeptSpace(store).placing(analyses):
            store.write(analyses, rows)
    else:
        store.write(analyses, rows)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Forty tracks whose space is kept."""
    add(Store(str(tmp_path / "library"), create=True), range(40))
    library = Library(tmp_path / "library")
    assert library.index().done == "fitted"
    return library


def opened(library: Library) -> Store:
    return Store(library.location, create=False)


def kept(library: Library) -> object:
    return KeptSpace(opened(library)).read(library.collection())


def tables(library: Library) -> list[str]:
    return sorted(path.stem for path in Path(library.location).glob("space*.lance"))


def test_what_is_kept_is_what_was_fitted(library: Library) -> None:
    collection = library.collection()
    fitted, space = fit_space(collection), library.explorer().space
    np.testing.assert_array_equal(space.vectors, fitted.vectors)
    np.testing.assert_array_equal(space.nearness, fitted.nearness)
    for name in ("columns", "centre", "scale", "weight", "mean", "axes", "sample"):
        kept_array, array = getattr(space.fit, name), getattr(fitted.fit, name)
        assert kept_array.dtype == array.dtype
        np.testing.assert_array_equal(kept_array, array)
    assert space.fit.tracks == 40
    known, fresh = library.explorer(), Explorer(collection)
    assert known.similar(known.like(3), n=30, why=True) == fresh.similar(
        fresh.like(3), n=30, why=True
    )


def test_similar_reads_no_raw_numbers_of_a_track_that_is_known(library: Library) -> None:
    explorer = library.explorer()
    assert len(explorer.similar(explorer.like("/music/003.mp3"), n=5, where="title>9")) == 5
    assert not {"embedding", "tags", "descriptors"} & explorer.collection.__dict__.keys()


def test_fitting_is_not_needed(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("linernotes.explore.explorer.fit_space", fail)
    assert len(library.similar("/music/003.mp3", n=5, words="loud")) == 5


@pytest.mark.parametrize("placed", [True, False])
def test_new_tracks_are_placed(placed: bool, library: Library) -> None:
    """By the scan that finds them; or, if it was stopped, by readers and by the next scan."""
    before = library.explorer().space
    add(opened(library), range(40, 55), placed=placed)
    collection = library.collection()
    space = library.explorer().space
    np.testing.assert_array_equal(space.vectors[:40], before.vectors)
    np.testing.assert_array_equal(space.nearness[:40], before.nearness)
    projected = before.fit.project(collection.embedding[40:], collection.descriptors[40:])
    np.testing.assert_allclose(space.vectors[40:], projected, atol=1e-6)
    np.testing.assert_allclose(space.nearness[40:], before.fit.nearness_of(projected), atol=1e-6)
    stored = opened(library).as_it_is(tables(library)[0])
    assert stored is not None
    assert stored.count_rows() == (55 if placed else 40)
    state = library.index()
    assert (state.tracks, state.fitted, state.done) == (55, 40, "nothing" if placed else "placed")
    stored = opened(library).as_it_is(tables(library)[0])
    assert stored is not None
    assert stored.count_rows() == 55
    np.testing.assert_allclose(library.explorer().space.vectors, space.vectors, atol=1e-6)


def test_it_is_fitted_anew_when_half_as_many_have_come(library: Library) -> None:
    add(opened(library), range(40, 59), placed=True)
    assert library.index().done == "nothing"
    add(opened(library), range(59, 60), placed=True)
    # Until it is, readers fit it for themselves.
    fitted = fit_space(library.collection())
    np.testing.assert_array_equal(library.explorer().space.vectors, fitted.vectors)
    assert kept(library) is None
    state = library.index()
    assert (state.fitted, state.done) == (60, "fitted")
    np.testing.assert_array_equal(library.explorer().space.vectors, fitted.vectors)
    assert library.index().done == "nothing"


def test_it_is_fitted_anew_on_demand_and_old_ones_go(library: Library) -> None:
    for _ in range(3):
        assert library.index(refit=True).done == "fitted"
    # The last, and the one before it, which somebody may be reading.
    assert len(tables(library)) == 3
    rows = opened(library).as_it_is("spaces")
    assert rows is not None
    assert rows.count_rows() == 2


@pytest.mark.parametrize("what", ["VERSION", "_analyses"])
def test_it_is_fitted_anew_by_another_version(
    what: str, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_space_module, what, 99 if what == "VERSION" else lambda: "other 1")
    assert kept(library) is None
    assert library.index().done == "fitted"
    assert kept(library) is not None


def test_a_track_that_is_analysed_anew_is_placed_anew(library: Library) -> None:
    other = made_up(99)
    store = opened(library)
    before = library.explorer().space.vectors
    store.files(), store.extents("networks"), store.extents("descriptors")
    with KeptSpace(store).placing({name_of(3): other}):
        store.write({name_of(3): other}, [])
    space = library.explorer().space
    assert other.networks is not None
    assert other.descriptors is not None
    expected = space.fit.project(other.networks.embedding[None], other.descriptors[None])
    np.testing.assert_allclose(space.vectors[3], expected[0], atol=1e-6)
    np.testing.assert_array_equal(np.delete(space.vectors, 3, 0), np.delete(before, 3, 0))


def test_who_is_stopped_while_a_track_is_analysed_anew_leaves_nothing_old(
    library: Library,
) -> None:
    other, store = made_up(99), opened(library)
    store.files(), store.extents("networks"), store.extents("descriptors")
    placing = KeptSpace(store).placing({name_of(3): other})
    placing.__enter__()
    store.write({name_of(3): other}, [])
    space = library.explorer().space
    assert other.networks is not None
    assert other.descriptors is not None
    expected = space.fit.project(other.networks.embedding[None], other.descriptors[None])
    np.testing.assert_allclose(space.vectors[3], expected[0], atol=1e-6)


def test_forgotten_tracks_go(library: Library) -> None:
    opened(library).forget([f"/music/{n:03}.mp3" for n in range(5)], list(map(name_of, range(5))))
    assert len(library.similar("/music/007.mp3", n=50)) == 34
    assert library.index().done == "placed"
    stored = opened(library).as_it_is(tables(library)[0])
    assert stored is not None
    assert stored.count_rows() == 35
    assert library.index().tracks == 35


def test_many_small_pieces_are_put_together(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_space_module, "_PIECES", 5)
    for number in range(40, 40 + 15):
        add(opened(library), range(number, number + 1), placed=True)
    library.index()
    stored = opened(library).as_it_is(tables(library)[0])
    assert stored is not None
    assert len(stored.get_fragments()) == 1
    assert stored.count_rows() == 55


@pytest.mark.parametrize("table", ["spaces", "space-"])
@pytest.mark.parametrize("kind", ["data", "_versions"])
def test_damage_is_made_good_and_nothing_is_lost(table: str, kind: str, library: Library) -> None:
    expected = [match.track_id for match in library.similar("/music/003.mp3")]
    (folder,) = Path(library.location).glob(f"{table}{'*' if table == 'space-' else ''}.lance")
    for path in (folder / kind).iterdir():
        path.write_bytes(path.read_bytes()[:20])
    # Readers do without it,
    assert [match.track_id for match in Library(library.location).similar("/music/003.mp3")] == (
        expected
    )
    # scans go on,
    add(opened(library), range(40, 42), placed=True)
    assert len(library.collection()) == 42
    # and the next time it is there again.
    assert library.index().tracks == 42
    assert kept(library) is not None
    assert library.repair() == []


def test_a_library_of_an_older_version_gets_one(tmp_path: Path) -> None:
    library = Library(open_old_library(tmp_path))
    assert library.index().tracks == 0  # of its descriptors there is a newer version
    add(Store(library.location, create=False), range(10))
    before = sorted(path.name for path in Path(library.location).iterdir())
    assert len(library.similar("/music/003.mp3")) == 9
    assert sorted(path.name for path in Path(library.location).iterdir()) == before
    found = library.similar("/music/003.mp3")
    assert library.index().done == "fitted"
    assert library.similar("/music/003.mp3") == found


def test_a_library_that_may_only_be_read_is_searched(library: Library, tmp_path: Path) -> None:
    shutil.rmtree(next(Path(library.location).glob("space-*.lance")))
    assert len(library.similar("/music/003.mp3", n=3)) == 3


SCRIPT = """
import os, resource, signal, sys
from linernotes.explore import Library, kept_space
from linernotes.library import tables
what, location = sys.argv[1:]
made = tables.Tables.add
if what == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
else:
    def add(self, name, rows):
        if name.startswith(what) and (what == "space-" or name == what):
            os.kill(os.getpid(), signal.SIGKILL)
        made(self, name, rows)
    tables.Tables.add = add
try:
    Library(location).index(refit=True)
except Exception as error:
    print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills and limits as POSIX systems do")
@pytest.mark.parametrize("when", ["space-", "spaces", "full"])
def test_who_is_killed_or_has_no_space_leaves_the_old_one(when: str, library: Library) -> None:
    before = library.explorer().space
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, when, library.location],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": HERE},
    )  # fmt: skip
    if when == "full":
        assert run.stdout.strip() == "LibraryFullError", run.stderr
    else:
        assert run.returncode == -9, run.stderr
    space = Library(library.location).explorer().space
    np.testing.assert_array_equal(space.vectors, before.vectors)
    assert kept(library) is not None
    assert library.index().done == "nothing"
    assert library.index(refit=True).done == "fitted"
    np.testing.assert_array_equal(library.explorer().space.vectors, before.vectors)


def test_two_that_fit_and_place_at_once_do_not_mix(library: Library) -> None:
    """As on drives that know no locks: each writes what is its own, and the later one counts."""
    one, other = KeptSpace(opened(library)), KeptSpace(opened(library))
    with one.placing({}):  # has looked which fit counts
        pass
    other.renew(library.collection(), refit=True)
    analyses = {name_of(50): made_up(50)}
    with one.placing(analyses):
        opened(library).write(analyses, [FileRow("/music/050.mp3", 1, 1, name_of(50))])
    space = library.explorer().space
    collection = library.collection()
    expected = space.fit.project(collection.embedding[40:], collection.descriptors[40:])
    np.testing.assert_allclose(space.vectors[40:], expected, atol=1e-6)
    one.renew(collection, refit=True)
    other.renew(collection)
    assert library.index().done == "nothing"
    assert len(library.explorer().space.vectors) == 41


def test_a_scan_goes_on_when_the_space_is_fitted_anew_meanwhile(library: Library) -> None:
    one, other = KeptSpace(opened(library)), KeptSpace(opened(library))
    with one.placing({}):
        pass
    for _ in range(2):  # so that the first one is gone
        other.renew(library.collection(), refit=True)
    for number in (50, 51):
        analyses = {name_of(number): made_up(number)}
        with one.placing(analyses):
            opened(library).write(
                analyses, [FileRow(f"/music/{number:03}.mp3", 1, 1, name_of(number))]
            )
    assert len(library.explorer().space.vectors) == 42
    assert one.renew(library.collection()).tracks == 42
    assert library.index().done == "nothing"


def test_damage_in_the_midst_is_found_by_a_repair(library: Library) -> None:
    (file,) = next(Path(library.location).glob("space-*.lance")).glob("data/*")
    whole = file.read_bytes()
    file.write_bytes(b"\xff" * 2000 + whole[2000:])
    assert library.repair() == []
    assert library.index().tracks == 40
    assert kept(library) is not None
    np.testing.assert_array_equal(
        library.explorer().space.vectors, fit_space(library.collection()).vectors
    )


def test_a_scan_keeps_the_space(tmp_path: Path) -> None:
    songs = write_songs(tmp_path / "music", [f"{n}.wav" for n in range(2)])
    library = Library(tmp_path / "library")
    library.scan(songs[0], workers=1)
    assert kept(library) is not None
    library.scan(songs[1], workers=1)
    assert len(library.explorer().space.vectors) == 2
    assert kept(library) is not None
    assert library.index().done == "nothing"


def test_what_is_kept_in_memory_is_renewed_when_the_tables_change(library: Library) -> None:
    explorer = library.explorer()
    assert library.explorer() is explorer
    assert len(library.similar("/music/003.mp3", n=100)) == 39
    assert library.explorer() is explorer
    add(opened(library), range(40, 42))
    assert library.explorer() is not explorer
    assert len(library.similar("/music/003.mp3", n=100)) == 41
    # What was handed out stays as it was, and can still be read.
    assert len(explorer.collection.embedding) == len(explorer.collection) == 40


def test_models_change_nothing_of_it(library: Library) -> None:
    explorer = library.explorer(further=lambda tracks: {"energy": ("1",) * len(tracks)})
    assert len(explorer.similar(explorer.like(3), where="energy=1", n=50)) == 39
    other = replace(explorer, collection=replace(explorer.collection, metadata={}))
    np.testing.assert_array_equal(other.space.vectors, explorer.space.vectors)


def test_of_a_very_large_library_only_the_neighbourhood_is_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(opened(library), range(40, 58), placed=True)
    assert read_neighbourhood(opened(library), [name_of(3)], n=3) is None  # it is not that large
    whole = library.explorer()
    for question in (["/music/003.mp3"], [name_of(50), "/music/007.mp3"]):
        near = read_neighbourhood(opened(library), question, n=3, larger_than=10)
        assert near is not None
        found = near.similar(query_of(near, question), n=3)
        expected = whole.similar(query_of(whole, question), n=3)
        assert [(each.track_id, each.title) for each in found] == [
            (each.track_id, each.title) for each in expected
        ]
        scores = [each.score for each in expected]
        assert [each.score for each in found] == pytest.approx(scores, abs=1e-5)
    for unknown in ("/music/none.mp3", "00", "f" * 32):
        assert read_neighbourhood(opened(library), [unknown], n=3, larger_than=10) is None
    monkeypatch.setattr("linernotes.explore.neighbourhood.EXACT_UP_TO", 10)
    # There are not so many.
    assert neighbourhood_of(opened(library), [name_of(3)], n=100) is None


def test_the_neighbourhood_of_a_library_without_a_space_is_not_known(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "library"), create=True)
    add(store, range(20))
    assert read_neighbourhood(store, [name_of(3)], n=3, larger_than=10) is None
