"""Classes that nobody taught: told by a network that puts words where it puts their sounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from linernotes.audio import stream
from linernotes.engine import kill_after, run
from linernotes.errors import Failure, LinernotesError
from linernotes.library.errors import failure_of
from linernotes.library.network_scan import hear_extent
from linernotes.library.scans import MEMORY_LIMIT
from linernotes.networks import (
    InstalledNetwork,
    NetworkError,
    embed_words,
    licence_notice,
    list_installed,
)
from linernotes.networks.installed import size_of

_MOST_CLASSES = 500
_LONGEST = 200
# What a network needs beside its weights, in their size.
_BESIDE = 4


class ClassesError(LinernotesError):
    """The classes that are to be told apart are none."""

    code = "classes"


@dataclass(frozen=True)
class ZeroShot:
    """What a network says of a track, given nothing but the names of classes.

    Parameters
    ----------
    file
        The track.
    network
        Which one was asked.
    classes
        Names and probabilities, most probable first. They are not calibrated: nobody has tested
        these classes.
    failure
        Why it says nothing.
    licence
        What is to be said wherever this is written; see `linernotes.networks.licence_notice`.
    """

    file: str
    network: str
    classes: tuple[tuple[str, float], ...] = ()
    failure: Failure | None = None
    licence: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the object that ``identify --classes --json`` prints."""
        failure = self.failure
        return {
            "file": self.file,
            "network": self.network,
            "classes": [
                {"name": name, "probability": round(share, 4)} for name, share in self.classes
            ],
            "licence": self.licence,
            "error": failure and {"code": failure.code, "message": failure.message},
        }


def words_network(name: str | None = None) -> InstalledNetwork:
    """Return an installed network that hears words.

    Parameters
    ----------
    name
        Which one; the first that is installed if not given.

    Raises
    ------
    NetworkError
        There is none.
    """
    for network in list_installed():
        if network.spec.text is not None and name in (None, network.spec.name):
            return network
    raise NetworkError(
        "no network that hears words is installed; call: linernotes networks install clap"
        if name is None
        else f"the network {name!r:.70} is not installed, or hears no words"
    )


def tell_classes(
    files: Sequence[str],
    classes: Sequence[str],
    *,
    network: InstalledNetwork,
    workers: int | None = None,
    timeout: float = 600.0,
) -> Iterator[ZeroShot]:
    """Tell which of some classes tracks belong to, though nobody taught them.

    Parameters
    ----------
    files
        Tracks.
    classes
        Names, such as "surf rock" and "bossa nova"; at least two.
    network
        One that hears words.
    workers
        Processes; one a processor if not given.
    timeout
        Seconds that a file may take.

    Yields
    ------
    ZeroShot
        In the order of the files.

    Raises
    ------
    ClassesError
        There are fewer than two classes, or too many.
    NetworkError
        The network hears no words.

    Examples
    --------
    >>> for told in tell_classes(["song.mp3"], ["surf rock", "bossa nova"],
    ...                          network=words_network()):  # doctest: +SKIP
    ...     print(told.classes[0])
    """
    names = tuple(dict.fromkeys(name.strip() for name in classes if name.strip()))
    if not 2 <= len(names) <= _MOST_CLASSES or max(map(len, names)) > _LONGEST:
        raise ClassesError(
            f"name 2 to {_MOST_CLASSES} classes of at most {_LONGEST} letters, with commas between"
        )
    words = embed_words(network, names)
    scale = network.spec.text.scale if network.spec.text is not None else 1.0
    memory = MEMORY_LIMIT + _BESIDE * round(size_of(network.folder) * 1e6)
    hear = partial(_embed, network)
    for outcome in run(hear, files, workers=workers, timeout=kill_after(timeout), memory=memory):
        if outcome.value is None:
            failure = failure_of(outcome.item, outcome.error)
            yield ZeroShot(outcome.item, network.spec.name, failure=failure)
            continue
        fits = scale * (words @ outcome.value)
        shares = np.exp(fits - fits.max())
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")
        told = tuple((names[i], float(shares[i])) for i in order)
        yield ZeroShot(outcome.item, network.spec.name, told, licence=licence_notice([network]))


def _embed(network: InstalledNetwork, file: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    with stream(Path(file)) as blocks:
        heard = hear_extent([network], blocks, "excerpt", threads=1)[network.spec.name].embedding
    return heard / max(float(np.linalg.norm(heard)), 1e-12)
