"""Rows are the same wherever the work runs, and whatever is killed nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pytest
from engines import installed
from library_support import write_songs
from scale_support import path_of_tests
from scale_work import odd_batch
from support import on_linux, wait_until

import linernotes
from linernotes.engine import ClusterError, EngineOptions
from linernotes.library.store import Store
from linernotes.scale.analysing import analyse_files
from linernotes.scale.errors import WorkerVersionError
from linernotes.scale.library_sink import LibrarySink
from linernotes.scale.requests import AnalysisSettings, Asked
from linernotes.scale.scanning import scan_places

pytestmark = [
    pytest.mark.slow,
    # Engines leave sockets and processes to the end of the process that started them.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning",
                               "ignore::pytest.PytestUnraisableExceptionWarning",
                               "ignore::FutureWarning", "ignore::UserWarning"),
]  # fmt: skip
QUICK = AnalysisSettings(analyses=("descriptors",), timeout=1.0, grace=9.0, memory=2**30)
PATIENT = replace(QUICK, timeout=600.0)
CLUSTERS = [pytest.param(engine, marks=installed(engine)) for engine in ("dask", "ray", "spark")]


@pytest.fixture(autouse=True)
def paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """What workers import."""
    monkeypatch.setenv("PYTHONPATH", path_of_tests())


@pytest.fixture
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    monkeypatch.setenv("LINERNOTES_TEST_MARKS", str(folder))
    return folder


def codes(batches: Iterator[pa.RecordBatch]) -> list[tuple[str, str | None]]:
    rows = [row for batch in batches for row in batch.select(["uri", "code"]).to_pylist()]
    return sorted((row["uri"].rpartition("/")[2], row["code"]) for row in rows)


@pytest.mark.parametrize("engine", CLUSTERS)
def test_rows_are_the_same_and_faults_cost_one_file_alone(
    engine: str, tmp_path: Path, marks: Path
) -> None:
    """One cluster for all of it, since it takes long to start."""
    songs = write_songs(tmp_path, ["1.wav", "2.wav", "3.wav"])
    odd = write_songs(
        tmp_path, ["die.wav", "hang.wav", "hog.wav", "unlucky.wav", "orphan.wav", "4.wav"]
    )

    def sorted_rows(**options: Any) -> pa.Table:
        batches = linernotes.analyse([*songs, tmp_path / "none.mp3"], models=["genre"], **options)
        return pa.Table.from_batches(batches).sort_by("uri").combine_chunks()

    there = sorted_rows(engine=engine, workers=2, batch_size=2)
    assert there.equals(sorted_rows(workers=1))
    assert there["code"].to_pylist() == [None, None, None, "unreadable"]

    asked = [Asked(str(path)) for path in odd]
    found = codes(
        analyse_files(
            asked, QUICK, EngineOptions(engine, None, 2), request_size=3, batch_function=odd_batch
        )
    )
    assert found == [
        ("4.wav", None), ("die.wav", "crash"), ("hang.wav", "time-out"), ("hog.wav", "memory"),
        ("orphan.wav", None), ("unlucky.wav", None),
    ]  # fmt: skip


# Real clusters that are there before and after, and are killed in part: of Dask.


@contextmanager
def dask_cluster(tmp_path: Path, workers: int = 2, **environment: str) -> Iterator[dict[str, Any]]:
    """A scheduler and workers, each a process as people start them."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    options = {"env": {**os.environ, "PYTHONPATH": path_of_tests(), **environment},
               "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # fmt: skip
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard",
               "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)]  # fmt: skip
    scheduler = subprocess.Popen(command, **options)
    started = [scheduler]
    try:
        wait_until(file.exists)
        started += [
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file",
                 str(file), "--nthreads", "1", "--no-dashboard", "--nworkers", "1",
                 "--local-directory", str(tmp_path)],
                **options,
            )
            for _ in range(workers)
        ]  # fmt: skip
        import distributed

        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(workers)
            address = client.scheduler.address
        yield {"address": address, "scheduler": scheduler, "nannies": started[1:]}
    finally:
        for process in started:
            for child in _descendants(process.pid):
                child.kill()
            process.kill()
            process.wait()


def _descendants(process: int) -> list[psutil.Process]:
    try:
        return psutil.Process(process).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def scan_on(address: str, places: list[str], library: Path, **options: Any) -> Any:
    sink = LibrarySink(
        Store(str(library), create=True), analyses=("descriptors",), extent="excerpt"
    )
    return scan_places(
        places, sink, PATIENT, EngineOptions("dask", address), request_size=2, commit_rows=2,
        batch_function=odd_batch, **options,
    )  # fmt: skip


@on_linux
@installed("dask")
def test_whatever_is_killed_nothing_is_lost_or_doubled(tmp_path: Path, marks: Path) -> None:
    """A worker, its child, the driver, a file that kills each worker, and then the scheduler."""
    music, library = tmp_path / "music", tmp_path / "library"
    write_songs(music, [f"{i}.wav" for i in range(6)])
    write_songs(music, ["murder.wav"])
    script = tmp_path / "driver.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from test_faults_on_clusters import scan_on\n"
        "if __name__ == '__main__':\n"
        "    scan_on(sys.argv[1], [sys.argv[2]], Path(sys.argv[3]))\n"
    )
    with dask_cluster(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1") as cluster:
        # The driver is killed while a file is at work that waits, and others are written.
        write_songs(music, ["wait.wav"])
        path = os.pathsep.join([path_of_tests(), str(Path(__file__).parent)])
        driver = subprocess.Popen(
            [sys.executable, str(script), cluster["address"], str(music), str(library)],
            env={**os.environ, "PYTHONPATH": path},
        )
        wait_until(lambda: (marks / "wait.wav.tried").exists() and _known(library) >= 2)
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        known = _known(library)
        (marks / "go").touch()

        result = scan_on(cluster["address"], [str(music)], library)
        assert (result.scanned, result.unchanged) == (8, known)
        files = Store(str(library), create=False).files()
        assert {Path(path).name: row.code for path, row in files.items() if row.code} == {
            "murder.wav": "crash"
        }
        table = pa.Table.from_batches(Store(str(library), create=False).batches("files", ["path"]))
        assert len(table) == len(files) == 8

        # Then nobody answers any more.
        write_songs(music, [f"{i}.wav" for i in range(20, 40)])

        def kill(_: object) -> None:
            cluster["scheduler"].kill()

        with pytest.raises(ClusterError, match=r"went away|no Dask scheduler"):
            scan_on(cluster["address"], [str(music)], library, progress=kill)


@on_linux
@installed("dask")
def test_workers_of_another_version_are_refused(tmp_path: Path) -> None:
    package = Path(linernotes.__file__).parent
    other = tmp_path / "other" / "linernotes"
    other.mkdir(parents=True)
    for path in package.iterdir():
        if path.name != "__init__.py":
            (other / path.name).symlink_to(path)
    source = (package / "__init__.py").read_text()
    version = linernotes.__version__
    (other / "__init__.py").write_text(source.replace(f'"{version}"', '"0.0.1"'))
    path = os.pathsep.join([str(other.parent), path_of_tests()])
    with dask_cluster(tmp_path, workers=1, PYTHONPATH=path) as cluster:
        rows = linernotes.analyse(["a.wav"], engine="dask", address=cluster["address"])
        with pytest.raises(WorkerVersionError, match=rf"linernotes 0\.0\.1, not {version}"):
            list(rows)


def _known(library: Path) -> int:
    try:
        return len(Store(str(library), create=False).files(tags=False))
    except linernotes.LinernotesError:
        return 0
