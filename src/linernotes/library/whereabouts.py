"""Where a library's files are now: which moved, which are gone, and which only seem to be.

A file that is gone is noted as missing, and its row is kept until it is pruned. It is not even
pruned where a drive may be missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from linernotes.library.batch import Batch
from linernotes.library.discovery import gone_from, is_within
from linernotes.library.errors import FolderNotFoundError
from linernotes.library.jobs import Stamp
from linernotes.library.presence import Presence, composed, is_gone
from linernotes.library.store import Store
from linernotes.names import may_be_track


class Whereabouts:
    """Compares what a scan finds with what is known.

    Parameters
    ----------
    store
        The library.
    kept
        What is written to it; its rows are what is known.

    Attributes
    ----------
    found
        Stamps of the files that the scan has found, by path.
    unread
        Folders that could not be read.
    vanished
        Files that were there when the scan began, and disappeared.
    removed
        Files that were noted as missing, or forgotten.
    """

    def __init__(self, store: Store, kept: Batch) -> None:
        self.found: dict[str, Stamp] = {}
        self.unread: list[str] = []
        self.vanished = self.removed = 0
        self._store, self._kept, self._rows = store, kept, kept.rows
        self._presence = Presence()
        self._away: list[str] = []
        self._unwanted: set[str] = set()

    def compare(self, folders: Sequence[str], *, prune: bool) -> None:
        """Follow new spellings of names, note what is gone from folders, or forget it.

        Raises
        ------
        FolderNotFoundError
            Nothing at all was found, so that nothing is forgotten.
        """
        self._follow_new_spellings()
        gone = gone_from(folders, self._rows.keys() - self.found.keys())
        self._away = [path for path in gone if self._presence.lost(path).may_return]
        if prune and gone:
            if not self.found:
                raise FolderNotFoundError(
                    "no files were found, so that none are forgotten; is the drive connected?"
                )
            self._unwanted = set(gone) - set(self._away)
        self._note_missing(path for path in gone if path not in self._unwanted)
        self._kept.write()
        self._drop_companions(folders)

    def settle(self, *, prune: bool) -> None:
        """Note as missing, or forget, what lies elsewhere now; forget what is unwanted.

        That comes last, so that a track that has moved keeps what is known of it.
        """
        here = {row.track_id for path in self.found if (row := self._rows.get(path)) is not None}
        here.discard(None)
        moved = [
            path
            for path, row in self._rows.items()
            if path not in self.found
            and row.track_id in here
            and (prune or row.missing_since is None)
            and self._presence.find(path) is None
        ]
        if prune:
            self._unwanted.update(
                path for path in moved if not self._presence.lost(path).may_return
            )
            self._forget(sorted(self._unwanted))
        else:
            self._note_missing(moved)
        self._kept.write()

    def warnings(self) -> tuple[str, ...]:
        """Say what a person should know of drives and folders, a sentence each."""
        said = []
        if self._away:
            places = sorted({self._presence.lost(path).place for path in self._away})
            said.append(
                f"{_files(len(self._away))} not there now, since {_some(places)} is empty or "
                "cannot be read; nothing was forgotten: connect the drive and scan again, "
                "or delete the folder"
            )
        if self.vanished:
            said.append(
                f"{_files(self.vanished)} not there any more when they were to be read, as if a "
                "drive was disconnected; nothing was forgotten: scan again when it is back"
            )
        if self.unread:
            said.append(
                f"{_some(sorted(self.unread))} cannot be read; what is known of the files in there "
                "was kept"
            )
        return tuple(said)

    def _follow_new_spellings(self) -> None:
        """Take files whose names are spelled in another way now for what they were."""
        unknown = [path for path in self.found if path not in self._rows]
        if not unknown:
            return
        known = {_spelling(path): path for path in self._rows.keys() - self.found.keys()}
        former: dict[str, str] = {}
        for path in unknown:
            other = known.pop(_spelling(path), None)
            if other is not None and (is_gone(other) or _is_same(other, path)):
                former[path] = other
        for path, other in former.items():
            self._kept.put(replace(self._rows[other], path=path))
        self._kept.write()
        self._drop(former.values())

    def _forget(self, gone: list[str]) -> None:
        if not gone:
            return
        self.removed += len(gone)
        tracks = {self._rows.pop(path).track_id for path in gone}
        tracks -= {row.track_id for row in self._rows.values()}
        self._store.forget(gone, sorted(filter(None, tracks)))

    def _note_missing(self, gone: Iterable[str]) -> None:
        now = datetime.now(UTC)
        for path in gone:
            if self._rows[path].missing_since is None:
                self._kept.put(replace(self._rows[path], missing_since=now))
                self.removed += 1

    def _drop_companions(self, folders: Sequence[str]) -> None:
        """Drop failures of files that older versions took for tracks, and that are none."""
        self._drop([
            path
            for path, row in self._rows.items()
            if row.code is not None
            and row.track_id is None
            and path not in self.found
            and is_within(path, folders)
            and not may_be_track(os.path.basename(path))  # noqa: PTH119
        ])  # fmt: skip

    def _drop(self, paths: Iterable[str]) -> None:
        """Forget files, and nothing that is known of tracks."""
        dropped = list(paths)
        if dropped:
            self._store.forget_files(dropped)
            for path in dropped:
                del self._rows[path]


def _spelling(path: str) -> str:
    return composed(path).casefold()


def _is_same(one: str, other: str) -> bool:
    """Whether two paths lead to one file, as where the system minds neither case nor form."""
    try:
        return os.path.samefile(one, other)  # noqa: PTH121
    except OSError:
        return False


def _files(count: int) -> str:
    return "1 file is" if count == 1 else f"{count} files are"


def _some(places: Sequence[str]) -> str:
    return places[0] if len(places) == 1 else f"{places[0]} (and {len(places) - 1} more)"
