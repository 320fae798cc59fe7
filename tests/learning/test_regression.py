"""Models of numbers: trained, saved, read, asked; and which files of them are refused."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest
from learning_support import RIDGE, make_numbers, numbered_examples
from onnx import helper

from linernotes.errors import ModelError, ModelFileError
from linernotes.learning import Regression, load_model, save_model
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fitting_numbers import fit_numbers
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.onnx.export_numbers import export_numbers
from linernotes.learning.recipe import Recipe, WrongRecipeError
from linernotes.learning.track_features import TrackFeatures
from linernotes.learning.training import train, train_model


@pytest.fixture(scope="module")
def matrix() -> FeatureMatrix:
    return make_numbers(2)[0]


@pytest.fixture(scope="module")
def model(matrix) -> Regression:
    examples = numbered_examples(make_numbers(2)[1], {"extracted": matrix.values})
    return train(examples, recipe=RIDGE, name="levels", cache=False)


@pytest.fixture
def good(tmp_path, model) -> Path:
    save_model(model, tmp_path / "good.linernotes")
    return tmp_path / "good.linernotes"


def rows_of(values: np.ndarray) -> TrackFeatures:
    start = 2.0 * np.arange(len(values))
    return TrackFeatures(start, start + 2, {"extracted": values.astype(np.float32)})


def test_the_graph_tells_what_the_estimator_tells(matrix):
    numbers = make_numbers(2)[1]
    fitted = fit_numbers(RIDGE, matrix, numbers)
    graph = export_numbers(fitted, matrix)
    assert graph == export_numbers(fitted, matrix)
    examples = numbered_examples(numbers, {"extracted": matrix.values})
    trained = train_model(examples, recipe=RIDGE, cache=False)
    assert trained.model.estimator == graph
    told = trained.model.predict_tracks(matrix)
    np.testing.assert_allclose(told, fitted.predict(matrix), atol=1e-5)


def test_rows_are_told_each_for_itself_and_together(model, matrix):
    told = model.predict_rows(rows_of(matrix.values[:3]))
    assert told.timeline.shape == (3, 2)
    np.testing.assert_allclose(told.values, told.timeline.mean(axis=0), rtol=1e-6)
    assert told.as_dict().keys() == {"target 0", "target 1"}
    assert told.end.tolist() == [2, 4, 6]
    whole = model.predict_rows(rows_of(matrix.values[:3]), whole=rows_of(matrix.values[5:6]))
    np.testing.assert_array_equal(whole.values, model.predict_tracks(matrix.take([5]))[0])


def test_the_interval_surrounds_the_value(model, matrix):
    told = model.predict_rows(rows_of(matrix.values[:1]))
    for target, value, (low, high) in zip(model.targets, told.values, told.intervals, strict=True):
        assert target.low <= low <= value <= high <= target.high
        assert high - low <= 2 * target.spread + 1e-9


def test_a_file_gives_back_what_was_saved(model, good, matrix):
    read = load_model(good)
    assert isinstance(read, Regression)
    assert read.targets == model.targets
    assert read.as_dict() == model.as_dict()
    np.testing.assert_array_equal(read.predict_tracks(matrix), model.predict_tracks(matrix))
    np.testing.assert_array_equal(read.learned_from, model.learned_from)
    again = good.with_name("again.linernotes")
    save_model(read, again)
    assert again.read_bytes() == good.read_bytes()


def test_an_older_linernotes_would_say_what_to_do(good):
    with zipfile.ZipFile(good) as archive:
        assert json.loads(archive.read("model.json"))["format_version"] == 4


def test_the_card_says_what_is_known(model):
    words = " ".join(model.describe())
    assert "target 0 from" in words
    assert "60 tracks with" in words
    assert "Interval of 90%" in words
    assert "of the variance" in words
    assert "Nobody said who made the tracks" in words


def test_what_was_heard_in_another_way_is_refused(model, matrix):
    with pytest.raises(ModelError, match="columns"):
        model.predict_tracks(FeatureMatrix(matrix.values[:, :5], matrix.track, matrix.columns[:5]))
    odd = matrix.values[:1].copy()
    odd[0, 0] = np.nan
    with pytest.raises(ModelError, match="not finite"):
        model.predict_rows(rows_of(odd))


def test_the_same_seed_gives_the_same_file(tmp_path, matrix):
    examples = numbered_examples(make_numbers(2)[1], {"extracted": matrix.values})
    for name in ("a", "b"):
        train(examples, recipe=RIDGE, name="x", cache=False).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_recipe_for_classes_is_refused_for_numbers(matrix):
    examples = numbered_examples(make_numbers(2)[1], {"extracted": matrix.values})
    with pytest.raises(WrongRecipeError, match="use one of numbers, ridge, curved"):
        train(examples, recipe="extracted-svc", cache=False)


def test_trees_for_numbers_are_let_in(tmp_path, matrix):
    def forest(*, random_state: int = 0):
        from sklearn.ensemble import RandomForestRegressor

        return RandomForestRegressor(8, max_depth=4, random_state=random_state)

    recipe = Recipe(name="forest", input_spec=InputSpec(("extracted",)), estimator=forest,
                    model="a forest", label_kind="numbers")  # fmt: skip
    examples = numbered_examples(make_numbers(2)[1], {"extracted": matrix.values})
    train(examples, recipe=recipe, cache=False).save(tmp_path / "forest.linernotes")
    told = load_model(tmp_path / "forest.linernotes").predict_tracks(matrix)
    assert np.corrcoef(told[:, 0], examples.numbers.values[:, 0])[0, 1] > 0.5


def changed(path: Path, **contents: object) -> Path:
    """Write a model file with other contents of its JSON."""
    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("model.json"))
        graph = archive.read("estimator.onnx")
    return written(path, {**told, **contents}, graph)


def written(path: Path, told: dict[str, object], graph: bytes) -> Path:
    told["sha256"] = {"estimator.onnx": hashlib.sha256(graph).hexdigest()}
    odd = path.with_name("odd.linernotes")
    with zipfile.ZipFile(odd, "w") as archive:
        archive.writestr("model.json", json.dumps(told))
        archive.writestr("estimator.onnx", graph)
    return odd


@pytest.mark.parametrize(
    "contents",
    [
        {"targets": []},
        {"targets": [{"name": "x"}]},
        {"classes": ["a", "b"]},
        {"threshold": 0.5},
        {"format_version": 3},
        {"training": {"recipe": "x"}},
        {"card": {}},
    ],
)
def test_a_file_that_does_not_fit_is_refused(good, contents):
    with pytest.raises(ModelFileError, match="does not fit"):
        load_model(changed(good, **contents))


def test_two_targets_of_one_name_are_refused(good, model):
    target = model.targets[0].as_dict()
    with pytest.raises(ModelFileError, match="not all different"):
        load_model(changed(good, targets=[target, target]))


def with_graph(path: Path, graph: onnx.ModelProto) -> Path:
    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("model.json"))
    return written(path, told, graph.SerializeToString())


def graph_of(values: np.ndarray, timeline: np.ndarray) -> onnx.ModelProto:
    """A graph that tells the same whatever it hears."""
    floats = onnx.TensorProto.FLOAT
    constants = [onnx.numpy_helper.from_array(each, name) for each, name in
                 ((values, "v"), (timeline, "t"))]  # fmt: skip
    nodes = [helper.make_node("Identity", ["v"], ["values"]),
             helper.make_node("Identity", ["t"], ["timeline"])]  # fmt: skip
    made = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("features", floats, ["rows", "columns"])],
        [helper.make_tensor_value_info(name, floats, None) for name in ("values", "timeline")],
        constants,
    )  # fmt: skip
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


@pytest.mark.parametrize(
    ("values", "timeline"),
    [
        (np.zeros(3, np.float32), np.zeros((1, 2), np.float32)),
        (np.zeros(2, np.float32), np.zeros((4, 2), np.float32)),
        (np.array([np.nan, 0], np.float32), np.zeros((1, 2), np.float32)),
        (np.zeros(2, np.float32), np.full((1, 2), np.inf, np.float32)),
        (np.zeros(2, np.float64), np.zeros((1, 2), np.float32)),
    ],
)
def test_a_graph_that_tells_something_else_is_found_out(good, matrix, values, timeline):
    graph = graph_of(values, timeline)
    if values.dtype == np.float64:
        graph.graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    odd = load_model(with_graph(good, graph))
    with pytest.raises(ModelFileError, match="gives no numbers of its 2 targets"):
        odd.predict_rows(rows_of(matrix.values[:1]))


def test_a_graph_with_a_loop_is_refused(good):
    graph = graph_of(np.zeros(2, np.float32), np.zeros((1, 2), np.float32))
    graph.graph.node[0].op_type = "Loop"
    with pytest.raises(ModelFileError, match="not let in"):
        load_model(with_graph(good, graph))
