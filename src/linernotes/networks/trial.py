"""A network tried out in a process of its own, before it is let in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from linernotes.engine import run
from linernotes.engine.blas import one_blas_thread
from linernotes.networks.front_ends import Floats
from linernotes.networks.hearing import hear
from linernotes.networks.pace import NetworkPace, measure_pace
from linernotes.networks.runtime import onnx_session
from linernotes.networks.spec import GRAPH, SPEC, TEXT_GRAPH, NetworkError, read_spec
from linernotes.networks.words import run_text_tower, token_ids
from linernotes.onnx_guard.guard import NETWORK_OPERATIONS, check_graph

SECONDS = 30.0
_TIMEOUT = 300.0
_MEMORY = 8 << 30
_LARGEST_GRAPH = (1 << 31) - 1
_MOST_NODES = 20_000


@dataclass(frozen=True)
class Trial:
    """What came of trying a network out.

    Parameters
    ----------
    seconds
        It took for 30 s of sound, on one processor.
    windows
        How many windows those are.
    pace
        How it is fastest here.
    """

    seconds: float
    windows: int
    pace: NetworkPace


def try_network(folder: Path) -> Trial:
    """Look through a network's graphs, and run them on made-up sound, in a process of its own.

    Parameters
    ----------
    folder
        Holds its spec and its files.

    Returns
    -------
    Trial
        How long it took, and how it is fastest.

    Raises
    ------
    NetworkError
        A graph is more than arithmetic, does not fit its spec, or takes too much time or memory.
    """
    for file in (GRAPH, TEXT_GRAPH):
        if (folder / file).exists():
            look_through(folder / file)
    (outcome,) = run(_try, [folder], timeout=_TIMEOUT, memory=_MEMORY)
    if outcome.error is None and outcome.value is not None:
        return outcome.value
    if isinstance(outcome.error, NetworkError):
        raise outcome.error
    if isinstance(outcome.error, TimeoutError):
        raise NetworkError(f"the network takes more than {_TIMEOUT:.0f} s for {SECONDS:.0f} s")
    raise NetworkError(
        "the network does not run: it took its process down, or needs more than "
        f"{_MEMORY >> 30} GiB of memory"
    )


def look_through(file: Path) -> None:
    """Refuse a graph that is more than the layers of a network.

    Parameters
    ----------
    file
        An ONNX file.

    Raises
    ------
    NetworkError
        It is none, or has operations, subgraphs or outside data that are not let in.
    """
    try:
        if file.stat().st_size > _LARGEST_GRAPH:
            raise NetworkError(f"{file.name} is larger than an ONNX file can be")
        check_graph(file.read_bytes(), operations=NETWORK_OPERATIONS, most_nodes=_MOST_NODES)
    except OSError as error:
        raise NetworkError(f"{file.name} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise NetworkError(f"{file.name} is not let in: {error}") from error


def made_up_sound(sample_rate: int) -> Floats:
    """Return 30 s that are neither silent nor all the same."""
    time_axis = np.arange(round(SECONDS * sample_rate)) / sample_rate
    rng = np.random.default_rng(0)
    tones = np.sin(2 * np.pi * 220 * time_axis) + np.sin(2 * np.pi * 1330 * time_axis)
    noise = rng.standard_normal(len(time_axis)) * np.exp(-((time_axis % 0.5) / 0.1))
    return (0.2 * tones + 0.2 * noise).astype(np.float32)


def _try(folder: Path) -> Trial:
    spec = read_spec((folder / SPEC).read_bytes())
    session = _ready(folder / GRAPH)
    missing = {spec.input.name} ^ {each.name for each in session.get_inputs()}
    if missing:
        raise NetworkError(
            f"the network takes other inputs than its spec says: {sorted(missing)[0]!r:.70}"
        )
    unknown = {each.name for each in spec.outputs} - {each.name for each in session.get_outputs()}
    if unknown:
        raise NetworkError(f"the network has no output {sorted(unknown)[0]!r:.70}")
    sound = made_up_sound(spec.front_end.sample_rate)
    begun = time.process_time()
    heard = hear(spec, session, [sound], threads=1)
    seconds = time.process_time() - begun
    if spec.text is not None:
        told = run_text_tower(
            spec, _ready(folder / TEXT_GRAPH), token_ids(spec, folder, ["piano", "a loud drum"])
        )
        if told.shape[1] != (spec.embedding.size if spec.embedding else 0):
            raise NetworkError("the network puts words elsewhere than sound")
    with one_blas_thread():
        pace = measure_pace(spec, session, sound)
    return Trial(round(seconds, 3), len(heard.start), pace)


def _ready(file: Path):  # type: ignore[no-untyped-def]
    try:
        return onnx_session(file.read_bytes())
    except Exception as error:  # onnxruntime has no exception that can be named
        raise NetworkError(f"{file.name} cannot be run: {str(error).strip()[:200]}") from error
