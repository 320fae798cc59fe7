"""Services that the parts of a server share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from linernotes.explore.leaning import Leaning, LearnedTaste
from linernotes.library.covers import Covers
from linernotes.web.drawing import Maps
from linernotes.web.folders import FolderChoice
from linernotes.web.guard import AccessKey
from linernotes.web.jobs import Job, Jobs, Kind
from linernotes.web.library_cache import LibraryCache
from linernotes.web.limits import Limits
from linernotes.web.listening import Listeners
from linernotes.web.models import Models
from linernotes.web.uploads import Uploads
from linernotes.web.waveforms import Waveforms

API = "/api/v1"


@dataclass(frozen=True, eq=False)
class Services:
    """Services that the parts of a server share.

    Parameters
    ----------
    limits
        What visitors may ask for.
    key
        The token.
    shelf
        The library.
    jobs, uploads, listeners, maps
        Work, what is worked on, and who does it.
    covers, waveforms
        Draw the covers of tracks, and measure how loud they are along their length.
    learned
        Stars, ratings, plays and skips, and what is learned from them.
    models
        Which ones may be asked.
    folders
        Folders that may be chosen and scanned.
    examples
        Folder of tracks to try this with.
    closing
        Set when the server ends.
    leans
        Whether what is similar leans to what is liked if nothing is said.
    """

    limits: Limits
    key: AccessKey
    shelf: LibraryCache
    jobs: Jobs
    uploads: Uploads
    listeners: Listeners
    maps: Maps
    covers: Covers
    waveforms: Waveforms
    learned: LearnedTaste
    models: Models
    folders: FolderChoice
    examples: Path
    closing: threading.Event
    leans: bool = False

    def leaning(self, wanted: bool | None) -> Leaning | None:
        """Return what is liked, if results are to lean to it, or if nothing is said and they do."""
        if not (self.leans if wanted is None else wanted):
            return None
        return self.learned.leaning(self.shelf.now().explorer)

    def only(self, kind: Kind, name: str, work: Callable[[Job], None]) -> Job:
        """Start work of which there is to be one at a time, or return the one at work."""
        current = self.jobs.current(kind)
        if current is not None and not current.has_ended:
            return current
        job = self.jobs.add(Job(kind, name))
        threading.Thread(target=self._work, args=(job, work), name=kind, daemon=True).start()
        return job

    @staticmethod
    def _work(job: Job, work: Callable[[Job], None]) -> None:
        from linernotes.errors import Failure

        try:
            work(job)
        except Exception as error:
            job.fail(Failure.of(None, error))
