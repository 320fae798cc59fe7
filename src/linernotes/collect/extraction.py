"""Taking archives apart that nobody vouches for.

Nothing an archive says is believed: names may not leave the folder, links and devices are
refused, and bytes are counted as they are written. What is taken out lies in a folder of its
own until all of it is there, so that half a data set never looks like a whole one.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ClassVar

from linernotes.collect.compression import DAMAGE, decompressed
from linernotes.errors import SourceError

_BLOCK = 2**20
# What is odd about names on Windows; elsewhere only the drive letter is.
_ODD = r'[<>:"|?*]' if os.name == "nt" else r"^[A-Za-z]:"
# What macOS adds to archives.
_COMPANIONS = "__MACOSX/"
_DAMAGE = (*DAMAGE, zipfile.BadZipFile, tarfile.TarError, NotImplementedError)


class ArchiveError(SourceError):
    """An archive is damaged, or does what no honest archive does."""

    code: ClassVar[str] = "archive"


@dataclass(frozen=True)
class ExtractionLimits:
    """Limits that an archive may grow to.

    Parameters
    ----------
    size
        Bytes of all files together.
    files
        Number of files.
    ratio
        Bytes that come out for each byte of the archive, beyond the first 16 MiB. Audio hardly
        shrinks and tables shrink to a tenth; an archive beyond that is a bomb.
    """

    size: int = 256 * 2**30
    files: int = 250_000
    ratio: float = 20.0

    def of(self, archive: Path) -> int:
        """Return the bytes that may come out of this archive."""
        return min(self.size, int(16 * 2**20 + self.ratio * archive.stat().st_size))


@dataclass(frozen=True)
class _Member:
    parts: tuple[str, ...]
    size: int
    open: Callable[[], IO[bytes]]


def extract(
    archive: Path,
    folder: Path,
    *,
    limits: ExtractionLimits | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Path, ...]:
    """Take a .zip or .tar(.gz, .bz2, .xz) apart.

    Called again after it was stopped, it goes on with what is missing.

    Parameters
    ----------
    archive
        The file.
    folder
        Where its files go, under the names that they have in the archive.
    limits
        How much may come out.
    progress
        Called with the number of bytes just written.

    Returns
    -------
    tuple of Path
        What lies at the top of the archive, now in ``folder``.

    Raises
    ------
    ArchiveError
        A name leads out of the folder, there is a link, a device, a name twice or more bytes
        than allowed, or the archive is damaged or of another kind. Nothing of a refused archive
        is kept.
    SourceError
        What the archive holds is in ``folder`` already, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     archive = Path(folder) / "a.zip"
    ...     with zipfile.ZipFile(archive, "w") as made:
    ...         made.writestr("genres/jazz/1.au", b"...")
    ...     [path.name for path in extract(archive, Path(folder))]
    ['genres']
    """
    limits = limits or ExtractionLimits()
    # A name that says which archive, so that another archive's remains are not taken for its.
    staging = folder / f".{archive.name}.partial"
    try:
        with _members(archive, limits) as members:
            for member in members:
                _write(member, staging, progress)
        return _settle(staging, folder)
    except (ArchiveError, *_DAMAGE) as error:
        shutil.rmtree(staging, ignore_errors=True)
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(f"{archive.name} is damaged ({error}); download it again") from error
    except OSError as error:
        # The disk may be full: what is there already stays, and the next call goes on.
        raise SourceError(
            f"{archive.name} could not be taken apart in {folder} ({error.strerror or error})"
        ) from error


def safe_parts(name: str) -> tuple[str, ...]:
    """Split a name from an archive into folders and a file name.

    Raises
    ------
    ArchiveError
        The name leads elsewhere: it is absolute, has ``..`` or a drive in it, or characters
        that no file name should have.

    Examples
    --------
    >>> safe_parts("fma_small/./000/000002.mp3")
    ('fma_small', '000', '000002.mp3')
    >>> safe_parts("../.bashrc")
    Traceback (most recent call last):
    ...
    linernotes.collect.extraction.ArchiveError: the archive holds a file '../.bashrc', which \
