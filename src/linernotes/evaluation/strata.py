"""Ranges of numbers, parted as if they were classes: low and high on both sides of a split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from linernotes.datasets.examples import Examples
from linernotes.datasets.groups import group_of, tells_group
from linernotes.learning.folding import strata_of


def stratified(examples: Examples, by: Sequence[str] = ()) -> Examples:
    """Return tracks with the range of their first target for a class; classes stay as they are.

    Parameters
    ----------
    examples
        Labelled tracks.
    by
        What makes a group; each range holds tracks of two groups at the least, if there are two.
    """
    numbers = examples.numbers
    if numbers is None or not len(examples):
        return examples
    known = bool(by) and bool(tells_group(examples, by=by).any())
    values = numbers.values[:, 0]
    stratum = strata_of(values, group_of(examples, by=by) if known else None)
    names = [
        f"{numbers.names[0]} {inside.min():g} to {inside.max():g}"
        for inside in (values[stratum == each] for each in range(int(stratum.max()) + 1))
    ]
    return replace(examples, target=tuple(names[each] for each in stratum.tolist()))
