"""The networks that are there: a folder each, among the user's data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.engine import cpu_count
from linernotes.networks.pace import MOST_TOGETHER, NetworkPace, this_machine
from linernotes.networks.runtime import onnx_session
from linernotes.networks.spec import GRAPH, SPEC, TEXT_GRAPH, NetworkError, NetworkSpec, read_spec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

RECEIPT = "receipt.json"


@dataclass(frozen=True)
class Receipt:
    """What was installed, and what was agreed to.

    Parameters
    ----------
    sha256
        Checksums by file.
    pinned
        Files whose checksum nobody had told before: what came first is what is expected since.
    licence
        Of the weights, as agreed to if it is not a free one.
    seconds
        It took for 30 s of sound on this machine, on one processor.
    installed
        When, in UTC.
    pace
        How it was fastest, if that was measured.
    """

    sha256: Mapping[str, str]
    pinned: tuple[str, ...]
    licence: str
    seconds: float
    installed: str
    pace: NetworkPace | None = None


@dataclass(frozen=True)
class InstalledNetwork:
    """A network that is installed.

    Parameters
    ----------
    spec
        What it is.
    receipt
        What was installed.
    folder
        Where.
    """

    spec: NetworkSpec
    receipt: Receipt
    folder: Path

    @property
    def version(self) -> str:
        """Changes whenever the same sound may give other numbers."""
        told = {**asdict(self.spec), "sha256": self.receipt.sha256.get(GRAPH)}
        for name in ("title", "good_for", "licence", "free", "source", "citation", "conversion",
                     "architecture", "weights", "files", "text"):  # fmt: skip
            del told[name]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def pace(self) -> NetworkPace:
        """How it is fastest here: as measured, or one window at a time on each processor."""
        found, here = self.receipt.pace, this_machine()
        return (
            found
            if found is not None and found.machine == here
            else NetworkPace(1, cpu_count(), here)
        )

    def as_dict(self) -> dict[str, object]:
        """Return what ``linernotes networks --json`` prints of it.

        Returns
        -------
        dict
            Of plain values.
        """
        return {
            "name": self.spec.name,
            "title": self.spec.title,
            "licence": self.spec.licence,
            "free": self.spec.free,
            "outputs": [asdict(output) for output in self.spec.outputs],
            "megabytes": size_of(self.folder),
            **asdict(self.receipt),
        }


def default_folder() -> Path:
    """Return the folder of the networks that the user has installed.

    Returns
    -------
    Path
        It may not exist yet.
    """
    import platformdirs

    return Path(platformdirs.user_data_dir("linernotes", appauthor=False)) / "networks"


def list_installed(folder: Path | None = None) -> tuple[InstalledNetwork, ...]:
    """Return the networks that are installed, by name.

    Parameters
    ----------
    folder
        Of networks; that in the user's data if not given.

    Returns
    -------
    tuple of InstalledNetwork
        Those that can be read.
    """
    found = []
    folder = folder or default_folder()
    try:
        names = sorted(path.parent.name for path in folder.glob(f"[!.]*/{RECEIPT}"))
    except OSError:  # not ours to read
        return ()
    for name in names:
        try:
            found.append(find_installed(name, folder))
        except NetworkError:
            continue
    return tuple(found)


def find_installed(name: str, folder: Path | None = None) -> InstalledNetwork:
    """Return a network that is installed.

    Parameters
    ----------
    name
        Its name.
    folder
        Of networks; that in the user's data if not given.

    Returns
    -------
    InstalledNetwork
        What it is, and where.

    Raises
    ------
    NetworkError
        It is not installed, or damaged.
    """
    place = folder_of(name, folder or default_folder())
    try:
        told = json.loads((place / RECEIPT).read_text("utf-8"))
        receipt = Receipt(
            {str(file): str(found) for file, found in told["sha256"].items()},
            tuple(map(str, told["pinned"])),
            str(told["licence"]),
            float(told["seconds"]),
            str(told["installed"]),
            _pace(told.get("pace")),
        )
        spec = read_spec((place / SPEC).read_bytes())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NetworkError(f"the network {name} is damaged; install it again") from error
    return InstalledNetwork(spec, receipt, place)


def _pace(told: object) -> NetworkPace | None:
    """Return what a receipt says, if it can be so: it may have been written by others."""
    match told:
        case {"batch": int(batch), "threads": int(threads), "machine": str(machine)} if (
            1 <= batch <= MOST_TOGETHER and 1 <= threads <= cpu_count()
        ):
            return NetworkPace(batch, threads, machine)
    return None


def open_network(network: InstalledNetwork) -> InferenceSession:
    """Make a network ready to run, once per process.

    Parameters
    ----------
    network
        Which one.

    Returns
    -------
    InferenceSession
        Several threads may use it at a time.

    Raises
    ------
    NetworkError
        Its file is gone, or no longer what was installed.
    """
    return _open(network.folder / GRAPH, network.receipt.sha256.get(GRAPH, ""))


def open_text_tower(network: InstalledNetwork) -> InferenceSession:
    """Make the part of a network that hears words ready to run, once per process.

    Parameters
    ----------
    network
        Which one.

    Returns
    -------
    InferenceSession
        Several threads may use it at a time.

    Raises
    ------
    NetworkError
        It has none; its file is gone, or no longer what was installed.
    """
    if network.spec.text is None:
        raise NetworkError(f"the network {network.spec.name} hears no words")
    return _open(network.folder / TEXT_GRAPH, network.receipt.sha256.get(TEXT_GRAPH, ""))


def folder_of(name: str, folder: Path) -> Path:
    """Return the folder of a network.

    Parameters
    ----------
    name
        Of the network. It is no path: the folders are asked for their names.
    folder
        Of networks.

    Returns
    -------
    Path
        It exists.

    Raises
    ------
    NetworkError
        It is not installed.
    """
    try:
        for path in folder.iterdir():
            if path.name == name and name[0] != "." and path.is_dir():
                return path
    except OSError:  # there are none, or they are not ours to read
        pass
    raise NetworkError(
        f"the network {name!r:.70} is not installed; call: linernotes networks install {name:.60}"
    )


def size_of(folder: Path) -> float:
    """Return the size of a network's files in megabytes."""
    return round(sum(file.stat().st_size for file in folder.iterdir()) / 1e6, 1)


@cache
def _open(file: Path, sha256: str) -> InferenceSession:
    try:
        graph = file.read_bytes()
    except OSError as error:
        raise NetworkError(f"the network in {file.parent} is gone; install it again") from error
    if hashlib.sha256(graph).hexdigest() != sha256:
        raise NetworkError(
            f"the network in {file.parent} is not what was installed; install it again"
        )
    # It was looked through, and tried out in a process of its own, when it was installed.
    return onnx_session(graph)
