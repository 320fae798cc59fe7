"""Rows are the same wherever the work runs, and whatever is killed nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cluster_support
import pyarrow as pa
import pytest
from cluster_support import (
    PATIENT,
    RAY_KEYS,
    SPARK_HERE,
    RealCluster,
    known,
    real_cluster,
    scan_on,
    write_more,
)
from engines import installed
from library_support import write_songs
from scale_support import FaultyProxy, make_bucket, path_of_tests, reach, upload
from scale_work import odd_batch, who
from support import on_linux, wait_until

import linernotes
from linernotes.engine import ClusterError, EngineOptions, run_on
from linernotes.library.store import Store
from linernotes.scale import scanning
from linernotes.scale.analysing import analyse_files
from linernotes.scale.errors import NothingReadableError, WorkerVersionError
from linernotes.scale.requests import Asked
from linernotes.storage import object_store

pytestmark = [
    pytest.mark.slow,
    # Engines leave sockets and processes to the end of the process that started them.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning",
                               "ignore::pytest.PytestUnraisableExceptionWarning",
                               "ignore::FutureWarning", "ignore::UserWarning"),
]  # fmt: skip
ENGINES = [pytest.param(engine, marks=installed(engine)) for engine in ("dask", "ray", "spark")]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What workers that are started here import, and how they are reached."""
    for name, value in {"PYTHONPATH": path_of_tests(), **RAY_KEYS, **SPARK_HERE}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_are_the_same_and_faults_cost_one_file_alone(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One cluster for all of it, since it takes long to start."""
    (tmp_path / "marks").mkdir()
    monkeypatch.setenv("LINERNOTES_TEST_MARKS", str(tmp_path / "marks"))
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

    batches = analyse_files(
        [Asked(str(path)) for path in odd], replace(PATIENT, timeout=1.0, grace=30.0),
        EngineOptions(engine, None, 2), request_size=3, batch_function=odd_batch,
    )  # fmt: skip
    rows = [row for batch in batches for row in batch.select(["uri", "code"]).to_pylist()]
    assert sorted((row["uri"].rpartition("/")[2], row["code"]) for row in rows) == [
        ("4.wav", None), ("die.wav", "crash"), ("hang.wav", "time-out"), ("hog.wav", "memory"),
        ("orphan.wav", None), ("unlucky.wav", None),
    ]  # fmt: skip


# Clusters that are there before and after, and are killed in part. One of each kind serves all
# tests; the last one kills its head.


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where workers leave marks, and find them."""
    return tmp_path_factory.mktemp("marks")


@pytest.fixture(scope="module", params=ENGINES)
def cluster(
    request: pytest.FixtureRequest,
    marks: Path,
    server: FaultyProxy,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RealCluster]:
    with pytest.MonkeyPatch.context() as patch:
        reach(server, patch)
        patch.setenv("LINERNOTES_TEST_MARKS", str(marks))
        patch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "1")
        with real_cluster(request.param, tmp_path_factory.mktemp("cluster")) as started:
            yield started


def test_workers_keep_what_they_have_loaded(cluster: RealCluster) -> None:
    """A process for each item would load everything again."""
    outcomes = list(run_on(cluster.options, who, range(12)))
    processes = [outcome.value.column("process")[0].as_py() for outcome in outcomes]
    assert len(processes) == 12
    assert len(set(processes)) <= 4


@on_linux
def test_whatever_is_killed_nothing_is_lost_or_doubled(
    cluster: RealCluster, marks: Path, tmp_path: Path
) -> None:
    """The driver while a file is at work, then a worker, and a file that kills each worker."""
    music, library = tmp_path / "music", str(tmp_path / "library")
    engine = cluster.options.engine
    write_more(music, f"wait-{engine}.wav", *(f"{engine}-{i}.wav" for i in range(6)))
    driver = subprocess.Popen(
        [sys.executable, cluster_support.__file__, engine, str(cluster.options.address),
         str(music), library],
        env=os.environ,
    )  # fmt: skip
    wait_until(lambda: (marks / f"wait-{engine}.wav.tried").exists() and known(library) >= 2)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    before = set(Store(library, create=False).files())
    (marks / "go").touch()

    write_more(music, f"orphan-{engine}.wav", "murder.wav")
    result = scan_on(cluster.options, [str(music)], library)
    assert (result.scanned, result.unchanged) == (9, len(before))
    files = Store(library, create=False).files()
    assert {Path(path).name: row.code for path, row in files.items() if row.code} == {
        "murder.wav": "crash"
    }
    table = pa.Table.from_batches(Store(library, create=False).batches("files", ["path"]))
    assert len(table) == len(files) == 9
    tried = {path: len((marks / f"{Path(path).name}.tried").read_text()) for path in before}
    assert set(tried.values()) == {1}, "what was written is not listened to again"
    (marks / "go").unlink()


