"""Where a library lies, and whether that can be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from linernotes.library.errors import LibraryNotFoundError, LibraryReadOnlyError

#: The table that every library has.
META = "library"

# A store that is away is waited for: where it refuses, so many tries take half a minute.
_PATIENCE = {"client_max_retries": "130", "client_retry_timeout": "60"}


def default_location() -> str:
    """Return the folder of the library of whoever names none."""
    import platformdirs

    return str(Path(platformdirs.user_data_dir("linernotes", appauthor=False)) / "library")


def is_url(location: str) -> bool:
    """Whether a library lies in an object store.

    Examples
    --------
    >>> is_url("s3://bucket/library"), is_url("/home/me/library")
    (True, False)
    """
    return "://" in location


def check_folder(folder: Path, *, create: bool) -> None:
    """Keep from taking a music folder for a library, or making one of it."""
    try:
        os.fspath(folder).encode()
    except UnicodeEncodeError as error:
        raise LibraryNotFoundError(
            f"the name of {os.fspath(folder)!a} is no text; a library needs a folder that has one"
        ) from error
    try:
        entries = {entry.name for entry in folder.iterdir()}
    except FileNotFoundError as error:
        if create:
            return
        raise LibraryNotFoundError(no_library(str(folder))) from error
    except NotADirectoryError as error:
        raise LibraryNotFoundError(f"{folder} is a file; a library is a folder") from error
    except PermissionError as error:
        raise LibraryReadOnlyError(f"you are not allowed to read {folder}") from error
    if entries - {"scan.lock"} and f"{META}.lance" not in entries:
        raise LibraryNotFoundError(
            f"{folder} holds something else than a library; name an empty or a new folder"
        )


def no_library(location: str) -> str:
    """Return the sentence that there is none."""
    return f"there is no library in {location}; scan a folder first"


def store_options(location: str, told: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return how to reach the place of a library.

    Parameters
    ----------
    location
        Folder or URL.
    told
        By the caller; by default the environment tells of object stores.

    Returns
    -------
    dict or None
        ``None`` of a folder.
    """
    if not is_url(location):
        return None
    prefixes = ("AWS_", "AZURE_", "GOOGLE_")
    known = {k.lower(): v for k, v in os.environ.items() if k.startswith(prefixes)}
    return {**_PATIENCE, **(dict(told or {}) or known)}
