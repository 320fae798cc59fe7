"""Choosing settings by accuracy on what was not trained on, with a limit on over-fitting."""

from __future__ import annotations

from collections.abc import Sequence


def choose(
    training: Sequence[float], validation: Sequence[float], *, tolerance: float | None = None
) -> int:
    """Return which settings to take.

    Parameters
    ----------
    training, validation
        Accuracy of each of the settings, 0 to 1, on the rows that they were fitted to and on
        held-out rows; the validation scores may be of any kind if there is no tolerance.
    tolerance
        By how much training accuracy may exceed validation accuracy. If all of the settings
        exceed it by more, as with few rows they do, it is of no use and all are allowed.

    Returns
    -------
    Index of the best score in validation among those within the tolerance; of equal ones, the
    first.

    Raises
    ------
    ValueError
        If there are no settings, or not as many scores of both kinds.

    Examples
    --------
    >>> choose([0.7, 0.8, 1.0], [0.66, 0.76, 0.8], tolerance=0.05)
    1
    >>> choose([0.7, 0.8, 1.0], [0.66, 0.76, 0.8])
    2
    """
    if not training or len(training) != len(validation):
        raise ValueError("Each of at least one setting needs a training and a validation score.")
    gaps = [fitted - held for fitted, held in zip(training, validation, strict=True)]
    # A gap of exactly the tolerance is within it, whatever rounding made of it.
    limit = float("inf") if tolerance is None else tolerance + 1e-9
    allowed = [index for index, gap in enumerate(gaps) if gap <= limit]
    return max(allowed or range(len(gaps)), key=lambda index: validation[index])
