"""Times as people write them."""

from __future__ import annotations


def clock(seconds: float, *, hours: bool | None = None, tenths: bool = False) -> str:
    """Write seconds as people do: 3:05, 1:02:03. What is not over yet does not count.

    Parameters
    ----------
    seconds
        At least 0.
    hours
        Whether to tell hours; by default where there are any.
    tenths
        Whether to tell tenths of seconds.

    Examples
    --------
    >>> clock(185), clock(3723.4), clock(61.27, hours=True, tenths=True)
    ('3:05', '1:02:03', '0:01:01.2')
    """
    whole = int(seconds)
    tenth = f".{int(10 * (seconds - whole))}" if tenths else ""
    minutes, rest = divmod(whole, 60)
    if hours or (hours is None and minutes >= 60):
        return f"{minutes // 60}:{minutes % 60:02}:{rest:02}{tenth}"
    return f"{minutes}:{rest:02}{tenth}"
