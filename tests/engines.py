"""Which engines are installed."""

from __future__ import annotations

import importlib.util
import shutil

import pytest

_PACKAGES = {"dask": "distributed", "ray": "ray", "spark": "pyspark"}


def installed(engine: str) -> pytest.MarkDecorator:
    """Return a mark that skips what needs an engine that is not installed."""
    package = _PACKAGES[engine]
    missing = importlib.util.find_spec(package) is None
    if engine == "spark" and shutil.which("java") is None and not missing:
        return pytest.mark.skipif(True, reason="Spark needs Java")
    return pytest.mark.skipif(missing, reason=f"{package} is not installed")
