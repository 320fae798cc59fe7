"""The pretrained networks: tags and embeddings over time.

musicnn [1]_ was trained to guess the tags of songs, once on the Million Song Dataset (MSD)
and once on MagnaTagATune (MTT). Its last but one layer is the embedding on which other
labels can be learnt. The networks that ship here were made by ``tools/convert_musicnn.py``:
they answer as the original does, but without the filters that died in training.

.. [1] Pons, J. & Serra, X. (2019). musicnn: pre-trained convolutional neural networks for
   music audio tagging. Late-breaking session of ISMIR. Weights under the ISC licence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from linernotes.audio.signal import Audio, Samples
from linernotes.engine import cpu_count
from linernotes.engine.blas import one_blas_thread
from linernotes.engine.threads import map_in_order
from linernotes.networks.musicnn.labels import EMBEDDING_SIZE, NETWORKS, TAGS
from linernotes.networks.musicnn.mel import HOP_LENGTH, SAMPLE_RATE, Frames, stream_log_mel
from linernotes.networks.runtime import onnx_session
from linernotes.networks.windows import cut_windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

T = TypeVar("T")

_GRAPHS = Path(__file__).parent / "graphs"
_BLOCK_LENGTH = 1 << 16
# Windows that one network hears before the next one's turn. Taking turns at every window
# costs 10 % more, for each turn the network has to come back into the cache.
_GROUP_SIZE = 5


@dataclass(frozen=True, eq=False)
class Taggram:
    """Tags and embeddings that one network hears over time.

    Parameters
    ----------
    network
        Name of the network.
    tags
        Its 50 tags.
    start, end
        float64, shape (windows,): where each window begins and ends, in seconds.
    probabilities
        float32, shape (windows, 50), 0 to 1: how surely each tag applies. Tags do not exclude
        each other, so a row need not sum to 1.
    embeddings
        float32, shape (windows, 200): the last layer before the tags.
    """

    network: str
    tags: tuple[str, ...]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    probabilities: NDArray[np.float32]
    embeddings: NDArray[np.float32]


def listen(
    sound: Audio | Iterable[Samples],
    *,
    window: float = 3.0,
    hop: float | None = None,
    networks: Sequence[str] = NETWORKS,
    threads: int | None = None,
    follow: Callable[[Mapping[str, Frames]], None] | None = None,
) -> dict[str, Taggram]:
    """Tags and embeddings of a track over time.

    Parameters
    ----------
    sound
        Audio at 16 kHz, whose channels are mixed evenly, or successive float32 blocks of mono
        samples at 16 kHz, of any sizes. Blocks may come from a stream of any length: besides
        the result and a few windows, memory does not grow with it.
    window
        Length of a window in seconds, at least one frame (0.016 s). The networks were trained
        on windows of 3 s. A longer one takes some 5 MB of memory per second and thread.
    hop
        Seconds from one window to the next; by default windows follow each other without
        overlap.
    networks
        Which networks listen.
    threads
        How many windows to work on at once; by default, as many as there are processors for
        this process. The numbers do not depend on it.
    follow
        Called with each network's probabilities of the next windows, float32 of shape
        (windows, 50), as soon as they are heard.

    Returns
    -------
    taggrams
        A `Taggram` for each network. A track shorter than a window has one window that is
        all of it. When half a hop or more is left after the last window, one more window
        ends with the track. No samples, no windows.

    Raises
    ------
    ValueError
        If the audio has another sample rate, a block is not one-dimensional float32, or a
        parameter is out of its range.

    Examples
    --------
    >>> import numpy as np
    >>> from linernotes.audio.signal import Audio
    >>> time = np.arange(5 * 16000) / 16000
    >>> audio = Audio(np.sin(2 * np.pi * 440 * time, dtype=np.float32)[None], 16000)
    >>> taggram = listen(audio)["MTT_musicnn"]
    >>> taggram.probabilities.shape, taggram.embeddings.shape
    ((2, 50), (2, 200))
    >>> taggram.start.round(2), taggram.end.round(2)
    (array([0.  , 2.02]), array([2.99, 5.  ]))
    """
    size = _seconds_to_frames(window, "window")
    step = size if hop is None else _seconds_to_frames(hop, "hop")
    unknown = set(networks) - set(NETWORKS)
    if unknown:
        raise ValueError(f"There is no network {sorted(unknown)[0]!r}; known: {NETWORKS}.")
    threads = cpu_count() if threads is None else threads
    if threads < 1:
        raise ValueError("threads must be at least 1.")

    blocks = _mono_blocks(sound)
    n_samples = 0

    def counted() -> Iterator[Samples]:
        nonlocal n_samples
        for block in blocks:
            n_samples += len(block)
            yield block

    starts: list[int] = []
    lengths: list[int] = []

    def noted() -> Iterator[Frames]:
        for start, frames in cut_windows(stream_log_mel(counted()), size, step):
            starts.append(start)
            lengths.append(len(frames))
            yield frames

    outputs: dict[str, list[tuple[Frames, Frames]]] = {network: [] for network in networks}
    hear = partial(_hear, tuple(outputs))
    with one_blas_thread():
        for heard in map_in_order(hear, _groups(noted(), _GROUP_SIZE), threads):
            for network, rows in heard.items():
                outputs[network].extend(rows)
            if follow is not None:
                follow({network: np.array([p for p, _ in rows]) for network, rows in heard.items()})

    start = np.array(starts, np.float64)
    end = start + np.array(lengths, np.float64)
    seconds_per_frame = HOP_LENGTH / SAMPLE_RATE
    start *= seconds_per_frame
    end = np.minimum(end * seconds_per_frame, n_samples / SAMPLE_RATE)
    return {
        network: Taggram(
            network=network,
            tags=TAGS[network],
            start=start,
            end=end,
            probabilities=_stack([p for p, _ in rows], len(TAGS[network])),
            embeddings=_stack([e for _, e in rows], EMBEDDING_SIZE),
        )
        for network, rows in outputs.items()
    }


def _seconds_to_frames(seconds: float, name: str) -> int:
    """Whole frames in a time, as in the original: 187 in 3 s."""
    frames = round(seconds * SAMPLE_RATE) // HOP_LENGTH if np.isfinite(seconds) else 0
    if frames < 1:
        raise ValueError(f"{name} must be at least {HOP_LENGTH / SAMPLE_RATE} s, not {seconds}.")
    return frames


def _mono_blocks(sound: Audio | Iterable[Samples]) -> Iterator[Samples]:
    if not isinstance(sound, Audio):
        for block in sound:
            if block.ndim != 1 or block.dtype != np.float32:
                raise ValueError("A block must be one-dimensional float32: mono samples.")
            yield block
        return
    if sound.sample_rate != SAMPLE_RATE:
        raise ValueError(f"The networks hear 16 kHz, not {sound.sample_rate} Hz: resample first.")
    even = np.full(sound.channels, 1 / sound.channels, np.float32)
    for start in range(0, sound.samples.shape[1], _BLOCK_LENGTH):
        yield even @ sound.samples[:, start : start + _BLOCK_LENGTH]


def _groups(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Successive lists of some items; the last may be shorter."""
    iterator = iter(items)
    while group := list(islice(iterator, size)):
        yield group


def _hear(
    networks: Sequence[str], windows: Sequence[Frames]
) -> dict[str, list[tuple[Frames, Frames]]]:
    """Probabilities (50,) and embedding (200,) of each window from each network.

    Windows are fed one by one, so that their numbers depend on nothing else. Batches of two
    gain no more than 4 %, and larger ones are slower: they no longer fit the cache.
    """
    names = ["probabilities", "penultimate"]
    heard: dict[str, list[tuple[Frames, Frames]]] = {}
    for network in networks:
        session = _session(network)
        rows = (session.run(names, {"log_mel": frames[np.newaxis]}) for frames in windows)
        heard[network] = [(probabilities[0], embedding[0]) for probabilities, embedding in rows]
    return heard


@cache
def _session(network: str) -> InferenceSession:
    """Load a network, once per process; it may then be used by several threads at a time."""
    # Threads take whole windows: those of onnxruntime, within one, gain nothing.
    return onnx_session((_GRAPHS / f"{network}.onnx").read_bytes())


def _stack(rows: list[Frames], width: int) -> Frames:
    """Rows as an array, also when there are none."""
    return np.array(rows, np.float32).reshape(-1, width)
