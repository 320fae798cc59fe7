"""A folder of collected tracks: audio files, and the table that tells what they are.

Whatever is written appears whole or not at all, so that a run which is stopped leaves nothing
odd behind. A file that is there is left as it is: it may have been changed on purpose.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from linernotes.collect.previews import suffix_of
from linernotes.collect.versions import split_title
from linernotes.datasets.artists import artists_in
from linernotes.datasets.names import fold, safe_name
from linernotes.errors import SourceError
from linernotes.files import atomic_path, write_atomically

COLUMNS = (
    "path", "label", "artist", "album", "year", "isrc", "mbid", "title", "sources", "licence",
    "match", "score", "preview",
)  # fmt: skip
"""Columns of ``tracks.csv``."""

_TABLE = "tracks.csv"


@dataclass(frozen=True)
class Collected:
    """One track with its label.

    Parameters
    ----------
    file
        Where its audio is kept.
    label
        Its class: a producer, a genre.
    title, artist, album, year, isrc, mbid
        What it is; empty where unknown.
    sources
        Where the label is from.
    licence
        What may be done with the audio.
    match, score
        What the audio was found by ("isrc", "search", "list"), and how well it fits.
    preview
        Service and number of the audio: ``"deezer:3135556"``.
    """

    file: Path
    label: str
    title: str
    artist: str
    album: str
    year: str
    isrc: str
    mbid: str
    sources: str
    licence: str
    match: str
    score: float
    preview: str

    @cached_property
    def path(self) -> str:
        """Its place within the folder."""
        service, _, number = self.preview.partition(":")
        name = safe_name(f"{self.artist} - {self.title}", longest=150)
        suffix = suffix_of(self.file) or ""
        return f"{safe_name(self.label)}/{name} [{service} {safe_name(number)}]{suffix}"

    @property
    def song(self) -> tuple[str, str]:
        """The key that it shares with the same song."""
        return fold(self.artist), fold(self.title)


class Caps:
    """At most so many tracks of an artist and of an album within a class.

    A class of one artist's songs, or of one album's, cannot be split honestly.

    Parameters
    ----------
    per_artist, per_album
        How many.
    """

    def __init__(self, *, per_artist: int, per_album: int) -> None:
        self._per_artist, self._per_album = per_artist, per_album
        self._artists: Counter[str] = Counter()
        self._albums: Counter[tuple[str, str]] = Counter()

    def refusal(self, artist: str, album: str) -> str:
        """Tell which cap one more track would break: "artist-cap", "album-cap" or ""."""
        name = _known_as(artist)
        # Tracks of nobody are not counted.
        if name and self._artists[name] >= self._per_artist:
            return "artist-cap"
        # Tracks without an album are not of one.
        if album and self._albums[name, fold(album)] >= self._per_album:
            return "album-cap"
        return ""

    def count(self, artist: str, album: str) -> None:
        """Take note of a track."""
        self._artists[_known_as(artist)] += 1
        self._albums[_known_as(artist), fold(album)] += 1


def balanced(tracks: Sequence[Collected]) -> list[Collected]:
    """Return equally many tracks of each class, the first of each.

    Examples
    --------
    >>> balanced([])
    []
    """
    counts = Counter(track.label for track in tracks)
    fewest = min(counts.values(), default=0)
    taken: Counter[str] = Counter()
    kept = []
    for track in tracks:
        taken[track.label] += 1
        if taken[track.label] <= fewest:
            kept.append(track)
    return kept


@contextmanager
def only_one_writer(folder: Path, locks: Path, *, waiting: Callable[[], None]) -> Iterator[None]:
    """Let one run at a time work on a folder; the next one finds everything done.

    Parameters
    ----------
    folder
        The folder.
    locks
        Where locks lie.
    waiting
        Called if another run is at work.

    Raises
    ------
    SourceError
        One of the folders cannot be.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        locks.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"{error.filename} cannot be made ({error.strerror})") from error
    name = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:32]
    lock = FileLock(locks / f"folder-{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def tracks_in(folder: Path) -> int:
    """Return how many tracks the table of a folder names; 0 if there is none."""
    try:
        with (folder / _TABLE).open(encoding="utf-8", newline="") as file:
            return sum(1 for _ in csv.DictReader(file))
    except (OSError, ValueError, csv.Error):
        return 0


def write_tracks(folder: Path, tracks: Sequence[Collected]) -> int:
    """Put audio files and ``tracks.csv`` into a folder.

    Returns
    -------
    Files beside them that this table does not name: what an earlier run took and this one does
    not is never deleted.
    """
    for track in tracks:
        target = folder / track.path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_path(target, durable=False) as part:
                shutil.copyfile(track.file, part)
    write_table(folder / _TABLE, COLUMNS, (_row(track) for track in tracks))
    named = {track.path for track in tracks}
    return sum(
        file.is_file() and not file.name.startswith(".") and _composed(file, folder) not in named
        for file in folder.glob("*/*")
    )


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file, whole or not at all."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    _write(path, text.getvalue())


def write_summary(path: Path, summary: dict[str, Any]) -> None:
    """Write a JSON file for people and programs, whole or not at all."""
    _write(path, json.dumps(summary, ensure_ascii=False, indent=2) + "\n")


def unlisted_line(folder: Path, count: int) -> str:
    """Return the sentence that tells of files that a folder's table does not name."""
    files = "1 audio file of another run lies" if count == 1 else (
        f"{count} audio files of other runs lie"
    )  # fmt: skip
    return f"{files} in {folder} as well; {_TABLE} does not name them, and training skips them"


def _composed(file: Path, folder: Path) -> str:
    # Some systems take accents and letters apart.
    return unicodedata.normalize("NFC", file.relative_to(folder).as_posix())


def _known_as(artist: str) -> str:
    """Return by what an artist is the same, without guests; nothing of nobody."""
    names = artists_in(split_title(artist)[0])
    return fold(names[0]) if names else ""


def _row(track: Collected) -> list[Any]:
    return [getattr(track, column) for column in COLUMNS]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A lone half of a character would not be written at all.
    write_atomically(path, text.encode("utf-8", errors="replace"))
