"""A target: a numeric label, with what a model has to know to tell it in its range."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.schema import mapping, number, text

#: The share of tracks whose true value lies within the interval that is told.
LEVEL = 0.9

#: Larger numbers are no labels; float32 could not hold what is calculated with them.
LARGEST = 1e15


@dataclass(frozen=True)
class Target:
    """A numeric label of a model.

    Parameters
    ----------
    name
        Such as ``"energy"``.
    low, high
        Least and largest value among the tracks that were learned from; no other is told.
    median
        Of them: what is told by someone who has not listened.
    spread
        Half the width of the interval: among tracks that were held out, `LEVEL` of the true values
        were no further off.
    unit
        What it is measured in, such as ``"BPM"``; empty where nobody said.

    Examples
    --------
    >>> tempo = Target("tempo", low=60.0, high=190.0, median=120.0, spread=11.0, unit="BPM")
    >>> tempo.write(119.63), tempo.interval(185.0)
    ('120 BPM', (174.0, 190.0))
    """

    name: str
    low: float
    high: float
    median: float
    spread: float
    unit: str = ""

    def interval(self, value: float) -> tuple[float, float]:
        """Return between what the true value lies for nine of ten tracks like those held out.

        Parameters
        ----------
        value
            The number that is told.

        Returns
        -------
        tuple of float
            Its ends, within the range that was learned from.
        """
        return (
            min(max(value - self.spread, self.low), self.high),
            max(min(value + self.spread, self.high), self.low),
        )

    def share(self, value: float) -> float:
        """Return where in the range a value lies, from 0 to 1.

        Parameters
        ----------
        value
            A number of this target.

        Returns
        -------
        float
            0 at the lowest, 1 at the highest value that was learned from.
        """
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def digits(self, value: float) -> str:
        """Write a value with as many digits as its range deserves, without the unit.

        Parameters
        ----------
        value
            A number of this target.

        Returns
        -------
        str
            The number alone.
        """
        wide = self.high - self.low
        if not wide > 0 or abs(value) >= 1e9:
            return f"{value:.4g}"
        return f"{value:.{min(6, max(0, 2 - math.ceil(math.log10(wide))))}f}"

    def write(self, value: float) -> str:
        """Write a value with its unit.

        Parameters
        ----------
        value
            A number of this target.

        Returns
        -------
        str
            With as many digits as it has to offer, and its unit.
        """
        gap = "" if self.unit in ("", "%") else " "
        return f"{self.digits(value)}{gap}{self.unit}"

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON.

        Returns
        -------
        dict
            Ready for JSON.
        """
        return asdict(self)


def conformal_spread(residuals: NDArray[np.float64]) -> float:
    """Return how far off `LEVEL` of further tracks will be at most, by those that were held out.

    The quantile of the absolute residuals with the correction of conformal prediction [1]_ for a
    finite number of tracks; of fewer than nine it is not known, and the largest counts twice.

    Parameters
    ----------
    residuals
        Shape (tracks,), one at the least: true minus told.

    .. [1] Vovk, V. (2015). Cross-conformal predictors. Annals of Mathematics and Artificial
       Intelligence 74.

    Returns
    -------
    float
        In the unit of the residuals, at least 0.

    Examples
    --------
    >>> conformal_spread(np.arange(-9.0, 10.0))
    9.0
    """
    far = np.sort(np.abs(residuals))
    place = math.ceil(LEVEL * (len(far) + 1))
    return float(far[place - 1]) if place <= len(far) else 2 * float(far[-1])


def target_from_dict(value: object, where: str) -> Target:
    """Read back what `Target.as_dict` gave.

    Returns
    -------
    Target
        Every value checked.

    Raises
    ------
    ValueError
        If anything is missing, superfluous, of another type or out of range.
    """
    keys = ("name", "low", "high", "median", "spread", "unit")
    given = mapping(value, where, keys=keys)
    numbers = {
        key: number(given[key], f"{where} {key}", low=-LARGEST, high=LARGEST) for key in keys[1:4]
    }
    if (
        not numbers["low"] <= numbers["median"] <= numbers["high"]
        or numbers["low"] == numbers["high"]
    ):
        raise ValueError(f"{where} has no range")
    return Target(
        name=text(given["name"], f"{where} name"),
        spread=number(given["spread"], f"{where} spread", high=4 * LARGEST),
        unit=text(given["unit"], f"{where} unit") if given["unit"] != "" else "",
        **numbers,
    )
