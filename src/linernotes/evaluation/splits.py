"""Splits of tracks into those to learn from and those to be tested on, so that the test is fair.

A model that has heard one song of an artist recognises the next one by the voice, the studio and
the mastering. Parted at random, such songs lie on both sides, and the test tells how well the
model knows artists: in one collection an artist filter took the figure from 71 to 27 per cent
(E. Pampalk, A. Flexer and G. Widmer, ISMIR 2005). So what is one group stays on one side, and a
random split has to be asked for and bears its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from linernotes.datasets.examples import TEST, TRAIN, VALIDATION, Examples
from linernotes.datasets.groups import GROUPINGS
from linernotes.display import printable
from linernotes.evaluation.errors import NoOfficialSplitError
from linernotes.evaluation.grouped_tracks import (
    GroupedTracks,
    Rows,
    assign_parts,
    count_tracks,
    group_tracks,
    list_classes,
    with_target_bins,
)

Method = Literal["grouped", "official", "random"]

OFFICIAL, RANDOM = "official", "random"


def _no_rows() -> Rows:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Split:
    """A split into tracks to learn from and tracks to be tested on.

    Parameters
    ----------
    train, test
        int64: rows of the examples, ascending.
    name
        How it was made: "artist+album", "artist", "album", "official" or "random".
    groups
        What is never on both sides; empty for "official" and "random".
    validation
        Rows that the official split sets aside to choose models by.
    random_state
        Of the random numbers that decided between equals; ``None`` for "official".
    notes
        What could not be done as it should be, a sentence each.

    Examples
    --------
    >>> Split(np.array([0, 1]), np.array([2]), "official").stamp
    'official split'
    """

    train: Rows
    test: Rows
    name: str
    groups: tuple[str, ...] = ()
    validation: Rows = field(default_factory=_no_rows)
    random_state: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> Method:
        """The method, whatever the groups: "grouped", "official" or "random"."""
        if self.groups:
            return "grouped"
        return "official" if self.name == OFFICIAL else "random"

    @property
    def stamp(self) -> str:
        """A few words to print beside every figure that this split made."""
        if self.name == RANDOM:
            return "random split: artists may be on both sides, so that figures flatter"
        if self.name == OFFICIAL:
            return "official split"
        return f"no {' or '.join(self.groups)} on both sides"


def best_method(examples: Examples) -> Method:
    """Return how to split these tracks unless a person says otherwise.

    The official split of a data set that has one, so that figures compare; else by groups.

    Examples
    --------
    >>> nothing = (None, None)
    >>> best_method(Examples("g", ("a", "b"), nothing, nothing, nothing, ("train", "test"), {},
    ...                      nothing))
    'official'
    """
    return "official" if {TRAIN, TEST} <= set(examples.split) else "grouped"


def split_once(
    examples: Examples,
    *,
    method: Method = "grouped",
    group_by: Sequence[str] = GROUPINGS,
    test_share: float = 0.25,
    random_state: int = 0,
) -> Split:
    """Split tracks once, every class by the same share as far as groups allow.

    Parameters
    ----------
    examples
        Labelled tracks.
    method
        "grouped": no group on both sides. "official": as the data set says. "random": by class
        alone; figures from it flatter.
    group_by
        What makes a group: "artist", "album" or both.
    test_share
        Share of the tracks to test on, above 0 and below 1.
    random_state
        Of the order of equals.

    Returns
    -------
    Split
        Rows to learn from, and rows to be tested on.

    Raises
    ------
    GroupsUnknownError
        No track tells artist or album, so that groups cannot be kept apart.
    OneGroupError
        Less than two classes have tracks of two groups.
    NoOfficialSplitError
        The data have none.

    Examples
    --------
    >>> nothing = (None,) * 8
    >>> examples = Examples("genre", tuple("aaaabbbb"), nothing, tuple("ppqqrrss"), nothing,
    ...                     nothing, {}, nothing)
    >>> split = split_once(examples, test_share=0.5)
    >>> len(split.train), len(split.test), split.name
    (4, 4, 'artist+album')
    """
    if not 0 < test_share < 1:
        raise ValueError(f"test_share is above 0 and below 1, not {test_share}.")
    if method == "official":
        return _official(examples)
    examples = with_target_bins(examples, group_by if method == "grouped" else ())
    grouped = group_tracks(examples, method, group_by)
    parts = assign_parts(
        grouped, np.array([1 - test_share, test_share]), random_state=random_state, train=0
    )
    made = _split(
        examples, grouped, np.flatnonzero(parts != 1), np.flatnonzero(parts == 1), random_state
    )
    tested = {examples.target[row] for row in made.test}
    untested = [name for name in examples.classes if name not in tested]
    return replace(made, notes=(*made.notes, *_untested(untested, grouped)))


def folds(
    examples: Examples,
    *,
    n_splits: int = 5,
    method: Method = "grouped",
    group_by: Sequence[str] = GROUPINGS,
    random_state: int = 0,
) -> tuple[Split, ...]:
    """Split tracks several times, so that each is tested on once (stratified group k-fold).

    Classes whose tracks are all of one group cannot be tested: to be learned, they would have to
    be on both sides. Their tracks are learned from in every fold, and noted.

    Parameters
    ----------
    examples
        Labelled tracks.
    n_splits
        How many parts, at least 2; fewer are made where there are fewer groups.
    method
        "grouped" or "random", see `split_once`; "official" gives its one split.
    group_by, random_state
        See `split_once`.

    Returns
    -------
    tuple of Split
        One for each fold; every track is tested on in one of them.

    Raises
    ------
    SplitError
        As `split_once`.

    Examples
    --------
    >>> nothing = (None,) * 8
    >>> examples = Examples("genre", tuple("aaaabbbb"), nothing, tuple("ppqqrrss"), nothing,
    ...                     nothing, {}, nothing)
    >>> [len(split.test) for split in folds(examples, n_splits=2)]
    [4, 4]
    """
    if n_splits < 2:
        raise ValueError(f"Tracks are split into 2 or more, not {n_splits}.")
    if method == "official":
        return (_official(examples),)
    examples = with_target_bins(examples, group_by if method == "grouped" else ())
    grouped = group_tracks(examples, method, group_by)
    count = min(n_splits, int((~grouped.fixed).sum()))
    parts = assign_parts(grouped, np.full(count, 1 / count), random_state=random_state)
    untested = [name for name, free in zip(examples.classes, grouped.free, strict=True) if not free]
    notes = list(_untested(untested, grouped))
    if count < n_splits:
        notes.append(f"there are {count} groups to test on, so that {count} folds were made")
    made = (
        _split(
            examples,
            grouped,
            np.flatnonzero(parts != part),
            np.flatnonzero(parts == part),
            random_state,
        )
        for part in range(count)
    )
    return tuple(replace(split, notes=(*split.notes, *notes)) for split in made)


def _official(examples: Examples) -> Split:
    rows_of = {
        part: np.flatnonzero([each == part for each in examples.split])
        for part in (TRAIN, VALIDATION, TEST)
    }
    for part in (TRAIN, TEST):
        if not len(rows_of[part]):
            raise NoOfficialSplitError(
                f"{printable(examples.name)} has no official split: no track is marked {part}; "
                "add a column split, or let the tracks be parted by artist and album"
            )
    notes = []
    outside = sum(each is None for each in examples.split)
    if outside:
        notes.append(f"{count_tracks(outside)} in no part of the official split were not used")
    learned = {examples.target[row] for row in rows_of[TRAIN]}
    unknown = sorted({examples.target[row] for row in rows_of[TEST]} - learned)
    if unknown and examples.numbers is None:
        notes.append(
            f"{list_classes(unknown)} can only be tested, not learned: not in the train part"
        )
    return Split(
        rows_of[TRAIN], rows_of[TEST], OFFICIAL, validation=rows_of[VALIDATION], notes=tuple(notes)
    )


def _split(
    examples: Examples, grouped: GroupedTracks, train: Rows, test: Rows, random_state: int
) -> Split:
    learned = {examples.target[row] for row in train}
    unknown = sorted({examples.target[row] for row in test} - learned)
    notes = list(grouped.notes)
    if unknown and examples.numbers is None:
        notes.append(
            f"{list_classes(unknown)} could only be tested, not learned: groups do not part it"
        )
    name = "+".join(grouped.group_by) if grouped.group_by else RANDOM
    return Split(
        train, test, name, groups=grouped.group_by, random_state=random_state, notes=tuple(notes)
    )


def _untested(names: Sequence[str], grouped: GroupedTracks) -> tuple[str, ...]:
    if not names:
        return ()
    what = (
        f"having one {' or '.join(grouped.group_by)} on both sides"
        if grouped.group_by
        else "a second track"
    )
    return (
        f"not tested, only learned from: {list_classes(names)}; what there is cannot be parted "
        f"without {what}",
    )
