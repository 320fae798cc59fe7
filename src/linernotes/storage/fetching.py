"""Fetching a file that lies elsewhere, within limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linernotes.errors import UnreadableError
from linernotes.storage.addresses import OBJECT_STORES, WEB, scheme_of
from linernotes.storage.object_store import fetch_object
from linernotes.storage.web import fetch_address


@dataclass(frozen=True)
class FetchLimits:
    """How far fetching may go.

    Parameters
    ----------
    largest
        Bytes that a file may have.
    seconds
        That a file at a web address may take.
    private
        Whether web addresses may be those of this machine or of its network.
    """

    largest: int = 2 * 2**30
    seconds: float = 300.0
    private: bool = False


def fetch(
    uri: str,
    target: Path,
    *,
    limits: FetchLimits | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> str | None:
    """Write a file that lies elsewhere to one that lies here.

    Parameters
    ----------
    uri
        In an object store (``s3://``, ``gs://``, ``az://``), or a web address.
    target
        The file to write.
    limits
        How far that may go.
    storage_options
        How to reach an object store; by default the environment tells.

    Returns
    -------
    str or None
        The ETag of what was fetched, if it has one.

    Raises
    ------
    AudioError
        It cannot be had; ``code`` says why.

    Examples
    --------
    >>> fetch("s3://bucket/song.mp3", Path("song.mp3"))  # doctest: +SKIP
    '"6bd1…"'
    """
    limits = limits or FetchLimits()
    scheme = scheme_of(uri)
    with target.open("wb") as file:
        if scheme in OBJECT_STORES:
            return fetch_object(uri, file, largest=limits.largest, storage_options=storage_options)
        if scheme in WEB:
            return fetch_address(
                uri, file, largest=limits.largest, seconds=limits.seconds, private=limits.private
            )
    raise UnreadableError(f"{scheme}:// is no kind of address that is known")
