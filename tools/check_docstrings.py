"""Check the docstrings of all public names: ``make check`` calls it.

The checks are numpydoc's, and stand in pyproject.toml under ``[tool.numpydoc_validation]``. Public
is what a package lists in its ``__all__``, and the public methods of the classes among that.
"""

from __future__ import annotations

import inspect
import pydoc
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from numpydoc.validate import validate
from public_names import ROOT, public_names

SETTINGS = Path(__file__).parents[1] / "pyproject.toml"


def checked_paths() -> Iterator[str]:
    """Yield the paths of public functions, classes, and methods that are defined here."""
    for name in public_names():
        if not getattr(name.value, "__module__", "").startswith(ROOT):
            continue
        if inspect.isclass(name.value):
            yield name.path
            for member, value in vars(name.value).items():
                if not member.startswith("_") and inspect.isroutine(value):
                    yield f"{name.path}.{member}"
        elif inspect.isroutine(name.value):
            yield name.path


def faults(path: str, checks: frozenset[str]) -> list[str]:
    """Return what is wrong with a docstring, a line each, with the file and the line."""
    value = pydoc.locate(path)
    if inspect.isclass(value) and "__init__" not in vars(value):
        # It is made as the class that it comes from, whose docstring tells how.
        checks = checks - {"PR01"}
    found = validate(path)
    place = f"{found['file']}:{found['file_line']}"
    return [f"{place}: {path}: {code} {text}" for code, text in found["errors"] if code in checks]


def main() -> int:
    """Print the faults of all public docstrings; return 1 if there are any."""
    settings = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    checks = frozenset(settings["tool"]["numpydoc_validation"]["checks"])
    paths = list(checked_paths())
    lines = [line for path in paths for line in faults(path, checks)]
    print("\n".join([*lines, f"{len(paths)} public docstrings, {len(lines)} faults"]))
    return bool(lines)


if __name__ == "__main__":
    sys.exit(main())
