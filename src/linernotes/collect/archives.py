"""Having a published collection on this machine: fetched, checked, and taken apart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from linernotes.collect.collection_folder import write_summary
from linernotes.collect.extraction import ArchiveError, extract
from linernotes.collect.http import NotTheFileError, Service, Session, SettingsError
from linernotes.datasets.fma import FMA_MEDIUM, FMA_SMALL
from linernotes.datasets.gtzan import GTZAN
from linernotes.datasets.remotes import Archive, DataSet, DataSetError

DATA_SETS = {data_set.name: data_set for data_set in (FMA_SMALL, FMA_MEDIUM, GTZAN)}
"""The data sets that can be collected, by name."""

_AUDIO = frozenset({".mp3", ".wav", ".au", ".flac", ".ogg"})
_DOWNLOADS = ".downloads"

Progress = Callable[[str, int, int | None], None]
"""Called with what is done, such as "fetching fma_small.zip", the bytes so far, and of how many."""


class ChecksumError(NotTheFileError):
    """An archive is not the one that was published."""

    code: ClassVar[str] = "checksum"


@dataclass(frozen=True)
class DataSetSummary:
    """The part that is there now.

    Parameters
    ----------
    name, licence
        Of the collection.
    folder
        Where it is.
    tracks, expected
        Audio files, and how many there should be.
    broken
        Audio files that are there and known to be damaged.
    fetched
        Archives that were fetched in this run.
    """

    name: str
    licence: str
    folder: str
    tracks: int
    expected: int
    broken: tuple[str, ...]
    fetched: tuple[str, ...]


def missing_archives(data_set: DataSet, folder: Path) -> tuple[Archive, ...]:
    """Return the archives whose folders are not there yet."""
    return tuple(each for each in data_set.archives if not (folder / each.top).is_dir())


def archives_to_fetch(
    data_set: DataSet, folder: Path, *, source: str | Path | None = None
) -> tuple[Archive, ...]:
    """Return the archives that `collect_data_set` would fetch: those that are not here.

    Raises
    ------
    DataSetError
        The source does not have them, or there is none.
    """
    missing = missing_archives(data_set, folder)
    wanted = tuple(each for each in missing if _local(each, folder, source) is None)
    for archive in wanted:
        _address(data_set, archive, source)
    return wanted


def collect_data_set(
    data_set: DataSet,
    folder: Path,
    *,
    source: str | Path | None = None,
    session: Session | None = None,
    progress: Progress | None = None,
) -> DataSetSummary:
    """Have a collection in a folder: fetch what is missing, check it, take it apart.

    Stopped at any moment, the same call goes on. Fetched archives are deleted once they are
    taken apart; those of the user stay.

    Parameters
    ----------
    data_set
        The collection.
    folder
        Where its folders go, such as ``fma_metadata`` and ``fma_small``.
    source
        An address under which the archives lie, or the folder that they are in. (default: where
        the collection is published)
    session
        What fetches; not needed for a folder.
    progress
        Told how far it is.

    Raises
    ------
    DataSetError
        The source does not have the archives.
    ServiceError
        An archive cannot be fetched, or has not the checksum that it should (`ChecksumError`).
    ArchiveError
        An archive is damaged or hostile.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataSetError(f"{folder} cannot be made ({error.strerror})") from error
    fetched = []
    with _only_run(folder):
        for archive in missing_archives(data_set, folder):
            path = _local(archive, folder, source)
            if path is None:
                path = _fetch(
                    data_set, archive, folder, source=source, session=session, progress=progress
                )
                fetched.append(archive.name)
            else:
                _told(progress, f"checking {archive.name}", 0, archive.size)
                _check(path, archive, data_set.title)
            try:
                _extract(path, archive, folder, progress)
            except ArchiveError:
                _discard(path)
                raise
            _discard(path)
        summary = _summarise(data_set, folder, tuple(fetched))
        write_summary(folder / "summary.json", asdict(summary))
    return summary