@on_linux
def test_an_object_store_that_is_lost_or_throttles_is_waited_for(
    cluster: RealCluster, server: FaultyProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It refuses, then says nothing, then asks for less; and the library lies in it as well."""
    reach(server, monkeypatch)
    object_store._opened.cache_clear()
    bucket = make_bucket(server, f"store-{cluster.options.engine}")
    write_more(tmp_path, *(f"{i}.wav" for i in range(10)))
    upload(tmp_path, f"{bucket}/music")
    # The twenty seconds that are asked for on one of them: the others do the same for less.
    seconds = 20.0 if cluster.options.engine == "dask" else 2.0
    faults = iter([partial(_leave, seconds), _say_nothing, _throttle])

    def break_something(progress: scanning.Progress) -> None:
        if progress.phase == "listening" and progress.done in (2, 4, 6):
            next(faults, lambda _: None)(server)

    library = f"{bucket}/library"
    result = scan_on(cluster.options, [f"{bucket}/music"], library, progress=break_something)
    assert next(faults, None) is None
    assert (result.added, result.failed) == (10, 0)
    assert len(Store(library, create=False).extents("descriptors")) == 10


def _leave(seconds: float, server: FaultyProxy) -> None:
    server.leave()
    threading.Timer(seconds, server.come_back).start()


def _say_nothing(server: FaultyProxy) -> None:
    server.silent = True
    threading.Timer(2.0, server.speak_again).start()


def _throttle(server: FaultyProxy) -> None:
    server.throttled = 5


@on_linux
def test_credentials_that_expire_are_said_and_cost_no_file(
    cluster: RealCluster, server: FaultyProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "_UNREADABLE", 4)
    reach(server, monkeypatch)
    object_store._opened.cache_clear()
    bucket, library = make_bucket(server, f"keys-{cluster.options.engine}"), str(tmp_path / "x")
    write_more(tmp_path / "music", *(f"{i}.wav" for i in range(14)))
    upload(tmp_path / "music", f"{bucket}/music")

    def expire(progress: scanning.Progress) -> None:
        server.forbidden = progress.done >= 2

    with pytest.raises(NothingReadableError, match="credentials have expired"):
        scan_on(cluster.options, [f"{bucket}/music"], library, progress=expire)
    server.forbidden = False
    files = Store(library, create=False).files()
    heard = [row for row in files.values() if row.code is None]
    assert 2 <= len(heard) < 14
    again = scan_on(cluster.options, [f"{bucket}/music"], library)
    assert (again.scanned, again.failed, again.unchanged) == (14, 0, len(heard))


@on_linux
def test_a_head_that_goes_away_is_said_in_a_sentence(
    cluster: RealCluster, marks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules[f"linernotes.engine.{cluster.options.engine}"]
    monkeypatch.setattr(module, "_PATIENCE", 1.0)
    music, library = tmp_path / "music", str(tmp_path / "library")
    write_more(music, *(f"last-{cluster.options.engine}-{i}.wav" for i in range(8)), "wait.wav")

    def kill(_: object) -> None:
        cluster.kill()

    with pytest.raises(ClusterError, match=r"went away.*start again to go on"):
        scan_on(cluster.options, [str(music)], library, progress=kill)
    with pytest.raises(ClusterError, match=r"no Dask scheduler|no Ray cluster|Spark cannot be"):
        scan_on(cluster.options, [str(music)], library)
    before = set(Store(library, create=False).files())
    (marks / "go").touch()
    result = scan_on(EngineOptions(workers=1), [str(music)], library)
    assert (result.scanned, result.unchanged) == (9, len(before))
    (marks / "go").unlink()


@on_linux
@pytest.mark.parametrize("engine", ENGINES)
def test_workers_of_another_version_are_refused(engine: str, tmp_path: Path) -> None:
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
    with real_cluster(engine, tmp_path, PYTHONPATH=path) as cluster:
        rows = linernotes.analyse(["a.wav"], engine=engine, address=cluster.options.address)
        with pytest.raises(WorkerVersionError, match=rf"linernotes 0\.0\.1, not {version}"):
            list(rows)
