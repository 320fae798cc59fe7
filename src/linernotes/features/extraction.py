"""A clip in, feature sets out: what they share is computed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linernotes.audio import Audio
from linernotes.engine.blas import one_blas_thread
from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import Rows
from linernotes.features.reduction import Values

if TYPE_CHECKING:
    from linernotes.features.feature_set_spec import FeatureSetSpec

PIECE_SECONDS = 60.0
"""Longer tracks are measured in pieces, so that they need no more memory than this one."""


def extract(audio: Audio | Iterable[Audio], name: str = "descriptors") -> Values:
    """Compute a feature set.

    Parameters
    ----------
    audio
        The clip; or the pieces of a long one, in order, such as
        ``AudioStream.pieces(PIECE_SECONDS)`` yields. Values over time of all pieces are put
        one after the other before statistics are taken; what is measured once per clip is
        averaged over the pieces by their lengths.
    name
        Name of the set.

    Returns
    -------
    NDArray
        float32, shape (columns,), finite; `names` tells what they are.

    Raises
    ------
    FeatureSetNotFoundError
        There is no such set.
    ValueError
        The samples are not finite, there are none, or shape or rate is wrong.

    Examples
    --------
    >>> time = np.arange(22050) / 22050
    >>> tone = np.sin(2 * np.pi * 440 * time, dtype=np.float32)
    >>> extract(Audio(tone[np.newaxis], 22050), "fma").shape
    (518,)
    """
    return extract_sets(audio, (name,))[name]


def extract_sets(audio: Audio | Iterable[Audio], names: Sequence[str]) -> dict[str, Values]:
    """Compute several feature sets at once, see `extract`; spectra and the like are shared.

    Parameters
    ----------
    audio
        As in `extract`.
    names
        Names of the sets.

    Returns
    -------
    dict of NDArray
        The values of each set by its name.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(0, 0.1, (2, 44100)).astype(np.float32)
    >>> {name: len(values) for name, values in
    ...  extract_sets(Audio(noise, 44100), ("fma", "extracted")).items()}
    {'fma': 518, 'extracted': 56}
    """
    names = [_find_set(name).name for name in names]
    measured: list[Measured] = []
    pieces = iter([audio] if isinstance(audio, Audio) else audio)
    while (piece := next(pieces, None)) is not None:
        measured.append(measure_sets(piece, names))
        # The next piece is decoded only when this one and all its spectra have gone.
        del piece
    return reduce_sets(measured, names)


@dataclass(frozen=True, eq=False)
class Measured:
    """Measurements in one piece of a track: the rows of each part of each set."""

    duration: float
    rows: tuple[list[Rows], ...]


def measure_sets(piece: Audio, names: Sequence[str]) -> Measured:
    """Measure several sets in a piece of a track, for `reduce_sets`.

    Raises
    ------
    FeatureSetNotFoundError, ValueError
        As `extract` does.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(0, 0.1, (2, 44100)).astype(np.float32)
    >>> pieces = [measure_sets(Audio(noise, 44100), ("extracted",)) for _ in range(3)]
    >>> reduce_sets(pieces, ("extracted",))["extracted"].shape
    (56,)
    """
    sets = [_find_set(name) for name in names]
    _check(piece)
    analysis = Analysis(piece)
    # scipy brings a BLAS of its own, which kernels use: it has to be there to be held back.
    import scipy.linalg  # noqa: F401

    with one_blas_thread():
        return Measured(piece.duration, tuple(found.measure(analysis) for found in sets))


def reduce_sets(measured: Sequence[Measured], names: Sequence[str]) -> dict[str, Values]:
    """Turn what was measured in all pieces of a track, in order, into the values of each set."""
    if not measured:
        raise ValueError("There is no audio to extract features from.")
    durations = np.array([piece.duration for piece in measured])
    with one_blas_thread():
        return {
            name: _find_set(name).reduce([piece.rows[i] for piece in measured], durations)
            for i, name in enumerate(names)
        }


def _check(audio: Audio) -> None:
    samples = audio.samples
    if samples.ndim != 2 or not samples.size:
        raise ValueError(
            f"Samples must have shape (channels, n) and hold at least one, not {samples.shape}."
        )
    if samples.dtype != np.float32:
        raise ValueError(f"Samples must be float32, not {samples.dtype}.")
    if not 2_000 <= audio.sample_rate <= 3_000_000:
        raise ValueError(f"A sample rate of {audio.sample_rate} Hz is none of music.")
    if not all(np.isfinite([channel.min(), channel.max()]).all() for channel in samples):
        raise ValueError("Samples must be finite; there is NaN or infinity among them.")


def _find_set(name: str) -> FeatureSetSpec:
    # Here, since defining all sets takes time that whoever asks networks alone need not spend.
    from linernotes.features.sets import find_set

    return find_set(name)
