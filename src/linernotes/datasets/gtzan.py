"""The GTZAN collection: 10 genres of 100 clips, with its fault-filtered split.

G. Tzanetakis and P. Cook, "Musical genre classification of audio signals", IEEE Transactions on
Speech and Audio Processing 10(5), 2002. The collection repeats recordings, distorts and mislabels
some, and has whole artists in one genre (B. Sturm, "The GTZAN dataset: its contents, its faults",
2013), so that random splits flatter. C. Kereliuk, B. Sturm and J. Larsen ("Deep learning and music
adversaries", IEEE Transactions on Multimedia 17(11), 2015) left 70 clips out and split the other
930 so that no artist is on two sides, as far as artists are known: 443 for training, 197 for
validation, 290 for testing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from linernotes.datasets.examples import (
    TEST,
    TRAIN,
    VALIDATION,
    ColumnNotFoundError,
    Examples,
    ExamplesNotFoundError,
    LeftOut,
    NoExamplesError,
)
from linernotes.datasets.remotes import Archive, DataSet
from linernotes.datasets.table import Labelled, gather, nothing_left
from linernotes.display import printable

GENRES = (
    "blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock",
)  # fmt: skip

BROKEN = "jazz.00054.wav"
"""Corrupt in the copies that go round as wav; left out of all of these, so that figures compare."""

CITATION = (
    'G. Tzanetakis and P. Cook, "Musical genre classification of audio signals", '
    "IEEE Transactions on Speech and Audio Processing 10(5), 2002"
)
LICENCE = "its recordings were published without a licence; for research alone"

GTZAN = DataSet(
    "gtzan", "GTZAN", CITATION, LICENCE, None,
    (Archive("genres.tar.gz", "genres",
             "sha256:24347e0223d2ba798e0a558c4c172d9d4a19c00bb7963fe055d183dadb4ef2c6",
             round(1.14 * 2**30)),),
    1000, (Path(BROKEN).stem,),
)  # fmt: skip

_FOLDERS = ("genres", "genres_original", "Data/genres_original", ".")
_LABEL = "genre"
_NAME = re.compile(r"([a-z]+)\.(\d{5})\.(wav|au|mp3|flac|ogg)", re.IGNORECASE)

# The numbers of the clips in each part, genre by genre in the order of GENRES.
_PARTS: Mapping[str, tuple[str, ...]] = {
    TRAIN: (
        "29-49 73-97",
        "30-33 43-48 50-67 80-99",
        "19-26 28-29 65-99",
        "5 15-20 22-37 39-45 47 49 53-54 56-57 59 61 70 73-74 89",
        "2-25 28-29 31-38 41-42 55-61 77-80",
        "0-1 11-24 41 47-72",
        "2-3 5 21 24 35 46-57 59-66 69 71-72 79-80 84 86 89-99",
        "2-9 11-12 16-20 23-29 31-36 38-42 44 46 49-50 80 97-99",
        "0-2 4 6 9 11-12 14-32 42-45 49-51 54-60 63 69",
        "0-9 16-26 57-70 91-99",
    ),
    VALIDATION: (
        "0-11 50-60",
        "0-10 68-76",
        "0-7 9-18 27 41-42 45 49",
        "0 2-4 6-14 46 48 52 67-68 72 75 90 95",
        "81-98",
        "2-10 25-32",
        "0-1 6-11 16-20 36-37 68 76-77 81-82",
        "10 53 55 58-62 81 83-86",
        "61-62 70 72 74 76-78 85 92-99",
        "38 49-56 71-85",
    ),
    TEST: (
        "12-28 61-72 98-99",
        "11-29 34-41 49 77-79",
        "30-40 43-44 46-48 50-51 53-64",
        "1 21 58 62-66 69 76-88 91-94 96-97 99",
        "0 26-27 30 40 43-45 51-54 62-75 99",
        "73-99",
        "12-15 22-23 25-33 38-39 67 70 73-75 78 83 85 87-88",
        "0-1 13-14 43 63-66 69-79 82 88-96",
        "34-40 46-48 52-53 64-68 71 79 82-84 87-90",
        "10-15 27-37 39-48 86-90",
    ),
}


def read_gtzan(
    path: str | os.PathLike[str], *, label: str | None = None, filtered: bool = True
) -> Examples:
    """Read GTZAN from its folder, with the fault-filtered split.

    Parameters
    ----------
    path
        The folder ``genres``, or the one that it is in; also as ``genres_original``. Clips are
        called ``<genre>/<genre>.00000.wav`` or ``.au``.
    label
        "genre", which is all that it tells.
    filtered
        Leave out the 70 clips that are in no part of the split.

    Returns
    -------
    The clips. Who made them is not part of the collection, so that artists are not known and
    the official split is the only one that parts them.

    Raises
    ------
    ExamplesNotFoundError
        This is not the folder of GTZAN.
    NoExamplesError
        None of its clips can be used.

    Examples
    --------
    >>> examples = read_gtzan("gtzan")  # doctest: +SKIP
    >>> len(examples), examples.split.count("train")  # doctest: +SKIP
    (929, 442)
    """
    if label not in (None, _LABEL):
        raise ColumnNotFoundError(
            f"GTZAN has no label {printable(label)}: it tells the {_LABEL} of its clips alone"
        )
    root = _root(Path(path).expanduser().absolute())
    split = official_split()
    rows: list[Labelled] = []
    left_out: list[LeftOut] = []
    seen: set[str] = set()
    for file in _clips(root):
        name = Path(file).name.lower()
        clip = name.rpartition(".")[0]
        reason = _reason_against(name, clip, seen, split if filtered else None)
        seen.add(clip)
        if reason is not None:
            left_out.append(LeftOut(file, *reason))
            continue
        row = Labelled(
            name=file,
            target=clip.partition(".")[0],
            path=file,
            artist=None,
            album=None,
            split=split.get(clip),
            track_id=clip,
        )
        rows.append(row)
    if not seen:
        raise ExamplesNotFoundError(
            f"{printable(os.fspath(path))} holds no clips named <genre>/<genre>.00000.wav or .au; "
            "name the folder of GTZAN"
        )
    missing = sum(clip not in seen for clip in split)
    warnings = ["GTZAN does not tell who made its clips: only its official split parts artists"]
    if missing:
        warnings.append(f"{missing} of the {len(split)} clips of the split are not in the folder")
    if not rows:
        raise NoExamplesError(nothing_left("GTZAN", tuple(left_out)))
    return gather(rows, label=_LABEL, name="gtzan", left_out=left_out, warnings=warnings)


def official_split() -> dict[str, str]:
    """Return the part of each clip of the fault-filtered split.

    Examples
    --------
    >>> split = official_split()
    >>> len(split), split["blues.00012"]
    (930, 'test')
    """
    return {
        f"{genre}.{number:05d}": part
        for part, genres in _PARTS.items()
        for genre, ranges in zip(GENRES, genres, strict=True)
        for number in _numbers(ranges)
    }


def _reason_against(
    name: str, clip: str, seen: set[str], split: Mapping[str, str] | None
) -> tuple[str, str] | None:
    """Return code and message of why a clip cannot be used, if so."""
    if name == BROKEN:
        return "known-broken", "this clip is known to be corrupt"
    if clip in seen:
        return "duplicate", "this clip is here in another format as well; once is enough"
    if split is not None and clip not in split:
        message = "a clip that is repeated, distorted or mislabelled: in no part of the split"
        return "outside-split", message
    return None


def _numbers(ranges: str) -> Iterator[int]:
    for piece in ranges.split():
        first, _, last = piece.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _root(path: Path) -> Path:
    for name in _FOLDERS:
        folder = path / name
        if any((folder / genre).is_dir() for genre in GENRES):
            return folder
    raise ExamplesNotFoundError(
        f"{printable(str(path))} is not the folder of GTZAN: it has no folders "
        f"{GENRES[0]}, {GENRES[1]}, … {GENRES[-1]}"
    )


def _clips(root: Path) -> Iterator[str]:
    for genre in GENRES:
        folder = root / genre
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            match = _NAME.fullmatch(file.name)
            if match and match[1].lower() == genre and file.is_file():
                yield os.path.normpath(file)
