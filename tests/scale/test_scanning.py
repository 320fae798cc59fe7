"""Scans from an object store into an object store: only what is new, and nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from library_support import write_songs
from scale_support import FaultyProxy, upload
from scale_work import odd_batch, quick_batch
from support import linernotes

from linernotes.engine import EngineOptions
from linernotes.explore import Library
from linernotes.library import ScanResult
from linernotes.library.store import Store
from linernotes.scale import scanning
from linernotes.scale.errors import NothingReadableError
from linernotes.scale.library_sink import LibrarySink
from linernotes.scale.parquet_sink import ParquetSink
from linernotes.scale.requests import AnalysisSettings
from linernotes.scale.scanning import scan_places
from linernotes.storage import object_store

QUICK = AnalysisSettings(analyses=("descriptors",))


def quick_scan(places: list[str], library: str, **options: Any) -> ScanResult:
    """Scan without listening, in one process."""
    known = {name: options.pop(name) for name in ("retry_failed", "force") if name in options}
    store = Store(library, create=True)
    sink = LibrarySink(store, analyses=("descriptors",), extent="excerpt", **known)
    options = {"batch_function": quick_batch, "apart_from": store.folder, **options}
    return scan_places(places, sink, QUICK, EngineOptions(workers=1), **options)


def told(result: ScanResult) -> dict[str, float]:
    numbers = result.as_dict()
    del numbers["seconds"]
    return {name: number for name, number in numbers.items() if number}


def test_only_what_is_new_is_fetched(bucket: str, server: FaultyProxy, tmp_path: Path) -> None:
    music, library = tmp_path / "music", f"{bucket}/library"
    write_songs(music, ["1.wav", "2.wav", "3.wav"])
    (music / "copy.wav").write_bytes((music / "1.wav").read_bytes())
    (music / "odd.mp3").write_text("no song")
    upload(music, f"{bucket}/music")
    place = [f"{bucket}/music/"]
    assert told(quick_scan(place, library)) == {"scanned": 5, "added": 4, "failed": 1}
    rows = Store(library, create=False).files()
    assert rows[f"{bucket}/music/1.wav"].etag
    assert rows[f"{bucket}/music/1.wav"].track_id == rows[f"{bucket}/music/copy.wav"].track_id
    assert len(Store(library, create=False).extents("descriptors")) == 3

    def fetched() -> list[str]:
        return [path.rpartition("/")[2] for method, path in server.asked
                if method == "GET" and "/music/" in path]  # fmt: skip

    server.asked.clear()
    assert told(quick_scan(place, library)) == {"scanned": 5, "unchanged": 4, "failed": 1}
    assert fetched() == []

    write_songs(tmp_path / "more", ["4.wav"])
    upload(tmp_path / "more", f"{bucket}/music")
    write_songs(music, ["2.wav"], duration=3.0)
    upload(music, f"{bucket}/music")  # the others stay what they are
    assert told(quick_scan(place, library)) == {
        "scanned": 6, "added": 1, "updated": 1, "unchanged": 3, "failed": 1
    }  # fmt: skip
    assert sorted(fetched()) == ["2.wav", "4.wav"]
    assert told(quick_scan(place, library, retry_failed=True))["failed"] == 1
    assert sorted(fetched()) == ["2.wav", "4.wav", "odd.mp3"]


def test_what_is_gone_is_noted_or_forgotten(bucket: str, tmp_path: Path) -> None:
    import obstore

    write_songs(tmp_path, ["1.wav", "2.wav", "3.wav"])
    upload(tmp_path, f"{bucket}/music")
    place, library = [f"{bucket}/music"], f"{bucket}/library"
    quick_scan(place, library)
    store = object_store.open_store(bucket)
    obstore.delete(store, "music/2.wav")
    assert told(quick_scan(place, library)) == {"scanned": 2, "unchanged": 2, "removed": 1}
    assert told(quick_scan(place, library)) == {"scanned": 2, "unchanged": 2}
    status = Library(library).status()
    assert (status.files, status.missing) == (2, 1)
    assert Library(library).find(f"{bucket}/music/1.wav")
    upload(tmp_path, f"{bucket}/music")
    assert told(quick_scan(place, library)) == {"scanned": 3, "updated": 1, "unchanged": 2}
    assert Library(library).status().missing == 0
    obstore.delete(store, "music/2.wav")
    assert told(quick_scan(place, library, prune=True))["removed"] == 1
    assert len(Store(library, create=False).files()) == 2
    assert len(Store(library, create=False).extents("descriptors")) == 2


def test_what_was_committed_is_not_done_again(
    bucket: str, server: FaultyProxy, tmp_path: Path
) -> None:
    """A scan that is stopped, however that happens, is gone on with."""
    write_songs(tmp_path, [f"{i}.wav" for i in range(8)])
    upload(tmp_path, f"{bucket}/music")
    place, library = [f"{bucket}/music"], f"{bucket}/library"

    def stop(progress: scanning.Progress) -> None:
        if progress.done == 5:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        quick_scan(place, library, progress=stop, commit_rows=2)
    known = len(Store(library, create=False).files())
    assert known >= 4
    found = told(quick_scan(place, library, commit_rows=2))
    assert found == {"scanned": 8, "added": 8 - known, "unchanged": known}
    table = pa.Table.from_batches(Store(library, create=False).batches("files", ["path"]))
    assert len(table) == len(set(table["path"].to_pylist())) == 8


def test_a_store_that_forbids_everything_ends_the_scan(
    bucket: str, server: FaultyProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "_UNREADABLE", 3)
    write_songs(tmp_path / "music", [f"{i}.wav" for i in range(8)])
    upload(tmp_path / "music", f"{bucket}/music")

    def expire(progress: scanning.Progress) -> None:
        server.forbidden = True

    library = str(tmp_path / "library")
    with pytest.raises(NothingReadableError, match="credentials"):
        quick_scan([f"{bucket}/music"], library, progress=expire)
    server.forbidden = False
    again = quick_scan([f"{bucket}/music"], library)
    assert (again.scanned, again.failed) == (8, 0)


def test_what_is_known_of_a_file_is_kept_when_it_cannot_be_fetched(
    bucket: str, server: FaultyProxy, tmp_path: Path
) -> None:
    write_songs(tmp_path / "music", ["1.wav", "2.wav"])
    upload(tmp_path / "music", f"{bucket}/music")
    place, library = [f"{bucket}/music"], str(tmp_path / "library")
    quick_scan(place, library)
    write_songs(tmp_path / "music", ["1.wav"], duration=3.0)
    upload(tmp_path / "music", f"{bucket}/music")
    before = Store(library, create=False).files()
    server.unfetchable = True
    assert told(quick_scan(place, library)) == {"scanned": 2, "unchanged": 1, "failed": 1}
    assert Store(library, create=False).files() == before
    server.unfetchable = False
    assert told(quick_scan(place, library)) == {"scanned": 2, "unchanged": 1, "updated": 1}


def test_folders_and_shards(tmp_path: Path) -> None:
    """Paths work as addresses do, and rows go into shards where no library is wanted."""
    songs = write_songs(tmp_path / "music", ["1.wav", "2.wav", "3.wav"])
    shards = tmp_path / "rows"

    def scan(**options: Any) -> dict[str, float]:
        sink = ParquetSink(str(shards))
        return told(
            scan_places(
                [str(tmp_path / "music")], sink, QUICK, EngineOptions(workers=1), commit_rows=2,
                batch_function=odd_batch, **options,
            )
        )  # fmt: skip

    assert scan() == {"scanned": 3, "added": 3}
    assert scan() == {"scanned": 3, "unchanged": 3}
    table = pq.read_table(shards)
    assert sorted(table["uri"].to_pylist()) == sorted(map(str, songs))
    assert len(list(shards.iterdir())) >= 2
    assert quick_scan([str(tmp_path)], str(tmp_path / "library")).added == 3
    assert quick_scan([str(tmp_path)], str(tmp_path / "library")).unchanged == 3


@pytest.mark.slow
def test_the_command_line(bucket: str, tmp_path: Path) -> None:
    """What people call, from a store into a store: the same as from a folder into a folder."""
    write_songs(tmp_path / "music", ["1.wav", "2.wav"])
    upload(tmp_path / "music", f"{bucket}/music")
    place, library, rows = f"{bucket}/music", f"{bucket}/library", f"{bucket}/rows"
    done = linernotes("scan", place, "--library", library, "--workers", "1", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["added"] == 2
    Library(tmp_path / "library").scan(tmp_path / "music", workers=1)
    here, there = Library(tmp_path / "library").collection(), Library(library).collection()
    assert here.track_id == there.track_id
    assert (here.embedding == there.embedding).all()
    assert (here.descriptors == there.descriptors).all()
    assert here.metadata == there.metadata

    for expected in ("added", "unchanged"):
        done = linernotes(
            "scan", place, "--output", "parquet", rows, "-m", "genre", "--workers", "1", "--json"
        )
        assert json.loads(done.stdout)[expected] == 2, done.stderr
    assert len(ParquetSink(rows)._paths._loose) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--gentle"], "--gentle"), (["--address", "tcp://x"], "--engine"),
        (["--engine", "abacus"], "abacus"), (["--output", "csv", "x"], "csv"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(arguments: list[str], said: str) -> None:
    done = linernotes("scan", "s3://bucket/music", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_similar_tracks_are_found_at_once_as_after_a_scan_here(tmp_path: Path) -> None:
    write_songs(tmp_path / "music", ["1.wav", "2.wav", "3.wav"])
    place = tmp_path / "library"
    done = scanning.scan([str(tmp_path / "music")], library=str(place), workers=1)
    assert (done.added, done.failed) == (3, 0)
    state = Library(place).index()
    assert (state.tracks, state.done) == (3, "nothing")
