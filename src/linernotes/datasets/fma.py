"""FMA, a dataset for music analysis: 106,574 tracks under free licences, with official splits.

M. Defferrard, K. Benzi, P. Vandergheynst and X. Bresson, "FMA: a dataset for music analysis",
ISMIR 2017. ``tracks.csv`` and ``features.csv`` begin with several lines of header; audio lies in
``000/000002.mp3``. No artist is in two parts of the official split.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np

from linernotes.datasets.delimited import long_fields, part_of
from linernotes.datasets.examples import (
    ColumnNotFoundError,
    Examples,
    ExamplesNotFoundError,
    ExamplesUnreadableError,
    Floats,
    LeftOut,
    NoExamplesError,
)
from linernotes.datasets.names import did_you_mean
from linernotes.datasets.remotes import Archive, DataSet
from linernotes.datasets.table import Labelled, gather, nothing_left
from linernotes.display import printable

SUBSETS = ("small", "medium", "large", "full")
"""Each holds the ones before it."""

BROKEN = frozenset((98565, 98567, 98569, 99134, 108925, 133297))
"""Clips that are one to five seconds long, of the 30 that they should be."""

FEATURES = 518

CITATION = (
    "M. Defferrard, K. Benzi, P. Vandergheynst and X. Bresson, "
    '"FMA: a dataset for music analysis", ISMIR 2017'
)
LICENCE = "each track has its own Creative Commons licence, named in tracks.csv"

_URL = "https://os.unil.cloud.switch.ch/fma"
_BROKEN_NAMES = tuple(f"{track:06d}" for track in sorted(BROKEN))
_METADATA_ARCHIVE = Archive(
    "fma_metadata.zip", "fma_metadata", "sha1:f0df49ffe5f2a6008d7dc83c6915b31835dfe733", 342 * 2**20
)
FMA_SMALL = DataSet(
    "fma-small", "FMA small", CITATION, LICENCE, _URL,
    (_METADATA_ARCHIVE, Archive("fma_small.zip", "fma_small",
                                "sha1:ade154f733639d52e35e32f5593efe5be76c6d70",
                                round(7.2 * 2**30))),
    8000, _BROKEN_NAMES,
)  # fmt: skip
FMA_MEDIUM = DataSet(
    "fma-medium", "FMA medium", CITATION, LICENCE, _URL,
    (_METADATA_ARCHIVE, Archive("fma_medium.zip", "fma_medium",
                                "sha1:c67b69ea232021025fca9231fc1c7c1a063ab50b", 22 * 2**30)),
    25000, _BROKEN_NAMES,
)  # fmt: skip

_METADATA = "fma_metadata"
_LABELS = {
    "genre": ("track", "genre_top"),
    "artist": ("artist", "name"),
    "album": ("album", "title"),
}
_NEEDED = (("set", "subset"), ("set", "split"))
_STATISTICS = frozenset(("kurtosis", "max", "mean", "median", "min", "skew", "std"))


def read_fma(
    path: str | os.PathLike[str],
    *,
    subset: str | None = None,
    label: str | None = None,
    features: bool = True,
) -> Examples:
    """Read FMA from the folder with its metadata and audio, with its official split.

    Parameters
    ----------
    path
        The folder that holds ``fma_metadata``, as a folder or as ``fma_metadata.zip``, or the
        files of it; and beside it the audio, ``fma_small``, ``fma_medium``, ….
    subset
        "small" (8 genres of 1000), "medium", "large" or "full"; each holds the ones before it.
        By default the largest whose audio is there, or "medium" if none is.
    label
        What the classes are of: "genre" (the default: the top genre), "artist", "album", or
        another column of ``tracks.csv``, such as "track.language_code".
    features
        Read ``features.csv`` where it is there: its 518 columns in their own order are the
        feature set "fma".

    Returns
    -------
    The tracks, by id. If there is audio, tracks without are left out; if there is none, all
    have features alone.

    Raises
    ------
    ExamplesNotFoundError, ExamplesUnreadableError
        The metadata is not there, or not FMA's.
    ColumnNotFoundError
        There is no such subset or label.
    NoExamplesError
        No track can be used.

    Examples
    --------
    >>> examples = read_fma("fma", subset="small")  # doctest: +SKIP
    >>> len(examples), examples.split.count("test")  # doctest: +SKIP
    (7994, 800)
    """
    root = Path(path).expanduser().absolute()
    if subset is not None and subset not in SUBSETS:
        raise ColumnNotFoundError(
            f"FMA has no subset {printable(subset)}; choose one of {', '.join(SUBSETS)}"
        )
    audio = _Audio(root)
    subset = subset or audio.largest or "medium"
    called = label or "genre"
    with ExitStack() as stack:
        tracks = stack.enter_context(_metadata_file(root, "tracks.csv"))
        if tracks is None:
            raise ExamplesNotFoundError(
                f"there is no {_METADATA}/tracks.csv, nor {_METADATA}.zip, in "
                f"{printable(str(root))}; unpack FMA's metadata there"
            )
        rows, left_out = _read_tracks(tracks, subset, called, audio)
        table = stack.enter_context(_metadata_file(root, "features.csv")) if features else None
        values = {} if table is None else _read_features(table, {_number(row) for row in rows})
    warnings: list[str] = []
    if table is not None and rows and not values:
        warnings.append(f"features.csv is not FMA's, with its {FEATURES} columns: it is not used")
    if not audio.folders:
        warnings.append(f"there is no audio of FMA in {root.name}: only features can be used")
        if features and not values:
            raise NoExamplesError(
                f"there is neither audio nor features.csv of FMA in {printable(str(root))}; "
                f"unpack fma_{subset}.zip there"
            )
    if values:
        rows, more = _with_features(rows, values)
        left_out += more
    if not rows:
        raise NoExamplesError(nothing_left(f"FMA {subset}", tuple(left_out)))
    return gather(
        rows,
        label=called,
        name=f"fma:{subset}",
        left_out=left_out,
        warnings=warnings,
        features="fma" if values else None,
    )


class _Audio:
    """The folders with the audio files of FMA."""

    def __init__(self, root: Path) -> None:
        candidates: list[tuple[str | None, Path]]
        candidates = [(subset, root / f"fma_{subset}") for subset in SUBSETS]
        candidates += [(_subset_of(root), root), (None, root / "fma")]
        found = [
            (subset, folder)
            for subset, folder in candidates
            if folder.is_dir()
            and any(re.fullmatch(r"\d{3}", inner.name) for inner in folder.iterdir())
        ]
        self.folders = [folder for _, folder in found]
        known = [subset for subset, _ in found if subset is not None]
        self.largest = max(known, key=SUBSETS.index, default=None)

    def find(self, track: int) -> str | None:
        name = f"{track // 1000:03d}/{track:06d}.mp3"
        for folder in self.folders:
            if (folder / name).is_file():
                return str(folder / name)
        return None


def _subset_of(folder: Path) -> str | None:
    subset = folder.name.removeprefix("fma_")
    return subset if subset in SUBSETS else None


@contextmanager
def _metadata_file(root: Path, name: str) -> Iterator[IO[str] | None]:
    """Open a file of the metadata, in a folder or in the archive that it comes in."""
    for folder in (root / _METADATA, root, root.parent / _METADATA):
        if (folder / name).is_file():
            with (
                _readable(folder / name),
                (folder / name).open(encoding="utf-8", newline="") as file,
            ):
                yield file
            return
    for archive in (root / f"{_METADATA}.zip", root.parent / f"{_METADATA}.zip", root):
        if not archive.is_file():
            continue
        with _readable(archive), zipfile.ZipFile(archive) as opened:
            member = next((m for m in opened.namelist() if Path(m).name == name), None)
            if member is None:
                break
            with opened.open(member) as raw:
                yield io.TextIOWrapper(raw, encoding="utf-8", newline="")
        return
    yield None


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Say so where a file cannot be read, whatever its bytes make of a decompressor."""
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error) as error:
        raise ExamplesUnreadableError(
            f"{file.name} is damaged or cannot be read ({error}); fetch it again"
        ) from error


