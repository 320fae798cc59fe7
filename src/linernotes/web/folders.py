"""Choosing folders of music on the server's machine, from a page.

Whoever may ask the server at all may do so: who sits at this machine, or has the token. They see
the names of folders and how many files are called like music, below the folders that were named
with ``--music``, else below the home folder and on drives that are mounted for people. Hidden
folders and those of systems are not shown. Links are followed before it is looked where they lead.
"""

from __future__ import annotations

import heapq
import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linernotes.files import write_atomically
from linernotes.names import is_passed_over, may_be_track
from linernotes.web.errors import FolderError, TooManyError

#: Folders that may be remembered.
MOST = 50
# Of a folder's entries: so many are looked at, and so many folders shown.
_LOOKED_AT, _SHOWN = 20_000, 500
_LONGEST = 4096
_LARGEST = 2**20
# Where systems mount the drives that people plug in, and how deep.
_DRIVES = ("/media/*/*", "/run/media/*/*", "/mnt/*", "/Volumes/*")


@dataclass(frozen=True)
class FolderChoice:
    """The folders that may be chosen, and those that were.

    Parameters
    ----------
    music
        Folders below which all may be chosen; if none, the home folder and mounted drives.
    file
        Where chosen folders are remembered.
    """

    music: tuple[str, ...]
    file: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def roots(self) -> list[Path]:
        """Return the folders at which looking begins, as they really lie."""
        named = list(self.music) or [str(Path.home()), *_drives()]
        found = []
        for each in named:
            with suppress(OSError, ValueError):
                found.append(Path(os.path.realpath(each, strict=True)))
        return list(dict.fromkeys(found))

    def resolve(self, path: str) -> Path:
        """Return a folder that may be chosen, as it really lies.

        Parameters
        ----------
        path
            As a person typed it: absolute, or beginning with ``~/``.

        Raises
        ------
        FolderError
            There is none, or it lies elsewhere. Which of the two is not told.
        """
        refused = FolderError(
            "there is no such folder below those that may be chosen here; "
            "serve --music FOLDER allows others"
        )
        typed = path.strip()
        if typed == "~" or typed.startswith("~/"):
            typed = str(Path.home()) + typed[1:]
        if not os.path.isabs(typed) or len(typed) > _LONGEST or "\0" in typed:  # noqa: PTH117
            raise refused
        try:
            real = Path(os.path.realpath(typed, strict=True))
        except (OSError, ValueError) as error:
            raise refused from error
        root = next((each for each in self.roots() if real.is_relative_to(each)), None)
        if root is None or any(map(is_passed_over, real.relative_to(root).parts)):
            raise refused
        if not (real.is_dir() and os.access(real, os.R_OK | os.X_OK)):
            raise refused
        return real

    def look(self, path: str) -> dict[str, Any]:
        """Return what a folder holds: names of folders, and how many files are called like music.

        Parameters
        ----------
        path
            The folder; empty for those at which looking begins.

        Raises
        ------
        FolderError
            It may not be looked into.
        """
        roots = self.roots()
        if not path.strip():
            shown = [{"name": str(root), "path": str(root)} for root in roots if _is_text(root)]
            return {"path": None, "parent": None, "folders": shown, "tracks": 0, "more": False}
        folder = self.resolve(path)
        names: list[str] = []
        tracks = seen = 0
        for entry in _entries(folder):
            seen += 1
            if may_be_track(entry.name):
                tracks += 1
            elif _is_folder(entry) and not is_passed_over(entry.name) and _is_text(entry.name):
                names.append(entry.name)
        shown_names = heapq.nsmallest(_SHOWN, names, key=str.casefold)
        return {
            "path": str(folder),
            "parent": None if folder in roots else str(folder.parent),
            "folders": [{"name": name, "path": str(folder / name)} for name in shown_names],
            "tracks": tracks,
            "more": seen >= _LOOKED_AT or len(names) > _SHOWN,
        }

    def chosen(self) -> list[str]:
        """Return the folders that were chosen."""
        try:
            if self.file.stat().st_size > _LARGEST:
                return []
            told = json.loads(self.file.read_text("utf-8"))
        except (OSError, ValueError):
            return []
        folders = told.get("folders") if isinstance(told, dict) else None
        if not isinstance(folders, list):
            return []
        return [each for each in folders if isinstance(each, str) and os.path.isabs(each)][:MOST]  # noqa: PTH117

    def add(self, path: str) -> str:
        """Remember a folder, and return it as it really lies.

        Raises
        ------
        FolderError
            It may not be chosen.
        TooManyError
            There are enough.
        """
        folder = str(self.resolve(path))
        if not _is_text(folder):
            raise FolderError("the name of this folder is no text; rename it")
        with self._lock:
            known = self.chosen()
            if folder not in known:
                if len(known) >= MOST:
                    raise TooManyError(f"{MOST} folders were chosen; remove one first")
                self._write([*known, folder])
        return folder

    def remove(self, path: str) -> None:
        """Forget a folder that was chosen; what was scanned stays in the library."""
        with self._lock:
            known = self.chosen()
            if path in known:
                self._write([each for each in known if each != path])

    def _write(self, folders: Sequence[str]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self.file, json.dumps({"folders": list(folders)}).encode())


def _drives() -> Iterator[str]:
    if sys.platform == "win32":
        yield from os.listdrives() if hasattr(os, "listdrives") else ()
        return
    for pattern in _DRIVES:
        with suppress(OSError):
            for place in Path("/").glob(pattern[1:]):
                if os.path.ismount(place) and not place.name.startswith("."):
                    yield str(place)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            for number, entry in enumerate(found):
                if number >= _LOOKED_AT:
                    return
                yield entry
    except OSError as error:
        raise FolderError("this folder cannot be read; choose another one") from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_text(name: str | Path) -> bool:
    try:
        str(name).encode()
    except UnicodeEncodeError:
        return False
    return True
