"""When to ask again."""

from __future__ import annotations

import random
import time
from datetime import UTC
from email.utils import parsedate_to_datetime

_LONGEST = 60.0


def retry_after(value: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, given as a number or as a date.

    Examples
    --------
    >>> retry_after("7"), retry_after("soon"), retry_after("Wed, 21 Oct 2015 07:28:00 GMT")
    (7.0, None, 0.0)
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, IndexError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, date.timestamp() - time.time())


def backoff(attempt: int, *, first: float) -> float:
    """Seconds to wait after a failed attempt: doubled each time, the half of it by chance.

    Chance keeps those who failed together from coming back together.

    Examples
    --------
    >>> 4.0 <= backoff(2, first=2.0) <= 8.0
    True
    """
    longest = min(_LONGEST, first * 2.0**attempt)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret


def too_long(seconds: float) -> str:
    """Say that a service wants to be left alone for longer than anybody would wait.

    Examples
    --------
    >>> too_long(5400)
    'it asks to be left alone for 90 minutes; run the same command again then'
    """
    minutes = max(1, round(seconds / 60))
    return f"it asks to be left alone for {minutes} minutes; run the same command again then"
