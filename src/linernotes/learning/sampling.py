"""A fair sample of more tracks than a recipe can learn from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.artists import artists_in
from linernotes.datasets.examples import TEST, Examples, name_of
from linernotes.display import printable
from linernotes.errors import ModelError
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.recipe import Recipe, find_recipe, list_recipes
from linernotes.learning.splits import quantile_bins
from linernotes.storage import is_remote

Ints = NDArray[np.int64]

MOST_TESTED = 50_000
"""Tracks that a model is tested on at most: more of them move no figure by a third of a point."""

# Of a class at least so many are kept, however rare it is, where it has them.
_FEWEST = 20
_SAID = "a sample of"
_OF_RECIPES = "the recipe learns from no more"


class FeaturesMissingError(ModelError):
    """A recipe hears what a source does not hold, and there is no audio to hear it of."""

    code: ClassVar[str] = "missing-features"


def examples_for(recipe: Recipe, examples: Examples, *, random_state: int = 0) -> Examples:
    """Return the tracks that a recipe learns from, with what the source has measured for it.

    Parameters
    ----------
    recipe
        Which.
    examples
        Labelled tracks.
    random_state
        Of the sample, if there are more than the recipe can learn from.

    Returns
    -------
    examples
        No other features than the recipe hears: gaps in those cost no tracks.

    Raises
    ------
    FeaturesMissingError
        It hears what the source does not hold, and the files are out of reach.
    """
    check_features(f"The recipe {recipe.name}", recipe.input_spec, examples)
    few = sampled(examples, recipe.most_tracks, random_state=random_state)
    return few.with_features(recipe.input_spec.inputs)


def check_features(
    what: str, input_spec: InputSpec, examples: Examples, *, recipes: bool = True
) -> None:
    """See that there is something to hear: features that the source holds, or files within reach.

    Parameters
    ----------
    what
        What hears it, in words.
    input_spec
        What it hears.
    examples
        Labelled tracks.
    recipes
        Whether to name the recipes that could be used instead.

    Raises
    ------
    FeaturesMissingError
        There is not.
    """
    held = examples.measured
    lacking = [name for name in input_spec.inputs if name not in held]
    if not lacking or not held:
        return
    if any(path is not None and not is_remote(path) for path in examples.path):
        return
    others = [
        name
        for name in (list_recipes(examples.label_kind) if recipes else ())
        if held.issuperset(find_recipe(name).input_spec.inputs)
    ]
    use = f"use {' or '.join(others)}, or " if others else ""
    raise FeaturesMissingError(
        f"{what} hears {' and '.join(lacking)}, which {printable(examples.name)} does not hold: "
        f"{use}give the audio files themselves."
    )


def sampled_rows(examples: Examples, most: int | None, *, random_state: int = 0) -> Ints | None:
    """Return which tracks to keep so that a recipe can learn from them.

    Of the test part of an official split, which nothing is learned from, at most `MOST_TESTED`
    are kept; otherwise see `fair_sample`.

    Parameters
    ----------
    examples
        Labelled tracks.
    most
        Tracks that are learned from at most; ``None`` for as many as there are.
    random_state
        The same seed gives the same sample, in whatever order the tracks come.

    Returns
    -------
    NDArray or None
        int64: rows, ascending; ``None`` where all can be kept.
    """
    if most is None or len(examples) <= most:
        return None
    tested = np.array([part == TEST for part in examples.split], np.bool_)
    parts = [(np.flatnonzero(~tested), most), (np.flatnonzero(tested), MOST_TESTED)]
    if all(len(rows) <= limit for rows, limit in parts):
        return None
    strata = _strata(examples)
    artists = [(artists_in(artist) or (None,))[0] for artist in examples.artist]
    numbers = {artist: number for number, artist in enumerate(dict.fromkeys(artists))}
    groups = np.array(
        [-row - 1 if artist is None else numbers[artist] for row, artist in enumerate(artists)],
        np.int64,
    )
    lots = _lots([name_of(examples, row) for row in range(len(examples))], random_state)
    kept = [
        rows[fair_sample(strata[rows], groups[rows], lots[rows], most=limit)]
        for rows, limit in parts
    ]
    return np.sort(np.concatenate(kept))


def sampled(
    examples: Examples, most: int | None, *, random_state: int = 0, why: str = _OF_RECIPES
) -> Examples:
    """Return a fair sample of labelled tracks, which says what it is; all where they are few.

    Parameters
    ----------
    examples, most, random_state
        As in `sampled_rows`.
    why
        Why no more are used, in words.

    Returns
    -------
    examples
        With a warning that says of how many they are a sample.
    """
    return taken(examples, sampled_rows(examples, most, random_state=random_state), why=why)


def taken(examples: Examples, rows: Ints | None, *, why: str = _OF_RECIPES) -> Examples:
    """Return the tracks that `sampled_rows` has kept, which say of how many they are a sample."""
    if rows is None:
        return examples
    total = examples.drawn_from or len(examples)
    said = [text for text in examples.warnings if not text.startswith(_SAID)]
    text = (
        f"{_SAID} {len(rows):,} of {total:,} tracks was used, since {why}: each class by its "
        "share, and of each as many artists as there are"
    )
    return replace(examples.take(rows), warnings=(*said, text), drawn_from=total)


def fair_sample(strata: Ints, groups: Ints, lots: NDArray[np.uint64], *, most: int) -> Ints:
    """Choose tracks of each stratum by its share, and of each as many groups as there are.

    Rare strata keep some tracks at the least. Within a stratum each group gives one track, then
    each that has more a second one, until there are enough: one artist with thousands of tracks
    crowds out nobody.

    Parameters
    ----------
    strata
        int64, shape (n,): such as the number of the class.
    groups
        int64, shape (n,): such as the number of the artist.
    lots
        uint64, shape (n,): what decides between equals.
    most
        How many to choose.

    Returns
    -------
    NDArray
        int64: rows, ascending; all of them if there are no more than ``most``.

    Examples
    --------
    >>> strata, groups = np.array([0, 0, 0, 0, 1, 1]), np.array([7, 7, 7, 8, 9, 9])
    >>> fair_sample(strata, groups, np.arange(6, dtype=np.uint64), most=3).tolist()
    [0, 3, 4]
    """
    if len(strata) <= most:
        return np.arange(len(strata))
    stratum = np.unique(strata, return_inverse=True)[1]
    quotas = _quotas(np.bincount(stratum), most)
    order = np.lexsort((lots, groups, stratum))
    turn = _counted(np.stack([stratum[order], groups[order]]))
    # First all that are the first of their group, then all second ones.
    chosen = order[np.lexsort((lots[order], turn, stratum[order]))]
    place = _counted(stratum[chosen][np.newaxis])
    return np.sort(chosen[place < quotas[stratum[chosen]]])


def _quotas(counts: Ints, most: int) -> Ints:
    """Return how many to choose of each stratum."""
    least = np.minimum(counts, min(_FEWEST, most // len(counts)))
    more = counts - least
    shares = more * (most - least.sum()) / max(1, more.sum())
    quotas = least + np.floor(shares).astype(np.int64)
    # What is left goes to the largest remainders.
    rest = np.argsort(-(shares - np.floor(shares)), kind="stable")[: most - quotas.sum()]
    quotas[rest] += 1
    limited: Ints = np.minimum(quotas, counts)
    return limited


def _counted(keys: Ints) -> Ints:
    """Return the place of each column among the equal ones beside it, shape (n,)."""
    new = np.ones(keys.shape[1], np.bool_)
    new[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    starts = np.flatnonzero(new)
    place: Ints = np.arange(len(new)) - np.repeat(starts, np.diff(np.append(starts, len(new))))
    return place


def _strata(examples: Examples) -> Ints:
    """Return a number for each track's class and part of the official split."""
    if examples.numbers is not None:
        classes: Sequence[object] = quantile_bins(examples.numbers.values[:, 0], None).tolist()
    else:
        classes = examples.target
    pairs = list(zip(classes, examples.split, strict=True))
    number = {pair: i for i, pair in enumerate(sorted(set(pairs), key=repr))}
    return np.array([number[pair] for pair in pairs], np.int64)


def _lots(names: Sequence[str], random_state: int) -> NDArray[np.uint64]:
    """Return a number for each track that nothing decides but its name and the seed."""
    key = random_state.to_bytes(16, "little", signed=True)
    data = b"".join(
        hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
        for name in names
    )
    return np.frombuffer(data, "<u8").astype(np.uint64)
