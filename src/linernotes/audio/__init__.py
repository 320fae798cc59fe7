"""Files, bytes and file objects in; sound out.

libsndfile decodes what it can (it is the fastest, and gapless), FFmpeg the rest and
whatever is damaged. Whoever decodes, the channels are mixed and resampled here, so
that the numbers agree. What cannot be heard raises an `AudioError` with a stable code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.audio.files import find_tracks, is_audio
    from linernotes.audio.opening import AudioInfo
    from linernotes.audio.signal import Audio, Samples, mix_to_mono
    from linernotes.audio.source import Source
    from linernotes.audio.streaming import AudioStream, load, probe, stream
    from linernotes.audio.waveform import WaveformOutline

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
        "files": "find_tracks is_audio",
        "opening": "AudioInfo",
        "signal": "Audio Samples mix_to_mono",
        "source": "Source",
        "streaming": "AudioStream load probe stream",
        "waveform": "WaveformOutline",
    },
)
