"""Whether somebody sings or speaks in tracks, by the networks' tags."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_VOICES = ("singing", "female voice", "male voice")
_NONE = "instrumental"
# In log odds of the most probable of these over those of none. Of 190 clips that people judged
# (MUSIFEAST-17), 95 % of the 88 below the one had no voice; half of the 46 above the other had one,
# where one in four has.
_BELOW = -0.75
_ABOVE = 0.0


def voice_of(tags: NDArray[np.float32], names: Sequence[str]) -> tuple[str | None, ...]:
    """Tell of tracks whether there is a voice in them.

    Parameters
    ----------
    tags
        Shape (tracks, tags): probabilities.
    names
        Of the tags.

    Returns
    -------
    tuple of str or None
        "yes", "no", or ``None`` where it is doubtful.

    Examples
    --------
    >>> tags = np.array([[0.4, 0.02], [0.01, 0.3], [0.1, 0.15]], np.float32)
    >>> voice_of(tags, ["singing", "instrumental"])
    ('yes', 'no', None)
    """
    columns = [i for i, name in enumerate(names) if name in _VOICES]
    if not columns or _NONE not in names:
        return (None,) * len(tags)
    sung = _log_odds(tags[:, columns].max(axis=1))
    apart = sung - _log_odds(tags[:, list(names).index(_NONE)])
    return tuple(
        "yes" if each > _ABOVE else "no" if each <= _BELOW else None for each in apart.tolist()
    )


def _log_odds(share: NDArray[np.float32]) -> NDArray[np.float64]:
    likely = np.clip(share.astype(np.float64), 1e-3, 1 - 1e-3)
    odds: NDArray[np.float64] = np.log(likely / (1 - likely))
    return odds
