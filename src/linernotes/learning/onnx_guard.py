"""Looks through an ONNX graph before anything runs it.

A model file may come from anywhere. onnxruntime runs no code from a graph, but
it reads other files that a graph names (external data), enters subgraphs that
loop for ever, and takes its own second file format. This module walks the
graph's bytes itself and lets only plain arithmetic through. The walk needs no
``onnx`` package: protocol buffers are a sequence of (field number, value), and
the handful of field numbers below comes from ``onnx.proto3`` (ONNX IR 8).

What stays possible is a graph that asks for much memory or time through the
shapes of its matrices; the size limit of the file and the limit on nodes keep
that to what one calculation can cost.
"""

from __future__ import annotations

from collections.abc import Iterator

ALLOWED_OPERATIONS = frozenset(
    {
        "Add", "Cast", "Clip", "Div", "Exp", "Gemm", "Log", "MatMul", "Mul", "Pow", "ReduceMax",
        "ReduceMean", "ReduceMin", "ReduceSum", "Relu", "Shape", "Sigmoid", "Softmax", "Sqrt",
        "Sub", "Tanh",
    }
)  # fmt: skip
_MOST_NODES = 256
_STANDARD_DOMAINS = (b"", b"ai.onnx")

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5


def check_graph(data: bytes) -> None:
    """Refuse an ONNX model that is more than plain arithmetic on its input.

    Parameters
    ----------
    data
        A serialised ONNX ``ModelProto``.

    Raises
    ------
    ValueError
        If the bytes are no protocol buffer, or the graph has operations
        outside of :data:`ALLOWED_OPERATIONS`, subgraphs, functions, sparse
        tensors, or data outside of the file.
    """
    if data[4:8] == b"ORTM":  # onnxruntime would read it as a format we do not look into
        raise ValueError("the estimator is an ORT file, not ONNX")
    nodes = 0
    for number, value in _fields(memoryview(data)):
        if number == 7:
            nodes += _check_nodes(_message(value))
        elif number == 8:
            _check_domain(_message(value), 1)
        elif number in (20, 25):
            raise ValueError("the estimator defines functions or training steps of its own")
    if not 1 <= nodes <= _MOST_NODES:
        raise ValueError(f"the estimator has {nodes} operations, not 1 to {_MOST_NODES}")


def _check_nodes(graph: memoryview) -> int:
    nodes = 0
    for number, value in _fields(graph):
        if number == 1:
            nodes += 1
            _check_node(_message(value))
        elif number == 5:
            _check_tensor(_message(value))
        elif number == 15:
            raise ValueError("the estimator has sparse tensors")
    return nodes


def _check_node(node: memoryview) -> None:
    _check_domain(node, 7)
    for number, value in _fields(node):
        if number == 4:
            operation = bytes(_message(value)).decode("utf-8", "replace")
            if operation not in ALLOWED_OPERATIONS:
                raise ValueError(f"the estimator has the operation {operation[:40]!r}")
        elif number == 5:
            _check_attribute(_message(value))


def _check_attribute(attribute: memoryview) -> None:
    for number, value in _fields(attribute):
        if number in (5, 10):
            _check_tensor(_message(value))
        elif number in (6, 11, 22, 23):
            raise ValueError("the estimator has subgraphs or sparse tensors")


def _check_tensor(tensor: memoryview) -> None:
    for number, value in _fields(tensor):
        if number == 13 or (number == 14 and value != 0):
            raise ValueError("the estimator wants to read data from another file")


def _check_domain(message: memoryview, field: int) -> None:
    for number, value in _fields(message):
        if number == field and bytes(_message(value)) not in _STANDARD_DOMAINS:
            raise ValueError("the estimator has operations that are not standard ONNX")


def _message(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("the estimator is no ONNX graph")
    return value


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value) of one protocol-buffer message.

    Stricter than protocol buffers demand: what onnxruntime's own parser might
    understand in another way than this one is refused.
    """
    at = 0
    while at < len(data):
        tag, at = _varint(data, at, most=5)
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise ValueError("the estimator is no ONNX graph")
        if wire == _VARINT:
            value, at = _varint(data, at, most=10)
            yield number, value
            continue
        if wire == _BYTES:
            size, at = _varint(data, at, most=5)
        elif wire in (_EIGHT_BYTES, _FOUR_BYTES):
            size = 8 if wire == _EIGHT_BYTES else 4
        else:
            raise ValueError("the estimator is no ONNX graph")
        if size > len(data) - at:
            raise ValueError("the estimator is cut off")
        yield number, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int, *, most: int) -> tuple[int, int]:
    value = 0
    for i in range(most):
        if at + i >= len(data):
            raise ValueError("the estimator is cut off")
        byte = data[at + i]
        value |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            return value, at + i + 1
    raise ValueError("the estimator is no ONNX graph")
