"""A published data set: its citation, its licence, and its files with their checksums.

`linernotes.datasets.fma` and `linernotes.datasets.gtzan` say it of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from linernotes.errors import SourceError


class DataSetError(SourceError):
    """A data set cannot be had from where it was to come from."""

    code: ClassVar[str] = "data-set"


@dataclass(frozen=True)
class Archive:
    """A file of a data set.

    Parameters
    ----------
    name
        Its name.
    top
        The folder in it.
    checksum
        "sha1:…" or "sha256:…", of the published file.
    size
        Its size in bytes, about; a quarter more is refused.
    """

    name: str
    top: str
    checksum: str
    size: int

    @property
    def largest(self) -> int:
        """Bytes that it may have."""
        return self.size + self.size // 4 + 2**20


@dataclass(frozen=True)
class DataSet:
    """A published data set.

    Parameters
    ----------
    name
        What the command line calls it.
    title, citation, licence
        What people call it, whom to cite, and what they may do with it.
    url
        Where it is published; ``None`` if it is no longer.
    archives
        Its files; the audio is in the last one.
    tracks
        How many it has.
    broken
        Names of its tracks that are known to be damaged, without what follows the last dot.
    """

    name: str
    title: str
    citation: str
    licence: str
    url: str | None
    archives: tuple[Archive, ...]
    tracks: int
    broken: tuple[str, ...]

    def with_checksums(self, checksums: Mapping[str, str]) -> DataSet:
        """Expect other checksums, by the archive's name, for copies that were packed anew.

        Raises
        ------
        DataSetError
            There is no such archive, or no such checksum.
        """
        names = {archive.name for archive in self.archives}
        for name, checksum in checksums.items():
            kind, _, digits = checksum.partition(":")
            if name not in names:
                raise DataSetError(f"{self.name} has no {name}; it has {', '.join(sorted(names))}")
            if kind not in ("sha1", "sha256") or not digits.isalnum():
                raise DataSetError(f"a checksum is written sha256:… or sha1:…, not {checksum}")
        return replace(
            self,
            archives=tuple(
                replace(archive, checksum=checksums.get(archive.name, archive.checksum))
                for archive in self.archives
            ),
        )
