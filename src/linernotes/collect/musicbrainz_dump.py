"""Who produced what, from the JSON dumps of MusicBrainz.

The dumps ``recording.tar.xz`` and ``release.tar.xz`` hold one JSON document a line, tens of
gigabytes of them. They are read line by line, compressed as they are; what is found is kept in
a small database beside the output, so that memory stays the same however long the dump is, and
an import that was stopped goes on where it was.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from linernotes.collect.compression import Line, read_lines
from linernotes.collect.dump_credits import FoundCredits, WantedCredits
from linernotes.datasets.names import fold
from linernotes.errors import SourceError
from linernotes.files import atomic_path

COLUMNS = (
    "producer", "producer_mbid", "job", "level", "title", "artist", "album", "year", "isrc",
    "mbid", "release_mbid", "duration", "source",
)  # fmt: skip
"""Columns of the table of credits."""

_EVERY = 20_000  # lines between two commits
_TABLES = """
CREATE TABLE IF NOT EXISTS progress (file TEXT PRIMARY KEY, lines INTEGER, damaged INTEGER);
CREATE TABLE IF NOT EXISTS credit (
    producer_mbid TEXT, producer TEXT, job TEXT, level TEXT, mbid TEXT, release_mbid TEXT,
    PRIMARY KEY (producer_mbid, job, level, mbid, release_mbid)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recording (
    mbid TEXT PRIMARY KEY, title TEXT, artist TEXT, year TEXT, isrc TEXT, duration REAL,
    album TEXT, release_mbid TEXT, rank TEXT
) WITHOUT ROWID;
"""
_ROWS = """
SELECT producer, producer_mbid, job, level, title, artist, album, year, isrc, credit.mbid,
    coalesce(nullif(credit.release_mbid, ''), recording.release_mbid), duration,
    'musicbrainz-dump'
FROM credit JOIN recording ON credit.mbid = recording.mbid
ORDER BY producer, producer_mbid, artist, album, title, credit.mbid, level, job, credit.release_mbid
"""


class DumpError(SourceError):
    """A dump cannot be read, or is one of something else."""

    code: ClassVar[str] = "dump"


@dataclass(frozen=True)
class DumpSummary:
    """The findings of an import.

    Parameters
    ----------
    lines, damaged
        Documents read, and how many of them are no JSON or longer than 64 MiB.
    cut_off
        Files that end in the middle, as after a download that was stopped.
    credits, recordings
        Rows of the table, and recordings in them.
    producers
        Number of recordings by producer and MBID.
    missing
        Wanted producers with no credit in the dumps.
    ambiguous
        Wanted names that several artists have: give an MBID instead.
    """

    lines: int
    damaged: int
    cut_off: tuple[str, ...]
    credits: int
    recordings: int
    producers: dict[tuple[str, str], int]
    missing: tuple[str, ...]
    ambiguous: tuple[str, ...]


def import_credits(
    files: Sequence[Path],
    output: Path,
    *,
    producers: Iterable[str] = (),
    progress: Callable[[int], None] | None = None,
) -> DumpSummary:
    """Write the producers that dumps of MusicBrainz name to a table, one row a credit.

    A credit of a recording counts for it; a credit of a release for each of its recordings,
    unless the release is a compilation. Jobs are kept apart: an executive producer is no
    producer. A recording's album is the earliest official album that it is on; without a dump
    of releases it is not known.

    Parameters
    ----------
    files
        Dumps of recordings, of releases, or both: .tar.xz as they are published, or the files
        within, plain or compressed.
    output
        The table to write, CSV. While the import runs, a database lies beside it.
    producers
        Names or MBIDs; everybody's credits without any.
    progress
        Called with the bytes of the files (as they are on disk) that were just read.

    Raises
    ------
    DumpError
        A file is missing, or neither a dump of recordings nor one of releases, or the output is
        one of them.
    """
    kinds = {file: _kind_of(file) for file in files}
    wanted = WantedCredits(producers)
    work = output.with_name(f".{output.name}.partial.sqlite")
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.exists() and any(file.samefile(output) for file in files):
        raise DumpError(f"{output} is one of the dumps to read; write to another file")
    with closing(sqlite3.connect(work)) as database:
        database.executescript(_TABLES)
        _check_same(database, files, wanted)
        found = FoundCredits(database, wanted)
        # Recordings first: releases then tell the albums of those that are wanted.
        cut_off = [
            file.name
            for file in sorted(files, key=lambda file: kinds[file] == "release")
            if not _read(file, kinds[file] == "release", found, progress)
        ]
        _write(database, output)
        summary = _summarise(database, cut_off, wanted)
    work.unlink()
    return summary


def _kind_of(file: Path) -> str:
    try:
        first = next(_documents(file), None)
    except OSError as error:
        raise DumpError(f"{file} cannot be read ({error.strerror or error})") from error
    if first is not None and "media" in first:
        return "release"
    if first is not None and "artist-credit" in first and "title" in first:
        return "recording"
    raise DumpError(
        f"{file} is no dump of recordings or releases; linernotes reads recording.tar.xz and "
        "release.tar.xz of MusicBrainz's JSON dumps"
    )


def _documents(file: Path) -> Iterator[dict[str, Any]]:
    for line in read_lines(file):
        if (document := _parse(line)) is not None:
            yield document


def _parse(line: Line) -> dict[str, Any] | None:
    try:
        document = json.loads(line.content) if line.content is not None else None
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _check_same(database: sqlite3.Connection, files: Sequence[Path], wanted: WantedCredits) -> None:
    """Begin anew where what lies there is of other files or producers."""
    sizes = [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    told = json.dumps([sorted(sizes), sorted(wanted.names)])
    database.execute("CREATE TABLE IF NOT EXISTS task (told TEXT)")
    known = database.execute("SELECT told FROM task").fetchone()
    if known != (told,):
        for table in ("task", "progress", "credit", "recording"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the line above
        database.execute("INSERT INTO task VALUES (?)", (told,))
    database.commit()


def _read(
    file: Path, releases: bool, found: FoundCredits, progress: Callable[[int], None] | None
) -> bool:
    """Read a dump from where it was left; tell whether it has an end."""
    database = found.database
    row = database.execute("SELECT lines, damaged FROM progress WHERE file = ?", (str(file),))
    done, damaged = row.fetchone() or (0, 0)
    take = found.take_release if releases else found.take_recording
    told = number = 0

    def commit() -> None:
        database.execute("REPLACE INTO progress VALUES (?, ?, ?)", (str(file), number, damaged))
        database.commit()

    whole = True
    for line in read_lines(file):
        if line.cut_off:
            whole = False
            continue
        number += 1
        if number > done and (line.content is None or found.may_tell(line.content, releases)):
            document = _parse(line)
            try:
                if document is None:
                    raise ValueError("no document")
                take(document)
            except (KeyError, TypeError, AttributeError, ValueError):
                damaged += 1
        if number % _EVERY == 0:
            commit()
            if progress is not None:
                progress(line.position - told)
                told = line.position
    commit()
    if progress is not None:
        progress(file.stat().st_size - told)
    return whole


def _write(database: sqlite3.Connection, output: Path) -> None:
    with atomic_path(output) as part, part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows(database.execute(_ROWS))


def _summarise(
    database: sqlite3.Connection, cut_off: Sequence[str], wanted: WantedCredits
) -> DumpSummary:
    def one(query: str) -> int:
        return int(database.execute(query).fetchone()[0] or 0)

    producers = {
        (name, mbid): count
        for name, mbid, count in database.execute(
            "SELECT producer, producer_mbid, count(DISTINCT mbid) FROM credit "
            "GROUP BY producer_mbid ORDER BY producer, producer_mbid"
        )
    }
    found = [fold(text) for pair in producers for text in pair]
    return DumpSummary(
        lines=one("SELECT sum(lines) FROM progress"),
        damaged=one("SELECT sum(damaged) FROM progress"),
        cut_off=tuple(cut_off),
        credits=one("SELECT count(*) FROM credit"),
        recordings=one("SELECT count(DISTINCT mbid) FROM credit"),
        producers=producers,
        missing=tuple(name for name in wanted.names if fold(name) not in found),
        ambiguous=tuple(name for name in wanted.names if found.count(fold(name)) > 1),
    )
