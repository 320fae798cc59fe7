"""Options of a scan, its progress and its result."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from linernotes.errors import Failure
from linernotes.library.analyses import ANALYSES, Extent

#: Bytes that a process may hold while it works on a file.
MEMORY_LIMIT = 2 * 2**30


@dataclass(frozen=True)
class ScanResult:
    """The result of a scan, in numbers of files.

    Parameters
    ----------
    scanned
        Found in the folders; each is in one of the next four.
    added
        New and analysed.
    updated
        Known, but changed, moved back, or analysed anew.
    unchanged
        As they were.
    failed
        Could not be analysed, in this scan or an earlier one.
    removed
        Gone since the last scan, or forgotten by this one.
    seconds
        That it took.
    vanished
        Were there when the scan began, and not any more when they were to be read: neither
        scanned nor failed.
    warnings
        What a person should know of drives and folders, a sentence each.
    """

    scanned: int
    added: int
    updated: int
    unchanged: int
    failed: int
    removed: int
    seconds: float
    vanished: int = 0
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, float]:
        """Return the object that ``--json`` prints: the numbers.

        Returns
        -------
        dict
            Keys and values as in ``docs/results.md``.
        """
        numbers = asdict(self)
        del numbers["vanished"], numbers["warnings"]
        return {**numbers, "seconds": round(self.seconds, 3)}


@dataclass(frozen=True)
class Progress:
    """How far a scan is.

    Parameters
    ----------
    phase
        ``"finding"`` files, ``"listening"`` to them, ``"waiting"`` until the machine is less
        busy, or ``"storing"`` what was found.
    done, total
        Files; while finding, the total is not known and as large as what is done.
    failed
        Files of those done that could not be analysed.
    failure
        The one that has just failed, or ``None``.
    seconds_left
        How long it still takes, as far as can be told from the last files; else ``None``.
    """

    phase: str
    done: int
    total: int
    failed: int
    failure: Failure | None = None
    seconds_left: float | None = None


@dataclass(frozen=True)
class ScanOptions:
    """How to scan; see `linernotes.explore.Library.scan`."""

    extent: Extent = "excerpt"
    analyses: tuple[str, ...] = ANALYSES
    retry_failed: bool = False
    force: bool = False
    prune: bool = False
    workers: int | None = None
    timeout: float | None = None
    memory: int | None = MEMORY_LIMIT
    quiet: bool = True
    gentle: bool = False
    pace: float = 1.0
