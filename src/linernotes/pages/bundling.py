"""Scripts and styles of pages, with the modules that they import put into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

_SHARED = "linernotes.pages"
_IMPORT = re.compile(
    r'^(?:import \{[^}]*\} from "\./(?P<script>[a-z_]+\.js)"|@import "(?P<style>[a-z_]+\.css)");\n',
    re.MULTILINE,
)
_EXPORT = re.compile("^export ", re.MULTILINE)


def find_files(*packages: str) -> dict[str, Traversable]:
    """Return by name the files that pages are made of: those of packages, and those all share.

    Parameters
    ----------
    *packages
        Their folders ``page`` are looked through; files of the first ones come before others of
        the same name.

    Returns
    -------
    dict of Traversable
        Files by their names.

    Examples
    --------
    >>> sorted(name for name in find_files() if name.endswith(".css"))
    ['document.css', 'theme.css']
    """
    folders = [*(files(package) / "page" for package in packages), files(_SHARED)]
    return {item.name: item for folder in reversed(folders) for item in folder.iterdir()}


def bundle(name: str, known: Mapping[str, Traversable]) -> str:
    """Return a script or a style with all that it imports before it, each once.

    The modules of a script share one scope then: no two of them may define the same name.

    Parameters
    ----------
    name
        Of the file to begin with.
    known
        From `find_files`.

    Returns
    -------
    str
        One text, to be put into a page.

    Raises
    ------
    KeyError
        There is no such file, or it imports what is not there.

    Examples
    --------
    >>> "@import" in bundle("theme.css", find_files())
    False
    """
    begun: set[str] = set()
    parts: list[str] = []

    def add(part: str) -> None:
        if part in begun:
            return
        begun.add(part)
        text = known[part].read_text(encoding="utf-8")
        for imported in _IMPORT.finditer(text):
            add(imported["script"] or imported["style"])
        parts.append(_EXPORT.sub("", _IMPORT.sub("", text)))

    add(name)
    return "".join(parts)
