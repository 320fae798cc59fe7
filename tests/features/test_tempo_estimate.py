"""The tempo that linernotes gives for itself, and how sure it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import clip_of
from linernotes.features.tempo_estimate import (
    Tempo,
    estimate_tempo,
    tempo_columns,
    tempo_confidence_columns,
    tempo_of,
)

RATE = 22050
FRAMES = RATE / 512

# Sixteenths of a bar on which bass drum, snare and hi-hat are struck.
PATTERNS = {
    "rock": ((0, 8), (4, 12), (0, 2, 4, 6, 8, 10, 12, 14)),
    "house": ((0, 4, 8, 12), (4, 12), (2, 6, 10, 14)),
    "half-time": ((0, 6), (8,), (0, 2, 4, 6, 8, 10, 12, 14)),
    "swing": ((0, 8), (4, 12), (0, 4, 6.67, 8, 12, 14.67)),
    "offbeats": ((0, 8), (8,), (2, 6, 10, 14)),
    "sixteenths": ((0, 7, 10), (4, 12), tuple(range(16))),
}


def played(pattern: str, beats_per_minute: float, *, seconds: float = 16.0) -> Analysis:
    """Return drums and a bass, a few milliseconds early or late as people are."""
    rng = np.random.default_rng(0)
    time = np.arange(int(0.18 * RATE)) / RATE
    noise = rng.standard_normal(len(time))
    sounds = (
        np.sin(2 * np.pi * 55 * time) * np.exp(-20 * time),
        (0.5 * noise + 0.5 * np.sin(2 * np.pi * 190 * time)) * np.exp(-28 * time),
        0.3 * np.diff(noise, append=0) * np.exp(-90 * time),
    )
    samples = np.zeros(int((seconds + 8) * RATE))
    sixteenth = 15 / beats_per_minute
    for bar in range(int(seconds / (16 * sixteenth)) + 1):
        for sound, strokes in zip(sounds, PATTERNS[pattern], strict=True):
            for stroke in strokes:
                moment = 0.1 + (16 * bar + stroke) * sixteenth + rng.normal(0, 0.003)
                place = int(moment * RATE)
                samples[place : place + len(sound)] += sound
        for beat in range(4):
            pitch = 55 * 2 ** (((bar + beat) % 5) / 6)
            tone = np.arange(int(3.6 * sixteenth * RATE)) / RATE
            place = int((0.1 + (16 * bar + 4 * beat) * sixteenth) * RATE)
            tone = np.sin(2 * np.pi * pitch * tone) * np.exp(-3 * tone)
            samples[place : place + len(tone)] += 0.3 * tone[: len(samples) - place]
    return clip_of(0.4 * samples[: int(seconds * RATE)].astype(np.float32), RATE)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("beats_per_minute", [85, 104, 120, 130])
def test_drums_have_their_tempo(pattern: str, beats_per_minute: float) -> None:
    found = tempo_of(played(pattern, beats_per_minute))
    assert found.beats_per_minute == pytest.approx(beats_per_minute, rel=0.01)
    assert found.confidence > 0.5


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("beats_per_minute", [60, 160, 174, 200])
def test_slow_and_fast_drums_may_be_counted_in_another_octave(
    pattern: str, beats_per_minute: float
) -> None:
    octaves = np.log2(tempo_of(played(pattern, beats_per_minute)).beats_per_minute)
    away = octaves - np.log2(beats_per_minute)
    assert abs(away - round(away)) < 0.02
    assert abs(round(away)) <= 1


@given(
    period=st.floats(16, 45),
    stretch=st.floats(0.8, 1.25),
    random_state=st.integers(0, 99),
    gain=st.floats(1e-6, 1e6),
)
@settings(max_examples=30, deadline=None)
def test_stretched_onsets_have_a_stretched_tempo(
    period: float, stretch: float, random_state: int, gain: float
) -> None:
    """Up to the octave, which the preference decides; louder or quieter makes no difference."""
    rng = np.random.default_rng(random_state)
    # A bar of four beats whose strengths differ, with half beats in between.
    bar = np.repeat(rng.uniform(0.5, 1, 4), 2) * np.tile([1, 0.2], 4)

    def strengths(distance: float) -> np.ndarray:
        values = np.zeros(900)
        places = np.arange(0, 880, distance / 2)
        np.add.at(values, np.round(places).astype(int), np.resize(bar, len(places)))
        return np.convolve(values, [0.25, 0.5, 0.25])[: len(values)]

    before = estimate_tempo(strengths(period))
    after = estimate_tempo(gain * strengths(period * stretch))
    octaves = np.log2(before.beats_per_minute / after.beats_per_minute / stretch)
    assert abs(octaves - round(octaves)) < 0.02
    assert before.beats_per_minute == pytest.approx(
        estimate_tempo(gain * strengths(period)).beats_per_minute, rel=1e-6
    )


def test_each_band_counts_whatever_its_level() -> None:
    rng = np.random.default_rng(0)
    strengths = np.zeros((2, 1000))
    strengths[0, ::20] = 1
    strengths[1] = rng.random(1000)
    equal, drowned = estimate_tempo(strengths), estimate_tempo(strengths * [[0.001], [1000]])
    assert drowned.beats_per_minute == pytest.approx(equal.beats_per_minute)
    assert drowned.beats_per_minute == pytest.approx(60 * FRAMES / 20, rel=0.005)


def test_the_octave_is_doubtful_where_another_is_as_good() -> None:
    even, accented = np.zeros(1200), np.zeros(1200)
    even[::15] = 1
    accented[::15] = np.resize([1, 0.1], 80)
    assert estimate_tempo(even).rival > 0.8
    assert estimate_tempo(accented).confidence > estimate_tempo(even).confidence + 0.05


def test_what_does_not_pulse_is_not_trusted() -> None:
    rng = np.random.default_rng(0)
    time = np.arange(16 * RATE) / RATE
    moments = np.concatenate([[0], np.cumsum(rng.gamma(2, 0.12, 200))])
    speaking = np.exp(-40 * (time - moments[np.searchsorted(moments, time, side="right") - 1]))
    glide = 2 ** (np.interp(time, np.arange(0, 17, 0.2), rng.normal(0, 3, 85)) / 12)
    voice = sum(np.sin(2 * np.pi * n * 150 * np.cumsum(glide) / RATE) / n for n in range(1, 9))
    for name, sound in {
        "noise": rng.normal(0, 0.1, len(time)),
        "a sine": 0.3 * np.sin(2 * np.pi * 440 * time),
        "a voice that speaks": 0.05 * voice * np.minimum(speaking, 1),
        "silence": 0 * time,
    }.items():
        assert tempo_of(clip_of(sound.astype(np.float32), RATE)).confidence < 0.2, name


@pytest.mark.parametrize("seconds", [1, 2, 4, 8])
def test_chance_in_short_clips_is_not_trusted(seconds: int) -> None:
    for random_state in range(5):
        noise = np.random.default_rng(random_state).normal(0, 0.1, seconds * RATE)
        assert tempo_of(clip_of(noise.astype(np.float32), RATE)).confidence < 0.3


def test_an_excerpt_of_windows_has_the_tempo_of_the_whole() -> None:
    """Where windows are joined, the beat goes astray, and that must not matter."""
    whole = played("rock", 97, seconds=60).audio.samples
    windows = [whole[:, int(s * RATE) : int((s + 10) * RATE)] for s in (3.1, 21.7, 43.4)]
    found = tempo_of(Analysis(Audio(np.concatenate(windows, axis=1), RATE)))
    assert found.beats_per_minute == pytest.approx(97, rel=0.01)
    assert found.confidence > 0.5


@pytest.mark.parametrize("n_samples", [0, 1, 100, 3000, 20000])
@pytest.mark.parametrize("value", [0.0, 0.5])
def test_short_clips_have_defined_values(n_samples: int, value: float) -> None:
    found = tempo_of(clip_of(np.full(n_samples, value, np.float32), RATE))
    assert 0 <= found.confidence <= 0.2
    assert 0 <= found.beats_per_minute <= 300


@pytest.mark.parametrize("strengths", [np.zeros(0), np.zeros((4, 0)), np.ones((4, 900)), [1.0]])
def test_where_nothing_begins_there_is_no_tempo(strengths: np.ndarray) -> None:
    assert estimate_tempo(strengths) == Tempo(0.0, 0.0)


def test_columns() -> None:
    strengths = np.random.default_rng(0).random((4, 500)).astype(np.float32)
    found = estimate_tempo(strengths)
    assert tempo_columns(found) == pytest.approx([found.beats_per_minute])
    assert tempo_confidence_columns(found) == pytest.approx([found.confidence])


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="shape"):
        estimate_tempo(np.zeros((2, 2, 9)))
    with pytest.raises(ValueError, match="finite"):
        estimate_tempo([0, np.nan])
