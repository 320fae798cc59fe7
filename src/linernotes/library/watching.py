"""Keeping a library up to date with folders as files come and go.

The system tells which folders changed; these are scanned when they have been quiet for a while, so
that an album that is being copied is one scan. All is scanned at the beginning, once a day, and
when a drive is back, since what changes meanwhile is told by nobody. What is known lies in the
library alone: whoever stops watching and begins again loses nothing.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from linernotes.library.discovery import is_within
from linernotes.library.errors import LibraryError
from linernotes.library.signals import wished_to_stop
from linernotes.names import is_passed_over, may_be_track

if TYPE_CHECKING:
    from linernotes.explore import Library
    from linernotes.library.scans import Progress, ScanResult

#: Seconds without a change after which a folder is scanned, and those after which it is anyway.
SETTLED = 10.0
_LONGEST = 120.0
# Seconds between two scans of everything.
_DAY = 24 * 3600.0
# Seconds after which what failed for the moment is tried again.
_AGAIN = 60.0
_LOOK = 1.0


class WatchError(LibraryError):
    """Folders cannot be watched."""

    code: ClassVar[str] = "watch"


def watch(
    library: Library,
    folders: Sequence[str | os.PathLike[str]],
    *,
    settled: float = SETTLED,
    stop: threading.Event | None = None,
    progress: Callable[[Progress], None] | None = None,
    **options: Any,
) -> Iterator[ScanResult | LibraryError]:
    """Scan folders now, and what changes in them as long as the iterator is asked.

    Parameters
    ----------
    library
        What is kept up to date.
    folders
        Folders of tracks; with their subfolders.
    settled
        Seconds without a change after which a changed folder is scanned.
    stop
        Ends the watching when it is set; so do Ctrl-C and the signal to terminate.
    progress, **options
        As `Library.scan` takes them.

    Yields
    ------
    ScanResult or LibraryError
        What a scan did, or why there was none this time: it is tried again a minute later.

    Raises
    ------
    LibraryError
        The first scan cannot be made: a folder is not there, or the library cannot be used.
    WatchError
        The package watchfiles is not installed, or the system does not watch folders.

    Examples
    --------
    >>> for result in watch(Library(), ["~/Music"], gentle=True):  # doctest: +SKIP
    ...     print(result)
    """
    _watchfiles()
    roots = [os.path.abspath(os.path.expanduser(folder)) for folder in folders]  # noqa: PTH100, PTH111
    with wished_to_stop() as wish:
        watched = _Watched(roots, library.location, stop or wish, settled)
        first = True
        for due in watched.due():
            try:
                yield library.scan(due, progress=progress, **options)
            except KeyboardInterrupt:
                return
            except LibraryError as error:
                if first:
                    raise
                watched.again(due)
                yield error
            first = False
            if wish.is_set():
                return


class _Watched:
    """Folders, and what changed in them.

    Parameters
    ----------
    roots
        Absolute paths.
    apart_from
        The folder of the library.
    stop
        Ends it.
    settled
        Seconds without a change.
    """

    def __init__(
        self, roots: list[str], apart_from: str, stop: threading.Event, settled: float
    ) -> None:
        self._roots = roots
        self._apart_from = apart_from
        self._stop = stop
        self._settled = settled
        self._changed: set[str] = set()
        self._first_change = self._last_change = self._not_before = 0.0

    def due(self) -> Iterator[list[str]]:
        """Yield folders to be scanned: all of them, and then those that changed."""
        wanted = self._roots  # at first all, so that a scan says which is not there
        while not self._stop.is_set():
            marks = [_mark(root) for root in self._roots]
            there = [root for root, mark in zip(self._roots, marks, strict=True) if mark]
            # What changes during the scan is noticed: it is watched for before that begins.
            notices = self._notices(there)
            next(notices, None)
            if wanted:
                yield wanted
            everything_at = time.monotonic() + _DAY
            for changes in notices:
                self._note(changes)
                if ready := self._ready():
                    yield ready
                if time.monotonic() > everything_at or marks != list(map(_mark, self._roots)):
                    break
            wanted = [root for root in self._roots if _mark(root)]

    def again(self, folders: Sequence[str]) -> None:
        """Have folders scanned again, after a while."""
        self._note(folders)
        self._not_before = time.monotonic() + _AGAIN

    def _notices(self, there: list[str]) -> Iterator[Sequence[str]]:
        """Yield the paths of what changed, every second at least, until it is stopped."""
        if not there:
            while not self._stop.wait(_LOOK):
                yield ()
            return
        try:
            for changes in _watchfiles().watch(
                *there,
                watch_filter=lambda _, path: self._matters(path),
                stop_event=self._stop,
                rust_timeout=int(1000 * _LOOK),
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                yield [path for _, path in changes]
        except FileNotFoundError:  # it went away just now
            yield ()
        except (OSError, RuntimeError) as error:
            raise WatchError(
                f"the system cannot watch {there[0]} ({error}): where it says that there are too "
                "many, raise fs.inotify.max_user_watches, or scan now and then"
            ) from error

    def _matters(self, path: str) -> bool:
        if is_within(path, [self._apart_from]):
            return False
        root = next((root for root in self._roots if is_within(path, [root])), "")
        *folders, name = Path(path).relative_to(root or "/").parts or ("",)
        return not any(map(is_passed_over, folders)) and may_be_track(name) is not False

    def _note(self, paths: Sequence[str]) -> None:
        now = time.monotonic()
        if paths and not self._changed:
            self._first_change = now
        if paths:
            self._last_change = now
        self._changed.update(paths)

    def _ready(self) -> list[str]:
        """Return the folders to scan now, if it is time: those that are there, none in another."""
        now = time.monotonic()
        quiet = now >= self._last_change + self._settled or now >= self._first_change + _LONGEST
        if not self._changed or not quiet or now < self._not_before:
            return []
        folders = {folder for path in self._changed if (folder := self._folder_of(path))}
        self._changed.clear()
        return sorted(
            folder for folder in folders if not is_within(folder, list(folders - {folder}))
        )

    def _folder_of(self, path: str) -> str | None:
        """Return the folder that changed, or the nearest above that is there."""
        folder = path
        while is_within(folder, self._roots):
            if os.path.isdir(folder):  # noqa: PTH112
                return folder
            folder = os.path.dirname(folder)  # noqa: PTH120
        return None


def _mark(folder: str) -> tuple[int, int] | None:
    """Return what tells a folder from another in its place, ``None`` if there is none."""
    try:
        found = os.stat(folder)  # noqa: PTH116
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _watchfiles() -> Any:
    try:
        import watchfiles
    except ImportError as error:
        raise WatchError(
            "to watch folders, install linernotes with what that takes: "
            'pip install "linernotes[watch]"'
        ) from error
    return watchfiles
