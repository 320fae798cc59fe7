"""Recipes evaluated on tables made up here."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from evaluation_support import linear, made_examples
from learning_support import PLAIN, TREES, write_tracks

from linernotes.datasets.examples import Examples, ExamplesError
from linernotes.evaluation.comparison import compare, table
from linernotes.evaluation.errors import GroupsUnknownError, OneGroupError
from linernotes.evaluation.evaluating import evaluate
from linernotes.evaluation.importance import feature_families, permutation_importance
from linernotes.evaluation.projection import project_tracks
from linernotes.evaluation.task import ListeningOptions
from linernotes.learning import load_model
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.inputs import input_columns
from linernotes.learning.recipe import EXTRAS, Recipe


def without(examples: Examples, *names: str) -> Examples:
    return dataclasses.replace(examples, **{name: (None,) * len(examples) for name in names})


def test_keys_that_programs_rely_on() -> None:
    found = evaluate(linear(), made_examples(), beside=False).as_dict()
    promised = (
        "recipe split groups accuracy accuracy_interval macro_f1 log_loss ece baseline per_class "
        "confusion n_train n_test"
    )
    assert set(promised.split()) <= set(found)
    assert (found["recipe"], found["split"]) == ("linear", "grouped")
    assert found["groups"] == ["artist", "album"]
    assert found["n_test"] == 80
    assert np.sum(found["confusion"]) == 80
    assert found["baseline"] <= 0.5
    json.dumps(found, allow_nan=False)


def test_a_random_split_flatters_where_artists_are_alike() -> None:
    found = evaluate(linear(), made_examples(artist_effect=2.0))
    assert found.beside is not None
    assert (found.predictions.split, found.beside.split) == ("grouped", "random")
    assert found.beside.scores.accuracy > found.accuracy + 0.1
    assert found.predictions.gap is not None
    assert found.predictions.gap > 0.1
    text = "\n".join(found.lines())
    assert "no artist or album on both sides, 5 folds" in text
    assert text.count("[random split]") == 3


def test_a_random_split_is_stamped_wherever_it_shows() -> None:
    found = evaluate(linear(), made_examples(), split="random")
    assert found.as_dict()["split"] == "random"
    assert "random" in found.as_dict()["stamp"]
    assert "random" in found.predictions.scores.on
    assert found.beside is not None
    assert found.beside.split == "grouped"
    figures = [line for line in found.lines() if "accuracy" in line or "macro F1" in line]
    assert sum(line.endswith("[random split]") for line in figures) == 3


def test_no_artist_is_on_both_sides() -> None:
    examples = made_examples()
    predictions = evaluate(linear(), examples, beside=False).predictions
    artists = np.array(examples.artist)[predictions.track]
    for artist in np.unique(artists):
        assert len(np.unique(predictions.fold[artists == artist])) == 1
    assert sorted(predictions.track.tolist()) == list(range(len(examples)))


def test_same_seed_same_figures() -> None:
    first, second = (
        {**evaluate(linear(), made_examples(), random_state=3).as_dict(), "train_seconds": 0}
        for _ in range(2)
    )
    assert first == second


def test_an_official_split_is_used_if_there_is_one() -> None:
    examples = made_examples()
    parts = ("train", "train", "validation", "test")
    split = tuple(parts[i % 4] for i in range(len(examples)))
    examples = dataclasses.replace(examples, split=split)
    found = evaluate(linear(), examples)
    assert found.predictions.split == "official"
    assert (found.predictions.n_train, len(found.predictions.truth)) == (60, 20)
    assert all(split[i] == "test" for i in found.predictions.track)
    assert any("artist" in leak for leak in found.leaks)
    assert evaluate(linear(), examples, split="grouped", beside=False).predictions.folds == 5


def test_settings_are_chosen_inside_each_training_part() -> None:
    search = ({"logisticregression__C": 0.01}, {"logisticregression__C": 1e-9})
    found = evaluate(linear(search=search), made_examples(), beside=False)
    assert found.predictions.chosen == ("logisticregression C=0.01",) * 5
    assert "logisticregression C=0.01" in found.as_dict()["chosen"]


def test_what_cannot_be_parted_says_what_to_do() -> None:
    examples = made_examples()
    with pytest.raises(GroupsUnknownError, match="artist"):
        evaluate(linear(), without(examples, "artist"))
    one = dataclasses.replace(examples, artist=("Nina",) * len(examples))
    with pytest.raises(OneGroupError):
        evaluate(linear(), one)
    found = evaluate(linear(), without(examples, "artist"), split="random")
    assert found.beside is None  # there is no other way
    with pytest.raises(ExamplesError):
        evaluate(linear(), examples.take(np.arange(20)), split="random")


def test_a_class_of_one_artist_is_learned_but_not_tested() -> None:
    examples = made_examples()
    artist = tuple(
        "one" if target == "class 0" else name
        for target, name in zip(examples.target, examples.artist, strict=True)
    )
    found = evaluate(linear(), dataclasses.replace(examples, artist=artist), beside=False)
    assert len(found.predictions.truth) == 60
    assert any("class 0" in warning for warning in found.warnings)
    assert found.predictions.by_class[0].tracks == 0


def test_gaps_in_features_cost_their_tracks_alone() -> None:
    examples = made_examples()
    values = examples.features["descriptors"].copy()
    values[5, 7] = np.nan
    holes = np.full((len(examples), 3), np.nan, np.float32)
    examples = dataclasses.replace(examples, features={"descriptors": values, "other": holes})
    found = evaluate(linear(), examples, beside=False)
    assert len(found.predictions.truth) == len(examples) - 1
    assert [each.code for each in found.left_out] == ["nan-features"]


def test_what_the_page_shows_is_computed_when_it_is_asked_for() -> None:
    found = evaluate(linear(), made_examples(artist_effect=0.3), beside=False)
    diagnostics = found.diagnostics
    assert diagnostics.importance[0].family == "mfcc"
    assert diagnostics.importance[0].columns == 40
    assert diagnostics.importance[0].loss > 0.1 > diagnostics.importance[1].loss
    sizes = [point.tracks for point in diagnostics.curve]
    assert sizes == sorted(sizes)
    assert sizes[-1] == found.predictions.n_train
    assert diagnostics.curve[-1].accuracy == pytest.approx(found.accuracy)
    assert diagnostics.curve[-1].accuracy > diagnostics.curve[0].accuracy
    assert diagnostics.coordinates.shape == (80, 2)


def test_one_kind_of_feature_has_no_importance() -> None:
    matrix = FeatureMatrix(np.zeros((4, 2), np.float32), np.arange(4), ("tags.rock", "tags.jazz"))
    parts = [(lambda _: np.full((4, 2), 0.5), matrix, np.zeros(4, np.int64))]
    assert permutation_importance(parts) == ()


def test_families_are_those_of_the_feature_sets() -> None:
    families = feature_families(input_columns(("embedding", "tags", "fma", "descriptors")))
    assert families["tags"]
    assert len(families["fma mfcc"]) == 140
    assert len(families["descriptors mfcc"]) == 40
    assert len([name for name in families if name.startswith("embedding")]) == 2
    assert sum(map(len, families.values())) == len(
        input_columns(("embedding", "tags", "fma", "descriptors"))
    )


@pytest.mark.parametrize("tracks", [1, 3, 7, 40])
def test_places_are_steady_and_inside_the_frame(tracks: int) -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, (tracks, 12)).astype(np.float32)
    values[:, 3] = 7.0  # says nothing
    values[tracks // 2 :] += 20
    matrix = FeatureMatrix(values, np.arange(tracks), tuple(f"tags.{i}" for i in range(12)))
    coordinates = project_tracks(matrix)
    assert coordinates.shape == (tracks, 2)
    assert coordinates.min() >= 0
    assert coordinates.max() <= 1
    assert np.array_equal(coordinates, project_tracks(matrix))
    if tracks == 40:
        centres = coordinates[:20].mean(axis=0), coordinates[20:].mean(axis=0)
        assert np.linalg.norm(centres[0] - centres[1]) > 0.3


def test_equal_tracks_and_several_rows_of_a_track() -> None:
    values = np.ones((20, 3), np.float32)
    matrix = FeatureMatrix(values, np.repeat(np.arange(10), 2), ("tags.a", "tags.b", "tags.c"))
    assert np.isfinite(project_tracks(matrix)).all()


def test_a_recipe_that_fails_costs_its_own_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*, random_state: int) -> Recipe:
        raise ArithmeticError(f"something odd happened with {random_state}")

    monkeypatch.setitem(EXTRAS, "neural", "no_such_package")
    recipes = [
        linear(),
        linear(name="missing", extras=("neural",)),
        linear(name="broken", estimator=broken),
    ]
    rows = list(compare(made_examples(), recipes=[*recipes, "nonesuch"]))
    assert [row.recipe for row in rows] == ["linear", "missing", "broken", "nonesuch"]
    codes = [row.failure.code if row.failure else None for row in rows]
    assert codes == [None, "missing-extra", "error", "recipe-not-found"]
    lines = table(rows)
    assert lines[0].startswith("no artist or album on both sides")
    assert any(line.startswith("linear ") for line in lines)
    assert any("broken: something unexpected" in line for line in lines)
    assert rows[2].as_dict()["error"]["code"] == "error"
    assert rows[0].as_dict()["recipe"] == "linear"
    assert rows[0].evaluation is not None
    assert rows[0].evaluation.diagnose is None


def test_the_best_recipe_comes_first_and_all_are_trained(tmp_path: Path) -> None:
    worse = linear(name="worse", search=({"logisticregression__C": 1e-9},))
    rows = list(compare(made_examples(), recipes=[worse, linear()], models=tmp_path))
    assert [row.failure for row in rows] == [None, None]
    lines = [line for line in table(rows) if line.endswith("kiB")]
    assert [line.split()[0] for line in lines] == ["linear", "worse"]
    made = tmp_path / "worse.linernotes"
    assert rows[0].as_dict()["size"] == made.stat().st_size
    assert load_model(made).card.scores


def test_tracks_are_heard_once_for_all_recipes(tmp_path: Path) -> None:
    told: list[int] = []
    listening = ListeningOptions(
        cache=None,
        workers=1,
        progress=lambda progress: told.append(progress.done),
    )
    rows = list(
        compare(
            write_tracks(tmp_path, ("hum", "noise"), 4), recipes=[PLAIN, TREES, "nonesuch"],
            split="random", n_splits=2, beside=False, listening=listening,
        )
    )  # fmt: skip
    assert [row.failure is None for row in rows] == [True, True, False]
    # Then each recipe finds all eight, without listening.
    assert told == [*range(1, 9), 8, 8]
    assert rows[0].listening > rows[1].listening
