"""Long work in processes of its own, that tell in lines of JSON how it goes.

They are stopped by the signal to terminate, which they turn into what Ctrl-C does. The one that
Ctrl-C sends would not do: whoever starts a server in the background may have it ignored, and
processes inherit that.
"""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from linernotes.errors import CrashError, Failure
from linernotes.web.jobs import Job

_TICK = 0.2
# After that a process that was asked to stop is killed; a scan writes what it has by then.
_PATIENCE = 60.0


def talk(job: Job, module: str, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run a module, and yield what it says.

    Parameters
    ----------
    job
        When it is not wanted any more the process is told to terminate.
    module
        It calls `heed_termination`, reads one object of JSON from its input, and prints one a
        line.
    order
        What it reads.

    Yields
    ------
    dict
        What it printed, until it ends.
    """
    process = subprocess.Popen(  # noqa: S603 - a module of ours
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    try:
        if process.stdin is not None:
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write(json.dumps(order))
        reader.start()
        yield from _listen(job, process, lines)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()


def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    with suppress(ValueError):  # closed while it was read
        for line in process.stdout or ():
            lines.put(line)
    lines.put(None)


def _listen(
    job: Job, process: subprocess.Popen[str], lines: queue.Queue[str | None]
) -> Iterator[dict[str, Any]]:
    asked: float | None = None
    while True:
        if job.unwanted.is_set() and asked is None:
            asked = time.monotonic()
            process.terminate()
            job.tell(phase="stopping")
        if asked is not None and time.monotonic() > asked + _PATIENCE:
            process.kill()
        try:
            line = lines.get(timeout=_TICK)
        except queue.Empty:
            continue
        if line is None:
            return
        said: dict[str, Any] = json.loads(line)
        yield said


def end(job: Job, said: dict[str, Any], what: str) -> None:
    """End a job by the last thing that its process said.

    Parameters
    ----------
    job
        Whose process has ended.
    said
        A "result", an "error", or neither.
    what
        What it was, for people: "the scan".
    """
    if "result" in said:
        job.tell(result=said["result"])
        job.finish(said["result"])
    elif "error" in said:
        job.fail(Failure(None, said["error"]["code"], said["error"]["message"]))
    elif job.unwanted.is_set():
        job.stop()
    else:
        job.fail(Failure(None, CrashError.code, f"{what} ended unexpectedly; start it again"))


def heed_termination() -> None:
    """Have the signal to terminate do what Ctrl-C does, in such a process."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def say(what: dict[str, Any]) -> None:
    """Print an object, in such a process."""
    print(json.dumps(what), flush=True)