def _read_tracks(
    file: IO[str], subset: str, label: str, audio: _Audio
) -> tuple[list[Labelled], list[LeftOut]]:
    wanted = SUBSETS[: SUBSETS.index(subset) + 1]
    rows: list[Labelled] = []
    left_out: list[LeftOut] = []
    try:
        with long_fields():
            reader = csv.reader(file)
            columns = _columns(reader, label)
            for values in reader:
                if len(values) <= max(columns.values()) or not values[0].isdigit():
                    left_out.append(LeftOut(f"line {reader.line_num}", "bad-row", _BAD_ROW))
                    continue
                fields = {key: values[place].strip() or None for key, place in columns.items()}
                if subset != "full" and fields["subset"] not in wanted:
                    continue
                found = _labelled(int(values[0]), fields, audio)
                if isinstance(found, LeftOut):
                    left_out.append(found)
                else:
                    rows.append(found)
    except (csv.Error, UnicodeError) as error:
        raise ExamplesUnreadableError(
            f"tracks.csv is damaged ({error}); unpack FMA's metadata again"
        ) from error
    return sorted(rows, key=_number), left_out


_BAD_ROW = "this row is cut off; unpack FMA's metadata again"


def _columns(reader: Iterator[list[str]], label: str) -> dict[str, int]:
    """Read the header of tracks.csv: groups, names, and the name of the ids."""
    groups, names, index = (next(reader, []) for _ in range(3))
    place = {pair: index for index, pair in enumerate(zip(groups, names, strict=False))}
    group, _, name = label.partition(".")
    pair = _LABELS.get(label, (group, name))
    if index[:1] != ["track_id"] or any(needed not in place for needed in _NEEDED):
        raise ExamplesUnreadableError(
            "tracks.csv is not FMA's: its header should have three lines, with ('set', 'split') "
            "among the columns; unpack FMA's metadata again"
        )
    if pair not in place:
        known = [*_LABELS, *(f"{group}.{name}" for group, name in place if group and name)]
        near = did_you_mean(label, known)
        raise ColumnNotFoundError(
            f"FMA's tracks have no column {printable(label)}{near or ';'} choose genre, artist, "
            f"album, or one of tracks.csv: {', '.join(known[len(_LABELS) :])}"
        )
    columns = {
        "target": pair,
        "subset": ("set", "subset"),
        "split": ("set", "split"),
        "artist": ("artist", "name"),
        "album": ("album", "title"),
    }
    return {key: place[pair] for key, pair in columns.items() if pair in place}


