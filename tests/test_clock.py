from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linernotes.clock import clock


@given(st.floats(0, 1e6), st.sampled_from([None, True]))
def test_whole_seconds_are_counted(seconds: float, hours: bool | None) -> None:
    parts = [int(part) for part in clock(seconds, hours=hours).split(":")]
    assert sum(part * 60**power for power, part in enumerate(reversed(parts))) == int(seconds)


@pytest.mark.parametrize(
    ("seconds", "options", "expected"),
    [
        (59.99, {}, "0:59"),
        (3600, {}, "1:00:00"),
        (3600, {"hours": False}, "60:00"),
        (5, {"hours": True}, "0:00:05"),
        (75.5, {"tenths": True}, "1:15.5"),
    ],
)
def test_what_is_told(seconds: float, options: dict[str, bool], expected: str) -> None:
    assert clock(seconds, **options) == expected
