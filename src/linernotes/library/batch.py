"""Findings of a scan that are not written yet: written a batch at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TypeAlias

from linernotes.library.analyses import TrackAnalysis
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

#: Goes along with the writing of analyses, by track id.
Beside: TypeAlias = "Callable[[Mapping[str, TrackAnalysis]], AbstractContextManager[object]]"

_TRACKS = 50
_SECONDS = 10.0


class Batch:
    """Rows and analyses that wait to be written together.

    Parameters
    ----------
    store
        Where they are written.
    rows
        What is known of files, by path; what is written is added.
    beside
        What else is done about analyses while they are written.
    """

    def __init__(self, store: Store, rows: dict[str, FileRow], *, beside: Beside) -> None:
        self._store = store
        self._beside = beside
        self.rows = rows
        self._new_analyses: dict[str, TrackAnalysis] = {}
        self._new_rows: dict[str, FileRow] = {}
        self._started = 0.0

    def put(self, row: FileRow) -> None:
        """Keep what became of a file, unless that is known."""
        if row == self.rows.get(row.path):
            return
        if not self._new_rows:
            self._started = time.monotonic()
        self._new_rows[row.path] = row

    def put_analysis(self, track: str, found: TrackAnalysis) -> None:
        """Keep what was found in a track."""
        self._new_analyses[track] = found

    def is_full(self) -> bool:
        """Whether it is time to write: that many, or that long."""
        waiting = len(self._new_rows)
        return waiting >= _TRACKS or (waiting > 0 and time.monotonic() > self._started + _SECONDS)

    def write(self) -> None:
        """Write what waits."""
        if self._new_rows or self._new_analyses:
            with self._beside(self._new_analyses):
                self._store.write(self._new_analyses, self._new_rows.values())
            self.rows.update(self._new_rows)
            self._new_analyses.clear()
            self._new_rows.clear()
