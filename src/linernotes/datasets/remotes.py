"""Published collections of labelled music: what their files are, and where.

FMA: M. Defferrard et al., "FMA: A dataset for music analysis", ISMIR 2017. GTZAN: G. Tzanetakis
and P. Cook, "Musical genre classification of audio signals", IEEE Transactions on Speech and
Audio Processing 10(5), 2002.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from linernotes.errors import SourceError

_GIB = 2**30


class DataSetError(SourceError):
    """A collection cannot be had from where it was to come from."""

    code: ClassVar[str] = "data-set"


@dataclass(frozen=True)
class Archive:
    """A file of a collection.

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
    """A collection.

    Parameters
    ----------
    name
        What the command line calls it.
    title, licence
        What people call it, and what they may do with it.
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


_FMA_BROKEN = ("098565", "098567", "098569", "099134", "108925", "133297")
_FMA_URL = "https://os.unil.cloud.switch.ch/fma"
_FMA_LICENCE = "each track has its own Creative Commons licence, named in tracks.csv"
_FMA_METADATA = Archive(
    "fma_metadata.zip", "fma_metadata", "sha1:f0df49ffe5f2a6008d7dc83c6915b31835dfe733", 342 * 2**20
)
FMA_SMALL = DataSet(
    "fma-small", "FMA small", _FMA_LICENCE, _FMA_URL,
    (_FMA_METADATA, Archive("fma_small.zip", "fma_small",
                            "sha1:ade154f733639d52e35e32f5593efe5be76c6d70", round(7.2 * _GIB))),
    8000, _FMA_BROKEN,
)  # fmt: skip
FMA_MEDIUM = DataSet(
    "fma-medium", "FMA medium", _FMA_LICENCE, _FMA_URL,
    (_FMA_METADATA, Archive("fma_medium.zip", "fma_medium",
                            "sha1:c67b69ea232021025fca9231fc1c7c1a063ab50b", 22 * _GIB)),
    25000, _FMA_BROKEN,
)  # fmt: skip
GTZAN = DataSet(
    "gtzan", "GTZAN", "its recordings were published without a licence; for research alone", None,
    (Archive("genres.tar.gz", "genres",
             "sha256:24347e0223d2ba798e0a558c4c172d9d4a19c00bb7963fe055d183dadb4ef2c6",
             round(1.14 * _GIB)),),
    1000, ("jazz.00054",),
)  # fmt: skip
DATA_SETS = {data_set.name: data_set for data_set in (FMA_SMALL, FMA_MEDIUM, GTZAN)}
"""The collections, by name."""
