"""Descriptors measured in what a clip becomes: its harmonic part, or what passes a filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import Column, Descriptor, Rows
from linernotes.features.spectrum import Samples


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
