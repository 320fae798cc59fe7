"""Opinions, as pages write them."""

from __future__ import annotations


def opinion(probability: float) -> str:
    r"""Write a model's probability; nothing is certain or impossible to a model.

    Parameters
    ----------
    probability
        0 to 1.

    Returns
    -------
    str
        A whole number of per cent, with spaces that do not break.

    Examples
    --------
    >>> opinion(0.7251), opinion(0.9999)
    ('73\xa0%', '>\xa099\xa0%')
    """
    if probability > 0.995:
        return ">\u00a099\u00a0%"
    if probability < 0.005:
        return "<\u00a01\u00a0%"
    return f"{100 * probability:.0f}\u00a0%"
