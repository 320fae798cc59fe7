"""Labelled tracks that a model can learn from, read from whatever a person names as data."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from linernotes.audio import find_tracks, is_audio
from linernotes.datasets.copies import without_copies
from linernotes.datasets.delimited import open_delimited
from linernotes.datasets.examples import (
    ColumnNotFoundError,
    Examples,
    ExamplesNotFoundError,
    LeftOut,
    NoExamplesError,
    OneClassError,
    name_of,
)
from linernotes.datasets.fma import SUBSETS, read_fma
from linernotes.datasets.folders import read_folders
from linernotes.datasets.gtzan import read_gtzan
from linernotes.datasets.spotify_table import is_spotify_table, read_spotify_table
from linernotes.datasets.table import PATH_COLUMNS, nothing_left, read_table
from linernotes.display import printable
from linernotes.learning.certainty import Certainty
from linernotes.learning.label_table import LabelTable, read_labels
from linernotes.learning.labelled_tracks import LabelledTracks
from linernotes.learning.library_data import check_field, read_library
from linernotes.learning.networks_heard import with_networks_heard
from linernotes.learning.numeric import as_numbers, check_numbers, join_labels
from linernotes.learning.parquet_data import read_parquet
from linernotes.library.file_tags import read_file_tags

if TYPE_CHECKING:
    from linernotes.explore import Library

FEWEST = 2
"""Tracks that a class needs: one to learn from, one to see whether that helped."""

# What classes of these names are to us.
_OURS = {
    str(Certainty.NONE_OF_THESE): "its tracks are learned as examples of what is of no class",
    **dict.fromkeys(
        (str(each) for each in Certainty if each is not Certainty.NONE_OF_THESE),
        "that is also told of how far an answer is to be relied on; call it otherwise, or nobody "
        "can tell the two apart",
    ),
}

_AUDIO = frozenset(".wav .mp3 .flac .ogg .opus .m4a .aac .wma .aiff .aif .au".split())


# File tags that are of one track or number: no folder is called by them.
_OF_ONE_TRACK = frozenset(("bpm", "date", "title", "tracknumber", "discnumber", "isrc"))

# The table of a folder that was collected: it tells artists and albums, which folders do not.
_TABLE = "tracks.csv"


def load_data(
    spec: str | os.PathLike[str],
    *,
    label: str | None = None,
    library: str | os.PathLike[str] | Library | None = None,
    columns: Mapping[str, str] | None = None,
    numbers: bool | None = None,
    labels: str | os.PathLike[str] | None = None,
) -> Examples:
    """Read labelled tracks from whatever a person names.

    Parameters
    ----------
    spec
        One of

        - a folder with a subfolder for each class, or with ``tracks.csv`` as
          ``linernotes collect`` makes it;
        - a CSV file with the columns ``path`` and ``label`` (also ``artist``, ``album``,
          ``split``), or a table of Spotify's audio features;
        - ``fma:DIR`` or ``fma:DIR:small``: FMA, see `linernotes.datasets.fma.read_fma`;
        - ``gtzan:DIR``: GTZAN with its fault-filtered split;
        - ``library:DIR``: the tracks of a library, with a file tag as label; without ``DIR``
          the library that is given, or that of whoever names none;
        - ``tags:DIR``: the tracks of a folder, with a file tag as label;
        - ``parquet:PLACE``: the rows that ``linernotes scan --output parquet`` has written to a
          folder or an object store, see `linernotes.learning.parquet_data.read_parquet`.
    label
        What to learn: a column of the table, or a field of the file tags, which is "genre" if
        none is named. Of folders and GTZAN, what their classes are called. Several labels that
        are numbers are learned together: "energy,valence".
    library
        For ``library:`` without a folder. What installed networks heard of its tracks is taken from
        it for the same files of a folder or table as well.
    columns
        Which columns of a CSV file to take for what, see `linernotes.datasets.table.read_table`.
    numbers
        Whether the label is numbers; ``None`` lets its values decide, see
        `linernotes.learning.numeric.as_numbers`. Folders are classes unless it is said.
    labels
        Of ``parquet:`` and ``library:``, a table to take the labels from, with a column ``uri``,
        ``path`` or ``track_id``.

    Returns
    -------
    examples
        The tracks. Of folders and tables, artists and albums that are not told are taken
        from the files' own tags, and copies of one file are used once.

    Raises
    ------
    ExamplesError
        There is nothing to learn from; ``code`` and the sentence say why.
    LibraryError
        The library cannot be used.

    Examples
    --------
    >>> load_data("gtzan:/data/gtzan").classes[:2]  # doctest: +SKIP
    ('blues', 'classical')
    """
    names = _several(label)
    if len(names) > 1 and numbers is not False:
        return join_labels(
            [
                load_data(
                    spec, label=name, library=library, columns=columns, numbers=True, labels=labels
                )
                for name in names
            ],
            label=", ".join(names),
        )
    table = None if labels is None else read_labels(labels, label=label)
    examples, decides = _read(spec, label, library, columns or {}, table)
    examples = as_numbers(examples, (None if decides else False) if numbers is None else numbers)
    known = examples.heard is not None or examples.to_read is not None
    return examples if known else with_networks_heard(examples, library)


def as_examples(
    data: Examples | str | os.PathLike[str],
    *,
    label: str | None = None,
    numbers: bool | None = None,
) -> Examples:
    """Return labelled tracks as they are given, or read them; the parameters are of `load_data`.

    Returns
    -------
    examples
        As `load_data` returns them.
    """
    if not isinstance(data, Examples):
        return load_data(data, label=label, numbers=numbers)
    if numbers is None:
        return data
    return as_numbers(data, True) if numbers else replace(data, numbers=None)


def _several(label: str | None) -> list[str]:
    return list(dict.fromkeys(filter(None, (part.strip() for part in (label or "").split(",")))))


def _read(
    spec: str | os.PathLike[str],
    label: str | None,
    library: str | os.PathLike[str] | Library | None,
    columns: Mapping[str, str],
    labels: LabelTable | None,
) -> tuple[Examples, bool]:
    """Return labelled tracks, and whether their labels may turn out to be numbers."""
    text = os.fspath(spec)
    kind, _, place = text.partition(":")
    if kind == "parquet" and place:
        return read_parquet(place, label=label, labels=labels), True
    if kind == "library" and (place or not Path(text).exists()):
        return read_library(place or library, label=label, labels=labels), True
    if labels is not None:
        raise ExamplesNotFoundError(
            f"a table of labels belongs to parquet:PLACE or library:DIR, not to {printable(text)}; "
            "name the table itself as data, with a column path"
        )
    if kind == "fma" and place:
        return _read_fma(place, label), True
    if kind == "gtzan" and place:
        return read_gtzan(place, label=label), False
    if kind == "tags" and place:
        return without_copies(_read_file_tags(place, label or "genre")), True
    return _read_path(text, label, columns)


def _read_path(text: str, label: str | None, columns: Mapping[str, str]) -> tuple[Examples, bool]:
    """Return the labelled tracks of a folder or a table."""
    path = Path(text).expanduser()
    if (path / _TABLE).is_file():
        path = path / _TABLE
    if path.is_dir():
        if label in _OF_ONE_TRACK:
            raise ColumnNotFoundError(
                f"folders are classes, and do not tell the {label} of a track: name tags:"
                f"{printable(text)} for what the files' tags tell"
            )
        found = read_folders(path, label=label, file_tags=read_file_tags, is_audio=is_audio)
        return without_copies(found), False
    if path.is_file():
        return _read_table(path, label, columns), True
    raise ExamplesNotFoundError(
        f"there is no folder or file {printable(text)}; name a folder with a subfolder for each "
        "class, a CSV file, or fma:DIR, gtzan:DIR, library:DIR, parquet:PLACE"
    )


def trainable(examples: Examples, *, fewest: int = FEWEST) -> Examples:
    """Return the tracks that a model can learn from, and list the others.

    Left out are classes of too few tracks, and tracks whose features have gaps.

    Parameters
    ----------
    examples
        Labelled tracks.
    fewest
        Tracks that a class needs.

    Returns
    -------
    examples
        Those that can be learned from; the others are among ``left_out``.

    Raises
    ------
    NoExamplesError
        Everything was left out before.
    OneClassError
        Less than two classes are left.
    FewNumbersError, OneValueError
        Of numbers, there are too few, or they are all the same.

    Examples
    --------
    >>> nothing = (None,) * 5
    >>> examples = Examples("genre", tuple("aabbc"), nothing, nothing, nothing, nothing, {},
    ...                     nothing)
    >>> left = trainable(examples)
    >>> left.classes, left.left_out[0].code
    (('a', 'b'), 'small-class')
    """
    if not len(examples) and examples.left_out:
        raise NoExamplesError(nothing_left(printable(examples.name), examples.left_out))
    whole = np.ones(len(examples), dtype=np.bool_)
    for values in examples.features.values():  # of what is read later, hearing it tells
        whole &= np.isfinite(values).reshape(len(examples), -1).all(axis=1)
    count = Counter(target for target, fits in zip(examples.target, whole, strict=True) if fits)
    kept: list[int] = []
    left_out: list[LeftOut] = []
    for row, target in enumerate(examples.target):
        if not whole[row]:
            message = "some features of this track are no numbers; measure it again"
            left_out.append(LeftOut(name_of(examples, row), "nan-features", message))
        elif examples.numbers is None and count[target] < fewest:
            message = (
                f"its class, {printable(target)}, has {_tracks(count[target])}, and {fewest} are "
                "needed; add some"
            )
            left_out.append(LeftOut(name_of(examples, row), "small-class", message))
        else:
            kept.append(row)
    taken = examples.take(kept)
    warnings = list(examples.warnings)
    if examples.numbers is not None:
        check_numbers(taken)
    else:
        warnings += _called_as_ours(taken.classes, warnings)
    if examples.numbers is None and len(taken.classes) < 2:
        raise OneClassError(_too_few(examples, taken.classes, fewest))
    return replace(taken, left_out=(*examples.left_out, *left_out), warnings=tuple(warnings))


def _called_as_ours(classes: Sequence[str], said: Sequence[str]) -> list[str]:
    """Say what comes of classes that are called as what we tell of answers."""
    texts = [
        f"a class is called {printable(name)}: {_OURS[name.strip().casefold()]}"
        for name in classes
        if name.strip().casefold() in _OURS
    ]
    return [text for text in texts if text not in said]


def _too_few(examples: Examples, classes: Sequence[str], fewest: int) -> str:
    if len(examples.classes) > 1:
        return (
            f"of {len(examples.classes)} classes only {len(classes)} has {fewest} tracks or more "
            "that can be used; add tracks to at least two"
        )
    named = printable(examples.classes[0]) if len(examples) else "none"
    return (
        f"all tracks are of one class ({named}), so that there is nothing to tell apart; add "
        "tracks of other classes"
    )


def _tracks(count: int) -> str:
    return "one track" if count == 1 else f"{count} tracks"


def _read_fma(place: str, label: str | None) -> Examples:
    folder, _, subset = place.rpartition(":")
    if folder and (subset in SUBSETS or not Path(place).exists()):
        return read_fma(folder, subset=subset, label=label)
    return read_fma(place, label=label)


def _read_table(path: Path, label: str | None, columns: Mapping[str, str]) -> Examples:
    if path.suffix.lower() in _AUDIO:
        raise ExamplesNotFoundError(
            f"{printable(path.name)} is one file; name a folder with a subfolder for each class, "
            "or a CSV file"
        )
    with open_delimited(path) as table:
        spotify = is_spotify_table(table) and table.find(*PATH_COLUMNS) is None
    if spotify:
        return read_spotify_table(path, label=label)
    examples = read_table(path, label=label, columns=columns)
    return without_copies(_with_groups_of_files(examples))


def _with_groups_of_files(examples: Examples) -> Examples:
    """Take artist and album of the files' own tags where a table tells neither."""
    artists, albums = list(examples.artist), list(examples.album)
    for row, path in enumerate(examples.path):
        if path is not None and artists[row] is None and albums[row] is None:
            tags = read_file_tags(path)
            artists[row] = tags.get("artist") or tags.get("albumartist")
            albums[row] = tags.get("album")
    return replace(examples, artist=tuple(artists), album=tuple(albums))


def _read_file_tags(place: str, label: str) -> Examples:
    folder = Path(place).expanduser()
    if not folder.is_dir():
        raise ExamplesNotFoundError(f"there is no folder {printable(place)}")
    check_field(label)
    tracks = LabelledTracks(label=label, name=folder.name)
    for row, path in enumerate(find_tracks([folder.absolute()])):
        tags = read_file_tags(path)
        artist, album = tags.get("artist") or tags.get("albumartist"), tags.get("album")
        tracks.add(path, None, tags.get(label), artist=artist, album=album, place=row)
    return tracks.examples(None)
