"""What is done to files whose names say what goes wrong; apart, so that workers can import it."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from linernotes.library.analyses import FULL, TrackAnalysis
from linernotes.library.jobs import look
from linernotes.scale.files import FileAnalysis, FileJob
from linernotes.scale.work import analyse_batch


def quick_file(job: FileJob) -> FileAnalysis:
    """Learn which track it is, and make up what is heard."""
    values = np.full(261, Path(job.path).stat().st_size, np.float32)
    return FileAnalysis(look(job.path), TrackAnalysis(2.0, FULL, (), None, values))


def odd_file(job: FileJob) -> FileAnalysis:
    """Work quickly, but for files whose names say what goes wrong."""
    name = job.uri.rpartition("/")[2]
    # Marks lie in a folder that the environment names: files may lie elsewhere.
    marks = Path(os.environ.get("LINERNOTES_TEST_MARKS", "/nonexistent"))
    if marks.exists():
        with (marks / f"{name}.tried").open("a") as file:
            file.write("x")
    if name.startswith("hang"):
        time.sleep(3600)
    if name.startswith("die"):
        os._exit(7)
    if name.startswith("hog"):
        raise MemoryError(len([np.ones(2**24) for _ in range(10**3)]))
    if name.startswith("raise"):
        raise RuntimeError("out of order")
    if name.startswith("unlucky") and _is_first(marks / f"{name}.unlucky"):
        os.kill(os.getpid(), 9)
    if name.startswith("murder"):  # takes the worker along
        os.kill(os.getppid(), 9)
    if name.startswith("orphan") and _is_first(marks / f"{name}.orphan"):
        os.kill(os.getppid(), 9)
    if name.startswith("wait"):
        while not (marks / "go").exists():
            time.sleep(0.01)
    return quick_file(job)


def who(_: object) -> pa.RecordBatch:
    """Tell which process is asked."""
    time.sleep(0.1)  # so that no process has time for all
    return pa.RecordBatch.from_pydict({"process": [os.getpid()]})


def _is_first(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


quick_batch = partial(analyse_batch, file_function=quick_file)
odd_batch = partial(analyse_batch, file_function=odd_file)
