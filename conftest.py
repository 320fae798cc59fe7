"""The examples in docstrings that cannot be tried: of modules whose extra is not installed."""

from __future__ import annotations

import importlib.util

_NEEDS_TORCH = "src/linernotes/learning/baselines/network_training.py"

collect_ignore = [] if importlib.util.find_spec("torch") else [_NEEDS_TORCH]
