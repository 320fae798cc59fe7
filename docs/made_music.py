"""Made-up music for the gallery: bands that do not exist, and desks that mix them.

It shows how things are done, never how well: a real record is far harder. The same call makes the
same sound on every machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal

SAMPLE_RATE = 44100

Sound = NDArray[np.float64]
"""Shape (samples, 2)."""


@dataclass(frozen=True)
class Style:
    """How a kind of music goes.

    Parameters
    ----------
    tempo
        Lowest and highest, in beats per minute.
    drums
        How loud they are.
    beats
        In a bar.
    decay
        How fast notes die away, per second.
    brightness
        How slowly the harmonics fall, 0 to 1.
    """

    tempo: tuple[float, float]
    drums: float
    beats: int
    decay: float
    brightness: float


STYLES = {
    "dance": Style((122, 132), 0.9, 4, 5.0, 0.8),
    "waltz": Style((86, 100), 0.12, 3, 2.5, 0.45),
    "ambient": Style((56, 66), 0.0, 4, 0.5, 0.3),
    "rock": Style((100, 116), 0.5, 4, 3.0, 0.9),
}

# Chords of a minor and of a major key, as steps above the tonic.
_MINOR = ((0, 3, 7), (8, 12, 15), (3, 7, 10), (10, 14, 17))
_MAJOR = ((0, 4, 7), (7, 11, 14), (9, 12, 16), (5, 9, 12))


def song(style: str, artist: str, number: int, *, seconds: float = 8.0) -> Sound:
    """Play a song: chords, a bass, a melody, and drums where the style has them.

    An artist keeps key, instruments and tempo from song to song, as real ones do.
    """
    manner = STYLES[style]
    own = np.random.default_rng(zlib.crc32(artist.encode()))
    tonic = int(own.integers(45, 57))
    chords = _MINOR if own.random() < 0.5 else _MAJOR
    beat = 60 / own.uniform(*manner.tempo)
    wave = _wave(manner.brightness * own.uniform(0.75, 1.0), own)
    width = own.uniform(0.1, 0.6)

    ours = np.random.default_rng([zlib.crc32(artist.encode()), number])
    track = np.zeros((round(seconds * SAMPLE_RATE), 2))
    for index in range(int(seconds / beat) + 1):
        at, bar = index * beat, index // manner.beats
        chord = chords[(bar + number) % 4]
        if index % manner.beats == 0:
            _add(track, _note(tonic - 12 + chord[0], wave, manner.decay / 2), at, 0.0, 0.5)
            for voice, step in enumerate(chord):
                _add(track, _note(tonic + step, wave, manner.decay), at, (voice - 1) * width, 0.25)
        if ours.random() < 0.8:
            pitch = tonic + 12 + int(ours.choice(chord))
            _add(track, _note(pitch, wave, manner.decay), at, width, 0.3)
        if manner.drums:
            _drums(track, manner, at=at, index=index, beat=beat, rng=own.spawn(1)[0])
    return 0.7 * track / np.abs(track).max()


def _wave(brightness: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return one period of an instrument of its own."""
    harmonics = np.arange(1, 13)
    weights = brightness ** (harmonics - 1) * rng.uniform(0.3, 1.0, len(harmonics))
    period = 2 * np.pi * np.arange(2048) / 2048
    return (weights[:, np.newaxis] * np.sin(harmonics[:, np.newaxis] * period)).sum(axis=0)


def _note(pitch: float, wave: NDArray[np.float64], decay: float) -> NDArray[np.float64]:
    time = np.arange(round(min(4.0, 4 / decay) * SAMPLE_RATE)) / SAMPLE_RATE
    turns = 440 * 2 ** ((pitch - 69) / 12) * time
    sound = np.interp(turns % 1 * len(wave), np.arange(len(wave) + 1), np.append(wave, wave[0]))
    fade = np.minimum(1, (time[-1] - time) / 0.05)
    return sound * np.exp(-decay * time) * np.minimum(1, time / 0.008) * fade


