"""Which files are there at the moment: drives are unplugged, folders move, names change their form.

The same name may be spelled in two forms of Unicode: macOS takes letters apart from their
accents (NFD), others keep them together (NFC), and a copy may have changed from one to the other.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from linernotes.library.location import is_url


def composed(path: str) -> str:
    r"""Return a path in the one form that all spellings of it share.

    Examples
    --------
    >>> composed("e\u0301.mp3") == "\u00e9.mp3"
    True
    """
    return unicodedata.normalize("NFC", path)


def same_path(path: str, paths: Iterable[str]) -> str | None:
    """Return which of some paths is spelled like one, but for the form of its letters.

    Examples
    --------
    >>> same_path("a.mp3", ["b.mp3"]) is None
    True
    """
    form = composed(path)
    return next((other for other in paths if composed(other) == form), None)


def is_gone(path: str) -> bool:
    """Whether there is no such file: one that may not be looked at is not gone."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


@dataclass(frozen=True)
class Lost:
    """Where the path of a file that is gone leads no further.

    Parameters
    ----------
    place
        The topmost folder of it that is gone, the file itself if its folder is there, or the
        folder where a drive may be missing.
    may_return
        Whether a drive may be missing: the folder is empty, as a mount point then is, or it
        cannot be read, or a link leads nowhere.
    """

    place: str
    may_return: bool


@dataclass(frozen=True)
class _Listing:
    names: frozenset[str]

    @cached_property
    def by_form(self) -> dict[str, str]:
        return {composed(name): name for name in self.names}


@dataclass
class Presence:
    """Looks whether files are there; lists each folder once.

    Examples
    --------
    >>> Presence().find("/no such folder/song.mp3") is None
    True
    """

    _listings: dict[str, _Listing | OSError] = field(default_factory=dict)
    _ends: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    _bare: dict[str, bool] = field(default_factory=dict)

    def find(self, path: str) -> str | None:
        """Return the path that opens a file, in whichever form its name is; ``None`` if none does.

        What cannot be told, such as in a folder that may not be read or in an object store, is
        taken to be there.
        """
        if is_url(path):
            return path
        folder, _, name = path.rpartition(os.sep)
        known = self._listings.get(folder)
        if isinstance(known, _Listing) and name in known.names:  # as nearly always
            return path
        return self._look_for(path)

    def _look_for(self, path: str) -> str | None:
        folder, name = os.path.split(path)
        listing = self._listed(folder) if name else None
        if isinstance(listing, _Listing):
            other = name if name in listing.names else listing.by_form.get(composed(name))
            if other is None:
                # Where case does not matter, the system finds what is not in the list.
                return path if _exists(path) else None
            return os.path.join(folder, other)  # noqa: PTH118
        if isinstance(listing, FileNotFoundError | NotADirectoryError):
            other = self.find(folder)
            if other is None or other == folder:
                return None
            return self.find(os.path.join(other, name))  # noqa: PTH118
        return None if is_gone(path) else path

    def lost(self, path: str) -> Lost:
        """Tell how much of the path of a file that is gone is not there."""
        folder = os.path.dirname(path)  # noqa: PTH120
        if folder not in self._ends:
            self._ends[folder] = _end_of(folder)
        end, gone = self._ends[folder]
        if end not in self._bare:
            self._bare[end] = _is_bare(end)
        if self._bare[end]:
            return Lost(end, may_return=True)
        return Lost(gone or path, may_return=False)

    def lost_folders(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return the folders that files went away with, the topmost of each, sorted."""
        places = {path: self.lost(path).place for path in paths}
        return tuple(sorted({place for path, place in places.items() if place != path}))

    def _listed(self, folder: str) -> _Listing | OSError:
        if folder not in self._listings:
            try:
                with os.scandir(folder) as entries:
                    names = [entry.name for entry in entries if not _leads_nowhere(entry)]
                self._listings[folder] = _Listing(frozenset(names))
            except OSError as error:
                self._listings[folder] = error
        return self._listings[folder]


def _leads_nowhere(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and not _exists(entry.path)


def _exists(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - which knows no name that it cannot ask for


def _end_of(folder: str) -> tuple[str, str | None]:
    """Return the last folder of a path that is there, and the first that is not, if any."""
    gone = None
    while is_gone(folder) and os.path.dirname(folder) != folder:  # noqa: PTH120
        gone, folder = folder, os.path.dirname(folder)  # noqa: PTH120
    return folder, gone


def _is_bare(folder: str) -> bool:
    try:
        return all(name.startswith(".") for name in os.listdir(folder))  # noqa: PTH208
    except OSError:
        return True


def choose_file(files: Sequence[tuple[str, bool]], presence: Presence) -> tuple[int, str] | None:
    """Choose the file that stands for a track.

    Parameters
    ----------
    files
        Path of each of its files, sorted, and whether a scan has found it gone.
    presence
        Looks whether they are there.

    Returns
    -------
    tuple of int and str
        Which one, and the path that opens it: the first that is there, else the first that no scan
        has found gone. ``None`` if there is none.
    """
    for place, (path, gone) in enumerate(files):
        found = None if gone and is_url(path) else presence.find(path)
        if found is not None:
            return place, found
    return next(((place, path) for place, (path, gone) in enumerate(files) if not gone), None)
