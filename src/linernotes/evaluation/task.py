"""Labelled tracks and what a recipe hears of them, ready to be parted, trained on and tested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from linernotes.datasets.examples import Examples
from linernotes.datasets.groups import GROUPINGS, group_of, has_group
from linernotes.evaluation.scores import Ints
from linernotes.learning.data import trainable
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.measuring import Measured, measure
from linernotes.learning.sampling import examples_for
from linernotes.library.scans import Progress

if TYPE_CHECKING:
    from linernotes.learning.input_spec import InputSpec
    from linernotes.learning.recipe import Recipe
    from linernotes.library import Collection

Tell = Callable[[Progress], None]


@dataclass(frozen=True)
class ListeningOptions:
    """Options of hearing tracks.

    Parameters
    ----------
    cache
        Where what was heard is kept: by default in the user's cache; ``None`` keeps nothing.
    library
        Tracks of a library, which need no listening.
    workers
        Number of processes; ``None`` for one a processor.
    progress
        Called as it goes on.
    """

    cache: FeatureCache | None = field(default_factory=FeatureCache)
    library: Collection | None = None
    workers: int | None = None
    progress: Tell | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """Labelled tracks, what was heard of them, and which of them belong together.

    Parameters
    ----------
    examples
        Those that could be heard, each of a class with two tracks or more, or with a number.
    matrix
        Its tracks are the rows of the examples.
    groups
        Shape (n,): tracks to be kept on one side; ``None`` where nobody knows.
    dependent
        Shape (n,): tracks that are right or wrong together, for intervals. The groups, but that
        where a class is all of one group, that is all there is of it: its tracks count one by
        one.
    random_state
        Of everything left to chance.
    """

    examples: Examples
    matrix: FeatureMatrix
    groups: Ints | None
    dependent: Ints | None
    random_state: int = 0


def prepare(
    examples: Examples,
    recipe: Recipe,
    *,
    group_by: Sequence[str] = GROUPINGS,
    random_state: int = 0,
    listening: ListeningOptions | None = None,
) -> Task:
    """Hear labelled tracks, and leave out what cannot be learned from.

    Parameters
    ----------
    examples
        Labelled tracks.
    recipe
        Which is to learn from them: it hears a part of what there is, and of very many tracks it
        takes a sample.
    group_by
        What makes a group: "artist", "album" or both.
    random_state
        Of everything left to chance.
    listening
        How they are heard.

    Raises
    ------
    ExamplesError
        Less than two classes can be heard.
    """
    usable = examples_for(recipe, examples, random_state=random_state)
    heard = hear(usable, recipe.input_spec, listening or ListeningOptions())
    return task_of(usable, heard, group_by=group_by, random_state=random_state)


def task_of(
    examples: Examples,
    heard: Measured,
    *,
    group_by: Sequence[str] = GROUPINGS,
    random_state: int = 0,
) -> Task:
    """Leave out of labelled tracks what cannot be learned from; see `prepare`.

    Parameters
    ----------
    examples
        Labelled tracks, with no other features than are asked for.
    heard
        What was heard of them.
    group_by, random_state
        As in `prepare`.
    """
    matrix, left_out = heard
    heard_of = replace(examples.take(matrix.tracks), left_out=(*examples.left_out, *left_out))
    kept = trainable(heard_of)
    # Numbers are finite by now: what is left out are whole classes.
    classes = set(kept.target)
    rows = [
        row
        for row, name in zip(matrix.tracks.tolist(), heard_of.target, strict=True)
        if name in classes
    ]
    groups, dependent = dependence(kept, group_by)
    return Task(kept, matrix.take(rows), groups, dependent, random_state)


def hear(examples: Examples, input_spec: InputSpec, listening: ListeningOptions) -> Measured:
    """Return what is heard of tracks, and those that could not be heard."""
    return measure(
        examples,
        input_spec,
        library=listening.library,
        cache=listening.cache,
        workers=listening.workers,
        progress=listening.progress,
    )


def dependence(examples: Examples, group_by: Sequence[str]) -> tuple[Ints | None, Ints | None]:
    """Return the groups of tracks, and which tracks are right or wrong together; see `Task`."""
    if not has_group(examples, group_by=group_by).any():
        return None, None
    groups = group_of(examples, group_by=group_by)
    if examples.numbers is not None:  # there are no classes that one group could be all of
        return groups, groups
    dependent = groups.copy()
    target = np.array(examples.target, object)
    for name in examples.classes:
        rows = np.flatnonzero(target == name)
        if len(np.unique(groups[rows])) == 1:
            dependent[rows] = dependent.max() + 1 + np.arange(len(rows))
    return groups, dependent


def encode_labels(target: Sequence[str], classes: Sequence[str]) -> Ints:
    """Return the number of each track's class, -1 for one that is not among the classes.

    Examples
    --------
    >>> encode_labels(("b", "c", "a"), ("a", "b")).tolist()
    [1, -1, 0]
    """
    number = {name: i for i, name in enumerate(classes)}
    return np.array([number.get(name, -1) for name in target], np.int64)
