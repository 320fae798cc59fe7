"""Labelled tracks, whatever they come from: what models learn from and are tested on."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from linernotes.display import printable
from linernotes.errors import SourceError

Floats = NDArray[np.float32]

TRAIN, VALIDATION, TEST = "train", "validation", "test"
"""The parts of a data set's official split."""


class ExamplesError(SourceError):
    """Nothing can be learned from what was given as examples."""

    code = "examples"


class ExamplesNotFoundError(ExamplesError):
    """There is no such folder or file, or it is not what it was taken for."""

    code = "examples-not-found"


class ExamplesUnreadableError(ExamplesError):
    """The table is no table, or its bytes are no text."""

    code = "examples-unreadable"


class ColumnNotFoundError(ExamplesError):
    """The table or library has no such column or field."""

    code = "column-not-found"


class NoExamplesError(ExamplesError):
    """Nothing is left once what cannot be used is left out."""

    code = "no-examples"


class OneClassError(ExamplesError):
    """All tracks are of one class, so that there is nothing to tell apart."""

    code = "one-class"


class OneValueError(ExamplesError):
    """All tracks have one and the same number, so that there is nothing to tell apart."""

    code = "one-value"


class FewNumbersError(ExamplesError):
    """Too few tracks have a number for anything to be learned."""

    code = "few-numbers"


class NoNumbersError(ExamplesError):
    """A label that was to be taken for numbers holds none."""

    code = "no-numbers"


@dataclass(frozen=True, eq=False)
class Numbers:
    """The targets of tracks, where labels are numbers.

    Parameters
    ----------
    names
        Of the targets, such as ("energy", "valence").
    values
        float64, shape (tracks, targets); finite.
    units
        What each target is measured in, such as "BPM"; "" where nobody said.

    Raises
    ------
    ValueError
        The shapes do not fit, or a number is not finite.

    Examples
    --------
    >>> numbers = Numbers(("energy",), np.array([[0.2], [0.7]]))
    >>> numbers.take([1]).values.tolist(), numbers.units
    ([[0.7]], ('',))
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.units:
            object.__setattr__(self, "units", ("",) * len(self.names))
        shape = self.values.shape
        if len(shape) != 2 or shape[1] != len(self.names) or len(self.units) != len(self.names):
            raise ValueError("Numbers have a column, a name and a unit for each target.")
        if not self.names or not np.isfinite(self.values).all():
            raise ValueError("Numbers are of one target at the least, and finite.")

    def take(self, indices: Sequence[int] | NDArray[np.int64]) -> Numbers:
        """Return those of some tracks, in the order asked for."""
        return Numbers(self.names, self.values[np.asarray(indices, np.int64)], self.units)


@dataclass(frozen=True, eq=False)
class FeaturesToRead:
    """Features that a source holds, and that are read when a recipe asks for them.

    Parameters
    ----------
    names
        Of the feature sets.
    rows
        int64, shape (n,): the place of each track in the source.
    read
        Returns float32, shape (n, columns), by name: for some of the names, and the places of
        some tracks. Rows of tracks that lack a feature are NaN.

    Examples
    --------
    >>> def read(names, rows):
    ...     return {name: np.ones((len(rows), 2), np.float32) for name in names}
    >>> to_read = FeaturesToRead(("tags",), np.arange(10), read)
    >>> to_read.take([3]).read(("tags",), np.array([3]))["tags"].shape
    (1, 2)
    """

    names: tuple[str, ...]
    rows: NDArray[np.int64]
    read: Callable[[Sequence[str], NDArray[np.int64]], Mapping[str, Floats]]

    def take(self, indices: Sequence[int] | NDArray[np.int64]) -> FeaturesToRead:
        """Return those of some tracks, in the order asked for; nothing is read."""
        return replace(self, rows=self.rows[np.asarray(indices, np.int64)])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that could not be used, and why.

    Parameters
    ----------
    name
        Path or row.
    code
        Stable: "missing-file", "no-label", "conflicting-labels", "duplicate", "known-broken",
        "nan-features", "outside-split", "bad-row", "no-features", "small-class", "no-class",
        "not-a-number", "other-version"; of a library's tracks, the codes of its failures.
    message
        One sentence for a person.
    """

    name: str
    code: str
    message: str


