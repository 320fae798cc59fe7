from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from linernotes.learning.blending import WEIGHTS, fit_weights
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fitting import Fitted, fit
from linernotes.learning.inputs import find_input, input_columns
from linernotes.learning.onnx.export import export
from linernotes.learning.recipe import Recipe, find_recipe
from linernotes.networks.runtime import onnx_session

DEFAULT = find_recipe("default")
KINDS = ("early", "late", "never")


def opinions(
    sure: float, right: float, tracks: int, *, random_state: int = 0
) -> NDArray[np.float64]:
    """What somebody says of tracks of class 0 who is right in some share of them."""
    knows = np.random.default_rng(random_state).random(tracks) < right
    said = np.where(knows, sure, 1 - sure)
    return np.log(np.stack([said, 1 - said], axis=1))


def weights_of(*said: NDArray[np.float64]) -> NDArray[np.float64]:
    return fit_weights(said, np.zeros(len(said[0]), np.int64))


def test_who_knows_counts_more_than_who_guesses():
    knows, guesses = weights_of(opinions(0.9, 0.9, 400), opinions(0.9, 0.5, 400, random_state=1))
    assert knows > 0.8
    assert guesses < 0.2


def test_nobody_counts_less_than_nothing():
    weights = weights_of(opinions(0.9, 0.9, 4000), opinions(0.9, 0.2, 4000, random_state=1))
    assert weights.min() == 0


def test_few_tracks_hardly_move_the_weights():
    weights = weights_of(opinions(0.9, 1.0, 6), opinions(0.6, 0.5, 6, random_state=1))
    np.testing.assert_allclose(weights, 0.5, atol=0.1)


def test_of_equals_each_counts_as_much():
    said = opinions(0.8, 0.8, 100)
    first, second = weights_of(said, said)
    assert first == pytest.approx(second)


def made(informed: str, tracks: int, *, random_state: int, apart: float = 0.35) -> FeatureMatrix:
    """Tracks of the three kinds in turn; one of the inputs tells them apart, the others do not."""
    rng = np.random.default_rng(random_state)
    columns = input_columns(DEFAULT.input_spec.inputs)
    mine = np.array([name.startswith(f"{informed}.") for name in columns])
    directions = np.random.default_rng(1).normal(size=(len(KINDS), len(columns))) * mine
    factors = np.random.default_rng(2).normal(size=(20, len(columns)))
    values = apart * directions[np.arange(tracks) % len(KINDS)]
    values = values + rng.normal(size=values.shape) + 0.5 * rng.normal(size=(tracks, 20)) @ factors
    tags = np.array([name.startswith("tags.") for name in columns])
    values[:, tags] = 1 / (1 + np.exp(3 - values[:, tags]))
    return FeatureMatrix(values.astype(np.float32), np.arange(tracks), columns)


def target(tracks: int) -> list[str]:
    return [KINDS[i % len(KINDS)] for i in range(tracks)]


def alone(part: str) -> Recipe:
    search = tuple({**each, WEIGHTS: {part: 1.0}} for each in DEFAULT.parts[part])
    return replace(DEFAULT, search=search, parts={})


@cache
def learned(recipe: Recipe | str, informed: str) -> Fitted:
    chosen = DEFAULT if recipe == "default" else alone(str(recipe))
    return fit(chosen, made(informed, 75, random_state=3), target(75), groups=np.arange(75))


def right(fitted: Fitted, informed: str) -> float:
    answers = np.array(fitted.classes)[
        fitted.predict(made(informed, 600, random_state=4)).argmax(axis=1)
    ]
    return float((answers == np.array(target(600))).mean())


@pytest.mark.parametrize(
    ("informed", "best"), [("embedding", "embedding"), ("descriptors", "discriminant")]
)
def test_default_is_as_good_as_the_part_that_knows_where_others_hear_noise(
    informed: str, best: str
) -> None:
    part = right(learned(best, informed), informed)
    assert 0.6 < part < 0.98
    assert right(learned("default", informed), informed) > part - 0.04


