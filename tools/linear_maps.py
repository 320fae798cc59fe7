"""What the scripts that train linear models share: what these see, intervals, and a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from linernotes.library.analyses import EMBEDDING_LENGTH, tag_names

#: Keeps the odds of a tag that is certain finite.
CERTAIN_TAG = 1e-6


@dataclass(frozen=True, eq=False)
class Map:
    """A linear map from what is seen of a row: (columns, outputs), (outputs,)."""

    weights: np.ndarray
    bias: np.ndarray

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return what it gives for rows."""
        return x @ self.weights + self.bias


def seen(rows: np.ndarray) -> np.ndarray:
    """Return what the maps see of rows: embeddings as they are, tags as log-odds."""
    tags = rows[:, EMBEDDING_LENGTH:]
    odds = np.log(tags / (1 - tags + CERTAIN_TAG) + 1e-4)
    return np.concatenate([rows[:, :EMBEDDING_LENGTH], odds], axis=1)


def bootstrap_interval(
    figure: Callable[[NDArray[np.int64]], float],
    which: NDArray[np.int64],
    groups: NDArray[np.str_],
    *,
    draws: int = 1000,
) -> tuple[float, float]:
    """Return between what a figure of cases lies with 95 %, by a bootstrap over their groups."""
    names, place = np.unique(groups[which], return_inverse=True)
    cases = [which[place == i] for i in range(len(names))]
    random = np.random.default_rng(0)
    values = [
        figure(np.concatenate([cases[i] for i in random.integers(len(cases), size=len(cases))]))
        for _ in range(draws)
    ]
    low, high = np.nanquantile(values, (0.025, 0.975))
    return round(float(low), 4), round(float(high), 4)


def model_graph(
    nodes: Sequence[NodeProto],
    constants: Mapping[str, np.ndarray],
    outputs: Mapping[str, list[str]],
) -> bytes:
    """Return the graph of a model file: ``features`` in, ``outputs`` with their shapes out."""
    floats = TensorProto.FLOAT
    columns = EMBEDDING_LENGTH + len(tag_names())
    graph = helper.make_graph(
        nodes,
        "estimator",
        [helper.make_tensor_value_info("features", floats, ["rows", columns])],
        [helper.make_tensor_value_info(name, floats, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(np.asarray(v), name) for name, v in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    model.producer_name = "linernotes"
    onnx.checker.check_model(model)
    made: bytes = model.SerializeToString(deterministic=True)
    return made
