"""Measurements in words: slow or fast, dark or bright, narrow or wide.

A word is said of a track when it is among the fifth of its collection that has least or most
of something; so it means what the owner of that music would mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from linernotes.features.key_notation import key_name

Floats = NDArray[np.float32]

_EXTREME = 0.2
SURE = 0.5
"""From this confidence on, a tempo or a key is more likely right than wrong."""


@dataclass(frozen=True)
class Trait:
    """Something of which tracks have more or less.

    Parameters
    ----------
    name
        What it is.
    low, high
        What is said of tracks with little and with much of it.
    columns
        Beginnings of the names of the descriptors whose mean it is.
    unit
        In which it is measured; empty where it has none.
    """

    name: str
    low: str
    high: str
    columns: tuple[str, ...]
    unit: str = ""


TRAITS = (
    Trait("tempo", "slow", "fast", ("tempo",), "BPM"),
    Trait("loudness", "quiet", "loud", ("loudness",), "LUFS"),
    Trait("brightness", "dark", "bright", ("spectral_centroid_mean_01",), "Hz"),
    Trait(
        "bass",
        "light on bass",
        "heavy on bass",
        ("band_level_30-80hz", "band_level_80-160hz"),
        "dB",
    ),
    Trait("width", "narrow", "wide", ("stereo_width_mean_",), "dB"),
    Trait("activity", "sparse", "busy", ("onset_rate",), "/s"),
    Trait("beat", "without a steady beat", "with a steady beat", ("pulse_clarity",)),
    Trait("dynamics", "even in level", "rising and falling", ("loudness_dynamics_std",), "LU"),
    Trait("punch", "compressed", "punchy", ("crest_factor_mean",), "dB"),
    Trait("noise", "tonal", "noisy", ("spectral_flatness_mean_01",)),
)


@cache
def _columns() -> tuple[NDArray[np.intp], ...]:
    """Return the columns of each trait among the descriptors."""
    from linernotes.features import names

    measured = names("descriptors")
    # A name that ends with a digit or a unit is whole, one that ends with "_" a beginning.
    return tuple(
        np.array([
            i for i, name in enumerate(measured)
            if any(name == each or (each.endswith("_") and name.startswith(each))
                   for each in trait.columns)
        ])
        for trait in TRAITS
    )  # fmt: skip


@cache
def column(name: str) -> int:
    """Return the place of a descriptor.

    Examples
    --------
    >>> column("mfcc_mean_01")
    0
    """
    from linernotes.features import names

    return names("descriptors").index(name)


def measure_traits(descriptors: Floats) -> NDArray[np.float64]:
    """Return how much of each trait tracks have, each in its own unit.

    Parameters
    ----------
    descriptors
        float32, shape (tracks, 261): the feature set ``descriptors``.

    Returns
    -------
    float64, shape (tracks, traits).

    Examples
    --------
    >>> measure_traits(np.zeros((2, 261), np.float32)).shape
    (2, 10)
    """
    means = [descriptors[:, columns].mean(axis=1, dtype=np.float64) for columns in _columns()]
    values: NDArray[np.float64] = np.nan_to_num(np.stack(means, axis=1))
    return values


@dataclass(frozen=True, eq=False)
class Scales:
    """How much of each trait the tracks of a collection have, least first.

    Parameters
    ----------
    sorted_values
        float64, shape (tracks, traits).
    values
        The same in the order of the tracks.
    """

    sorted_values: NDArray[np.float64]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, descriptors: Floats) -> Scales:
        """Take the scales of a collection."""
        values = measure_traits(descriptors)
        return cls(np.sort(values, axis=0), values)

    @cached_property
    def own_ranks(self) -> NDArray[np.float64]:
        """The ranks of the collection's own tracks, see `ranks`."""
        return self._ranks(self.values)

    def ranks(self, descriptors: Floats) -> NDArray[np.float64]:
        """Return what share of the collection has less of each trait, ties counting half.

        Examples
        --------
        >>> same = np.zeros((3, 261), np.float32)
        >>> Scales.of(same).ranks(same)[0, 0]
        np.float64(0.5)
        """
        return self._ranks(measure_traits(descriptors))

    def _ranks(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        ranks = np.full(values.shape, 0.5)
        n = len(self.sorted_values)
        for i, scale in enumerate(self.sorted_values.T if n else ()):
            below = np.searchsorted(scale, values[:, i], side="left")
            up_to = np.searchsorted(scale, values[:, i], side="right")
            ranks[:, i] = (below + up_to) / (2 * n)
        return ranks


def words_of(ranks: NDArray[np.float64]) -> list[str]:
    """Return what is said of a track with these ranks, the most remarkable first.

    Examples
    --------
    >>> words_of(np.array([0.05, 0.5, 0.99, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]))
    ['bright', 'slow']
    """
    order = np.argsort(-np.abs(ranks - 0.5), kind="stable")
    return [
        TRAITS[i].high if ranks[i] > 0.5 else TRAITS[i].low
        for i in order
        if min(ranks[i], 1 - ranks[i]) <= _EXTREME
    ]


def shared_words(ranks: Iterable[NDArray[np.float64]]) -> list[str]:
    """Return what is said of all of some tracks, in the order of the first."""
    said = [words_of(each) for each in ranks]
    return [word for word in said[0] if all(word in others for others in said[1:])]


def tempo_of(descriptors: Floats) -> float | None:
    """Return the tempo of one track in BPM, unless it is doubtful.

    Examples
    --------
    >>> tempo_of(np.zeros(261, np.float32)) is None
    True
    """
    if descriptors[column("tempo_confidence")] < SURE:
        return None
    return float(descriptors[column("tempo")])


def key_of(descriptors: Floats) -> str | None:
    """Name the key of one track, unless it is doubtful.

    Examples
    --------
    >>> key_of(np.zeros(261, np.float32)) is None
    True
    """
    if descriptors[column("key_confidence")] < SURE:
        return None
    tonic, mode = (float(descriptors[column(name)]) for name in ("key_tonic", "key_mode"))
    return key_name(round(tonic) % 12, int(mode >= 0.5))