def test_the_weights_are_among_the_settings() -> None:
    chosen = learned("default", "embedding").chosen
    weights = chosen[WEIGHTS]
    assert isinstance(weights, dict)
    # No tag bears the name of one of these classes.
    assert set(weights) <= set(DEFAULT.parts) - {"called"}
    assert chosen["blend__embedding__linear__C"] in (0.001, 0.003, 0.01, 0.03, 0.1, 1.0)
    assert learned("default", "embedding").estimator[-1].weights == weights
    held = learned("default", "embedding").held_out
    assert held is not None
    assert len(held.tracks) == 75


def test_the_graph_of_weighed_parts_answers_as_they_do() -> None:
    fitted, rest = learned("default", "embedding"), made("embedding", 30, random_state=5)
    session = onnx_session(export(fitted, rest), optimise=False)
    for track in range(3):
        (found,) = session.run(["probabilities"], {"features": rest.values[[track]]})
        np.testing.assert_allclose(found, fitted.predict(rest.take([track]))[0], atol=1e-3)


def test_a_part_that_knows_artists_only_counts_less_where_artists_are_known() -> None:
    """Embeddings know the artist without fail, and descriptors the class, with some."""
    rng = np.random.default_rng(0)
    artist = np.repeat(np.arange(18), 5)
    matrix = made("descriptors", 90, random_state=6)
    classes = artist % 3
    kind = [KINDS[number] for number in classes]
    order = np.argsort(np.arange(90) % 3, kind="stable")
    values = matrix.values.copy()
    values[np.argsort(classes, kind="stable")] = matrix.values[order]
    size = find_input("embedding").columns
    values[:, :size] = rng.normal(size=(18, size))[artist] + 0.3 * rng.normal(size=(90, size))
    matrix = FeatureMatrix(values, matrix.track, matrix.columns)

    def share(groups: NDArray[np.int64] | None) -> float:
        weights = fit(DEFAULT, matrix, kind, groups=groups).chosen[WEIGHTS]
        assert isinstance(weights, dict)
        return float(weights.get("embedding", 0.0))

    assert share(artist) < 0.5 * share(None)


def test_nothing_is_weighed_where_nothing_can_be_held_out() -> None:
    fitted = fit(DEFAULT, made("embedding", 3, random_state=0), target(3))
    assert fitted.held_out is None
    assert dict(fitted.chosen) == {}


def test_two_tracks_a_class_are_enough_to_weigh_by() -> None:
    fitted = fit(DEFAULT, made("embedding", 6, random_state=0), target(6))
    assert np.isfinite(fitted.predict(made("embedding", 6, random_state=1))).all()


def test_tracks_that_all_sound_alike_are_no_failure() -> None:
    matrix = made("embedding", 9, random_state=0)
    same = FeatureMatrix(np.ones_like(matrix.values), matrix.track, matrix.columns)
    fitted = fit(DEFAULT, same, target(9))
    np.testing.assert_allclose(fitted.predict(same), 1 / 3, atol=1e-3)


def test_producers_are_told_by_what_is_played_only_where_artists_are_not_known() -> None:
    """And a group for each class is no knowledge of artists."""
    producer, matrix = find_recipe("producer"), made("embedding", 36, random_state=7)
    artist = np.arange(36) // 6 * 3 + np.arange(36) % 3
    alike = np.arange(36) % 3
    for groups, weighed in ((artist, False), (None, True), (alike, True)):
        fitted = fit(producer, matrix, target(36), groups=groups)
        assert (WEIGHTS in fitted.chosen) is weighed
        names = {name for name, _ in fitted.estimator[-1].estimators}
        assert {"production", "sound", "embedding"} <= names
        weights = fitted.estimator[-1].weights
        assert ("embedding" in weights) is weighed
