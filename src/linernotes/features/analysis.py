"""One clip on its way to many features: what several of them need is computed once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Audio, mix_to_mono
from linernotes.audio.signal import resample_blocks

Result = TypeVar("Result")


class Analysis:
    """A clip, and the intermediates that its features share.

    Descriptors are plain functions of arrays; feature sets call them through `once`, so
    that sets computed together share spectra, tunings, beats and the like.

    Parameters
    ----------
    audio
        The clip.

    Examples
    --------
    >>> analysis = Analysis(Audio(np.ones((2, 44100), dtype=np.float32), 44100))
    >>> analysis.mono(22050).shape
    (22050,)
    >>> analysis.once("answer", lambda: 42)
    42
    """

    def __init__(self, audio: Audio) -> None:
        self.audio = audio
        self._known: dict[Hashable, Any] = {}

    def once(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Return what ``compute`` gave the first time that anybody asked for ``key``."""
        if key not in self._known:
            self._known[key] = compute()
        found: Result = self._known[key]
        return found

    def mono(self, sample_rate: int) -> NDArray[np.float32]:
        """Return the mean of the channels at a sample rate, float32 of shape (n,)."""
        return self.once(("mono", sample_rate), lambda: self._resampled(sample_rate, mono=True)[0])

    def channels(self, sample_rate: int) -> NDArray[np.float32]:
        """Return all channels at a sample rate, float32 of shape (channels, n)."""
        return self.once(
            ("channels", sample_rate), lambda: self._resampled(sample_rate, mono=False)
        )

    def _resampled(self, sample_rate: int, *, mono: bool) -> NDArray[np.float32]:
        frames = self.audio.samples.T
        if mono and self.audio.channels > 1:
            frames = mix_to_mono(frames)[:, np.newaxis]
        if sample_rate == self.audio.sample_rate:
            return np.ascontiguousarray(frames.T)
        blocks = resample_blocks(
            [np.ascontiguousarray(frames)],
            from_rate=self.audio.sample_rate,
            to_rate=sample_rate,
            channels=frames.shape[1],
        )
        return np.ascontiguousarray(np.concatenate(list(blocks)).T)
