"""Curves and images of a track, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Audio, Samples, Source, WaveformOutline, stream
from linernotes.features.analysis import Analysis
from linernotes.features.beats import beat_frames
from linernotes.features.cepstral import mfcc, power_to_db
from linernotes.features.channels import as_stereo
from linernotes.features.chroma import CHROMA_CQT
from linernotes.features.extraction import PIECE_SECONDS
from linernotes.features.key import Key, key_of_notes
from linernotes.features.key_chroma import KEY_CHROMA
from linernotes.features.loudness import (
    LOUDNESS_POWER,
    integrated_loudness,
    loudness_range,
    momentary_loudness,
    short_term_loudness,
    true_peak,
)
from linernotes.features.mel import mel_power_of
from linernotes.features.onset import BAND_ONSET_STRENGTH, ONSET_STRENGTH
from linernotes.features.spectrum import HOP_LENGTH, SAMPLE_RATE
from linernotes.features.stereo import STEREO_CORRELATION
from linernotes.features.tempo_estimate import Tempo, estimate_tempo
from linernotes.library.file_tags import read_file_tags

Image = NDArray[np.float32]

N_MFCC = 20
COLUMNS = 1600
"""No screen shows more columns of an image."""

# Frames that are put together while a track is read: eleven columns a second are left.
_POOLED = 4
_GONIOMETER_BINS = 96
# Every so many samples make a dot; more would cost time and look the same.
_GONIOMETER_STEP = 7
_SHOWN = 0.998


@dataclass(frozen=True, eq=False)
class Overview:
    """The curves and images of one track.

    Parameters
    ----------
    file
        Name of the file, or ``None``.
    duration
        Seconds.
    sample_rate, channels
        Of the file.
    warnings
        What was wrong with the file, one sentence each.
    waveform
        float32, shape (2, points, 2): lowest and highest sample of equal stretches, left and
        right.
    mel
        float32, shape (128, columns): decibels, the loudest at 0.
    chroma
        float32, shape (12, columns): pitch classes from C up, 0 to 1.
    mfcc
        float32, shape (20, columns).
    onset_strength
        float32, shape (columns,).
    beats
        float64, shape (beats,): seconds.
    tempo
        Of the beats, and how sure it is.
    key
        The key that fits best.
    momentary, short_term
        float64: LUFS over 0.4 and 3 s, ten times a second; their centres lie half a window
        later than their beginnings.
    loudness, loudness_range, true_peak
        LUFS, LU, dBTP.
    correlation
        float32, shape (bands, columns): of the channels in bands from low to high, -1 to 1.
    goniometer
        float32, shape (bins, bins): how often left and right stood so to each other, as a
        logarithm from 0 to 1; rows from low to high mid, columns of side, around 0. The scale
        is such that nearly all samples are within.
    title, artist
        What the file's tags say, or ``None``.
    """

    file: str | None
    duration: float
    sample_rate: int
    channels: int
    warnings: tuple[str, ...]
    waveform: NDArray[np.float32]
    mel: Image
    chroma: Image
    mfcc: Image
    onset_strength: NDArray[np.float32]
    beats: NDArray[np.float64]
    tempo: Tempo
    key: Key
    momentary: NDArray[np.float64]
    short_term: NDArray[np.float64]
    loudness: float
    loudness_range: float
    true_peak: float
    correlation: Image
    goniometer: Image
    title: str | None = None
    artist: str | None = None


def look_into(
    track: Source | Audio,
    *,
    start: float = 0.0,
    duration: float | None = None,
    timeout: float | None = None,
) -> Overview:
    """Gather what there is to be seen of a track, in memory that hardly grows with its length.

    Parameters
    ----------
    track
        Path, bytes, binary file object, or `Audio`.
    start, duration, timeout
        As in `linernotes.audio.stream`.

    Returns
    -------
    Overview
        All curves and pictures, as arrays.

    Raises
    ------
    AudioError
        The track cannot be listened to; ``code`` says why.

    Examples
    --------
    >>> look_into("song.mp3").tempo.beats_per_minute  # doctest: +SKIP
    121.6
    """
    told = {} if isinstance(track, Audio) else read_file_tags(track)
    gathered: dict[str, list[NDArray[np.float32]]] = {}
    peaks: list[float] = []
    with stream(track, start=start, duration=duration, timeout=timeout) as blocks:
        stretch = max(1, round(blocks.sample_rate / 100))
        outlines = WaveformOutline(stretch), WaveformOutline(stretch)
        dots = _Dots()
        for piece in blocks.pieces(PIECE_SECONDS):
            stereo = as_stereo(piece.samples)
            for outline, channel in zip(outlines, stereo, strict=True):
                outline.add(channel)
            dots.add(stereo)
            peaks.append(true_peak(piece.samples, piece.sample_rate))
            for name, part in _measured(Analysis(piece)).items():
                gathered.setdefault(name, []).append(part)
            del piece, stereo
        rows = {name: np.concatenate(parts, axis=1) for name, parts in gathered.items()}
        onset, powers = rows["onset"][0], rows["loudness"][0].astype(np.float64)
        decibels = power_to_db(rows["mel"])
        tempo = estimate_tempo(rows["bands"])
        return Overview(
            file=blocks.info.name,
            duration=blocks.decoded,
            sample_rate=blocks.info.sample_rate,
            channels=blocks.info.channels,
            warnings=blocks.warnings,
            waveform=np.stack([outline.points(COLUMNS) for outline in outlines]),
            mel=_fitted(decibels - decibels.max()),
            chroma=_fitted(rows["chroma"]),
            mfcc=_fitted(mfcc(decibels, n_mfcc=N_MFCC)),
            onset_strength=_fitted(rows["onset"])[0],
            beats=_beats(onset, tempo),
            tempo=tempo,
            key=key_of_notes(rows["notes"]),
            momentary=momentary_loudness(powers),
            short_term=short_term_loudness(powers),
            loudness=integrated_loudness(powers),
            loudness_range=loudness_range(powers),
            true_peak=max(peaks),
            correlation=_fitted(rows["correlation"]),
            goniometer=dots.image(),
            title=told.get("title"),
            artist=told.get("artist"),
        )


class _Dots:
    """Where left and right stand to each other, counted."""

    def __init__(self) -> None:
        self._counts = np.zeros((4 * _GONIOMETER_BINS, 4 * _GONIOMETER_BINS))

    def add(self, stereo: Samples) -> None:
        left, right = stereo[:, ::_GONIOMETER_STEP].astype(np.float64)
        mid, side = (left + right) / 2, (left - right) / 2
        counts, _, _ = np.histogram2d(mid, side, bins=len(self._counts), range=[(-1, 1), (-1, 1)])
        self._counts += counts

    def image(self) -> Image:
        middle = len(self._counts) // 2
        # A handful of loud moments would leave the rest as a speck in the middle.
        reach = _GONIOMETER_BINS // 4
        while reach < middle and self._within(reach) < _SHOWN * self._counts.sum():
            reach += 1
        seen = self._counts[middle - reach : middle + reach, middle - reach : middle + reach]
        edges = np.arange(0, 2 * reach, max(1, 2 * reach // _GONIOMETER_BINS))
        pooled = np.add.reduceat(np.add.reduceat(seen, edges, axis=0), edges, axis=1)
        logarithms = np.log1p(pooled)
        image: Image = (logarithms / max(1.0, logarithms.max())).astype(np.float32)
        return image

    def _within(self, reach: int) -> float:
        inside = slice(len(self._counts) // 2 - reach, len(self._counts) // 2 + reach)
        return float(self._counts[inside, inside].sum())


def _measured(analysis: Analysis) -> dict[str, NDArray[np.float32]]:
    """Rows of one piece; images are put together four frames by four."""
    return {
        "mel": _pooled(mel_power_of(analysis), _POOLED),
        "chroma": _pooled(CHROMA_CQT(analysis), _POOLED),
        "notes": KEY_CHROMA(analysis),
        "onset": ONSET_STRENGTH(analysis),
        "bands": BAND_ONSET_STRENGTH(analysis),
        "loudness": LOUDNESS_POWER(analysis),
        "correlation": STEREO_CORRELATION(analysis),
    }


def _beats(onset: NDArray[np.float32], tempo: Tempo) -> NDArray[np.float64]:
    """Seconds at which the beats of a tempo fall."""
    if not tempo.beats_per_minute:
        return np.zeros(0)
    beats = beat_frames(onset, beats_per_minute=tempo.beats_per_minute)
    return beats.astype(np.float64) * HOP_LENGTH / SAMPLE_RATE


def _fitted(rows: Image) -> Image:
    return _pooled(rows, -(-rows.shape[1] // COLUMNS))


def _pooled(rows: Image, count: int) -> Image:
    """Mean of every so many columns, the last of what is left."""
    if count <= 1:
        return rows
    edges = np.arange(0, rows.shape[1], count)
    sizes = np.diff(edges, append=rows.shape[1]).astype(np.float32)
    means: Image = (np.add.reduceat(rows, edges, axis=1) / sizes).astype(np.float32, copy=False)
    return means
