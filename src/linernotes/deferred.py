"""Names that a package shows, imported only when they are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def deferred(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package whose parts are slow to import.

    Parameters
    ----------
    package
        Its ``__name__``.
    modules
        For each module in it, the names that are imported from there, with spaces between.

    Examples
    --------
    >>> deferred("linernotes", {"clock": "clock"})("clock")(75)
    '1:15'
    """
    home = {name: module for module, names in modules.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{home[name]}"), name)

    return find
