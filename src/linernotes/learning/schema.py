"""Checks on values that came out of a JSON file that nobody vouches for.

Every function returns the value it was given, now with a known type, or
raises ``ValueError`` with a few words that say where in the file the trouble
is. Text must be printable: what a model file says ends up on a terminal, where
control characters would be obeyed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from linernotes.display import printable

_LONGEST_TEXT = 2_000
_LONGEST_LIST = 10_000

T = TypeVar("T")


def mapping(value: object, where: str, *, keys: tuple[str, ...]) -> dict[str, object]:
    """Check that a value is a JSON object with exactly these keys.

    Returns
    -------
    dict
        The value.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{where} is no object")
    if set(value) != set(keys):
        odd = ", ".join(sorted(map(repr, set(value) ^ set(keys))))
        raise ValueError(f"{where} misses or should not have {odd[:200]}")
    return value


def text(value: object, where: str) -> str:
    """Check that a value is one line of printable, not too long text.

    Returns
    -------
    str
        The value.

    Examples
    --------
    >>> text("jazz", "the class")
    'jazz'
    """
    if not isinstance(value, str) or not value:
        raise ValueError(f"{where} is no text")
    if len(value) > _LONGEST_TEXT or printable(value) != value:
        raise ValueError(f"{where} is too long or holds control characters")
    return value


def texts(value: object, where: str) -> dict[str, str]:
    """Check that a value is a JSON object of texts.

    Returns
    -------
    dict of str
        The value.
    """
    if not isinstance(value, dict) or len(value) > _LONGEST_LIST:
        raise ValueError(f"{where} is no object of at most {_LONGEST_LIST}")
    return {text(key, where): text(inner, f"{where}, {key!r:.40},") for key, inner in value.items()}


def whole(value: object, where: str, *, low: int = 0, high: int = 10**9) -> int:
    """Check that a value is a whole number between ``low`` and ``high``.

    Returns
    -------
    int
        The value.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{where} is no whole number from {low} to {high}")
    return value


def number(value: object, where: str, *, low: float = 0.0, high: float = 1.0) -> float:
    """Check that a value is a finite number between ``low`` and ``high``.

    Returns
    -------
    float
        The value.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{where} is no number")
    if not math.isfinite(value) or not low <= value <= high:
        raise ValueError(f"{where} is no number from {low:g} to {high:g}")
    return float(value)


def items(value: object, where: str, check: Callable[[object, str], T]) -> tuple[T, ...]:
    """Check that a value is a JSON array whose every element passes ``check``.

    Returns
    -------
    tuple
        What ``check`` returned of each element.

    Examples
    --------
    >>> items([0.5, 1], "the recalls", number)
    (0.5, 1.0)
    """
    if not isinstance(value, list) or len(value) > _LONGEST_LIST:
        raise ValueError(f"{where} is no list of at most {_LONGEST_LIST}")
    return tuple(check(element, f"{where}, item {i + 1},") for i, element in enumerate(value))
