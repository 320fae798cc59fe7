from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from linernotes.errors import ModelError, ModelFileError
from linernotes.learning import Prediction, load_model

TAGS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 12), st.just(50)),
    elements=st.floats(0, 1, width=32),
)
METAL = 6
# Some of the 50 tags, by their place in musicnn's list.
ROCK_TAG, METAL_TAG, HARD_ROCK_TAG, HIPHOP_TAG, HEAVY_METAL_TAG = 0, 11, 27, 33, 42
LOUD = [ROCK_TAG, METAL_TAG, HARD_ROCK_TAG, HEAVY_METAL_TAG]


def quiet(windows: int) -> np.ndarray:
    return np.full((windows, 50), 0.005, np.float32)


def test_tags_that_scream_metal_are_metal(window_model, fake_taggram):
    tags = quiet(10)
    tags[:, LOUD] = 0.5
    prediction = window_model.predict(fake_taggram(tags))
    assert prediction.top(1)[0][0] == "metal"
    assert (prediction.timeline.argmax(axis=1) == METAL).all()


def test_the_timeline_follows_a_change(window_model, fake_taggram):
    tags = quiet(10)
    tags[:5, LOUD] = 0.5
    tags[5:, HIPHOP_TAG] = 0.9
    timeline = window_model.predict(fake_taggram(tags)).timeline
    named = [window_model.classes[i] for i in timeline.argmax(axis=1)]
    assert named == ["metal"] * 5 + ["hiphop"] * 5


def test_a_prediction_says_where_it_comes_from(window_model, fake_taggram):
    taggram = fake_taggram(quiet(4))
    prediction = window_model.predict(taggram)
    assert (prediction.model, prediction.label) == ("genre", "genre")
    assert prediction.classes == window_model.classes
    assert prediction.probabilities.shape == (10,)
    assert prediction.timeline.shape == (4, 10)
    assert prediction.probabilities.dtype == prediction.timeline.dtype == np.float32
    np.testing.assert_array_equal(prediction.start, taggram.start)
    np.testing.assert_array_equal(prediction.end, taggram.end)


@settings(max_examples=60, deadline=None)
@given(tags=TAGS)
def test_any_taggram_gives_probabilities(window_model, fake_taggram, tags):
    prediction = window_model.predict(fake_taggram(tags))
    assert (prediction.timeline >= 0).all()
    np.testing.assert_allclose(prediction.probabilities.sum(), 1, atol=1e-5)
    np.testing.assert_allclose(prediction.timeline.sum(axis=1), 1, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(tags=TAGS, random_state=st.integers(0, 1000))
def test_order_moves_the_timeline_and_not_the_track(window_model, fake_taggram, tags, random_state):
    order = np.random.default_rng(random_state).permutation(len(tags))
    straight = window_model.predict(fake_taggram(tags))
    mixed = window_model.predict(fake_taggram(tags[order]))
    np.testing.assert_allclose(mixed.probabilities, straight.probabilities, atol=1e-5)
    np.testing.assert_allclose(mixed.timeline, straight.timeline[order], atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(tags=TAGS)
def test_the_same_taggram_gives_the_same_numbers(fake_taggram, tags):
    place = Path(__file__).with_name("models") / "genre-1.linernotes"
    once, again = (load_model(place).predict(fake_taggram(tags)) for _ in range(2))
    np.testing.assert_array_equal(once.probabilities, again.probabilities)
    np.testing.assert_array_equal(once.timeline, again.timeline)


def test_a_track_of_one_window_is_that_window(window_model, fake_taggram):
    tags = np.random.default_rng(0).uniform(0, 0.3, (1, 50)).astype(np.float32)
    prediction = window_model.predict(fake_taggram(tags))
    np.testing.assert_allclose(prediction.probabilities, prediction.timeline[0], atol=1e-6)


def test_more_windows_of_the_same_make_it_surer(window_model, fake_taggram):
    tags = np.random.default_rng(1).uniform(0, 0.3, (1, 50)).astype(np.float32)
    tops = [
        window_model.predict(fake_taggram(np.repeat(tags, n, axis=0))).top(1)[0][1]
        for n in (1, 3, 30)
    ]
    assert tops == sorted(tops)
    assert tops[0] < tops[-1] < 1


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        (np.zeros((0, 50)), "at least one window"),
        (np.zeros((3, 49)), "50 tags"),
        (np.zeros(50), "50 tags"),
        (np.full((2, 50), np.nan), "no probabilities"),
        (np.full((2, 50), np.inf), "no probabilities"),
        (np.full((2, 50), -0.1), "no probabilities"),
        (np.full((2, 50), 1.1), "no probabilities"),
    ],
)
def test_tags_that_are_none_are_refused(window_model, fake_taggram, tags, says):
    with pytest.raises(ModelError, match=says):
        window_model.predict(fake_taggram(tags.astype(np.float32)))


def test_a_taggram_of_another_network_is_refused(window_model, fake_taggram):
    with pytest.raises(ModelError, match="MTT_musicnn: analyse the track with MSD_musicnn"):
        window_model.predict(fake_taggram(quiet(2), network="MTT_musicnn"))


def test_a_taggram_of_another_version_is_refused(window_model, fake_taggram):
    old = replace(window_model, input=replace(window_model.input, version="musicnn-0"))
    with pytest.raises(ModelError, match="trained on musicnn-0"):
        old.predict(fake_taggram(np.full((1, 50), 0.1, np.float32)))


def test_an_estimator_that_does_not_run_is_a_model_file_error(window_model, fake_taggram):
    with pytest.raises(ModelFileError, match="does not run"):
        replace(window_model, estimator=b"\x00nonsense").predict(fake_taggram(quiet(2)))


def test_an_estimator_with_other_classes_is_a_model_file_error(window_model, fake_taggram):
    with pytest.raises(ModelFileError, match="2 classes"):
        replace(window_model, classes=("a", "b")).predict(fake_taggram(quiet(2)))


def test_top_sorts_and_keeps_the_order_of_equals():
    prediction = Prediction(
        model="m",
        label="l",
        classes=("a", "b", "c"),
        probabilities=np.array([0.25, 0.5, 0.25], np.float32),
        start=np.zeros(1),
        end=np.ones(1),
        timeline=np.zeros((1, 3), np.float32),
    )
    assert prediction.top(2) == [("b", 0.5), ("a", 0.25)]
    assert [name for name, _ in prediction.top(99)] == ["b", "a", "c"]
    with pytest.raises(ValueError, match="at least 1"):
        prediction.top(0)
