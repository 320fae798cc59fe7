"""The public names of the package, room by room: what the reference and the docstring check use.

A name is public where a package lists it in its ``__all__``. It belongs to the deepest package
that does; the others show it as well.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any

ROOT = "linernotes"


@dataclass(frozen=True)
class PublicName:
    """A name that a package shows.

    Parameters
    ----------
    room
        The package that it belongs to.
    name
        The name in it.
    value
        What it names.
    """

    room: str
    name: str
    value: Any

    @property
    def path(self) -> str:
        """The name with its package."""
        return f"{self.room}.{self.name}"


def public_rooms() -> list[str]:
    """Return the packages that list public names or that the root shows, the root first."""
    package = importlib.import_module(ROOT)
    inner = (
        found.name
        for found in pkgutil.walk_packages(package.__path__, f"{ROOT}.")
        if found.ispkg and not any(part.startswith("_") for part in found.name.split("."))
    )
    shown = {f"{ROOT}.{name}" for name in exported(ROOT)}
    return [ROOT, *(name for name in sorted(inner) if name in shown or exported(name))]


def exported(room: str) -> list[str]:
    """Return the names in a package's ``__all__``, as they stand there."""
    return list(getattr(importlib.import_module(room), "__all__", ()))


def public_names() -> list[PublicName]:
    """Return every public object once, in the package that it belongs to.

    The same object under the same name is one; ``__version__`` and modules are none.
    """
    found: dict[tuple[str, int], PublicName] = {}
    for room in sorted(public_rooms(), key=lambda name: name.count(".")):
        module = importlib.import_module(room)
        for name in exported(room):
            value = getattr(module, name)
            if name.startswith("__") or hasattr(value, "__path__"):
                continue
            found[name, id(value)] = PublicName(room, name, value)
    return list(found.values())


def all_names() -> set[str]:
    """Return every name that stands anywhere in the package: what texts may speak of.

    Modules that need a package which is not installed are left out.
    """
    package = importlib.import_module(ROOT)
    found: set[str] = set()
    for module in pkgutil.walk_packages(package.__path__, f"{ROOT}."):
        if module.name.endswith("__main__"):
            continue
        try:
            names = vars(importlib.import_module(module.name))
        except ModuleNotFoundError as error:
            if (error.name or ROOT).startswith(ROOT):
                raise
            continue
        classes = [value for value in names.values() if isinstance(value, type)]
        found.update(names, *(vars(each) for each in classes), *(
            getattr(each, "__annotations__", {}) for each in classes
        ), module.name.split("."))  # fmt: skip
    return found
