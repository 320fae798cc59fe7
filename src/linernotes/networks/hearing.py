"""Networks run over tracks of any length: windows in, what each is like out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.audio.signal import Samples
from linernotes.engine import cpu_count
from linernotes.engine.blas import one_blas_thread
from linernotes.engine.threads import map_in_order
from linernotes.networks.front_ends import Floats, MelFrontEnd
from linernotes.networks.spec import NetworkError, NetworkOutput, NetworkSpec
from linernotes.networks.windows import cut_windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


@dataclass(frozen=True, eq=False)
class NetworkTimeline:
    """What a network tells along a track.

    Parameters
    ----------
    network
        Its name.
    start, end
        float64, shape (windows,): seconds.
    outputs
        float32, shape (windows, size), by the outputs' names.
    """

    network: str
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    outputs: dict[str, Floats]

    def mean(self, name: str) -> Floats:
        """Return an output's mean over the track.

        Parameters
        ----------
        name
            Of the output.

        Returns
        -------
        float32, shape (size,)
            Of all windows alike.
        """
        values: Floats = self.outputs[name].mean(axis=0)
        return values


def hear(
    spec: NetworkSpec,
    session: InferenceSession,
    blocks: Iterable[Samples],
    *,
    threads: int | None = None,
    batch: int = 1,
) -> NetworkTimeline:
    """Run a network over a track.

    Parameters
    ----------
    spec
        What it hears and tells.
    session
        Its graph, ready to run.
    blocks
        Successive float32 blocks of mono samples at its sample rate, of any sizes. Besides the
        result and a few windows, memory does not grow with them.
    threads
        How many windows, or batches of them, to work on at once; by default as many as there are
        processors. The numbers do not depend on it.
    batch
        How many windows to give the network together. The last bits of numbers may depend on it,
        but for that of its `NetworkPace`.

    Returns
    -------
    NetworkTimeline
        A track shorter than a window has one window. When half a hop or more is left after the last
        window, one more ends with the track. No samples, no windows.

    Raises
    ------
    NetworkError
        The graph does not take what the spec says, or tells something else.
    """
    rate = spec.front_end.sample_rate
    starts: list[int] = []
    ends: list[int] = []

    def noted() -> Iterator[Samples]:
        for start, samples in cut_windows(blocks, *window_and_hop(spec)):
            starts.append(start)
            ends.append(start + len(samples))
            yield samples

    run = partial(run_together, spec, session)
    with one_blas_thread():
        batches = _batches(noted(), batch)
        told = map_in_order(run, batches, cpu_count() if threads is None else threads)
        rows = [row for rows in told for row in rows]
    return NetworkTimeline(
        network=spec.name,
        start=np.array(starts, np.float64) / rate,
        end=np.array(ends, np.float64) / rate,
        outputs={
            output.name: np.array([row[i] for row in rows], np.float32).reshape(-1, output.size)
            for i, output in enumerate(spec.outputs)
        },
    )


def window_and_hop(spec: NetworkSpec) -> tuple[int, int]:
    """Return the samples of a window, and from one window to the next."""
    rate = spec.front_end.sample_rate
    size = round(spec.input.window * rate)
    return size, size if spec.input.hop is None else max(1, round(spec.input.hop * rate))


def prepare(spec: NetworkSpec, samples: Samples) -> Floats:
    """Return what a network is given of one window.

    Parameters
    ----------
    spec
        Of the network.
    samples
        float32, shape (n,): a window, or a track that is shorter.

    Returns
    -------
    float32, of the shape that its input has.
    """
    size, _ = window_and_hop(spec)
    if len(samples) < size and spec.input.short != "as-is":
        if spec.input.short == "repeat":
            samples = np.tile(samples, size // len(samples))
        samples = np.pad(samples, (0, size - len(samples)))
    values = spec.front_end.frames(samples)
    count = spec.input.frames
    if count is not None and isinstance(spec.front_end, MelFrontEnd):
        # Kaldi's frames end before the sound does; its extractors fill up with zeros that are
        # normalised like all others.
        silence = -spec.front_end.mean / spec.front_end.scale
        values = values[:count]
        missing = count - len(values)
        values = np.pad(values, ((0, missing), (0, 0)), constant_values=np.float32(silence))
    axes = [axis for axis in spec.input.shape if axis in ("frames", "mels", "samples")]
    if axes == ["mels", "frames"]:
        values = values.T
    shape = iter(values.shape)
    return np.ascontiguousarray(
        values.reshape([1 if axis in ("batch", "1") else next(shape) for axis in spec.input.shape])
    )


def run_together(
    spec: NetworkSpec, session: InferenceSession, windows: Sequence[Samples]
) -> list[list[Floats]]:
    """Return what a network tells of each of some windows of the same length.

    Parameters
    ----------
    spec
        What it hears and tells.
    session
        Its graph, ready to run.
    windows
        float32, shape (n,) each.

    Returns
    -------
    list of list of float32
        For each window, the outputs in the order of the spec.

    Raises
    ------
    NetworkError
        The graph does not take what the spec says, or tells something else.
    """
    names = [output.name for output in spec.outputs]
    given = np.concatenate([prepare(spec, samples) for samples in windows])
    try:
        told = session.run(names, {spec.input.name: given})
    except Exception as error:  # onnxruntime has no exception that can be named
        raise NetworkError(
            f"the network {spec.name} does not run on what its spec says ({_first_line(error)})"
        ) from error
    if len(windows) == 1:
        return [
            [read_output(output, values) for output, values in zip(spec.outputs, told, strict=True)]
        ]
    if any(np.ndim(values) == 0 or len(values) != len(windows) for values in told):
        raise NetworkError(f"the network {spec.name} does not tell its windows apart")
    return [
        [
            read_output(output, values[i : i + 1])
            for output, values in zip(spec.outputs, told, strict=True)
        ]
        for i in range(len(windows))
    ]


def _batches(windows: Iterable[Samples], batch: int) -> Iterator[list[Samples]]:
    """Yield so many windows together, and the rest one by one: only whole batches were tried."""
    waiting: list[Samples] = []
    for window in windows:
        waiting.append(window)
        if len(waiting) == batch:
            yield waiting
            waiting = []
    for window in waiting:
        yield [window]


def read_output(output: NetworkOutput, told: NDArray[np.float32]) -> Floats:
    """Return what an output tells of one window.

    Parameters
    ----------
    output
        Its description.
    told
        As the graph gives it, the batch of one first.

    Returns
    -------
    float32, shape (size,).

    Raises
    ------
    NetworkError
        It has another shape, or holds what is no number.
    """
    values = np.asarray(told, np.float64)
    values = values[0] if values.ndim > 1 and len(values) == 1 else values
    if output.mean_over_time and values.ndim > 1:
        values = values.reshape(-1, values.shape[-1]).mean(axis=0)
    if values.size != output.size or not np.isfinite(values).all():
        raise NetworkError(
            f"the output {output.name} of a network has {values.size} values where its spec says "
            f"{output.size}, or values that are no numbers"
        )
    values = values.reshape(-1)
    logistic = np.array([bool({"*", name} & set(output.sigmoid)) for name in output.names], bool)
    if logistic.any():
        values[logistic] = 1 / (1 + np.exp(-np.clip(values[logistic], -500, 500)))
    if output.kind == "numbers" or (output.kind == "tags" and logistic.any()):
        values = np.clip(values, 0, 1)
    if output.unit_length:
        values = values / max(float(np.linalg.norm(values)), 1e-12)
    return values.astype(np.float32)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