def _drums(
    track: Sound, manner: Style, *, at: float, index: int, beat: float, rng: np.random.Generator
) -> None:
    time = np.arange(round(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    noise = rng.standard_normal(len(time))
    if index % 2 == 0 or manner.tempo[0] > 120:
        kick = np.sin(2 * np.pi * (50 * time + 8 * (1 - np.exp(-40 * time)))) * np.exp(-12 * time)
        _add(track, kick, at, 0.0, manner.drums)
    if index % 2 == 1:
        _add(track, noise * np.exp(-25 * time), at, 0.1, 0.3 * manner.drums)
    _add(track, np.diff(noise, append=0) * np.exp(-80 * time), at + beat / 2, -0.3,
         0.15 * manner.drums)  # fmt: skip


def _add(
    track: Sound, sound: NDArray[np.float64], seconds: float, side: float, gain: float
) -> None:
    first = round(seconds * SAMPLE_RATE)
    part = gain * sound[: max(0, len(track) - first)]
    track[first : first + len(part), 0] += part * (1 - side)
    track[first : first + len(part), 1] += part * (1 + side)


def bands(each: int) -> dict[str, list[str]]:
    """Return so many names of bands for each style."""
    return {style: [f"{style} band {i + 1}" for i in range(each)] for style in STYLES}


def write_song(path: Path, sound: Sound, **tags: str) -> Path:
    """Write a FLAC file with its tags: title, artist, genre, album."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, 2) as file:
        for name, value in tags.items():
            setattr(file, name, value)
        file.write(np.clip(sound, -1, 1))
    return path


def write_collection(
    folder: Path, *, each: int = 3, songs: int = 3, styles: Sequence[str] = tuple(STYLES)
) -> list[Path]:
    """Write a folder of songs by several bands of each style, a folder for each style."""
    return [
        write_song(
            folder / style / f"{artist} - song {number + 1}.flac",
            song(style, artist, number),
            title=f"song {number + 1}", artist=artist, album=f"{artist}: first", genre=style,
        )
        for style in styles
        for artist in bands(each)[style]
        for number in range(songs)
    ]  # fmt: skip


def _loud(x: Sound, rms: float) -> Sound:
    return x * (rms / np.sqrt((x**2).mean() + 1e-12))


def _tilted(x: Sound, frequency: float, gain: float) -> Sound:
    """Make what lies above a frequency louder or softer by some decibels."""
    sections = signal.butter(1, frequency, fs=SAMPLE_RATE, output="sos")
    low = signal.sosfilt(sections, x, axis=0)
    return low + (x - low) * 10 ** (gain / 20)


def _wide(x: Sound, width: float) -> Sound:
    middle, side = x.mean(axis=1), (x[:, 0] - x[:, 1]) / 2 * width
    return np.stack([middle + side, middle - side], axis=1)


def _room(x: Sound, seconds: float, share: float) -> Sound:
    n = int(seconds * SAMPLE_RATE)
    decay = np.exp(-6.9 * np.arange(n) / n)[:, np.newaxis]
    room = np.random.default_rng(0).normal(size=(n, 2)) * decay
    room /= np.sqrt((room**2).sum(axis=0))
    return x + share * signal.fftconvolve(x, room, axes=0)[: len(x)]


def _driven(x: Sound, drive: float) -> Sound:
    return np.tanh(x * drive) / drive


PRODUCERS: dict[str, Callable[[Sound], Sound]] = {
    "bright": lambda x: _driven(_tilted(_loud(x, 0.12), 3000, 4), 2),
    "wide hall": lambda x: _room(_wide(_loud(x, 0.1), 1.5), 1.2, 0.3),
    "warm": lambda x: _tilted(_wide(_loud(x, 0.1), 0.6), 2500, -4),
    "loud": lambda x: _driven(_loud(x, 0.22), 4),
}
"""Made-up producers: chains of equaliser, width, room and drive."""
