"""Scans that are started from a page, and watched there.

Visitors choose among folders that whoever runs the server has named, that the library knows, or
that were chosen on a page (`folders`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from linernotes.web.jobs import Job
from linernotes.web.library_cache import LibraryCache
from linernotes.web.subprocesses import end, talk

# Failures that are told while a scan goes on; all of them are in the library's status.
_LATEST = 20


def folders_of(shelf: LibraryCache, music: Sequence[str], chosen: Sequence[str] = ()) -> list[str]:
    """Return the folders that may be scanned from a page.

    Parameters
    ----------
    shelf
        The library.
    music
        What whoever runs the server has named; if nothing, the folder that all other files of
        the library lie in.
    chosen
        What was chosen on a page. If nothing was, and nothing is known, the user's music folder
        is offered.
    """
    known = list(music) or _common_folder(shelf.now().collection.path, chosen)
    if known or chosen:
        return list(dict.fromkeys([*known, *chosen]))
    import platformdirs

    home = platformdirs.user_music_path()
    return [str(home)] if home.is_dir() else []


def _common_folder(paths: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """Return the one folder of all files that lie in none of those that were chosen."""
    if not paths or "://" in paths[0]:
        return []
    inside = tuple(os.path.join(folder, "") for folder in chosen)  # noqa: PTH118
    folders = {os.path.dirname(path) for path in paths}  # noqa: PTH120
    others = [each for each in folders if not os.path.join(each, "").startswith(inside)]  # noqa: PTH118
    with suppress(ValueError):  # none, or on different drives
        common = os.path.commonpath(others)
        if len(Path(common).parts) > 2:
            return [common]
    return []


def scan(job: Job, shelf: LibraryCache, folders: Sequence[str], options: dict[str, Any]) -> None:
    """Scan folders in a process of its own, and tell the job how it goes.

    Parameters
    ----------
    job
        What is told.
    shelf
        Of the library, which is read again at the end.
    folders, options
        As `Library.scan` takes them.
    """
    if not job.begin():
        return
    order = {
        "library": shelf.library.location,
        "folders": [os.fsencode(folder).hex() for folder in folders],
        "options": options,
    }
    latest: list[dict[str, Any]] = []
    last: dict[str, Any] = {}
    for said in talk(job, "linernotes.web.scanner", order):
        if "phase" not in said:
            last = said
            continue
        if said["failure"] is not None:
            latest = [*latest, said["failure"]][-_LATEST:]
        phase = "stopping" if job.unwanted.is_set() else said["phase"]
        job.tell(
            phase=phase, done=said["done"], total=said["total"], failed=said["failed"],
            left=said["left"], failures=latest,
        )  # fmt: skip
    with suppress(Exception):
        shelf.refresh()  # so that whoever is told that it has ended sees what came of it
    end(job, last, "the scan")
