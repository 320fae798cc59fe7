"""Networks installed: fetched or taken from files, checked, tried out, and only then let in."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from linernotes.collect.http import Service, Session, UnreachableError, read_settings
from linernotes.files import write_atomically
from linernotes.networks.conversion import (
    WEIGHTS_SUFFIXES,
    convert_folder,
    convert_weights,
    demand_torch,
    is_convertible,
)
from linernotes.networks.installed import (
    RECEIPT,
    InstalledNetwork,
    Receipt,
    default_folder,
    find_installed,
    folder_of,
    open_network,
)
from linernotes.networks.spec import GRAPH, SPEC, NetworkError, NetworkFile, NetworkSpec, read_spec
from linernotes.networks.trial import Trial, try_network

#: Called with a file's name, its bytes so far, and those of the whole if known.
Progress = Callable[[str, int, int | None], None]

# Where known networks lie, and where these places lead to. A mirror of one's own is named in the
# settings, as for every service: [services.huggingface] url = "https://…".
_PLACES = (
    Service("huggingface", "Hugging Face", "https://huggingface.co", requests=5,
            hosts=(".huggingface.co", ".hf.co")),
    Service("essentia", "Essentia's models", "https://essentia.upf.edu"),
    Service("zenodo", "Zenodo", "https://zenodo.org"),
    Service("github", "GitHub", "https://github.com", hosts=(".githubusercontent.com",)),
)  # fmt: skip
_LARGEST = 2_000_000_000
_ROOM = 1.3  # a file may be larger than was said by so much
_PIECE = 1 << 20
_CONVERTED, _WEIGHTS = "converted", "weights"


class LicenceNotAcceptedError(NetworkError):
    """A network's licence is not a free one, and has not been agreed to."""

    code = "network-licence"


