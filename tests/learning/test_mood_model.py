"""The shipped mood model, measured again with code of its own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from linernotes.learning import Regression, load_model
from linernotes.learning.listening.rows import hear_windows
from linernotes.networks.musicnn import NETWORKS, TAGS, Taggram

EVIDENCE = Path(__file__).resolve().parents[3] / "shared" / "evidence"


@pytest.fixture(scope="module")
def mood() -> Regression:
    model = load_model("mood")
    assert isinstance(model, Regression)
    return model


@pytest.fixture(scope="module")
def rated():
    """Timelines and whole rows of tracks that people have rated, and the ratings from 0 to 1."""
    path = EVIDENCE / "musifeast_a.npz"
    if not path.is_file():
        pytest.skip("the labelled evidence is not there (../shared/evidence)")
    with np.load(path, allow_pickle=False) as data:
        table = {key: data[key] for key in data.files}
    ends = np.cumsum(table["n_windows"].astype(int))
    rows = []
    for first, end in zip([0, *ends[:-1]], ends, strict=True):
        start = 3.0 * np.arange(end - first)
        taggrams = {
            network: Taggram(
                network, TAGS[network], start, start + 3,
                table[f"{short}_tags"][first:end].astype(np.float32),
                table[f"{short}_embeddings"][first:end].astype(np.float32),
            )
            for network, short in zip(NETWORKS, ("msd", "mtt"), strict=True)
        }  # fmt: skip
        rows.append(hear_windows(taggrams, ("embedding", "tags")))
    ratings = np.stack([table["arousal"], table["valence"]], axis=1)
    return rows, (ratings - 1) / 4


def test_it_hears_what_a_library_keeps(mood: Regression) -> None:
    assert [target.name for target in mood.targets] == ["energy", "valence"]
    assert [(target.low, target.high) for target in mood.targets] == [(0.0, 1.0)] * 2
    assert mood.input_spec is not None
    assert mood.input_spec.inputs == ("embedding", "tags")
    assert mood.input_spec.clips is None


def test_its_card_tells_figures_of_artists_held_out(mood: Regression) -> None:
    found = {(scores.target, scores.on.split(", ")[1].split(" by")[0]): scores.spearman
             for scores in mood.card.scores}  # fmt: skip
    assert found["energy", "cross-validated"] >= 0.87
    assert found["valence", "cross-validated"] >= 0.58
    assert found["energy", "taught"] >= 0.87
    assert found["valence", "taught"] >= 0.55
    for scores in mood.card.scores:
        low, high = scores.spearman_interval
        assert low < scores.spearman < high
    assert all(len(sentence) < 400 for sentence in mood.card.choice)


def test_it_tells_what_people_said(mood: Regression, rated) -> None:
    rows, ratings = rated
    told = [mood.predict_rows(timeline, whole=whole) for timeline, whole in rows]
    values = np.stack([each.values for each in told])
    # It has learned from these: less would be a fault, more is no merit.
    assert spearmanr(values[:, 0], ratings[:, 0]).statistic > 0.9
    assert spearmanr(values[:, 1], ratings[:, 1]).statistic > 0.6
    inside = [
        low <= rating <= high
        for each, own in zip(told, ratings, strict=True)
        for (low, high), rating in zip(each.intervals, own, strict=True)
    ]
    assert np.mean(inside) >= 0.88


def test_its_timeline_moves_around_the_whole(mood: Regression, rated) -> None:
    rows, _ = rated
    told = [mood.predict_rows(timeline, whole=whole) for timeline, whole in rows]
    means = np.stack([each.timeline.mean(axis=0) for each in told])
    values = np.stack([each.values for each in told])
    assert np.abs(means - values).mean() < 0.05
    assert np.abs(means - values).max() < 0.2


def test_it_tells_something_of_whatever_is_heard(mood: Regression) -> None:
    columns = 871
    for level in (0.0, 1.0, 0.5):
        values, _ = mood._run("features", np.full((3, columns), level, np.float32))
        assert ((values >= 0) & (values <= 1)).all()


def test_the_file_is_small() -> None:
    size = len((files("linernotes.learning") / "models" / "mood.linernotes").read_bytes())
    assert size < 50_000
