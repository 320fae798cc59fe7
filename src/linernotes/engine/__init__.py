"""Where work runs; the engine knows nothing of what the work is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.engine.local import Outcome, WorkersError, run, run_as_finished
    from linernotes.engine.processors import cpu_count

__all__ = ["Outcome", "WorkersError", "cpu_count", "run", "run_as_finished"]

__getattr__ = deferred(
    __name__,
    {
        "local": "Outcome WorkersError run run_as_finished",
        "processors": "cpu_count",
    },
)
