"""Where work runs; the engine knows nothing of what the work is."""
