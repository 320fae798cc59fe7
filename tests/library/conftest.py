"""A library, and scans of it that need no processes of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from library_support import DESCRIPTORS, Scan

from linernotes.engine import Outcome
from linernotes.explore import Library
from linernotes.library import ScanResult
from linernotes.library import scanning as scanning_module
from linernotes.library.jobs import AnalysisJob


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> list[AnalysisJob]:
    """Do the work without a process of its own, which takes seconds to start; return the jobs.

    For what a scan decides. What becomes of processes has tests of its own.
    """
    done: list[AnalysisJob] = []

    def run(
        function: Any, jobs: Iterable[AnalysisJob], **_: Any
    ) -> Iterator[Outcome[AnalysisJob, Any]]:
        for job in jobs:
            done.append(job)
            try:
                yield Outcome(job, function(job), None)
            except Exception as error:
                yield Outcome(job, None, error)

    monkeypatch.setattr(scanning_module, "run_as_finished", run)
    return done


@pytest.fixture
def scan(library: Library, tmp_path: Path) -> Scan:
    """Scan the folder ``music`` for descriptors, with one process."""

    def run(**options: Any) -> ScanResult:
        folder = options.pop("folder", tmp_path / "music")
        return library.scan(folder, **{"analyses": DESCRIPTORS, "workers": 1, **options})

    return run
