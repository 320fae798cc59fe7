"""The colours of the pages, for what is drawn in Python: read from their one source, the theme."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from linernotes.pages.bundling import find_files

#: What a browser calls the two themes of a page.
Scheme = Literal["light", "dark"]

_COLOUR = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6})(?=[; ])")


@cache
def theme_colours(scheme: Scheme) -> dict[str, str]:
    """Return the colours of ``theme.css`` by name, as ``#rrggbb``.

    Parameters
    ----------
    scheme
        "light" or "dark".

    Examples
    --------
    >>> theme_colours("light")["paper"], theme_colours("dark")["paper"]
    ('#fbf9f4', '#191714')
    """
    light, dark = find_files()["theme.css"].read_text(encoding="utf-8").split("@media", 1)
    found = dict(_COLOUR.findall(light))
    return found if scheme == "light" else {**found, **dict(_COLOUR.findall(dark))}
