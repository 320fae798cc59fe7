"""Trees that point outside of themselves, and what else may be wrong with a graph of trees."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from linernotes.onnx_guard.guard import check_graph

# Two stumps over three columns.
GOOD = {
    "nodes_treeids": [0, 0, 0, 1, 1, 1],
    "nodes_nodeids": [0, 1, 2, 0, 1, 2],
    "nodes_featureids": [1, 0, 0, 2, 0, 0],
    "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"] * 2,
    "nodes_values": [0.5] * 6,
    "nodes_truenodeids": [1, 0, 0] * 2,
    "nodes_falsenodeids": [2, 0, 0] * 2,
    "class_treeids": [0, 0, 1, 1],
    "class_nodeids": [1, 2, 1, 2],
    "class_ids": [0, 1, 0, 1],
    "class_weights": [0.5] * 4,
    "classlabels_int64s": [0, 1],
    "post_transform": "NONE",
}


def graph(
    *, width: int | None = 3, operation: str = "TreeEnsembleClassifier", nodes=(), **changes
) -> bytes:
    lists = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    before = []
    source = "x"
    if width is not None:
        before = [helper.make_node("Reshape", ["x", "shape"], ["wide"])]
        source = "wide"
    tree = helper.make_node(operation, [source], ["label", "p"], domain="ai.onnx.ml", **lists)
    made = helper.make_graph(
        [*before, tree, *nodes], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, None])],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.array([-1, width or 0], np.int64), "shape")],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(made, opset_imports=opsets).SerializeToString()


def changed(name: str, index: int, value: object) -> dict[str, list[object]]:
    new = list(GOOD[name])
    new[index] = value
    return {name: new}


def test_sound_trees_are_let_in():
    check_graph(graph())
    check_graph(graph(width=100))
    check_graph(
        graph(operation="TreeEnsembleRegressor", n_targets=2, class_ids=None, class_treeids=None,
              class_nodeids=None, class_weights=None, classlabels_int64s=None,
              target_treeids=[0, 0, 1, 1], target_nodeids=[1, 2, 1, 2], target_ids=[0, 1, 0, 1],
              target_weights=[1.0] * 4)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"width": None}, "columns which may not be there"),
        ({"width": 2}, "columns which may not be there"),
        ({"width": -1}, "columns which may not be there"),
        (changed("nodes_featureids", 0, 7), "columns which may not be there"),
        (changed("nodes_featureids", 0, -1), "out of range"),
        (changed("nodes_featureids", 1, 2**40), "out of range"),
        (changed("nodes_truenodeids", 0, 9), "lead nowhere"),
        (changed("nodes_truenodeids", 0, -1), "out of range"),
        (changed("nodes_truenodeids", 0, 2**62), "out of range"),
        (changed("nodes_truenodeids", 0, 0), "without one root"),
        (changed("nodes_falsenodeids", 0, 1), "two ways"),
        (changed("nodes_nodeids", 2, 1), "one number"),
        (changed("nodes_treeids", 2, 1), "one number|lead nowhere|without one root"),
        (changed("nodes_modes", 0, "LEAF"), "without one root|no leaves"),
        (changed("nodes_modes", 0, "BRANCH_MEMBER"), "do not ask"),
        (changed("nodes_modes", 1, "BRANCH_LEQ"), "two ways|lead nowhere"),
        (changed("class_ids", 0, 2), "out of range"),
        (changed("class_ids", 0, -1), "out of range"),
        (changed("class_nodeids", 0, 0), "no leaves"),
        (changed("class_nodeids", 0, 7), "lead nowhere"),
        (changed("class_treeids", 0, 5), "lead nowhere"),
        *[({name: GOOD[name][:-1]}, "different lengths|without|nowhere|root")
          for name in GOOD if name.startswith(("nodes_", "class_"))],
        *[({name: None}, "without|different lengths|vote for nothing")
          for name in GOOD if name != "post_transform"],
        ({"nodes_hitrates": [1.0]}, "different lengths"),
        ({"nodes_missing_value_tracks_true": [1] * 5}, "different lengths"),
        ({"base_values": [0.0] * 5}, "different lengths"),
        ({"classlabels_strings": ["a", "b"]}, "no numbers"),
        ({"nodes_values_as_tensor": numpy_helper.from_array(np.zeros(6))}, "tensors"),
        ({"operation": "TreeEnsemble"}, "TreeEnsemble"),
        ({"operation": "SVMClassifier"}, "SVMClassifier"),
        ({"nodes": [helper.make_node("LinearClassifier", ["x"], ["l"], domain="ai.onnx.ml")]},
         "LinearClassifier"),
        ({"nodes": [helper.make_node("Identity", ["x"], ["wide"])]}, "one name"),
    ],
)  # fmt: skip
def test_trees_that_point_outside_are_not(changes, says):
    with pytest.raises(ValueError, match=says):
        check_graph(graph(**changes))


def chain(depth: int) -> dict[str, list[object]]:
    """One tree, each of whose inner nodes leads to a leaf and to the next inner node."""
    count = 2 * depth + 1
    inner = [i % 2 == 0 and i < count - 1 for i in range(count)]
    return {
        "nodes_treeids": [0] * count,
        "nodes_nodeids": list(range(count)),
        "nodes_featureids": [0] * count,
        "nodes_modes": ["BRANCH_LEQ" if is_inner else "LEAF" for is_inner in inner],
        "nodes_values": [0.0] * count,
        "nodes_truenodeids": [i + 1 if inner[i] else 0 for i in range(count)],
        "nodes_falsenodeids": [i + 2 if inner[i] else 0 for i in range(count)],
        "class_treeids": [0],
        "class_nodeids": [1],
        "class_ids": [0],
        "class_weights": [1.0],
    }


def test_trees_that_are_too_deep_are_not_let_in():
    check_graph(graph(**chain(400)))
    with pytest.raises(ValueError, match="too deep"):
        check_graph(graph(**chain(100_000)))


def test_a_circle_apart_from_the_root_is_found():
    lists = chain(3)
    # The last inner node leads back to the one before, which nothing else does any more.
    lists["nodes_falsenodeids"][0] = 6
    lists["nodes_falsenodeids"][4] = 2
    with pytest.raises(ValueError, match=r"circle|root|two ways"):
        check_graph(graph(**lists))


def test_a_width_that_the_graph_works_out_is_not_believed():
    made = onnx.load_from_string(graph())
    made.graph.initializer[0].name = "one"
    made.graph.node.insert(0, helper.make_node("Add", ["one", "one"], ["shape"]))
    with pytest.raises(ValueError, match="columns which may not be there"):
        check_graph(made.SerializeToString())


def test_packed_lists_are_read_as_well():
    """Other writers may pack numbers, as protocol buffers let them."""
    data = graph()
    lists = onnx.load_from_string(data).graph.node[1].attribute
    single = next(a for a in lists if a.name == "nodes_nodeids").SerializeToString()
    run = b"".join(bytes([8 << 3, i]) for i in [0, 1, 2, 0, 1, 2])
    packed = bytes([8 << 3 | 2, 6, 0, 1, 2, 0, 1, 2])
    assert run in single
    from linernotes.onnx_guard.tree_guard import _Lists

    read = _Lists([memoryview(single.replace(run, packed))])
    assert read.whole("nodes_nodeids").tolist() == [0, 1, 2, 0, 1, 2]


def test_flipped_bits_are_refused_or_leave_sound_trees():
    data = graph()
    for at in range(len(data)):
        for bit in (at % 8, (at + 3) % 8):
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            try:
                check_graph(bytes(flipped))
            except ValueError as error:
                assert "graph" in str(error)  # noqa: PT017


def test_large_forests_are_looked_through_quickly():
    import time

    lists = {name: value * 20_000 for name, value in GOOD.items()
             if name.startswith("nodes_") or name in ("class_ids", "class_weights")}  # fmt: skip
    trees = np.arange(40_000)
    lists["nodes_treeids"] = np.repeat(trees, 3).tolist()
    lists["class_treeids"] = np.repeat(trees, 2).tolist()
    lists["class_nodeids"] = [1, 2] * 40_000
    data = graph(**lists)
    started = time.process_time()
    check_graph(data)
    assert time.process_time() - started < 3
