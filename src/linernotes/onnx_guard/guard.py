"""Looks through an ONNX graph before anything runs it.

A model file, or a network, may come from anywhere. onnxruntime runs no code from a graph, but
it reads other files that a graph names (external data), enters subgraphs that
loop for ever, and takes its own second file format. This module walks the
graph's bytes itself and lets only plain arithmetic and trees through. The walk
needs no ``onnx`` package: protocol buffers are a sequence of (field number,
value), which `linernotes.onnx_guard.protobuf` reads; the handful of field numbers
below comes from ``onnx.proto3`` (ONNX IR 8).

Trees are looked through by `linernotes.onnx_guard.tree_guard`. Which columns they
read is bounded by what they stand behind: a ``Reshape`` to a number of columns
that is written in the graph.

What stays possible is a graph that asks for much memory or time through the
shapes of its matrices; the size limit of the file and the limit on nodes keep
that to what one calculation can cost.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from linernotes.onnx_guard.protobuf import as_message, fields, integers
from linernotes.onnx_guard.tree_guard import TREES, check_tree

ALLOWED_OPERATIONS = frozenset(
    """
    Abs Add AveragePool Cast Clip Concat Conv Div Exp Flatten Gather Gemm Greater Identity Less Log
    LogSoftmax MatMul Max MaxPool Min Mul Neg Pow ReduceMax ReduceMean ReduceMin ReduceSum Relu
    Reshape Shape Sigmoid Slice Softmax Sqrt Squeeze Sub Sum Tanh TopK Transpose Unsqueeze
    """.split()
)
#: What pretrained networks need beside it: their layers, and how shapes are reckoned with. No
#: subgraphs: a graph runs through once.
NETWORK_OPERATIONS = ALLOWED_OPERATIONS | frozenset(
    """
    And BatchNormalization Ceil Constant ConstantOfShape CumSum Dropout Einsum Elu Equal Erf Expand
    Floor GatherElements Gelu GlobalAveragePool GlobalMaxPool GreaterOrEqual HardSigmoid HardSwish
    InstanceNormalization LayerNormalization LeakyRelu LessOrEqual Mean Mod Not Or PRelu Pad Range
    Reciprocal ReduceL2 ReduceProd Resize Round ScatterND Selu Sign Size Softplus Split Sin Cos Tile
    Trilu Where
    """.split()
)
_MOST_NODES = 2_000
_STANDARD_DOMAINS = (b"", b"ai.onnx")
_TREE_DOMAIN = b"ai.onnx.ml"
_INT64 = 7


@dataclass
class _Seen:
    """The nodes of a graph that were seen so far."""

    #: Those that are let in.
    operations: frozenset[str]
    nodes: int = 0
    #: What each Reshape gives, by the name of its result: the name of the shape.
    reshaped: dict[bytes, bytes] = field(default_factory=dict)
    #: Constants of two whole numbers.
    shapes: dict[bytes, tuple[int, ...]] = field(default_factory=dict)
    #: Trees, with the name of what they read.
    trees: list[tuple[bytes, int]] = field(default_factory=list)
    #: Names that something in the graph gives.
    given: set[bytes] = field(default_factory=set)

    def name(self, name: bytes) -> None:
        if name in self.given:
            raise ValueError("the graph gives two things one name")
        self.given.add(name)


def check_graph(
    data: bytes,
    *,
    operations: frozenset[str] = ALLOWED_OPERATIONS,
    most_nodes: int = _MOST_NODES,
) -> None:
    """Refuse an ONNX model that is more than plain arithmetic and trees.

    Parameters
    ----------
    data
        A serialised ONNX ``ModelProto``.
    operations
        The operations that are let in.
    most_nodes
        How many of them there may be.

    Raises
    ------
    ValueError
        If the bytes are no protocol buffer, or the graph has operations
        that are not let in, trees that point outside of
        themselves, subgraphs, functions, sparse tensors, or data outside of
        the file.
    """
    if data[4:8] == b"ORTM":  # onnxruntime would read it as a format we do not look into
        raise ValueError("the graph is an ORT file, not ONNX")
    seen = _Seen(operations)
    graphs = 0
    for number, value in fields(memoryview(data)):
        if number == 7:
            graphs += 1
            _check_nodes(as_message(value), seen)
        elif number == 8:
            _check_domain(as_message(value), 1)
        elif number in (20, 25):
            raise ValueError("the graph defines functions or training steps of its own")
    if graphs > 1:  # protocol buffers would merge them
        raise ValueError("the graph is no ONNX graph")
    if not 1 <= seen.nodes <= most_nodes:
        raise ValueError(f"the graph has {seen.nodes} operations, not 1 to {most_nodes}")
    for source, columns in seen.trees:
        shape = seen.shapes.get(seen.reshaped.get(source, b""), ())
        if len(shape) != 2 or not columns <= shape[1]:
            raise ValueError("the graph has trees that read columns which may not be there")


def _check_nodes(graph: memoryview, seen: _Seen) -> None:
    for number, value in fields(graph):
        if number == 1:
            seen.nodes += 1
            _check_node(as_message(value), seen)
        elif number == 5:
            _check_tensor(as_message(value), seen)
        elif number == 15:
            raise ValueError("the graph has sparse tensors")


def _check_node(node: memoryview, seen: _Seen) -> None:
    names: dict[int, list[bytes]] = {1: [], 2: [], 4: [b""], 7: [b""]}
    attributes = []
    for number, value in fields(node):
        if number == 5:
            attributes.append(as_message(value))
        elif number in names:
            names[number].append(bytes(as_message(value)))
    inputs, outputs = names[1], names[2]
    operation, domain = names[4][-1].decode("utf-8", "replace"), names[7][-1]
    is_tree = operation in TREES and domain == _TREE_DOMAIN
    if not is_tree:
        if domain not in _STANDARD_DOMAINS:
            _refuse_domain(domain, operation)
        if operation not in seen.operations:
            raise ValueError(f"the graph has the operation {operation[:40]!r}")
        for attribute in attributes:
            _check_attribute(attribute)
    for output in filter(None, outputs):
        seen.name(output)
    if is_tree:
        seen.trees.append((inputs[0] if inputs else b"", check_tree(attributes)))
    elif operation == "Reshape" and len(inputs) == 2 and len(outputs) == 1:
        seen.reshaped[outputs[0]] = inputs[1]


def _check_attribute(attribute: memoryview) -> None:
    for number, value in fields(attribute):
        if number in (5, 10):
            _check_tensor(as_message(value), None)
        elif number in (6, 11, 22, 23):
            raise ValueError("the graph has subgraphs or sparse tensors")


def _check_tensor(tensor: memoryview, seen: _Seen | None) -> None:
    name, kind, sizes = b"", 0, []
    values: list[int] = []
    for number, value in fields(tensor):
        if number == 13 or (number == 14 and value != 0):
            raise ValueError("the graph wants to read data from another file")
        if number == 1:
            sizes += integers(value)
        elif number == 2 and isinstance(value, int):
            kind = value
        elif number == 7:
            values += integers(value)
        elif number == 8:
            name = bytes(as_message(value))
        elif number == 9 and len(raw := as_message(value)) == 16:
            values += struct.unpack("<qq", raw)
    if seen is None:
        return
    seen.name(name)
    if kind == _INT64 and sizes == [2] and len(values) == 2:
        seen.shapes[name] = tuple(values)


def _check_domain(message: memoryview, number: int) -> None:
    for found, value in fields(message):
        if found == number:
            domain = bytes(as_message(value))
            if domain not in (*_STANDARD_DOMAINS, _TREE_DOMAIN):
                _refuse_domain(domain, "")


def _refuse_domain(domain: bytes, operation: str) -> None:
    if domain == _TREE_DOMAIN:
        raise ValueError(f"the graph has the operation {operation[:40]!r}")
    raise ValueError("the graph has operations that are not standard ONNX")
