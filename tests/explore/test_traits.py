from __future__ import annotations

import numpy as np
import pytest
from explore_support import make_collection

from linernotes.explore.phrases import Wish
from linernotes.explore.reasons import agreement, fulfilment
from linernotes.explore.traits import (
    TRAITS,
    Scales,
    column,
    key_of,
    measure_traits,
    tempo_of,
    words_of,
)


def test_every_trait_is_measured() -> None:
    values = measure_traits(make_collection(50).descriptors)
    assert values.shape == (50, len(TRAITS))
    assert (values.std(axis=0) > 0).all()


def test_ranks_are_shares_of_the_collection() -> None:
    made = make_collection(200)
    ranks = Scales.of(made.descriptors).ranks(made.descriptors)
    np.testing.assert_allclose(np.sort(ranks, axis=0)[:, 0], (np.arange(200) + 0.5) / 200)
    fastest = int(made.descriptors[:, column("tempo")].argmax())
    assert "fast" in words_of(ranks[fastest])


def test_keys_are_named_unless_doubtful() -> None:
    track = np.zeros(261, np.float32)
    assert key_of(track) is None
    track[column("key_confidence")] = 0.49
    assert key_of(track) is None
    track[column("key_confidence")] = 0.51
    track[column("key_tonic")] = 9
    assert key_of(track) == "A minor"
    track[column("key_mode")] = 1
    assert key_of(track) == "A major"


def test_tempi_are_told_unless_doubtful() -> None:
    track = np.zeros(261, np.float32)
    track[column("tempo")] = 120
    assert tempo_of(track) is None
    track[column("tempo_confidence")] = 0.51
    assert tempo_of(track) == 120


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray, Scales]:
    many = make_collection(100)
    scales = Scales.of(many.descriptors)
    descriptors = many.descriptors[[0, 1]].copy()
    descriptors[:] = np.median(many.descriptors, axis=0)
    descriptors[:, column("key_confidence")] = 0
    descriptors[:, column("tempo_confidence")] = 0.9
    return np.zeros((2, 3), np.float32), descriptors, scales


def test_what_agrees_is_said(pair: tuple[np.ndarray, np.ndarray, Scales]) -> None:
    tags, descriptors, scales = pair
    tags[:] = [[0.7, 0.2, 0.9], [0.5, 0.3, 0.0]]
    descriptors[:, column("tempo")] = 92, 95
    wide = [i for i in range(261) if column("stereo_width_mean_30-80hz") <= i][:7]
    descriptors[:, wide] = 1000
    said = agreement(
        tags, descriptors, names=("piano", "slow", "rock"),
        usual=np.array([0.1, 0.1, 0.1], np.float32), scales=scales,
    )  # fmt: skip
    assert said == "both: piano, slow; similar tempo (92/95 BPM); both wide"
    descriptors[1, column("tempo_confidence")] = 0.1
    said = agreement(
        tags, descriptors, names=("piano", "slow", "rock"),
        usual=np.array([0.1, 0.1, 0.1], np.float32), scales=scales,
    )  # fmt: skip
    assert said == "both: piano, slow; both wide"


def test_nothing_in_particular(pair: tuple[np.ndarray, np.ndarray, Scales]) -> None:
    tags, descriptors, scales = pair
    descriptors[:, column("tempo")] = 90, 130
    names, usual = ("piano", "slow", "rock"), np.ones(3, np.float32)
    said = agreement(tags, descriptors, names=names, usual=usual, scales=scales)
    assert said == "alike in sound as a whole"


def test_how_wishes_are_fulfilled(pair: tuple[np.ndarray, np.ndarray, Scales]) -> None:
    tags, descriptors, scales = pair
    tags[0] = 0.64, 0.02, 0
    descriptors[0, column("tempo")] = 61
    asked = (Wish("tag", "piano", 1, "piano"), Wish("tag", "slow", -1, "slow"),
             Wish("trait", "tempo", -1, "slow"), Wish("tempo", "60", 1, "60 bpm"))  # fmt: skip
    said = fulfilment(
        asked, tags[0], descriptors[0], names=("piano", "slow", "rock"), scales=scales
    )
    assert said == "piano 64 %, slow only 2 %, slow (61 BPM), 61 BPM"
