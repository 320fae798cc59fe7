"""Work on files that is quick, or goes wrong; apart, so that processes soon have imported it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from linernotes.features import names
from linernotes.library.analyses import FULL, TrackAnalysis
from linernotes.library.jobs import UNREACHED, AnalysisJob, Look, work


def quick_work(job: AnalysisJob) -> Look | TrackAnalysis:
    """Work as scans do, but without listening: for what does not depend on what is heard."""
    if not job.analyses:
        return work(job)
    time.sleep(0.01)
    values = np.full(len(names("descriptors")), job.stamp[0], np.float32)
    return TrackAnalysis(2.0, FULL, (), None, values)


def odd_work(job: AnalysisJob) -> Look | TrackAnalysis:
    """Work quickly, but for files whose names say what goes wrong when they are listened to."""
    name = Path(job.path).stem
    if job.analyses:
        if name.startswith("hang"):
            time.sleep(3600)
        if name.startswith("die"):
            os._exit(7)
        if name.startswith("hog"):
            hoard = [np.ones(2**24) for _ in range(10**3)]
            return work(AnalysisJob(str(len(hoard)), UNREACHED))
        if name.startswith("raise"):
            raise RuntimeError("out of order")
        if name.startswith("grow"):
            with Path(job.path).open("ab") as file:
                file.write(b"more")
        mark = Path(job.path).with_name(f".{name}")
        if name.startswith("unlucky") and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), 9)
        if name.startswith("grow"):
            return work(job)
    return quick_work(job)
