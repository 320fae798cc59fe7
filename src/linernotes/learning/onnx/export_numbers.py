"""Export of a fitted recipe for numbers to one ONNX graph.

The graph takes ``features``, float32 of shape (rows, columns), the rows of one track, and gives
``values`` (targets,), their mean, and ``timeline`` (rows, targets), within the range learned from.
"""

from __future__ import annotations

import numpy as np

from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fitting_numbers import FittedNumbers
from linernotes.learning.onnx.export import (
    CHECKED_ROWS,
    Graph,
    OnnxExportError,
    checked,
    plain_graph,
)
from linernotes.networks.runtime import onnx_session

#: By how much a graph may differ from its estimator, in standard deviations of the target.
_SAME = 1e-4


def export_numbers(fitted: FittedNumbers, matrix: FeatureMatrix) -> bytes:
    """Turn a fitted recipe for numbers into an ONNX graph, as `export` does one for classes."""
    rows = matrix.values[:CHECKED_ROWS]
    graph = plain_graph(fitted.recipe.name, fitted.estimator, rows, output="variable")
    _append_scaler(graph, fitted)
    made = checked(graph.model(("values", "timeline")), fitted.recipe.name)
    _compare(made, fitted, FeatureMatrix(rows, np.zeros(len(rows), np.int64), matrix.columns))
    return made


def _append_scaler(graph: Graph, fitted: FittedNumbers) -> None:
    """Add to a graph what `TargetScaler.inverse_transform` does, and the mean of the rows."""
    shape = graph.constant("targets", np.array([-1, len(fitted.targets)], np.int64))
    values = graph.add("Reshape", "variable", shape)
    for operation, name in (("Mul", "deviation"), ("Add", "mean"), ("Max", "low"), ("Min", "high")):
        number = graph.constant(name, getattr(fitted.scaler, name).astype(np.float32))
        values = graph.add(operation, values, number)
    graph.add("Identity", values, output="timeline")
    axis = graph.constant("over_rows", np.array([0], np.int64))
    graph.add("ReduceMean", values, axis, keepdims=0, output="values")


def _compare(made: bytes, fitted: FittedNumbers, matrix: FeatureMatrix) -> None:
    session = onnx_session(made, optimise=False)
    values, timeline = session.run(["values", "timeline"], {"features": matrix.values})
    off = np.abs(timeline - fitted.timeline(matrix)) / fitted.scaler.deviation
    off_whole = np.abs(values - fitted.predict(matrix)[0]) / fitted.scaler.deviation
    if max(off.max(), off_whole.max()) > _SAME:
        raise OnnxExportError(
            f"The graph of the recipe {fitted.recipe.name} tells other numbers than its estimator "
            f"(by {off.max():.2g} standard deviations); please report it."
        )
