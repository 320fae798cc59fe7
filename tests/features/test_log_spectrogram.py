"""Pictures for networks: which band a tone lights up, and what is black."""

from __future__ import annotations

import numpy as np
import pytest

from linernotes.audio import Audio
from linernotes.features import extract, names
from linernotes.features.log_spectrogram import log_frequency_power

RATE = 22050


def tone(frequency: float, seconds: float, gain: float = 0.5) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return (gain * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def pictures(samples: np.ndarray) -> np.ndarray:
    return extract(Audio(samples[np.newaxis], RATE), "log_spectrogram").reshape(5, 100, 100)


@pytest.mark.parametrize("frequency", [60, 440, 3000, 9000])
def test_a_tone_lights_up_the_band_of_its_frequency(frequency: float) -> None:
    edges = np.geomspace(40, RATE / 2, 101)
    band = int(np.searchsorted(edges, frequency)) - 1
    found = pictures(tone(frequency, 30))
    assert (np.abs(found[:, :, 10:90].argmax(axis=1) - band) <= 1).all()


def test_each_picture_is_as_bright_as_its_loudest_place() -> None:
    sound = np.concatenate([tone(440, 6, 0.5), tone(440, 6, 0.005), tone(440, 18, 0.05)])
    found = pictures(sound)
    assert found.min() == 0
    np.testing.assert_allclose(found.max(axis=(1, 2)), 1, atol=1e-6)
    np.testing.assert_allclose(pictures(sound / 8), found, atol=1e-3)


def test_what_lies_beyond_the_end_and_silence_is_black() -> None:
    found = pictures(tone(440, 9))
    assert found[0].any()
    assert found[1, :, :50].any()
    assert not found[1, :, 60:].any()
    assert not found[2:].any()
    assert not pictures(np.zeros(30 * RATE, np.float32)).any()


def test_columns_are_picture_by_picture_and_band_by_band() -> None:
    columns = names("log_spectrogram")
    assert len(set(columns)) == len(columns) == 50_000
    assert columns[0] == "log_spectrogram_1_00001"
    assert columns[10_000] == "log_spectrogram_2_00001"
    found = pictures(tone(440, 30))
    assert found[1, 30:40].any()
    assert not found[1, 80:].any()


def test_power_is_the_mean_over_a_band_and_lies_on_a_line_below_a_bin() -> None:
    power = np.arange(1025, dtype=np.float32)[:, np.newaxis]
    edges = np.geomspace(40, RATE / 2, 101)
    middle = (edges[1:] + edges[:-1]) / 2 / (RATE / 2048)
    np.testing.assert_allclose(log_frequency_power(power)[:, 0], middle, rtol=1e-4)


@pytest.mark.parametrize("wrong", [{"n_bands": 0}, {"lowest": 0.0}, {"highest": 12000.0}])
def test_bands_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least one band"):
        log_frequency_power(np.ones((1025, 1), np.float32), **wrong)
