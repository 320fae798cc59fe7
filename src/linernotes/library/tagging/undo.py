"""The undo log: what was written to which file, and how to take it back.

A file of JSON lines that only grows. An entry is on the disk before the file changes; it
holds the few bytes that were replaced, so that undoing restores the file bit for bit. A line
that a power loss cut short is no entry.
"""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import platformdirs

from linernotes import __version__
from linernotes.errors import Failure, LinernotesError
from linernotes.library.tagging.errors import (
    ChangedError,
    NothingToUndoError,
    NotVerifiedError,
    UndoLogError,
)
from linernotes.library.tagging.patch import Edit, Fingerprint, fingerprint, inverse
from linernotes.library.tagging.replacing import open_target, replace_file

_VERSION = 1


@dataclass(frozen=True)
class Undone:
    """A file whose tags are again what they were.

    Parameters
    ----------
    file
        Its path.
    changes
        What was taken back: ``{"field", "old", "new"}``, the old value being the one that was
        written.
    """

    file: str
    changes: tuple[dict[str, str | None], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints.

        Examples
        --------
        >>> Undone("a.mp3", ()).as_dict()
        {'file': 'a.mp3', 'error': None, 'undone': True, 'changes': []}
        """
        return {"file": self.file, "error": None, "undone": True, "changes": list(self.changes)}


def undo_log() -> Path:
    """Return where the user's undo log is."""
    return platformdirs.user_state_path("linernotes", appauthor=False) / "tags-undo.jsonl"


def remember(
    target: Path,
    edits: Sequence[Edit],
    *,
    before: Fingerprint,
    after: Fingerprint,
    mtime_ns: int,
    changes: Sequence[dict[str, str | None]],
    run: str,
    log: Path | None = None,
) -> None:
    """Put into the undo log what will be written to a file, and be sure that it is on the disk.

    Parameters
    ----------
    target
        The file's real path.
    edits
        What is done to it.
    before, after
        What it is and what it will be.
    mtime_ns
        Its time of modification before.
    changes
        The fields, for people.
    run
        What this belongs to.
    log
        The undo log; the user's if not given.

    Raises
    ------
    UndoLogError
        It cannot be kept, so that nothing must be written.
    """
    entry = {
        "version": _VERSION,
        "id": uuid.uuid4().hex,
        "run": run,
        "file": str(target),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "linernotes": __version__,
        "before": {"size": before.size, "sha256": before.sha256, "mtime_ns": mtime_ns},
        "after": {"size": after.size, "sha256": after.sha256},
        "changes": list(changes),
        "edits": [
            [edit.offset, len(edit.old), base64.b85encode(edit.new).decode()]
            for edit in inverse(edits)
        ],
    }
    _append(entry, log or undo_log())


def undo_tags(
    files: Iterable[str | os.PathLike[str]] | None = None, *, log: Path | None = None
) -> Iterator[Undone | Failure]:
    """Take back what was written to tags.

    Parameters
    ----------
    files
        Of each, the last write is undone, also if it was moved or renamed since. If not given,
        the last run is undone that has not been yet.
    log
        The undo log; the user's if not given.

    Yields
    ------
    Undone or Failure
        A file that changed since is left alone. What is undone is bit for bit what it was,
        and has its old time of modification.

    Raises
    ------
    UndoLogError
        There is a log, but it cannot be read.

    Examples
    --------
    >>> list(undo_tags(log=Path("no such log")))
    []
    """
    log = log or undo_log()
    entries = _standing(log)
    if files is None:
        last = entries[-1]["run"] if entries else None
        chosen = [(entry["file"], entry) for entry in reversed(entries) if entry["run"] == last]
    else:
        chosen = [(os.fspath(file), _entry_of(file, entries)) for file in files]
    for file, entry in chosen:
        try:
            if entry is None:
                raise NothingToUndoError("nothing of ours is in the tags of this file")
            _take_back(file, entry)
            _append({"version": _VERSION, "undone": entry["id"]}, log)
        except LinernotesError as error:
            yield Failure.of(file, error)
        else:
            changes = (
                {"field": change["field"], "old": change["new"], "new": change["old"]}
                for change in entry["changes"]
            )
            yield Undone(file, tuple(changes))


def _take_back(file: str, entry: dict[str, Any]) -> None:
    with open_target(file) as (target, source):
        now = fingerprint(source)
        if now.sha256 == entry["before"]["sha256"]:
            return  # the write, or an earlier undoing, did not come to its end
        if now.sha256 != entry["after"]["sha256"]:
            raise ChangedError("the file changed since its tags were written; it is left alone")
        edits = []
        for offset, length, new in entry["edits"]:
            source.seek(offset)
            edits.append(Edit(offset, source.read(length), base64.b85decode(new)))

        def commit(_: Fingerprint, after: Fingerprint) -> None:
            if after.sha256 != entry["before"]["sha256"]:
                raise NotVerifiedError("the undo log does not lead back to what the file was")

        replace_file(
            target,
            source,
            edits,
            check=lambda _: None,
            commit=commit,
            mtime_ns=entry["before"]["mtime_ns"],
        )


def _entry_of(
    file: str | os.PathLike[str], entries: Sequence[dict[str, Any]]
) -> dict[str, Any] | None:
    real = os.path.realpath(file)
    here = [entry for entry in entries if entry["file"] == real]
    if here:
        return here[-1]
    # Moved or renamed: its content tells.
    try:
        size = Path(real).stat().st_size
        alike = [entry for entry in entries if entry["after"]["size"] == size]
        with Path(real).open("rb") as content:
            digest = fingerprint(content).sha256 if alike else None
    except OSError:
        return None
    same = [entry for entry in alike if entry["after"]["sha256"] == digest]
    return same[-1] if same else None


def _standing(log: Path) -> list[dict[str, Any]]:
    """Return the entries that are not undone, oldest first."""
    try:
        with log.open("rb") as file:
            entries = [entry for line in file if (entry := _parsed(line)) is not None]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UndoLogError(f"the undo log {log} cannot be read: {error.strerror}") from error
    undone = {entry["undone"] for entry in entries if "undone" in entry}
    return [entry for entry in entries if "undone" not in entry and entry["id"] not in undone]


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict):
        return None
    if entry.get("version") != _VERSION:
        raise UndoLogError("the undo log was written by a newer linernotes; use that to undo")
    return dict(entry)


def _append(entry: dict[str, Any], log: Path) -> None:
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with _locked(log) as file:
            # A line that was cut short must not swallow this one.
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
            torn = end > 0 and file.read(1) != b"\n"
            file.write(b"\n" * torn + json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UndoLogError(f"the undo log {log} cannot be kept: {error.strerror}") from error


@contextmanager
def _locked(log: Path) -> Iterator[BinaryIO]:
    with log.open("a+b") as file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        except (ImportError, OSError):  # none on Windows and some network file systems
            pass
        yield file
