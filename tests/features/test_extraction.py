"""From a clip to feature sets."""

from __future__ import annotations

import numpy as np
import pytest
from support import make_song

from linernotes.audio import Audio
from linernotes.errors import FeatureSetNotFoundError
from linernotes.features import SETS, extract, extract_sets, names

RATE = 44100


@pytest.fixture(scope="module")
def song() -> Audio:
    return Audio(np.ascontiguousarray(make_song(duration=6).T), RATE)


def clip(samples: np.ndarray, rate: int = RATE) -> Audio:
    return Audio(np.atleast_2d(samples).astype(np.float32), rate)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.slow
def test_every_column_has_a_finite_value_and_a_name_of_its_own(song: Audio, name: str) -> None:
    values = extract(song, name)
    assert values.dtype == np.float32
    assert values.shape == (len(names(name)),)
    assert np.isfinite(values).all()
    assert len(set(names(name))) == len(names(name))
    for column in SETS[name].columns:
        assert column.unit
        assert column.description


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(
    "audio",
    [
        clip(np.zeros(RATE)),
        clip(np.zeros((2, 3 * RATE))),
        clip(np.full(RATE, 0.25)),
        clip([0.5]),
        clip(np.ones((2, 100))),
        clip(np.sign(np.sin(np.arange(2 * RATE) / 20))),
        clip(np.zeros((6, 8000)) + 1e-30, 8000),
        clip(np.random.default_rng(0).normal(0, 0.1, (8, 40000)), 192000),
        clip(np.random.default_rng(0).normal(0, 1e-20, (2, 30000)), 11025),
        clip(np.random.default_rng(0).normal(0, 1.0, (2, 30000)).clip(-4, 4), 48000),
    ],
    ids=["silence", "stereo-silence", "constant", "one-sample", "shorter-than-a-frame", "clipped",
         "denormal", "192-kHz", "faint", "loud"],
)  # fmt: skip
def test_odd_sound_has_finite_values(name: str, audio: Audio) -> None:
    assert np.isfinite(extract(audio, name)).all()


@pytest.mark.parametrize(
    ("samples", "rate"),
    [
        (np.full((2, RATE), np.nan, np.float32), RATE),
        (np.array([[0, np.inf]], np.float32), RATE),
        (np.zeros(RATE, np.float32), RATE),
        (np.zeros((2, 0), np.float32), RATE),
        (np.zeros((2, RATE)), RATE),
        (np.zeros((2, RATE), np.float32), 10),
    ],
    ids=["nan", "infinity", "one-dimension", "nothing", "float64", "rate"],
)
def test_what_is_no_sound_is_refused(samples: np.ndarray, rate: int) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        extract(Audio(samples, rate), "fma")


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no audio"):
        extract([], "fma")


def test_an_unknown_set_is_told_with_the_known_ones(song: Audio) -> None:
    with pytest.raises(FeatureSetNotFoundError, match="fma"):
        extract(song, "nonsense")


def test_sets_together_are_the_sets_alone(song: Audio) -> None:
    together = extract_sets(song, tuple(SETS))
    for name in SETS:
        assert np.array_equal(together[name], extract(song, name))


def test_pieces_are_joined_before_statistics_are_taken(song: Audio) -> None:
    half = song.samples.shape[1] // 2 // 1024 * 1024
    pieces = [clip(song.samples[:, :half]), clip(song.samples[:, half:])]
    whole, joined = extract(song, "extracted"), extract(pieces, "extracted")
    # Only the frames at the cut differ.
    columns = np.array(
        [name.startswith(("energy_mean", "rms_median")) for name in names("extracted")]
    )
    assert joined[columns] == pytest.approx(whole[columns], rel=0.02)
    assert not np.allclose(joined, extract(pieces[0], "extracted"), rtol=0.02)


def test_gain_moves_levels_and_nothing_else(song: Audio) -> None:
    before = dict(zip(names("fma"), extract(song, "fma"), strict=True))
    louder = dict(zip(names("fma"), extract(clip(song.samples * 2), "fma"), strict=True))
    for name, value in before.items():
        statistic = name.rsplit("_", 2)[1]
        expected = value
        if name.startswith("rmse_") and statistic not in {"kurtosis", "skew"}:
            expected = 2 * value
        if name.startswith("mfcc_") and name.endswith("_01"):
            continue  # the level itself: 6 dB in each of 128 bands
        assert louder[name] == pytest.approx(expected, rel=2e-3, abs=2e-3), name


def test_a_track_in_pieces_has_one_tempo_and_one_key() -> None:
    rate = 22050
    time = np.arange(40 * rate) / rate
    chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220, 261.63, 329.63))
    sound = (0.1 * chord * np.exp(-8 * (time % 0.6)))[np.newaxis].astype(np.float32)
    whole = dict(zip(names("descriptors"), extract(clip(sound, rate), "descriptors"), strict=True))
    cut = 25 * rate // 512 * 512
    pieces = [clip(sound[:, :cut], rate), clip(sound[:, cut:], rate)]
    joined = dict(zip(names("descriptors"), extract(pieces, "descriptors"), strict=True))
    assert whole["tempo"] == pytest.approx(100, rel=0.01)
    assert joined["tempo"] == pytest.approx(whole["tempo"], rel=0.01)
    assert joined["key_tonic"] == whole["key_tonic"] == 9
    assert joined["key_mode"] == whole["key_mode"] == 0
