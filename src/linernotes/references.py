"""How one file names another that lies somewhere near: playlists and pages move with music."""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from types import ModuleType
from urllib.parse import quote

OWN_FLAVOUR = ntpath if os.name == "nt" else posixpath
"""The rules of this system."""


def relative_reference(path: str, folder: str, *, flavour: ModuleType = posixpath) -> str:
    r"""Return a path relative to a folder, with forward slashes; both are given in full.

    Parameters
    ----------
    path, folder
        Absolute.
    flavour
        `posixpath` or `ntpath`: the rules of which system.

    Examples
    --------
    >>> relative_reference("/music/a/#1.mp3", "/music/a")
    './#1.mp3'
    >>> relative_reference(r"D:\music\b.mp3", r"C:\lists", flavour=ntpath)
    'D:/music/b.mp3'
    """
    try:
        reference: str = flavour.relpath(path, folder)
    except ValueError:  # another drive
        return path.replace("\\", "/")
    if flavour is ntpath:
        reference = reference.replace("\\", "/")
    # A line that begins with # is a comment; what comes before a colon, a protocol or a drive.
    first = reference.split("/")[0]
    plain = ":" not in first and not first.startswith("#") and first == first.lstrip()
    return reference if plain else f"./{reference}"


def page_reference(
    path: str | None, folder: str | os.PathLike[str], *, flavour: ModuleType = OWN_FLAVOUR
) -> str:
    r"""Return how a page reaches a file, "" where it must not: pages stay on this machine.

    Parameters
    ----------
    path
        Of the file, or ``None``.
    folder
        Where the page lies.
    flavour
        `posixpath` or `ntpath`: the rules of which system.

    Examples
    --------
    >>> page_reference("/music/a b.mp3", "/lists", flavour=posixpath)
    '../music/a%20b.mp3'
    >>> page_reference("s3://bucket/a.mp3", "/lists"), page_reference(None, "/lists")
    ('', '')
    >>> page_reference(r"D:\music\b.mp3", r"C:\lists", flavour=ntpath)
    ''
    """
    if not path or "://" in path:
        return ""
    place = relative_reference(
        flavour.abspath(path), flavour.abspath(os.fspath(folder)), flavour=flavour
    )
    if re.match("[A-Za-z]:", place):  # another drive
        return ""
    return quote(os.fsencode(place))
