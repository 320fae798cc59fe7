"""Support vector machines as plain arithmetic: kernel, decisions of pairs, scores of classes.

C.-C. Chang and C.-J. Lin, "LIBSVM: a library for support vector machines", ACM TIST 2(3), 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.onnx.nodes import FLOAT, Nodes


def convert_support_vectors(nodes: Nodes) -> None:
    """Decisions of each pair of classes, and what they say of each class.

    The scores are those of its ``decision_function``; of two classes, half of the single one is
    for the second class and as much against the first.
    """
    fitted = nodes.operator.raw_operator
    if fitted.kernel != "rbf":
        raise ValueError(f"There is no conversion for the kernel {fitted.kernel!r}.")
    gamma = np.float32(fitted.gamma_)
    kept = np.asarray(fitted.support_vectors_)
    axis = nodes.constant(np.array([1], np.int64))
    own = nodes.add("ReduceSum", nodes.add("Mul", nodes.input, nodes.input), axis, keepdims=1)
    product = nodes.add("MatMul", nodes.input, nodes.constant(2 * kept.T))
    difference = nodes.add("Sub", product, own)
    lengths = nodes.constant(np.square(kept).sum(axis=1))
    kernel = nodes.add(
        "Exp", nodes.add("Mul", nodes.add("Sub", difference, lengths), nodes.constant(gamma))
    )
    classes = len(fitted.classes_)
    if classes == 2:
        both = np.array([[-0.5, 0.5]])
        weights, offsets = fitted.dual_coef_.T @ both, fitted.intercept_ @ both
        decisions = nodes.add("MatMul", kernel, nodes.constant(weights))
        nodes.give_classes(nodes.add("Add", decisions, nodes.constant(offsets)))
        return
    weights, first, second = _pairs(fitted)
    decisions = nodes.add("MatMul", kernel, nodes.constant(weights))
    decisions = nodes.add("Add", decisions, nodes.constant(fitted.intercept_))
    confidence = nodes.add("MatMul", decisions, nodes.constant(first - second))
    lost = nodes.add("Less", decisions, nodes.constant(np.float32(0)))
    turned = nodes.add("MatMul", nodes.add("Cast", lost, to=FLOAT),
                       nodes.constant(second - first))  # fmt: skip
    votes = nodes.add("Add", turned, nodes.constant(first.sum(axis=0)))
    size = nodes.add("Add", nodes.add("Abs", confidence), nodes.constant(np.float32(1)))
    share = nodes.add("Div", confidence, nodes.add("Mul", size, nodes.constant(np.float32(3))))
    nodes.give_classes(nodes.add("Add", votes, share))


def _pairs(
    fitted: Any,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Weights of the kept rows in each pair's decision, and each pair's first and second class."""
    classes = len(fitted.classes_)
    pairs = [(i, j) for i in range(classes) for j in range(i + 1, classes)]
    edges = np.cumsum([0, *fitted.n_support_])
    weights = np.zeros((edges[-1], len(pairs)))
    first, second = np.zeros((2, len(pairs), classes))
    for pair, (i, j) in enumerate(pairs):
        rows_i, rows_j = (slice(edges[k], edges[k + 1]) for k in (i, j))
        weights[rows_i, pair] = fitted.dual_coef_[j - 1, rows_i]
        weights[rows_j, pair] = fitted.dual_coef_[i, rows_j]
        first[pair, i] = second[pair, j] = 1
    return weights, first, second
