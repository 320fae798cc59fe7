"""The shipped genre model, measured again with code of its own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

TAGGRAMS = Path(__file__).resolve().parents[3] / "shared" / "taggrams"


@pytest.fixture(scope="module")
def tracks():
    path = TAGGRAMS / "gtzan_test.npz"
    if not path.is_file():
        pytest.skip("the taggrams of GTZAN are not there (../shared/taggrams)")
    with np.load(path, allow_pickle=False) as data:
        tags, truth, ids = data["X"].astype(np.float32), data["Y"], data["IDS"]
    starts = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]])
    return np.split(tags, starts[1:]), truth[starts]


def calibration_error(p: np.ndarray, truth: np.ndarray) -> float:
    top, right = p.max(axis=1), p.argmax(axis=1) == truth
    error = 0.0
    for low in np.arange(15) / 15:
        inside = (top > low) & (top <= low + 1 / 15)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - top[inside].mean())
    return error


def log_loss(p: np.ndarray, truth: np.ndarray) -> float:
    return float(-np.log(p[np.arange(len(truth)), truth]).mean())


def check(scores, p: np.ndarray, truth: np.ndarray) -> None:
    assert scores.cases == len(truth)
    assert scores.accuracy == pytest.approx((p.argmax(axis=1) == truth).mean(), abs=1e-4)
    assert scores.calibration_error == pytest.approx(calibration_error(p, truth), abs=2e-3)
    assert scores.log_loss == pytest.approx(log_loss(p, truth), abs=1e-3)


def test_the_cards_figures_are_reproduced(genre, fake_taggram, tracks):
    taggrams, truth = tracks
    assert len(taggrams) == 290
    full = np.stack([genre.predict(fake_taggram(t)).probabilities for t in taggrams])
    apart = [genre.predict(fake_taggram(t[::3])) for t in taggrams]
    whole = np.stack([prediction.probabilities for prediction in apart])
    windows = np.concatenate([prediction.timeline for prediction in apart])
    of_windows = np.repeat(truth, [len(prediction.timeline) for prediction in apart])

    named = {scores.on: scores for scores in genre.card.scores}
    check(named["Test tracks, all windows, 1 s apart"], full, truth)
    check(named["Test tracks, windows 3 s apart"], whole, truth)
    check(named["Test tracks, single windows"], windows, of_windows)

    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (truth, full.argmax(axis=1)), 1)
    assert genre.card.scores[0].confusion == tuple(map(tuple, confusion.tolist()))


def test_the_shipped_model_is_good_enough(genre, fake_taggram, tracks):
    taggrams, truth = tracks
    full = np.stack([genre.predict(fake_taggram(t)).probabilities for t in taggrams])
    assert (full.argmax(axis=1) == truth).mean() >= 0.79
    assert calibration_error(full, truth) <= 0.08


def test_the_file_is_small():
    size = len((files("linernotes.learning") / "models" / "genre.linernotes").read_bytes())
    assert size < 500_000
