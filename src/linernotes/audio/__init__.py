"""Files, bytes and file objects in; sound out.

`source` finds and opens files, `container` tells what they are (`formats` walks through them),
`opening` chooses the decoder: `libsndfile` is the fastest, `ffmpeg` reads the rest and what is
damaged. `streaming` makes one stream of it, within limits; `signal` mixes and resamples. What
cannot be heard raises an `AudioError` with a stable code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.audio.opening import AudioInfo
    from linernotes.audio.signal import Audio, Samples, WaveformOutline, mix_to_mono
    from linernotes.audio.source import Source, find_tracks, is_audio
    from linernotes.audio.streaming import AudioStream, load, probe, stream

__all__ = [
    "Audio",
    "AudioInfo",
    "AudioStream",
    "Samples",
    "Source",
    "WaveformOutline",
    "find_tracks",
    "is_audio",
    "load",
    "mix_to_mono",
    "probe",
    "stream",
]

__getattr__ = deferred(
    __name__,
    {
        "opening": "AudioInfo",
        "signal": "Audio Samples WaveformOutline mix_to_mono",
        "source": "Source find_tracks is_audio",
        "streaming": "AudioStream load probe stream",
    },
)
