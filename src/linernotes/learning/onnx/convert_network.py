"""Networks as ONNX operators, layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from linernotes.learning.baselines.network_layers import LARGEST_DEVIATION, PictureBranch
from linernotes.learning.onnx.nodes import FLOAT, Nodes


def convert_network(nodes: Nodes) -> None:
    """Branches side by side, then their common layers."""
    trained = nodes.operator.raw_operator.trained_
    parts = []
    start = 0
    for branch in trained.branches:
        stop = start + branch.spec.columns
        values = nodes.input
        if len(trained.branches) > 1:
            values = nodes.columns(values, start, stop)
        start = stop
        parts.append(_branch(nodes, branch, values))
    signal = parts[0] if len(parts) == 1 else nodes.add("Concat", *parts, axis=1)
    for index, layer in enumerate(trained.head):
        if index:
            signal = nodes.add("Relu", signal)
        signal = _dense(nodes, signal, layer)
    nodes.give_classes(nodes.add("Softmax", signal, axis=1))


def _branch(nodes: Nodes, branch: Any, values: str) -> str:
    spec = branch.spec
    picture = isinstance(spec, PictureBranch)
    signal = values
    if picture:
        shape = nodes.constant(np.array([-1, 1, spec.bands, spec.frames], np.int64))
        signal = nodes.add("Reshape", signal, shape)
        if spec.shrink != (1, 1):
            shrink = list(spec.shrink)
            signal = nodes.add("AveragePool", signal, kernel_shape=shrink, strides=shrink)
    signal = nodes.add("Sub", signal, nodes.constant(branch.mean))
    signal = nodes.add("Div", signal, nodes.constant(branch.scale))
    if not picture:
        limits = [nodes.constant(np.float32(x)) for x in (-LARGEST_DEVIATION, LARGEST_DEVIATION)]
        signal = nodes.add("Clip", signal, *limits)
    for layer in branch.layers:
        if picture:
            weights = nodes.constant(layer.weight), nodes.constant(layer.bias)
            signal = nodes.add("Conv", signal, *weights, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            pool = list(spec.pool)
            signal = nodes.add(
                "MaxPool", nodes.add("Relu", signal), kernel_shape=pool, strides=pool
            )
        else:
            signal = nodes.add("Relu", _dense(nodes, signal, layer))
    if not picture:
        return str(signal)
    over_time = nodes.constant(np.array([3], np.int64))
    mean = nodes.add("ReduceMean", signal, over_time, keepdims=0)
    wide = len(branch.layers[-1].bias) * spec.left[0]
    return str(nodes.add("Reshape", mean, nodes.constant(np.array([-1, wide], np.int64))))


def _dense(nodes: Nodes, signal: str, layer: Any) -> str:
    weight, bias = nodes.constant(layer.weight), nodes.constant(layer.bias)
    return str(nodes.add("Gemm", signal, weight, bias, transB=1))


def convert_pictures(nodes: Nodes) -> None:
    """All pictures at once, then the mean of those in a row that are not black."""
    fitted = nodes.operator.raw_operator
    width = fitted.n_features_in_ // fitted.count
    shape = nodes.constant(np.array([-1, width], np.int64))
    apart = nodes.add("Reshape", nodes.input, shape)
    found = nodes.probabilities(fitted.estimator_, apart, width)
    zero, last = nodes.constant(np.float32(0)), nodes.constant(np.array([1], np.int64))
    by_row = nodes.constant(np.array([-1, fitted.count, 1], np.int64))
    bright = nodes.add("ReduceMax", apart, last, keepdims=1)
    seen = nodes.add("Cast", nodes.add("Greater", bright, zero), to=FLOAT)
    seen = nodes.add("Reshape", seen, by_row)
    # Of a row that is black all over, all pictures count: 1 less the brightest of them.
    any_seen = nodes.add("ReduceMax", seen, last, keepdims=1)
    none_seen = nodes.add("Sub", nodes.constant(np.float32(1)), any_seen)
    weights = nodes.add("Add", seen, none_seen)
    classes = len(fitted.classes_)
    shape = nodes.constant(np.array([-1, fitted.count, classes], np.int64))
    weighted = nodes.add("Mul", nodes.add("Reshape", found, shape), weights)
    total = nodes.add("ReduceSum", weighted, last, keepdims=0)
    nodes.give_classes(nodes.add("Div", total, nodes.add("ReduceSum", weights, last, keepdims=0)))