leads out of its folder; do not trust it
    """
    # Some tools write backslashes; to Windows they are separators in any case.
    parts = tuple(part for part in re.split(r"[/\\]", name) if part not in ("", "."))
    outside = name.startswith(("/", "\\")) or ".." in parts or re.search(_ODD, name)
    if outside or not parts or any(unicodedata.category(letter) == "Cc" for letter in name):
        raise ArchiveError(
            f"the archive holds a file {name!r}, which leads out of its folder; do not trust it"
        )
    return parts


@contextmanager
def _members(archive: Path, limits: ExtractionLimits) -> Iterator[Iterator[_Member]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            yield _zip_members(opened, limits, limits.of(archive), archive)
        return
    with archive.open("rb") as raw:
        reader = _Counted(decompressed(raw), limits.of(archive))
        with tarfile.open(fileobj=reader, mode="r|") as tar:
            yield _tar_members(tar, limits)
        while reader.read(_BLOCK):  # the checksum is at the end
            pass


def _zip_members(
    opened: zipfile.ZipFile, limits: ExtractionLimits, most: int, archive: Path
) -> Iterator[_Member]:
    """List the files of a zip; its table of contents is checked before anything is written."""
    files = [
        info
        for info in opened.infolist()
        if not info.is_dir() and not info.filename.startswith(_COMPANIONS)
    ]
    seen: set[tuple[str, ...]] = set()
    for info in files:
        parts = _unique(safe_parts(info.filename), seen)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise _not_a_file(parts)
        if info.flag_bits & 1:
            raise ArchiveError(f"{archive.name} is encrypted; ask its maker for an open one")
    _check_count(len(files), limits)
    _check_size(sum(info.file_size for info in files), most)
    for info in files:

        def reader(info: zipfile.ZipInfo = info) -> IO[bytes]:
            return opened.open(info)

        yield _Member(safe_parts(info.filename), info.file_size, reader)


def _tar_members(tar: tarfile.TarFile, limits: ExtractionLimits) -> Iterator[_Member]:
    """List the files of a tar as they come: it has no table of contents."""
    seen: set[tuple[str, ...]] = set()
    for count, info in enumerate(tar, start=1):
        _check_count(count, limits)
        if info.isdir() or info.name.startswith(_COMPANIONS):
            continue
        parts = _unique(safe_parts(info.name), seen)
        if not info.isreg() or info.issparse():
            raise _not_a_file(parts)

        def reader(info: tarfile.TarInfo = info) -> IO[bytes]:
            stream = tar.extractfile(info)
            assert stream is not None  # noqa: S101 - a regular file has a stream
            return stream

        yield _Member(parts, info.size, reader)


def _write(member: _Member, staging: Path, progress: Callable[[int], None] | None) -> None:
    target = staging.joinpath(*member.parts)
    if not (target.is_file() and target.stat().st_size == member.size):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name[-200:]}.partial")
        with member.open() as stream, partial.open("wb") as file:
            left = member.size
            while block := stream.read(min(_BLOCK, left + 1)):
                left -= len(block)
                if left < 0:
                    raise ArchiveError("the archive holds more than it says; do not trust it")
                file.write(block)
            if left:
                raise EOFError(f"{'/'.join(member.parts)} ends early")
        partial.replace(target)
    if progress is not None:
        progress(member.size)


def _settle(staging: Path, folder: Path) -> tuple[Path, ...]:
    """Move what was taken out to where it belongs."""
    if not staging.is_dir():
        raise ArchiveError("the archive is empty")
    tops = sorted(staging.iterdir())
    for top in tops:
        if os.path.lexists(folder / top.name):
            raise SourceError(
                f"{folder / top.name} is there already; move it away, and the same command goes on"
            )
    for top in tops:
        top.replace(folder / top.name)
    staging.rmdir()
    return tuple(folder / top.name for top in tops)


def _unique(parts: tuple[str, ...], seen: set[tuple[str, ...]]) -> tuple[str, ...]:
    if parts in seen:
        raise ArchiveError(f"the archive holds {'/'.join(parts)} twice; do not trust it")
    seen.add(parts)
    return parts


def _not_a_file(parts: tuple[str, ...]) -> ArchiveError:
    return ArchiveError(
        f"the archive holds {'/'.join(parts)}, which is a link or a device; do not trust it"
    )


def _check_count(files: int, limits: ExtractionLimits) -> None:
    if files > limits.files:
        raise ArchiveError(f"the archive holds more than {limits.files} files; do not trust it")


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise ArchiveError(
            f"the archive holds more than {most / 2**20:.0f} MiB, too much for its size; "
            "do not trust it"
        )


class _Counted(io.RawIOBase):
    """A stream that ends the reading when more comes than may."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._most = most
        self._read = 0

    def read(self, size: int = -1, /) -> bytes:
        block = self._stream.read(size)
        self._read += len(block)
        _check_size(self._read, self._most)
        return block
