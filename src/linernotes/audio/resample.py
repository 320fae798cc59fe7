"""Changing the sample rate, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import soxr

from linernotes.audio.signal import Samples


def resample_blocks(
    blocks: Iterable[Samples], *, from_rate: int, to_rate: int, channels: int
) -> Iterator[Samples]:
    """Resample a stream of blocks with soxr's high quality (aliases below -140 dB).

    Parameters
    ----------
    blocks
        float32 arrays, shape (n, channels).
    from_rate, to_rate
        Samples per second before and after.
    channels
        Number of channels.

    Yields
    ------
    float32 arrays, shape (n, channels); together as long as the input in seconds.
    """
    if from_rate == to_rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(from_rate, to_rate, channels, dtype="float32", quality="HQ")
    last: Samples | None = None
    for block in blocks:
        if last is not None:
            yield _shape(stream.resample_chunk(last), channels)
        last = block
    if last is not None:
        yield _shape(stream.resample_chunk(last, last=True), channels)


def _shape(samples: Samples, channels: int) -> Samples:
    return samples.reshape(-1, channels)