def install(
    spec_data: bytes,
    *,
    files: Path | None = None,
    accepted_licence: str | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> InstalledNetwork:
    """Install a network; one of the same name is replaced when the new one has passed.

    Parameters
    ----------
    spec_data
        Its spec, as `registry.spec_file` returns that of a known network.
    files
        An ONNX file, an archive with the files in it, or a folder with them under their own names,
        for machines without a network. Nothing is fetched then. A folder as transformers saves
        networks (``config.json`` and ``model.safetensors``) is converted, and so are the torch
        weights that the spec names (``.pth`` and the like), which needs torch.
    accepted_licence
        The licence, spelled out, that the user has agreed to; needed if it is not a free one.
    folder
        Of networks; that in the user's data if not given.
    progress
        Called as files are fetched.

    Returns
    -------
    InstalledNetwork
        What is there now.

    Raises
    ------
    LicenceNotAcceptedError
        The licence has not been agreed to.
    NetworkError
        A file is missing, has another checksum, or does not pass.
    ServiceError
        A file could not be fetched; the same call goes on where this one ended.
    """
    spec = read_spec(spec_data)
    if not spec.free and accepted_licence != spec.licence:
        raise LicenceNotAcceptedError(
            f"{spec.title} is under {spec.licence}, which is not a free licence: it restricts what "
            f"the weights may be used for. Agree with --accept-licence {spec.licence}"
        )
    folder = folder or default_folder()
    # What was fetched in part stays for the next attempt.
    fetched = folder / f".{spec.name}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _staging(folder, spec.name) as staging:
            weights: dict[str, str] = {}  # that were converted, with their checksum
            if files is not None and is_convertible(files):
                convert_folder(files, staging / _CONVERTED)
                files = staging / _CONVERTED
            elif _is_made_of_weights(spec, files):
                weights = _make_of_weights(spec, files, fetched, staging, progress)
                files = staging / _CONVERTED
            for file in spec.files:
                target = staging / file.name
                if files is not None:
                    _take(files, spec, file, target)
                else:
                    _fetch(spec, file, fetched, target, progress)
            write_atomically(staging / SPEC, spec_data)
            sums = {file.name: _checked(file, staging / file.name) for file in spec.files}
            shutil.rmtree(staging / _CONVERTED, ignore_errors=True)
            trial = try_network(staging)
            # What was made here is known by what it was made of.
            sources = spec.weights if weights else spec.files
            receipt = Receipt(
                sha256=sums | weights,
                pinned=tuple(file.name for file in sources if file.sha256 is None),
                licence=spec.licence,
                seconds=trial.seconds,
                installed=datetime.now(UTC).isoformat(timespec="seconds"),
                pace=trial.pace,
            )
            _write(receipt, staging)
            _swap(staging, folder / spec.name)
    except OSError as error:
        raise NetworkError(f"the network cannot be kept in {folder}: {error.strerror}") from error
    shutil.rmtree(fetched, ignore_errors=True)
    return find_installed(spec.name, folder)


def try_again(network: InstalledNetwork) -> Trial:
    """Try a network out that is installed, and keep how fast it is on this machine.

    Parameters
    ----------
    network
        Which one.

    Returns
    -------
    Trial
        How long it took, and how it is fastest.

    Raises
    ------
    NetworkError
        It does not run, or is no longer what was installed.
    """
    open_network(network)
    trial = try_network(network.folder)
    receipt = replace(network.receipt, seconds=trial.seconds, pace=trial.pace)
    with suppress(OSError):  # that of another user may still be heard
        _write(receipt, network.folder)
    return trial


def remove(name: str, folder: Path | None = None) -> None:
    """Remove a network; what a library has from it stays.

    Parameters
    ----------
    name
        Its name.
    folder
        Of networks; that in the user's data if not given.

    Raises
    ------
    NetworkError
        It is not installed.
    """
    folder = folder or default_folder()
    place = folder_of(name, folder)
    away = folder / f".{name}.{uuid.uuid4().hex}.removed"
    place.rename(away)  # at once, whatever happens next
    shutil.rmtree(away, ignore_errors=True)


def _write(receipt: Receipt, folder: Path) -> None:
    write_atomically(folder / RECEIPT, json.dumps(asdict(receipt)).encode())


@contextmanager
def _staging(folder: Path, name: str) -> Iterator[Path]:
    """Make a folder beside the networks that is gone afterwards."""
    place = folder / f".{name}.{uuid.uuid4().hex}.new"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _swap(staging: Path, target: Path) -> None:
    away = target.with_name(f".{target.name}.{uuid.uuid4().hex}.old")
    try:
        target.rename(away)
    except FileNotFoundError:
        staging.rename(target)
        return
    staging.rename(target)
    shutil.rmtree(away, ignore_errors=True)


def _is_made_of_weights(spec: NetworkSpec, files: Path | None) -> bool:
    """Whether torch weights are what there is, and no ONNX file."""
    if files is None:
        return bool(spec.weights)
    if spec.weights and files.is_dir():
        return not (files / GRAPH).exists()
    if files.suffix not in WEIGHTS_SUFFIXES:
        return False
    if len(spec.weights) != 1:
        names = ", ".join(file.name for file in spec.weights)
        raise NetworkError(
            f"{spec.title} is made of {names}; name a folder with these in it"
            if names
            else f"the spec of {spec.title} does not say what {files.name} is weights of"
        )
    return True


def _make_of_weights(
    spec: NetworkSpec,
    files: Path | None,
    fetched: Path,
    staging: Path,
    progress: Progress | None,
) -> dict[str, str]:
    """Convert torch weights that the user has or that are fetched, and return their checksums."""
    demand_torch()
    source = staging / _WEIGHTS
    source.mkdir()
    sums = {}
    for file in spec.weights:
        target = source / file.name
        if files is None:
            _fetch(spec, file, fetched, target, progress)
        else:
            _copy_file(files / file.name if files.is_dir() else files, target)
        sums[file.name] = _checked(file, target)
    convert_weights(source, staging / _CONVERTED, architecture=spec.architecture)
    shutil.rmtree(source)
    return sums


def _take(source: Path, spec: NetworkSpec, file: NetworkFile, target: Path) -> None:
    """Copy a file of a network out of what the user has."""
    if source.is_dir():
        source = source / file.name
    elif zipfile.is_zipfile(source):
        _unpack(source, file.member or file.name, target)
        return
    elif len(spec.files) > 1:
        raise NetworkError(
            f"{spec.title} consists of {', '.join(each.name for each in spec.files)}; "
            "name a folder or a zip file with these in it"
        )
    _copy_file(source, target)


def _copy_file(source: Path, target: Path) -> None:
    try:
        with source.open("rb") as opened:
            _copy(opened, target, source.name)
    except OSError as error:
        raise NetworkError(f"{source} cannot be read: {error.strerror}") from error


def _unpack(source: Path, member: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive, archive.open(member) as opened:
            _copy(opened, target, member)  # type: ignore[arg-type]
    except KeyError as error:
        raise NetworkError(f"{source.name} holds no {member}") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise NetworkError(f"{source.name} is a damaged archive") from error


def _copy(opened: BinaryIO, target: Path, name: str) -> None:
    written = 0
    with target.open("wb") as copy:
        while piece := opened.read(_PIECE):
            written += len(piece)
            if written > _LARGEST:
                raise NetworkError(f"{name} is larger than any network here may be")
            copy.write(piece)


def _fetch(
    spec: NetworkSpec, file: NetworkFile, fetched: Path, target: Path, progress: Progress | None
) -> None:
    """Fetch a file of a network, or take it over from an attempt that ended before."""
    if file.url is None:
        raise NetworkError(
            f"{spec.title} cannot be fetched as it is needed. "
            + (spec.conversion or f"See {spec.source}, and name its file with --from")
        )
    fetched.mkdir(exist_ok=True)
    service, url = _place_of(file.url)
    largest = _LARGEST if file.megabytes is None else round(file.megabytes * 1e6 * _ROOM)
    settings = read_settings()
    if settings.contact is None:
        # Those who hand out files do not ask whose they become.
        settings = replace(settings, contact="a user")
    with Session(settings=settings) as session:
        own = session.settings.service(service)
        try:
            session.download(
                service,
                own.url + url.removeprefix(service.url),
                fetched / file.name,
                largest=min(largest, _LARGEST),
                accept=("application/", "binary/", "text/plain"),
                sha256=file.sha256,
                resume=True,
                progress=None if progress is None else lambda *told: progress(file.name, *told),
            )
        except UnreachableError as error:
            advice = "call again to go on, or fetch it elsewhere and name it with --from"
            raise UnreachableError(error.service, f"{error.message}; {advice}") from error
    os.replace(fetched / file.name, target)  # noqa: PTH105


def _place_of(url: str) -> tuple[Service, str]:
    for service in _PLACES:
        if url.startswith(f"{service.url}/"):
            return service, url
    host = urlsplit(url).hostname or ""
    name = "".join(letter for letter in host if letter.isalpha()) or "network"
    return Service(name, host, f"https://{host}"), url


def _checked(file: NetworkFile, path: Path) -> str:
    """Return the checksum of a file that has the one it should have."""
    with path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if file.sha256 is not None and found != file.sha256:
        raise NetworkError(f"{file.name} is not the file that the spec names: its checksum differs")
    return found
