"""Real clusters on this machine, each part of them a process as people start them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from library_support import write_songs
from scale_support import path_of_tests
from scale_work import odd_batch
from support import wait_until

from linernotes.engine import EngineOptions
from linernotes.errors import LinernotesError
from linernotes.library.store import Store
from linernotes.scale.library_sink import LibrarySink
from linernotes.scale.requests import AnalysisSettings
from linernotes.scale.scanning import scan_places

#: By which Ray knows who may come in, whatever it finds in somebody's folder.
RAY_KEYS = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0123456789abcdef0123456789abcdef"}
#: For Spark: where it listens, and as little compiling as there can be.
SPARK_HERE = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1",
              "SPARK_DAEMON_MEMORY": "256m",
              "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}  # fmt: skip


@dataclass
class RealCluster:
    """A cluster of one machine.

    Attributes
    ----------
    options
        By which it is reached.
    head
        What hands out the work: scheduler, head node, master.
    others
        What else was started.
    """

    options: EngineOptions
    head: subprocess.Popen[bytes]
    others: list[subprocess.Popen[bytes]]

    def kill_head(self) -> None:
        """Kill what hands out the work, with all that it has started."""
        _kill(self.head)

    def kill(self) -> None:
        """Kill all of it."""
        for process in [self.head, *self.others]:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
    process.kill()
    process.wait()


@contextmanager
def real_cluster(engine: str, folder: Path, **environment: str) -> Iterator[RealCluster]:
    """Start a cluster with two workers, and kill what is left of it."""
    start = {"dask": _start_dask, "ray": _start_ray, "spark": _start_spark}[engine]
    environment = {**os.environ, **RAY_KEYS, **SPARK_HERE, "PYTHONPATH": path_of_tests(),
                   "SPARK_NO_DAEMONIZE": "1", **environment}  # fmt: skip
    with ExitStack() as stack:
        yield start(stack, folder, environment)


def _started(
    stack: ExitStack, command: list[str], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    stack.callback(_kill, process)
    return process


def _start_dask(stack: ExitStack, folder: Path, environment: dict[str, str]) -> RealCluster:
    import distributed

    file = folder / "scheduler.json"
    told = ["--scheduler-file", str(file), "--no-dashboard"]
    python = [sys.executable, "-m"]
    scheduler = _started(
        stack,
        [*python, "distributed.cli.dask_scheduler", *told, "--host", "127.0.0.1", "--port", "0"],
        environment,
    )
    wait_until(file.exists)
    workers = [
        _started(
            stack,
            [*python, "distributed.cli.dask_worker", *told, "--nthreads", "1", "--nworkers", "1",
             "--local-directory", str(folder)],
            environment,
        )
        for _ in range(2)
    ]  # fmt: skip
    with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
        client.wait_for_workers(2)
        address = client.scheduler.address
    return RealCluster(EngineOptions("dask", address), scheduler, workers)


def _start_ray(stack: ExitStack, folder: Path, environment: dict[str, str]) -> RealCluster:
    # Names of sockets may not be long.
    place = tempfile.mkdtemp(prefix="ray")
    stack.callback(shutil.rmtree, place, ignore_errors=True)
    port = _free_port()
    head = _started(
        stack,
        [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--port",
         str(port), "--num-cpus", "2", "--include-dashboard=false", "--disable-usage-stats",
         "--node-ip-address", "127.0.0.1", "--object-store-memory", "100000000", "--temp-dir",
         place],
        environment,
    )  # fmt: skip
    wait_until(lambda: head.poll() is not None or _has_started(head, "raylet"))
    return RealCluster(EngineOptions("ray", f"127.0.0.1:{port}"), head, [])


def _start_spark(stack: ExitStack, folder: Path, environment: dict[str, str]) -> RealCluster:
    pyspark = pytest.importorskip("pyspark")
    home = Path(pyspark.__file__).parent
    environment |= {"SPARK_HOME": str(home), "SPARK_LOG_DIR": str(folder)}
    port = _free_port()
    java = [str(home / "bin" / "spark-class")]
    master = _started(
        stack,
        [*java, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port",
         str(port), "--webui-port", "0"],
        environment,
    )  # fmt: skip
    address = f"spark://127.0.0.1:{port}"
    worker = _started(
        stack,
        [*java, "org.apache.spark.deploy.worker.Worker", "--cores", "2", "--memory", "2g",
         "--host", "127.0.0.1", "--webui-port", "0", "--work-dir", str(folder / "spark"), address],
        environment,
    )  # fmt: skip
    wait_until(lambda: _answers(port))
    return RealCluster(EngineOptions("spark", address), master, [worker])


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _has_started(process: subprocess.Popen[bytes], name: str) -> bool:
    with suppress(psutil.Error):
        return any(child.name() == name for child in psutil.Process(process.pid).children())
    return False


#: What is asked of clusters here: to listen little, and to wait long for what is to be killed.
PATIENT = AnalysisSettings(analyses=("descriptors",), timeout=600.0, grace=9.0, memory=2**30)


def scan_on(options: EngineOptions, places: list[str], library: str, **more: Any) -> Any:
    """Scan as the command line does, but for what is done to a file."""
    sink = LibrarySink(Store(library, create=True), analyses=("descriptors",), extent="excerpt")
    more = {"request_size": 2, "commit_rows": 2, **more}
    return scan_places(places, sink, PATIENT, options, batch_function=odd_batch, **more)


def known(library: str) -> int:
    """Return how many files a library knows, while others write to it."""
    try:
        return len(Store(library, create=False).files(tags=False))
    except LinernotesError:
        return 0


def write_more(folder: Path, *names: str) -> None:
    """Write songs whose names tell `scale_work` what is to go wrong with them."""
    write_songs(folder, list(names))


def main() -> None:
    """Scan in a process of its own, which is killed."""
    engine, address, place, library = sys.argv[1:]
    scan_on(EngineOptions(engine, address), [place], library)


if __name__ == "__main__":
    main()
