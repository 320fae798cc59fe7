"""The parts of our own recipes as ONNX operators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linernotes.learning.estimators.blend import LEAST
from linernotes.learning.onnx.nodes import DOUBLE, FLOAT, Nodes


def convert_clipped_scaler(nodes: Nodes) -> None:
    """Logarithms of the columns that are probabilities, then one scale for all."""
    fitted = nodes.operator.raw_operator
    start, stop, columns = fitted.start, fitted.stop, fitted.n_features_in_
    values = nodes.input
    if start < stop:
        offset = nodes.constant(np.float32(fitted.offset))
        shares = nodes.columns(values, start, stop)
        shares = nodes.add("Relu", shares)
        parts = [nodes.add("Log", nodes.add("Add", shares, offset))]
        if start > 0:
            parts.insert(0, nodes.columns(values, 0, start))
        if stop < columns:
            parts.append(nodes.columns(values, stop, columns))
        values = nodes.add("Concat", *parts, axis=1)
    values = nodes.add("Sub", values, nodes.constant(fitted.mean_))
    values = nodes.add("Mul", values, nodes.constant(fitted.factor_))
    limits = [nodes.constant(np.float32(x)) for x in (-fitted.limit, fitted.limit)]
    nodes.give(nodes.add("Clip", values, *limits))


def convert_within_class_whitening(nodes: Nodes) -> None:
    """In float64: directions in which tracks hardly vary are scaled up much."""
    row = nodes.add("Cast", nodes.input, to=DOUBLE)
    white = nodes.add("MatMul", row, nodes.precise(nodes.operator.raw_operator.matrix_))
    nodes.give(nodes.add("Cast", white, to=FLOAT))


def convert_landmarks(nodes: Nodes) -> None:
    """In float64: where landmarks resemble each other, what tells them apart is small."""
    fitted = nodes.operator.raw_operator
    kept = np.asarray(fitted.components_, np.float64)
    axis = nodes.constant(np.array([1], np.int64))
    row = nodes.add("Cast", nodes.input, to=DOUBLE)
    own = nodes.add("ReduceSum", nodes.add("Mul", row, row), axis, keepdims=1)
    product = nodes.add("MatMul", row, nodes.precise(2 * kept.T))
    nearness = nodes.add("Sub", nodes.add("Sub", product, own),
                         nodes.precise(np.square(kept).sum(axis=1)))  # fmt: skip
    kernel = nodes.add("Exp", nodes.add("Mul", nearness, nodes.precise(np.array(fitted.gamma_))))
    columns = nodes.add("MatMul", kernel, nodes.precise(fitted.normalization_))
    nodes.give(nodes.add("Cast", columns, to=FLOAT))


def convert_discriminant(nodes: Nodes) -> None:
    """In float64: a small difference of large scores decides."""
    fitted = nodes.operator.raw_operator
    row = nodes.add("Cast", nodes.input, to=DOUBLE)
    scores = nodes.add("MatMul", row, nodes.precise(fitted.coef_.T))
    scores = nodes.add("Add", scores, nodes.precise(fitted.intercept_))
    largest = nodes.add("ReduceMax", scores, nodes.constant(np.array([1], np.int64)), keepdims=1)
    scores = nodes.add("Cast", nodes.add("Sub", scores, largest), to=FLOAT)
    nodes.give_classes(nodes.add("Softmax", scores, axis=1))


def convert_tag_name_classifier(nodes: Nodes) -> None:
    """Take the highest of each class's columns; classes without any have 0."""
    fitted = nodes.operator.raw_operator
    axis = nodes.constant(np.array([1], np.int64))
    first = nodes.columns(nodes.input, 0, 1)
    nothing = nodes.add("Sub", first, first)
    scores = [
        nodes.add("ReduceMax", _gathered(nodes, columns), axis, keepdims=1) if columns else nothing
        for columns in fitted.columns
    ]
    nodes.give_classes(nodes.add("Softmax", nodes.add("Concat", *scores, axis=1), axis=1))


def _gathered(nodes: Nodes, columns: Sequence[int]) -> str:
    places = nodes.constant(np.array(columns, np.int64))
    return str(nodes.add("Gather", nodes.input, places, axis=1))


def convert_blend(nodes: Nodes) -> None:
    """Sum the logarithms of what the parts answer, by their weights."""
    fitted = nodes.operator.raw_operator
    # As few as the classifier itself takes for possible; there is no more than 1.
    limits = [nodes.constant(np.float32(x)) for x in (LEAST, 1.0)]
    total = ""
    for weight, part in fitted.parts_:
        found = nodes.probabilities(part, nodes.input, fitted.n_features_in_)
        logarithm = nodes.add("Log", nodes.add("Clip", found, *limits))
        share = nodes.add("Mul", logarithm, nodes.constant(np.float32(weight)))
        total = nodes.add("Add", total, share) if total else share
    nodes.give_classes(total)


def convert_average(nodes: Nodes) -> None:
    """Sum what the parts tell, by their weights."""
    fitted = nodes.operator.raw_operator
    total = ""
    for weight, part in fitted.parts_:
        found = nodes.predictions(part, nodes.input, fitted.n_features_in_)
        share = nodes.add("Mul", found, nodes.constant(np.float32(weight)))
        total = nodes.add("Add", total, share) if total else share
    nodes.give(total)
