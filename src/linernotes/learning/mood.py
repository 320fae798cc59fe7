"""A word for a mood: tense, happy, sad or calm, by energy and valence.

The quadrants of the circumplex of affect [1]_: its axes are how aroused and how pleasant a feeling
is. Near an axis nobody can tell the side, and neither does this.

.. [1] Russell, J. A. (1980). A circumplex model of affect. Journal of Personality and Social
   Psychology 39(6).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.certainty import NONE_OF_THESE, Certainty
from linernotes.learning.targets import Target

#: The targets of a mood, in their order.
ENERGY_AND_VALENCE = ("energy", "valence")
LABEL = "mood"
#: By whether energy and valence are high.
WORDS = {
    (True, True): "happy",
    (True, False): "tense",
    (False, False): "sad",
    (False, True): "calm",
}

#: Where the axes cross: the middle of the scale that people rated on.
MIDDLE = 0.5
#: Nearer to an axis than this, the side is not sure. ``tools/train_mood.py`` measures how often
#: the word is right beyond.
MARGIN = 0.05

#: From this distance on the word is sure: it was right for all tracks of artists that were held
#: out, and for nine of ten (.86) of a data set of which nothing had been heard.
SURE_MARGIN = 0.175


def is_mood(label: str, targets: tuple[Target, ...]) -> bool:
    """Whether numbers are energy and valence, which a word can be found for.

    Returns
    -------
    bool
        ``True`` for the label "mood" with both targets.
    """
    return label == LABEL and tuple(target.name for target in targets) == ENERGY_AND_VALENCE


def mood_words(
    values: NDArray[np.floating[Any]],
    rejected: NDArray[np.bool_] | None = None,
    *,
    margin: float = MARGIN,
) -> tuple[str, ...]:
    """Return a word for each pair of energy and valence.

    Parameters
    ----------
    values
        Shape (tracks, 2), from 0 to 1.
    rejected
        Shape (tracks,): what is no music, and has no mood.
    margin
        Nearer to an axis than this, the side is not sure.

    Returns
    -------
    tuple of str
        A word, "not sure", or "none of these".

    Examples
    --------
    >>> mood_words(np.array([[0.8, 0.7], [0.2, 0.3], [0.5, 0.9]]))
    ('happy', 'sad', 'not sure')
    """
    near = (np.abs(values - MIDDLE) < margin).any(axis=1) | ~np.isfinite(values).all(axis=1)
    high = (values > MIDDLE).tolist()
    gone = np.zeros(len(values), np.bool_) if rejected is None else rejected
    return tuple(
        NONE_OF_THESE if none else str(Certainty.NOT_SURE) if unsure else WORDS[energy, valence]
        for (energy, valence), unsure, none in zip(high, near.tolist(), gone.tolist(), strict=True)
    )
