"""What trained models answer, and which files of them are refused."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from learning_support import PLAIN, TREES, examples_of, make_material
from onnx import helper

from linernotes.errors import ModelError, ModelFileError
from linernotes.learning import Model, load_model, save_model
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.model import TrackInput
from linernotes.learning.track_features import TrackFeatures
from linernotes.learning.training import train


@pytest.fixture(scope="module")
def matrix() -> FeatureMatrix:
    return make_material(3, 60, apart=2.5)[0]


@pytest.fixture(scope="module")
def trees(matrix) -> Model:
    target = make_material(3, 60, apart=2.5)[1]
    examples = examples_of(target, features={"extracted": matrix.values})
    return train(examples, recipe=TREES, cache=False)


@pytest.fixture(scope="module")
def clips(matrix) -> Model:
    target = make_material(3, 60, apart=2.5)[1]
    examples = examples_of(target, features={"extracted": matrix.values})
    recipe = replace(PLAIN, input_spec=InputSpec(("extracted",), Clips(2.0)))
    return train(examples, recipe=recipe, cache=False)


@pytest.fixture
def good(tmp_path, trees) -> Path:
    save_model(trees, tmp_path / "good.linernotes")
    return tmp_path / "good.linernotes"


def rows_of(values: np.ndarray) -> TrackFeatures:
    start = 2.0 * np.arange(len(values))
    return TrackFeatures(start, start + 2, {"extracted": values.astype(np.float32)})


def test_rows_vote_and_each_tells_for_itself(clips, matrix):
    prediction = clips.predict_rows(rows_of(matrix.values[:3]))
    assert prediction.timeline.argmax(axis=1).tolist() == [0, 1, 2]
    assert prediction.start.tolist() == [0, 2, 4]
    same = clips.predict_rows(rows_of(matrix.values[[0, 3, 6]]))
    assert same.top(1)[0][0] == "class 0"
    np.testing.assert_allclose(same.probabilities.sum(), 1, atol=1e-5)


def test_a_row_of_the_whole_track_has_the_last_word(trees, matrix):
    whole = rows_of(matrix.values[:1])
    prediction = trees.predict_rows(rows_of(matrix.values[1:3]), whole=whole)
    assert prediction.top(1)[0][0] == "class 0"
    assert prediction.timeline.argmax(axis=1).tolist() == [1, 2]
    alone = trees.predict_tracks(matrix.take([0]))[0]
    np.testing.assert_array_equal(prediction.probabilities, alone)


def test_many_tracks_are_told_at_once(trees, matrix):
    many = FeatureMatrix(np.tile(matrix.values, (1667, 1)), np.arange(100_020), matrix.columns)
    started = time.process_time()
    p = trees.predict_tracks(many)
    assert time.process_time() - started < 20
    np.testing.assert_array_equal(p[:60], trees.predict_tracks(matrix))
    one = matrix.take([0])
    started = time.process_time()
    for _ in range(20):
        trees.predict_tracks(one)
    assert (time.process_time() - started) / 20 < 0.05
    assert trees.predict_tracks(matrix.take([])).shape == (0, 3)


def test_several_rows_a_track_vote(clips, matrix):
    joined = FeatureMatrix(matrix.values, np.arange(60) // 2, matrix.columns)
    p = clips.predict_tracks(joined)
    assert p.shape == (30, 3)
    both = clips.predict_rows(rows_of(matrix.values[2:4])).probabilities
    np.testing.assert_array_equal(p[1], both)


def test_below_the_threshold_a_track_is_none_of_these(trees, matrix):
    rows = rows_of(matrix.values[:1])
    assert not replace(trees, threshold=0.0).predict_rows(rows).rejected
    assert replace(trees, threshold=1.0).predict_rows(rows).rejected
    assert trees.rejects(np.array([[0.34, 0.33, 0.33], [1.0, 0, 0]])).tolist() == [True, False]


def test_what_it_does_not_hear_is_said(trees, window_model, matrix, fake_taggram):
    with pytest.raises(ModelError, match="56 columns, not 3"):
        trees.predict_tracks(
            FeatureMatrix(np.zeros((1, 3), np.float32), np.zeros(1, int), tuple("abc"))
        )
    with pytest.raises(ModelError, match="not a network's tags"):
        trees.predict(fake_taggram(np.zeros((1, 50), np.float32)))
    with pytest.raises(ModelError, match="window by window"):
        window_model.predict_tracks(matrix)
    with pytest.raises(ModelError, match="not finite"):
        trees.predict_rows(rows_of(np.full((1, 56), np.nan)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"version": "99"}, "trained on version 99 of extracted, and this linernotes hears"),
        ({"columns": 57}, "trained on"),
        ({"name": "taste"}, "hears taste, which this linernotes does not know: upgrade"),
    ],
)
def test_another_version_of_what_it_hears_is_said(trees, matrix, tmp_path, change, says):
    (heard,) = trees.input.inputs
    other = replace(trees, input=TrackInput((replace(heard, **change),)))
    save_model(other, tmp_path / "m")
    other = load_model(tmp_path / "m")  # which can be read, and shown
    assert other.describe()
    with pytest.raises(ModelError, match=says):
        other.predict_tracks(matrix)


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def with_estimator(good: Path, estimator: bytes) -> Path:
    """Write the model with another estimator, whose check sum fits."""
    parts = members(good)
    contents = json.loads(parts["model.json"])
    contents["sha256"]["estimator.onnx"] = hashlib.sha256(estimator).hexdigest()
    return pack(good, {"model.json": json.dumps(contents).encode(), "estimator.onnx": estimator})


REMOVED = object()


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("threshold",), REMOVED),
        (("threshold",), 1.5),
        (("threshold",), "0.5"),
        (("training",), REMOVED),
        (("training",), []),
        (("training", "seed"), -1),
        (("training", "tracks"), [1, 2]),
        (("training", "tracks"), "many"),
        (("training", "settings"), {"C": 1}),
        (("training", "settings"), {"\x1b": "1"}),
        (("training", "libraries"), None),
        (("training", "left_out"), {"x": -1}),
        (("training", "left_out"), [1]),
        (("training", "recipe"), ""),
        (("training", "accuracy"), 2),
        (("training", "surprise"), 1),
        (("input", "inputs"), []),
        (("input", "inputs", 0), "extracted"),
        (("input", "inputs", 0, "columns"), 0),
        (("input", "inputs", 0, "columns"), 10**12),
        (("input", "inputs", 0, "version"), 1),
        (("input", "clips"), {}),
        (("input", "clips"), {"seconds": 0, "skip_intro": 0, "at_most": 1}),
        (("input", "clips"), {"seconds": 1e9, "skip_intro": 0, "at_most": 1}),
        (("input", "clips"), {"seconds": 3, "skip_intro": -1, "at_most": 1}),
        (("input", "clips"), {"seconds": 3, "skip_intro": 0, "at_most": 0}),
        (("input",), {"network": "MSD_musicnn", "version": "x", "tags": 50}),
        (("format_version",), 1),
        (("format_version",), 2),
        (("learned_from",), REMOVED),
        (("learned_from",), ["AAAA"]),
        (("learned_from",), "\x1b"),
    ],
)
def test_json_of_other_types_or_ranges_is_refused(good, where, value):
    parts = members(good)
    contents = inner = json.loads(parts["model.json"])
    for key in where[:-1]:
        inner = inner[key]
    if value is REMOVED:
        del inner[where[-1]]
    else:
        inner[where[-1]] = value
    parts["model.json"] = json.dumps(contents).encode()
    with pytest.raises(ModelFileError, match="does not fit"):
        load_model(pack(good, parts))


def test_a_file_from_before_fingerprints_is_read(good, trees):
    parts = members(good)
    contents = json.loads(parts["model.json"])
    del contents["learned_from"], contents["sure_above"]
    parts["model.json"] = json.dumps({**contents, "format_version": 2}).encode()
    old = load_model(pack(good, parts))
    assert old.as_dict() == replace(trees, sure_above=0.9).as_dict()
    assert not len(old.learned_from)
    assert len(trees.learned_from) == 60


def hostile_graphs(data: bytes) -> dict[str, bytes]:
    """Estimators that want more than to reckon."""
    made = {}

    def variant(name: str):
        model = onnx.load_from_string(data)
        made[name] = model
        return model.graph

    graph = variant("a column that is not there")
    tree = next(node for node in graph.node if node.op_type.startswith("TreeEnsemble"))
    next(a for a in tree.attribute if a.name == "nodes_featureids").ints[0] = 4_000
    graph = variant("a tree without its width")
    tree = next(node for node in graph.node if node.op_type.startswith("TreeEnsemble"))
    tree.input[0] = "features"
    graph = variant("external data")
    tensor = graph.initializer[0]
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    graph = variant("a loop")
    body = helper.make_graph([], "body", [], [])
    graph.node.append(helper.make_node("Loop", ["", ""], ["looped"], body=body))
    graph = variant("a branch in a known operation")
    graph.node[0].attribute.append(helper.make_attribute("then_branch", body))
    graph = variant("an operation of somebody's own")
    graph.node.append(helper.make_node("Run", ["features"], ["ran"], domain="evil.ops"))
    graph = variant("too many operations")
    for i in range(3000):
        graph.node.append(helper.make_node("Identity", ["features"], [f"copy {i}"]))
    graph = variant("a name given twice")
    graph.node.append(helper.make_node("Identity", ["features"], [graph.node[0].output[0]]))
    variant("functions")
    made["functions"].functions.append(
        helper.make_function("evil", "F", [], [], [], [helper.make_opsetid("", 18)])
    )
    return {name: model.SerializeToString() for name, model in made.items()}


def test_hostile_estimators_are_refused(good, trees):
    graphs = hostile_graphs(trees.estimator)
    deep = b""
    for _ in range(5_000):  # messages in messages
        deep = b"\x3a" + onnx.TypeProto(denotation="x" * 0).SerializeToString() + _length(deep)
    graphs["deep nesting"] = deep
    for estimator in graphs.values():
        with_estimator(good, estimator)
        with pytest.raises(ModelFileError, match="not let in"):
            load_model(good)


def _length(data: bytes) -> bytes:
    size, out = len(data), bytearray()
    while size > 0x7F:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*out, size]) + data


def test_flipped_bits_of_the_estimator_run_nothing_or_say_so(good, trees, matrix):
    """Even where the check sum was made to fit: refused, or an error, or probabilities."""
    random = np.random.default_rng(0)
    for at in random.choice(len(trees.estimator), 250, replace=False):
        flipped = bytearray(trees.estimator)
        flipped[at] ^= 1 << int(random.integers(8))
        with contextlib.suppress(ModelFileError):
            model = load_model(with_estimator(good, bytes(flipped)))
            p = model.predict_tracks(matrix.take([0, 1]))
            np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-3)


def test_flipped_bits_of_the_file_are_refused_or_harmless(good, trees):
    data = good.read_bytes()
    random = np.random.default_rng(1)
    refused = 0
    for at in random.choice(len(data), 200, replace=False):
        flipped = bytearray(data)
        flipped[at] ^= 1 << int(random.integers(8))
        good.write_bytes(flipped)
        try:
            model = load_model(good)
        except ModelFileError:
            refused += 1
        else:
            assert model.as_dict() == trees.as_dict()
            assert model.estimator == trees.estimator
    assert refused > 150


def test_a_bomb_of_the_new_size_is_not_unpacked(good):
    parts = members(good)
    parts["estimator.onnx"] = bytes(200 << 20)  # within the limit, but packed as no model is
    with pytest.raises(ModelFileError, match="more than a model may hold"):
        load_model(pack(good, parts))
