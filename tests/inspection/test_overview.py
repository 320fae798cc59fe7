"""What there is to be seen of a track."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support import make_song

from linernotes import errors
from linernotes.audio import Audio
from linernotes.features.extraction import PIECE_SECONDS
from linernotes.inspection import look_into
from linernotes.inspection.overview import COLUMNS

RATE = 44100


def clicks(*, seconds: float, beats_per_minute: float, rate: int = RATE) -> Audio:
    samples = np.zeros((1, round(seconds * rate)), np.float32)
    step = 60 / beats_per_minute * rate
    for place in np.arange(0, samples.shape[1] - 200, step).astype(int):
        samples[0, place : place + 200] = np.hanning(200)
    return Audio(samples, rate)


@pytest.mark.slow
def test_a_song_has_everything(song_files: dict[str, Path]) -> None:
    seen = look_into(song_files["mp3"])
    assert seen.duration == pytest.approx(8, abs=0.1)
    assert (seen.sample_rate, seen.channels) == (RATE, 2)
    assert seen.waveform.shape[0] == 2
    assert len(seen.mel) == 128
    assert seen.mel.max() == 0
    assert seen.mel.min() >= -80
    assert len(seen.chroma) == 12
    assert len(seen.mfcc) == 20
    assert -70 < seen.loudness < 0
    assert seen.short_term.size
    for image in (seen.mel, seen.chroma, seen.mfcc, seen.correlation, seen.goniometer):
        assert np.isfinite(image).all()


def test_beats_are_where_they_are_heard() -> None:
    seen = look_into(clicks(seconds=20, beats_per_minute=100))
    assert seen.tempo.beats_per_minute == pytest.approx(100, rel=0.02)
    assert np.median(np.diff(seen.beats)) == pytest.approx(0.6, abs=0.03)
    # Onsets are seen by frames, some hundredths of a second wide.
    assert np.abs((seen.beats + 0.3) % 0.6 - 0.3).max() < 0.07


def test_a_long_track_is_read_in_pieces_and_fits_a_screen() -> None:
    seconds = PIECE_SECONDS + 40
    seen = look_into(clicks(seconds=seconds, beats_per_minute=120, rate=8000))
    assert seen.duration == pytest.approx(seconds)
    assert seen.tempo.beats_per_minute == pytest.approx(120, rel=0.02)
    assert max(image.shape[1] for image in (seen.mel, seen.chroma, seen.mfcc)) <= COLUMNS
    assert seen.waveform.shape[1] <= COLUMNS
    assert seen.momentary.shape == pytest.approx((10 * seconds - 3,), abs=1)


def test_left_and_right_are_told_apart() -> None:
    song = make_song(duration=3).T
    left = np.stack([song[0], np.zeros_like(song[0])]).astype(np.float32)
    seen = look_into(Audio(np.ascontiguousarray(left), RATE))
    assert seen.waveform[0].max() > 0
    assert not seen.waveform[1].any()
    # All dots lie where mid and side are equal.
    mid, side = np.nonzero(seen.goniometer)
    assert np.abs(mid - side).max() <= 1


def test_what_cannot_be_listened_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(errors.SilentError):
        look_into(Audio(np.zeros((2, RATE * 2), np.float32), RATE))
    with pytest.raises(errors.UnreadableError):
        look_into(tmp_path / "absent.mp3")