def _local(archive: Archive, folder: Path, source: str | Path | None) -> Path | None:
    """Find an archive on this machine; ``None`` where it has to be fetched."""
    # Somebody may have fetched it himself.
    if (folder / archive.name).is_file():
        return folder / archive.name
    if source is None or is_address(source):
        return None
    place = Path(source)
    if place.is_file() and place.name == archive.name:
        return place
    if (place / archive.name).is_file():
        return place / archive.name
    if (place / archive.top).is_dir():
        raise DataSetError(
            f"{place / archive.top} is taken apart already; use it as it is, or move it to {folder}"
        )
    raise DataSetError(f"{place} holds no {archive.name}; name the folder that it is in")


def is_address(source: str | Path) -> bool:
    """Tell an address from a folder.

    Examples
    --------
    >>> is_address("https://example.org/fma"), is_address("downloads/fma")
    (True, False)
    """
    return urlsplit(str(source)).scheme in ("http", "https")


def _fetch(
    data_set: DataSet,
    archive: Archive,
    folder: Path,
    *,
    source: str | Path | None,
    session: Session | None,
    progress: Progress | None,
) -> Path:
    base = _address(data_set, archive, source)
    if session is None:
        raise DataSetError(f"{archive.name} is not here, and nothing may be fetched")
    # Whom the user names, he trusts to lie on his own network or to speak without encryption;
    # the checksum tells whether it is the right file in any case.
    service = Service(
        data_set.name, data_set.title, base, requests=2, seconds=1, trusted=source is not None
    )
    target = folder / _DOWNLOADS / archive.name
    target.parent.mkdir(exist_ok=True)
    return session.download(
        service,
        f"{base}/{archive.name}",
        target,
        largest=archive.largest,
        resume=True,
        check=lambda path: _check(path, archive, data_set.title),
        progress=lambda done, whole: _told(progress, f"fetching {archive.name}", done, whole),
    )


def _address(data_set: DataSet, archive: Archive, source: str | Path | None) -> str:
    """Return the address that an archive lies under."""
    url = data_set.url if source is None else str(source)
    if url is None:
        raise DataSetError(
            f"{data_set.title} is published nowhere any more; name a copy with --from, an address "
            f"or a folder with {archive.name}"
        )
    return url.removesuffix(archive.name).rstrip("/")


def _check(path: Path, archive: Archive, title: str) -> None:
    kind, _, digits = archive.checksum.partition(":")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, kind).hexdigest()
    if found != digits.lower():
        with path.open("rb") as file:
            if file.read(256).lstrip().lower().startswith((b"<!doctype", b"<html")):
                raise NotTheFileError(title, f"instead of {archive.name} there came a page")
        raise ChecksumError(
            title,
            f"{archive.name} is not the file that was published: its checksum is "
            f"{kind}:{found}; if you know this copy to be good, give that with --checksum",
        )


def _extract(path: Path, archive: Archive, folder: Path, progress: Progress | None) -> None:
    done = 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        _told(progress, f"taking {archive.name} apart", done, None)

    tops = extract(path, folder, progress=advance)
    if folder / archive.top not in tops:
        raise ArchiveError(
            f"{archive.name} holds no folder {archive.top}; it is no copy of the one published"
        )


def _discard(path: Path) -> None:
    """Delete an archive that was fetched; those of the user stay."""
    if path.parent.name == _DOWNLOADS:
        path.unlink()
        path.parent.rmdir()


def _summarise(data_set: DataSet, folder: Path, fetched: tuple[str, ...]) -> DataSetSummary:
    audio = [
        path
        for path in sorted((folder / data_set.archives[-1].top).rglob("*"))
        if path.suffix.lower() in _AUDIO and not path.name.startswith(".")
    ]
    return DataSetSummary(
        name=data_set.name,
        licence=data_set.licence,
        folder=str(folder),
        tracks=len(audio),
        expected=data_set.tracks,
        broken=tuple(
            path.relative_to(folder).as_posix() for path in audio if path.stem in data_set.broken
        ),
        fetched=fetched,
    )


@contextmanager
def _only_run(folder: Path) -> Iterator[None]:
    try:
        from filelock import FileLock, Timeout
    except ImportError:
        raise SettingsError(
            "collecting needs filelock; call: pip install 'linernotes[collect]'"
        ) from None
    try:
        with FileLock(folder / ".collect.lock", timeout=0):
            yield
    except Timeout:
        raise DataSetError(f"another run is writing to {folder}; wait until it has ended") from None


def _told(progress: Progress | None, what: str, done: int, whole: int | None) -> None:
    if progress is not None:
        progress(what, done, whole)
