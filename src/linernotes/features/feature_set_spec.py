"""Feature sets: descriptors, the statistics of their values, and a version."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import Column, Descriptor, Rows
from linernotes.features.reduction import Durations, Reduction, Values, statistics


@dataclass(frozen=True)
class Part:
    """One descriptor in a feature set, and what becomes of its values.

    Parameters
    ----------
    descriptor
        What is measured.
    reduction
        What becomes of it; the seven moments if not given.
    parameters
        Of the descriptor, where its defaults do not serve.
    name
        How its columns begin; the descriptor's name if not given.
    """

    descriptor: Descriptor
    reduction: Reduction = field(default_factory=statistics)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Entries of the data dictionary, in order."""
        name = self.descriptor.name if self.name is None else self.name
        return tuple(
            replace(row, name="_".join(filter(None, (name, row.name))))
            for row in self.reduction.columns(self.descriptor.rows(**self.parameters))
        )

    def measure(self, analysis: Analysis) -> Rows:
        """Measure the descriptor in a clip; parts that share it share the work.

        Parameters
        ----------
        analysis
            The clip.

        Returns
        -------
        NDArray
            float32, shape (rows, frames).
        """
        return analysis.once(self.key, lambda: self.descriptor(analysis, **self.parameters))

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Name of what is measured: parts that share it share the work."""
        return ("part", self.descriptor.name, *sorted(self.parameters.items()))


@dataclass(frozen=True)
class FeatureSetSpec:
    """A named, versioned feature set.

    Parameters
    ----------
    name
        Lower case.
    version
        Raised whenever a number moves, and only then.
    description
        One sentence: what it is for, and where it comes from.
    parts
        What it is made of, in the order of its columns.
    """

    name: str
    version: int
    description: str
    parts: tuple[Part, ...]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The data dictionary: name, unit and description of each column, in order."""
        return tuple(column for part in self.parts for column in part.columns)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def measure(self, analysis: Analysis) -> list[Rows]:
        """Measure every part in a clip.

        Parameters
        ----------
        analysis
            The clip.

        Returns
        -------
        list of NDArray
            For each part, float32 of shape (rows, frames).
        """
        return [part.measure(analysis) for part in self.parts]

    def reduce(self, pieces: list[list[Rows]], durations: Durations) -> Values:
        """Turn what was measured in the pieces of a track into columns.

        Parameters
        ----------
        pieces
            For each piece what `measure` returns, in order.
        durations
            Seconds of each piece.

        Returns
        -------
        NDArray
            float32, shape (columns,), finite.
        """
        known: dict[Hashable, Any] = {}
        columns: list[Values] = []
        for part, *rows in zip(self.parts, *pieces, strict=True):
            estimate = part.reduction.estimate
            key = (part.key, estimate)
            if key not in known:
                joined = _side_by_side(rows)
                known[key] = joined if estimate is None else estimate(joined)
            columns.append(part.reduction.reduce(known[key], durations))
        values = np.concatenate(columns).astype(np.float32, copy=False)
        if not np.isfinite(values).all():
            culprit = self.names[int(np.flatnonzero(~np.isfinite(values))[0])]
            raise ArithmeticError(f"{self.name}: {culprit} is not finite; please report it")
        return values


def _side_by_side(rows: list[Rows]) -> Rows:
    return rows[0] if len(rows) == 1 else np.concatenate(rows, axis=1)
