"""Taps of a stream for networks that a user has installed: all of it over time, and its excerpt."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from typing import Self

import numpy as np

from linernotes.audio import Audio, AudioStream, load, mix_to_mono
from linernotes.audio.signal import Samples
from linernotes.engine.threads import Background
from linernotes.errors import AudioError
from linernotes.learning.inputs import NETWORK, find_networks
from linernotes.learning.listening.cuts import SECTION
from linernotes.learning.listening.rows import Floats
from linernotes.learning.listening.taps import NOISE_OF_THEIR_OWN, is_whole
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analysis import EXCERPT_WINDOW, excerpt_starts, length_of
from linernotes.networks import (
    InstalledNetwork,
    NetworkTimeline,
    SharedHearing,
    hear_together,
)


class NetworkTaps:
    """What installed networks hear of a stream; made before it is iterated over.

    A context manager: they stop hearing when it ends.

    Parameters
    ----------
    blocks
        The stream.
    inputs
        What to hear; what other than installed networks gives is passed over.
    background
        Threads that work.
    duration
        Seconds that the stream has at most.
    over_time
        Whether they are to hear all of it, or what stands for a track alone.

    Raises
    ------
    NetworkError
        A network is not installed.
    """

    def __init__(
        self,
        blocks: AudioStream,
        inputs: Sequence[str],
        background: Background,
        *,
        duration: float | None,
        over_time: bool = True,
    ) -> None:
        self._blocks = blocks
        self._background = background
        self._networks = tuple(map(_embedding_alone, find_networks(inputs)))
        self._windows: list[Samples] = []
        self._heard: Future[dict[str, NetworkTimeline]] | None = None
        self._hearing: SharedHearing | None = None
        self._told: dict[str, NetworkTimeline] | None = None
        self._open = ExitStack()
        if not self._networks:
            return
        length = length_of(blocks, duration)
        self._starts = excerpt_starts(blocks.start, length) if length is not None else ()
        self._left = len(self._starts)
        if over_time or not self._starts:
            blocks.tap(self._take, seconds=SECTION)
        if blocks.info.codec not in NOISE_OF_THEIR_OWN:
            for start in self._starts:
                blocks.tap(
                    self._take_window, seconds=EXCERPT_WINDOW, start=start, duration=EXCERPT_WINDOW
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self._open.__exit__(*problem)  # type: ignore[arg-type]

    def timelines(self) -> list[TrackFeatures]:
        """Return what each network heard, a row a window, when the stream has ended."""
        if self._told is None:
            self._told = {} if self._hearing is None else self._hearing.told()
        start = self._blocks.start
        return [
            TrackFeatures(start + told.start, start + told.end, {_input(name): _embeddings(told)})
            for name, told in self._told.items()
        ]

    def whole(self) -> dict[str, Floats] | None:
        """Return what they hear of the track as a library does, when the stream has ended.

        Returns
        -------
        dict or None
            An embedding by the name of each input; ``None`` where the stream could not serve.
        """
        if not self._networks:
            return {}
        told: dict[str, NetworkTimeline] = {}
        if not self._starts:
            self.timelines()
            told = self._told or {}
        elif self._heard is not None and not self._blocks.warnings:
            told = self._heard.result()
        if not told or not all(len(each.start) for each in told.values()):
            return None
        return {_input(name): _embeddings(each).mean(axis=0) for name, each in told.items()}

    def _take(self, piece: Audio) -> None:
        if self._hearing is None:
            rate, threads = piece.sample_rate, self._background.threads
            hearing = SharedHearing(self._networks, rate, threads=threads)
            self._hearing = self._open.enter_context(hearing)
        self._hearing.put(mix_to_mono(piece.samples.T))

    def _take_window(self, window: Audio) -> None:
        self._left -= is_whole(window)
        try:
            self._windows.append(mix_to_mono(load(window).samples.T))
        except AudioError as error:
            if error.code not in ("silent", "corrupt", "too-short"):
                raise
        if not self._left:
            self._heard = self._background.run(
                hear_together, self._networks, self._windows, window.sample_rate, threads=1
            )


def _embedding_alone(network: InstalledNetwork) -> InstalledNetwork:
    """Return a network that tells nothing but its embedding: what is kept of each window."""
    outputs = () if network.spec.embedding is None else (network.spec.embedding,)
    return replace(network, spec=replace(network.spec, outputs=outputs))


def _embeddings(told: NetworkTimeline) -> Floats:
    (embeddings,) = told.outputs.values()
    return np.asarray(embeddings, np.float32)


def _input(name: str) -> str:
    return f"{NETWORK}{name}"
