"""Any mixture of files gives a row each, whatever becomes of them and wherever the work runs."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from library_support import write_songs
from scale_support import FaultyProxy, make_bucket, reach, upload
from scale_work import odd_batch
from support import on_linux

import linernotes
from linernotes.engine import ClusterError, EngineOptions, run_on
from linernotes.errors import ModelNotFoundError
from linernotes.library.jobs import listen, look
from linernotes.scale import analysis_schema
from linernotes.scale.analysing import _Work, analyse_files
from linernotes.scale.files import FileAnalysis
from linernotes.scale.requests import AnalysisSettings, Asked
from linernotes.scale.rows import batch_of, row_of


def rows_of(batches: Iterator[pa.RecordBatch]) -> dict[str, dict[str, object]]:
    """The rows by the last part of their addresses."""
    rows = [row for batch in batches for row in batch.to_pylist()]
    return {str(row["uri"]).rpartition("/")[2]: row for row in rows}


@pytest.mark.slow
def test_paths_and_addresses_are_analysed_as_the_laptop_does(
    tmp_path: Path, server: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(server, monkeypatch)
    here = write_songs(tmp_path / "here", ["1.wav", "2.flac"])
    write_songs(tmp_path / "there", ["3.wav", "1.wav"])
    (tmp_path / "there" / "odd.mp3").write_text("no song")
    (tmp_path / "there" / "empty.mp3").touch()
    there = upload(tmp_path / "there", f"{make_bucket(server, 'mixture')}/music")
    uris = [here[0], here[1].as_uri(), *there, f"{there[0]}x", f"{server.url}/mixture/x.mp3"]
    batches = list(linernotes.analyse(uris, models=["genre", "mood"], workers=1, batch_size=3))
    assert all(batch.num_rows <= 3 and batch.schema == analysis_schema() for batch in batches)
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert sorted(row["uri"] for row in rows) == sorted(map(str, uris))
    codes = {row["uri"].rpartition("/")[2]: row["code"] for row in rows if row["code"]}
    assert codes == {
        "odd.mp3": "not-audio", "empty.mp3": "empty", "1.wavx": "unreadable", "x.mp3": "forbidden",
    }  # fmt: skip
    by_uri = {row["uri"]: row for row in rows}
    one, other = by_uri[str(here[0])], by_uri[there[0]]
    assert one["track_id"] == other["track_id"] == look(str(here[0])).track_id
    assert one["embedding"] == other["embedding"]
    assert (one["etag"], other["size"]) == (None, here[0].stat().st_size)
    assert other["etag"]
    assert one["versions"]["linernotes"] == linernotes.__version__

    found = listen(str(here[0]), ("networks", "descriptors"), "excerpt", None)
    assert found.networks is not None
    assert found.descriptors is not None
    assert np.array_equal(np.float32(one["embedding"]), found.networks.embedding)
    assert np.array_equal(np.float32(one["tags"]), found.networks.tags)
    assert np.array_equal(np.float32(one["descriptors"]), found.descriptors)
    assert np.array_equal(np.float32(one["timeline"]), found.networks.timeline)
    genre, mood = one["predictions"]
    told = linernotes.identify(here[0], models=["genre", "mood"]).predictions[0]
    assert (genre["label"], mood["label"]) == ("genre", "mood")
    assert genre["names"] == list(told.classes)
    np.testing.assert_allclose(genre["values"], told.probabilities, atol=1e-3)
    assert not multiprocessing.active_children()


@on_linux
@pytest.mark.slow
def test_what_goes_wrong_costs_one_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    monkeypatch.setenv("LINERNOTES_TEST_MARKS", str(marks))
    names = ["1.wav", "hang.wav", "die.wav", "hog.wav", "raise.wav", "unlucky.wav", "2.wav"]
    files = [Asked(str(path)) for path in write_songs(tmp_path, names)]
    settings = AnalysisSettings(analyses=("descriptors",), timeout=1.0, grace=9.0, memory=2**30)
    rows = rows_of(
        analyse_files(files, settings, EngineOptions(workers=2), batch_function=odd_batch)
    )
    assert {name: row["code"] for name, row in rows.items()} == {
        "1.wav": None, "2.wav": None, "unlucky.wav": None, "hang.wav": "time-out",
        "die.wav": "crash", "hog.wav": "memory", "raise.wav": "error",
    }  # fmt: skip
    assert len((marks / "unlucky.wav.tried").read_text()) == 2


def test_files_are_taken_a_few_at_a_time_and_stopping_ends_the_processes(tmp_path: Path) -> None:
    (song,) = write_songs(tmp_path, ["1.wav"])
    taken = 0

    def files() -> Iterator[Asked]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield Asked(str(song))

    settings = AnalysisSettings(analyses=("descriptors",))
    batches = analyse_files(files(), settings, EngineOptions(workers=1), batch_function=odd_batch)
    next(batches)
    assert taken < 10
    batches.close()
    assert not multiprocessing.active_children()


def test_wrong_arguments_are_said_before_the_work() -> None:
    for wrong in ({"extent": "half"}, {"analyses": ["colour"]}, {"batch_size": 0}):
        with pytest.raises(ValueError, match=next(iter(wrong)).rstrip("s")[:6]):
            linernotes.analyse([], **wrong)  # type: ignore[arg-type]
    with pytest.raises(ModelNotFoundError):
        linernotes.analyse([], models=["no such model"])
    with pytest.raises(ClusterError, match="there are local, dask"):
        list(linernotes.analyse(["a.mp3"], engine="abacus"))


def test_the_schema_stays_as_it_is() -> None:
    """Another version of it needs another number in its metadata."""
    schema = analysis_schema()
    assert schema.metadata[b"linernotes.rows"] == b"1"
    assert [f"{field.name}: {field.type}" for field in schema][:9] == [
        "uri: string", "track_id: string",
        "versions: struct<linernotes: string, networks: string, descriptors: string>",
        "size: int64", "etag: string", "file_tags: map<string, string>", "duration: float",
        "extent: string", "embedding: fixed_size_list<item: float>[800]",
    ]  # fmt: skip
    more = "tags descriptors timeline_start timeline_end timeline predictions warnings code message"
    assert schema.names[9:] == more.split()


def test_rows_lie_where_lance_reads_them() -> None:
    """Engines may hand over bytes that begin anywhere."""
    batch = batch_of([row_of("a.wav", FileAnalysis(), size=3, etag="x")])
    data = batch.serialize().to_pybytes()
    shifted = pa.py_buffer(b"x" + data)[1:]
    odd = pa.ipc.read_record_batch(shifted, batch.schema)
    assert any(buffer.address % 8 for buffer in odd.column("size").buffers() if buffer)
    (outcome,) = run_on(EngineOptions(workers=1), lambda _: odd, [""])
    work = _Work(iter([]), AnalysisSettings(), "run", 1)
    found = work.take(outcome)
    assert found is not None
    assert found.equals(batch)
    assert not any(buffer.address % 8 for buffer in found.column("size").buffers() if buffer)
