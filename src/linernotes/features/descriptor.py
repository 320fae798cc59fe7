"""Descriptors: quantities measured in every frame of a clip, and their dictionary entries.

Some are measured in what a clip becomes: its harmonic part, or what passes a filter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.spectrum import Samples

Rows: TypeAlias = NDArray[np.float32]
"""Values over time, float32 of shape (rows, frames), C-contiguous and finite."""


@dataclass(frozen=True)
class Column:
    """One row of a descriptor: an entry of the data dictionary.

    Parameters
    ----------
    name
        What tells it from the other rows: "01", "80-160hz", "C#". Empty for a descriptor that
        measures a single number per clip.
    unit
        "Hz", "dB", "LUFS", "BPM", "s", "semitones", …; "1" for a ratio or a share.
    description
        One clause for a person: what it is and which values it takes.
    estimated
        Whether it is a guess at something that is not really in the sound, such as how
        danceable a track is.
    """

    name: str
    unit: str
    description: str
    estimated: bool = False


@dataclass(frozen=True)
class Descriptor:
    """A quantity that can be measured in a clip, with rows side by side.

    Parameters
    ----------
    name
        The field's term: "mfcc", "spectral_centroid", "stereo_width".
    rows
        The rows that given parameters lead to: ``rows(**parameters)``.
    compute
        ``compute(analysis, **parameters)`` returns `Rows`. What measures one number per clip
        returns a single frame. It takes what others may need as well through
        `Analysis.once`.

    Examples
    --------
    >>> peak = Descriptor(
    ...     name="peak",
    ...     rows=lambda: (Column("", "1", "largest absolute sample"),),
    ...     compute=lambda analysis: np.abs(analysis.audio.samples).max(keepdims=True),
    ... )
    """

    name: str
    rows: Callable[..., tuple[Column, ...]]
    compute: Callable[..., Rows]

    def __call__(self, analysis: Analysis, **parameters: Any) -> Rows:
        """Measure the quantity in a clip."""
        return self.compute(analysis, **parameters)


def numbered(count: int, unit: str, description: str) -> tuple[Column, ...]:
    """Rows that are told apart by their numbers, from "01" on.

    Examples
    --------
    >>> [row.name for row in numbered(2, "1", "a coefficient")]
    ['01', '02']
    """
    return tuple(Column(f"{number:02}", unit, description) for number in range(1, count + 1))


def clip_of(samples: Samples, sample_rate: int) -> Analysis:
    """Return mono samples as a clip of their own, ready for any descriptor.

    Parameters
    ----------
    samples
        float32, shape (n,), finite.
    sample_rate
        In Hz.

    Examples
    --------
    >>> clip_of(np.zeros(22050, np.float32), 22050).audio.duration
    1.0
    """
    return Analysis(Audio(samples[np.newaxis], sample_rate))


def measured_in(
    descriptor: Descriptor, *, name: str, where: str, clip: Callable[..., Analysis]
) -> Descriptor:
    """Return a descriptor that measures another one in a derived clip.

    Parameters
    ----------
    descriptor
        What is measured there.
    name
        The name of the new descriptor.
    where
        Ends the descriptions of its rows: "of the harmonic part".
    clip
        ``clip(analysis, **parameters)`` returns the derived clip, the same whenever it is
        asked for. It gets all of the descriptor's parameters.

    Examples
    --------
    >>> from linernotes.features.energy import RMS
    >>> twice = measured_in(
    ...     RMS,
    ...     name="doubled_rms",
    ...     where="twice as loud",
    ...     clip=lambda analysis, **_: clip_of(2 * analysis.mono(22050), 22050),
    ... )
    >>> analysis = clip_of(np.ones(22050, np.float32), 22050)
    >>> float(twice(analysis).max())
    2.0
    """

    def rows(**parameters: Any) -> tuple[Column, ...]:
        return tuple(
            replace(row, description=f"{row.description}, {where}")
            for row in descriptor.rows(**parameters)
        )

    def compute(analysis: Analysis, **parameters: Any) -> Rows:
        return descriptor(clip(analysis, **parameters), **parameters)

    return Descriptor(name, rows=rows, compute=compute)
