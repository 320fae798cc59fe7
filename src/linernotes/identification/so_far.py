"""A track that is being listened to: how far, and what was heard so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import AudioStream, WaveformOutline
from linernotes.networks.musicnn import NETWORKS, Taggram, merge_tags
from linernotes.networks.musicnn.labels import EMBEDDING_SIZE, TAGS

#: Points of the waveform that is told on the way.
_POINTS = 500
_TAGS = 3


@dataclass(frozen=True, eq=False)
class HeardSoFar:
    """How far a track was listened to, and what was heard in it by then.

    Parameters
    ----------
    seconds
        That were listened to.
    duration
        Of the track, as its file says; ``None`` where only listening tells.
    tags
        The most probable ones up to now, best first.
    now
        Those of the last seconds.
    waveform
        float32, shape (points, 2), as of an `Identification`.
    """

    seconds: float
    duration: float | None
    tags: tuple[str, ...]
    now: tuple[str, ...]
    waveform: NDArray[np.float32]


Follow = Callable[[HeardSoFar], None]


class Follower:
    """Adds up what is heard of a track, and tells of it.

    Parameters
    ----------
    follow
        Called whenever some seconds more were heard.
    blocks
        The track's stream.
    outline
        Its waveform.
    """

    def __init__(self, follow: Follow, blocks: AudioStream, outline: WaveformOutline) -> None:
        self._follow = follow
        self._blocks = blocks
        self._outline = outline
        self._sums: dict[str, float] = {}

    def __call__(self, probabilities: Mapping[str, NDArray[np.float32]]) -> None:
        """Take what the networks heard in some windows."""
        tags = merge_tags(
            {
                network: Taggram(
                    network=network,
                    tags=TAGS[network],
                    start=np.zeros(len(rows)),
                    end=np.zeros(len(rows)),
                    probabilities=rows,
                    embeddings=np.zeros((len(rows), EMBEDDING_SIZE), np.float32),
                )
                for network, rows in probabilities.items()
                if network in NETWORKS
            }
        )
        for name, values in zip(tags.names, tags.timeline.T, strict=True):
            self._sums[name] = self._sums.get(name, 0.0) + float(values.sum())
        best = sorted(self._sums, key=lambda name: (-self._sums[name], name))
        self._follow(
            HeardSoFar(
                seconds=self._blocks.decoded,
                duration=self._blocks.info.duration,
                tags=tuple(best[:_TAGS]),
                now=tags.names[:_TAGS],
                waveform=self._outline.points(_POINTS),
            )
        )
