from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learning_support import MARGIN, PLAIN, TREES, forest, logistic, make_material

from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fitting import TrainingError, fit
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.recipe import Recipe


@pytest.mark.parametrize("recipe", [PLAIN, TREES, MARGIN])
def test_what_can_be_learned_is(recipe):
    matrix, target = make_material(4, 120, apart=3.0)
    fitted = fit(recipe, matrix.take(range(80)), target[:80])
    p = fitted.predict(matrix.take(range(80, 120)))
    assert p.shape == (40, 4)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    answers = np.array(fitted.classes)[p.argmax(axis=1)]
    assert (answers == np.array(target[80:])).mean() > 0.8
    assert fitted.folds == 5
    assert fitted.held_out.accuracy > 0.8


def test_the_same_seed_gives_the_same_numbers():
    matrix, target = make_material()
    one, two = (fit(TREES, matrix, target, random_state=3).predict(matrix) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_settings_are_chosen_by_what_was_held_out():
    matrix, target = make_material(2, 60, apart=0.6)
    wild, calm = {"logisticregression__C": 1e4}, {"logisticregression__C": 1e-2}
    for search in ((wild, calm), (calm, wild)):
        fitted = fit(replace(PLAIN, search=search), matrix, target)
        assert dict(fitted.chosen) == calm
        assert fitted.estimator[-1].C == 1e-2


def test_a_tolerance_forbids_learning_by_heart():
    matrix, target = make_material(2, 80, apart=0.5)
    search = tuple({"max_depth": depth} for depth in (None, 1))
    by_heart = Recipe(name="x", input_spec=InputSpec(("extracted",)), estimator=forest, model="x",
                      search=search, tolerance=0.05)  # fmt: skip
    assert fit(by_heart, matrix, target).chosen == {"max_depth": 1}


def test_the_vote_of_rows_beats_a_row():
    matrix, target = make_material(3, 90, rows=5, apart=0.7)
    fitted = fit(PLAIN, matrix.take(range(60)), target[:60])
    rest = matrix.take(range(60, 90))
    truth = np.array([fitted.classes.index(t) for t in target[60:]])
    voted = (fitted.predict(rest).argmax(axis=1) == truth).mean()
    alone = (fitted.timeline(rest).argmax(axis=1) == truth[rest.track]).mean()
    assert voted > alone + 0.05


def test_groups_are_held_out_together_so_that_figures_are_honest():
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(24), 5)
    target = [f"class {g % 2}" for g in groups]
    # Each artist sounds like himself, and classes mean nothing.
    values = random.normal(size=(24, 56))[groups] + 0.05 * random.normal(size=(120, 56))
    matrix, _ = make_material()
    matrix = FeatureMatrix(values.astype(np.float32), np.arange(120), matrix.columns)
    grouped = fit(PLAIN, matrix, target, groups=groups)
    flattered = fit(PLAIN, matrix, target)
    assert flattered.held_out.accuracy > 0.95
    assert grouped.held_out.accuracy < 0.75
    assert grouped.grouped
    assert not flattered.grouped


def test_estimators_that_ask_for_groups_get_them():
    seen = []

    class Curious:
        def fit(self, values, target, groups=None):
            seen.append(groups)
            self.inner = logistic().fit(values, target)
            self.classes_ = self.inner.classes_
            return self

        def set_params(self):
            return self

        def predict_proba(self, values):
            return self.inner.predict_proba(values)

    recipe = Recipe(
        name="x", input_spec=PLAIN.input_spec, model="x", estimator=lambda **_: Curious()
    )
    matrix, target = make_material(2, 20, rows=2)
    fit(recipe, matrix, target, groups=np.arange(20) // 2)
    assert len(seen) == 6
    np.testing.assert_array_equal(seen[-1], np.repeat(np.arange(20) // 2, 2))
    fit(recipe, matrix, target)
    assert seen[-1] is None


@pytest.mark.parametrize("recipe", [PLAIN, TREES, MARGIN])
@pytest.mark.parametrize("counts", [(12, 1), (12, 2), (5, 5, 1), (1, 1), (2, 2)])
def test_classes_of_one_or_two_tracks_do_no_harm(recipe, counts):
    matrix, _ = make_material(len(counts), sum(counts))
    target = [f"class {i}" for i, count in enumerate(counts) for _ in range(count)]
    fitted = fit(recipe, matrix, target)
    p = fitted.predict(matrix)
    assert p.shape == (sum(counts), len(counts))
    assert np.isfinite(p).all()
    assert bool(fitted.warnings) == (1 in counts)
    if max(counts) == 1:
        assert fitted.held_out is None
        assert fitted.threshold == 0


def test_one_class_is_nothing_to_tell():
    matrix, _ = make_material(2, 4)
    with pytest.raises(TrainingError, match=r"all tracks are 'x'.*two classes"):
        fit(PLAIN, matrix, ["x"] * 4)
    with pytest.raises(TrainingError, match="no tracks"):
        fit(PLAIN, matrix.take([]), [])


def test_a_class_of_one_artist_is_said():
    matrix, target = make_material(3, 60)
    groups = np.array([99 if t == "class 1" else i for i, t in enumerate(target)])
    fitted = fit(PLAIN, matrix, target, groups=groups)
    assert "class 1" in fitted.warnings[0]


def test_numbers_are_classes_too_and_keep_their_order():
    matrix, target = make_material(12, 60)
    numbers = np.array([int(t.split()[1]) for t in target])
    fitted = fit(PLAIN, matrix, numbers)
    assert fitted.classes == tuple(map(str, range(12)))


def test_tracks_without_rows_are_not_learned_from():
    matrix, target = make_material(2, 20)
    part = FeatureMatrix(matrix.values[4:], matrix.track[4:], matrix.columns)
    assert fit(PLAIN, part, target).predict(part).shape == (16, 2)


def test_other_columns_are_refused():
    matrix, target = make_material(2, 20)
    fitted = fit(PLAIN, matrix, target)
    other = FeatureMatrix(matrix.values[:, :3], matrix.track, matrix.columns[:3])
    with pytest.raises(ValueError, match="other columns"):
        fitted.predict(other)
    assert fitted.predict(matrix.take([])).shape == (0, 2)


def test_about_one_right_answer_in_twenty_is_given_up():
    matrix, target = make_material(3, 600, apart=0.8)
    fitted = fit(PLAIN, matrix.take(range(300)), target[:300])
    p = fitted.predict(matrix.take(range(300, 600)))
    right = np.array(fitted.classes)[p.argmax(axis=1)] == np.array(target[300:])
    rejected = p.max(axis=1) < fitted.threshold
    assert 0.0 < rejected[right].mean() < 0.12
    assert rejected[~right].mean() > 2 * rejected[right].mean()


def test_tracks_between_the_classes_are_rejected_more_often():
    matrix, target = make_material(4, 400, apart=1.5)
    fitted = fit(PLAIN, matrix, target)
    strange, _ = make_material(4, 400, apart=0.0, random_state=5)
    rejected = fitted.predict(strange).max(axis=1) < fitted.threshold
    known = fitted.held_out.log_probabilities.max(axis=1) < np.log(fitted.threshold)
    assert rejected.mean() > 2 * known.mean()


def test_many_classes_of_few_tracks_are_no_regression():
    matrix, target = make_material(20, 40, apart=3.0)  # 20 of 32 that are fitted to at once
    fitted = fit(replace(PLAIN, input_spec=InputSpec(("extracted",))), matrix, target)
    assert len(fitted.classes) == 20
