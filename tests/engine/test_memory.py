"""Memory is given back where the system can do that, and nothing happens elsewhere."""

from __future__ import annotations

import numpy as np
import psutil
from support import on_linux

from linernotes.engine.memory import give_back_memory, keep_memory_together


@on_linux
def test_what_is_free_is_given_back() -> None:
    keep_memory_together()
    # Of pieces so small that they are not given back one by one, with one kept behind them.
    pieces = [np.ones(8000) for _ in range(2000)]
    kept = np.ones(8000)
    full = psutil.Process().memory_info().rss
    pieces.clear()
    give_back_memory()
    assert psutil.Process().memory_info().rss < full - 60e6
    assert kept.sum() == 8000
