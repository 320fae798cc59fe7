"""Where work runs; the engine knows nothing of what the work is."""

from linernotes.engine.local import Outcome, WorkersError, cpu_count, run, run_as_finished

__all__ = ["Outcome", "WorkersError", "cpu_count", "run", "run_as_finished"]