def _labelled(track: int, fields: Mapping[str, str | None], audio: _Audio) -> Labelled | LeftOut:
    name = f"{track:06d}"
    if track in BROKEN:
        return LeftOut(name, "known-broken", "this clip is known to be but a few seconds long")
    target = fields["target"]
    if target is None:
        return LeftOut(name, "no-label", "the data set tells no class of this track")
    path = audio.find(track)
    if path is None and audio.folders:
        return LeftOut(name, "missing-file", "its audio file is not there; unpack the clips again")
    return Labelled(
        name=name,
        target=target,
        path=path,
        artist=fields.get("artist"),
        album=fields.get("album"),
        split=part_of(fields["split"]),
        track_id=name,
    )


def _number(row: Labelled) -> int:
    return int(row.track_id or 0)


def _read_features(file: IO[str], wanted: set[int]) -> dict[int, Floats]:
    """Read the rows of features.csv that are wanted; the rest of its gigabyte is passed over.

    What is no such file has none of them.
    """
    found: dict[int, Floats] = {}
    try:
        sets, statistics, numbers, index = (file.readline().strip().split(",") for _ in range(4))
        if (
            (sets[0], index[0]) != ("feature", "track_id")
            or {len(sets), len(statistics), len(numbers)} != {FEATURES + 1}
            or not set(statistics[1:]) <= _STATISTICS
        ):
            return {}
        for line in file:
            track, _, rest = line.partition(",")
            if track.isdigit() and int(track) in wanted:
                found[int(track)] = _floats(rest)
    except UnicodeError as error:
        raise ExamplesUnreadableError(
            "features.csv is damaged; unpack FMA's metadata again"
        ) from error
    return found


def _floats(text: str) -> Floats:
    """Read the numbers of a line; what is none of 518 numbers gives NaN everywhere."""
    try:
        values = np.array(text.split(","), dtype=np.float32)
    except ValueError:
        values = np.empty(0, dtype=np.float32)
    return values if values.shape == (FEATURES,) else np.full(FEATURES, math.nan, np.float32)


def _with_features(
    rows: list[Labelled], values: Mapping[int, Floats]
) -> tuple[list[Labelled], list[LeftOut]]:
    kept: list[Labelled] = []
    left_out: list[LeftOut] = []
    for row in rows:
        found = values.get(_number(row))
        if found is None:
            message = "features.csv has no row of this track"
            left_out.append(LeftOut(row.name, "no-features", message))
        elif not np.isfinite(found).all():
            message = "features.csv has no number for some features of this track"
            left_out.append(LeftOut(row.name, "nan-features", message))
        else:
            kept.append(replace(row, values=found))
    return kept, left_out