@dataclass(frozen=True, eq=False)
class Examples:
    """Labelled tracks, row by row.

    Parameters
    ----------
    label
        What the classes are of, such as "genre".
    target
        The class of each track, as it was given.
    path
        Its audio file; ``None`` for rows of a table of features.
    artist, album
        Who made it and what it was published on, where that is known.
    split
        Its part of the data set's official split: "train", "validation", "test" or ``None``.
    features
        float32, shape (n, columns), by the name of the feature set: what the source has
        measured already.
    track_id
        Its id in the data set or library, where it has one.
    left_out
        What could not be used.
    warnings
        What a person should know, a sentence each.
    name
        What the tracks are called together, such as "fma:small".
    numbers
        The targets, where the label is numbers; ``None`` where it is classes.
    to_read
        What the source has measured besides, and is not read yet; see `with_features`.
    heard
        What a library knows of some of the tracks, whatever the source; rows of the others are NaN.
    drawn_from
        How many tracks there were, where these are a sample of them.

    Raises
    ------
    ValueError
        The columns are not of one length.

    Examples
    --------
    >>> none = (None, None)
    >>> examples = Examples("genre", ("rock", "jazz"), ("a.mp3", "b.mp3"), none, none, none,
    ...                     {}, none)
    >>> len(examples), examples.classes
    (2, ('jazz', 'rock'))
    >>> examples.take([1]).path
    ('b.mp3',)
    """

    label: str
    target: tuple[str, ...]
    path: tuple[str | None, ...]
    artist: tuple[str | None, ...]
    album: tuple[str | None, ...]
    split: tuple[str | None, ...]
    features: Mapping[str, Floats]
    track_id: tuple[str | None, ...]
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[str, ...] = ()
    name: str = field(default="examples")
    numbers: Numbers | None = None
    to_read: FeaturesToRead | None = None
    drawn_from: int | None = None
    heard: FeaturesToRead | None = None

    def __post_init__(self) -> None:
        columns = (self.path, self.artist, self.album, self.split, self.track_id)
        lengths = {len(column) for column in columns} | {len(x) for x in self.features.values()}
        lengths |= set() if self.numbers is None else {len(self.numbers.values)}
        lengths |= {len(each.rows) for each in (self.to_read, self.heard) if each is not None}
        if lengths != {len(self.target)}:
            raise ValueError("The columns of examples have to be of one length.")

    def __len__(self) -> int:
        return len(self.target)

    @property
    def label_kind(self) -> Literal["classes", "numbers"]:
        """The kind of the labels: "classes" or "numbers"."""
        return "classes" if self.numbers is None else "numbers"

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that occur, sorted."""
        return tuple(sorted(set(self.target)))

    @property
    def measured(self) -> frozenset[str]:
        """Names of the features that the source has measured, be they read yet or not."""
        return frozenset((*self.features, *(() if self.to_read is None else self.to_read.names)))

    def with_features(self, names: Sequence[str]) -> Examples:
        """Return the tracks with some of what the source has measured, and nothing else of it.

        What is not read yet is read now, of these tracks alone.

        Parameters
        ----------
        names
            Feature sets; those that the source does not have are passed over.
        """
        lacking = [] if self.to_read is None else [n for n in names if n in self.to_read.names]
        read = self.to_read.read(lacking, self.to_read.rows) if self.to_read and lacking else {}
        known = {**self.features, **read}
        return replace(self, features={n: known[n] for n in names if n in known}, to_read=None)

    def take(self, indices: Sequence[int] | NDArray[np.int64]) -> Examples:
        """Return some of the tracks, in the order asked for; what was left out stays listed."""
        rows = np.asarray(indices, dtype=np.int64)
        if np.array_equal(rows, np.arange(len(self))):
            return self

        def taken(column: tuple[str | None, ...]) -> tuple[str | None, ...]:
            return tuple(column[row] for row in rows)

        return Examples(
            label=self.label,
            target=tuple(self.target[row] for row in rows),
            path=taken(self.path),
            artist=taken(self.artist),
            album=taken(self.album),
            split=taken(self.split),
            features={name: values[rows] for name, values in self.features.items()},
            track_id=taken(self.track_id),
            left_out=self.left_out,
            warnings=self.warnings,
            name=self.name,
            numbers=None if self.numbers is None else self.numbers.take(rows),
            to_read=None if self.to_read is None else self.to_read.take(rows),
            drawn_from=self.drawn_from,
            heard=None if self.heard is None else self.heard.take(rows),
        )


def name_of(examples: Examples, row: int) -> str:
    """Return what to call a track: its path, its id, or its row.

    Examples
    --------
    >>> nothing = (None,)
    >>> name_of(Examples("g", ("a",), nothing, nothing, nothing, nothing, {}, nothing), 0)
    'row 1'
    """
    return examples.path[row] or examples.track_id[row] or f"row {row + 1}"


def similar_classes(targets: Iterable[str]) -> tuple[str, ...]:
    """Warn of classes whose names differ in nothing that one would say aloud.

    Examples
    --------
    >>> similar_classes(["Hip Hop", "hip-hop", "jazz"])
    ("these classes are taken for different ones, but may be the same: 'Hip Hop', 'hip-hop'",)
    """
    alike: dict[str, set[str]] = {}
    for target in sorted(set(targets)):
        folded = unicodedata.normalize("NFKC", target).casefold()
        plain = "".join(character for character in folded if character not in " -_\u2010\u2011")
        alike.setdefault(plain, set()).add(target)
    return tuple(
        "these classes are taken for different ones, but may be the same: "
        + ", ".join(f"'{printable(name)}'" for name in sorted(names))
        for names in alike.values()
        if len(names) > 1
    )
