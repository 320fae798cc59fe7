from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linernotes.learning.catalogue import load_model
from linernotes.onnx_guard.guard import check_graph


def field(number: int, value: bytes | int) -> bytes:
    """Encode one field of a protocol buffer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def node(operation: bytes, *more: bytes, output: bytes = b"y") -> bytes:
    return field(1, field(1, b"x") + field(2, output) + field(4, operation) + b"".join(more))


def model(*graph: bytes, more: bytes = b"") -> bytes:
    return field(1, 8) + field(8, field(2, 17)) + field(7, b"".join(graph)) + more


def test_plain_arithmetic_is_let_in():
    check_graph(
        model(
            node(b"Log"),
            node(b"MatMul", output=b"z"),
            field(5, field(1, 2) + field(8, b"w") + field(9, b"1234")),
        )
    )


def test_the_shipped_estimator_is_let_in():
    check_graph(load_model("genre").estimator)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (model(node(b"Loop")), "'Loop'"),
        (model(node(b"Log"), node(b"Expand")), "'Expand'"),
        (model(node(b"Log", field(7, b"com.microsoft"))), "not standard"),
        (model(node(b"Log"), more=field(8, field(1, b"evil.ops"))), "not standard"),
        (model(node(b"Log", field(5, field(6, b"")))), "subgraphs"),
        (model(node(b"Log", field(5, field(11, b"")))), "subgraphs"),
        (model(node(b"Log", field(5, field(5, field(13, b""))))), "another file"),
        (model(node(b"Log"), field(5, field(13, field(1, b"location")))), "another file"),
        (model(node(b"Log"), field(5, field(14, 1))), "another file"),
        (model(node(b"Log"), field(15, b"")), "sparse"),
        (model(node(b"Log"), more=field(25, b"")), "functions"),
        (model(node(b"Log"), more=field(20, b"")), "training"),
        (model(node(b"Log"), more=field(7, node(b"If"))), "'If'"),
        (model(), "0 operations"),
        (model(*[node(b"Add", output=b"%d" % i) for i in range(2001)]), "2001 operations"),
        (model(node(b"Log"), node(b"Exp")), "one name"),
        (model(node(b"Log"), field(5, field(8, b"y"))), "one name"),
        (model(node(b"Log")) + model(node(b"Exp", output=b"z")), "no ONNX"),
        (b"", "0 operations"),
        (b"\x08\x00\x00\x00ORTM" + b"\x00" * 40, "ORT file"),
        (b"\x80\x05cposix\nsystem\n", "no ONNX|cut off"),
        (model(node(b"Log"))[:-3], "cut off"),
        (field(7, 5), "no ONNX"),
        (b"\x3b", "no ONNX"),
        (b"\xff" * 12, "no ONNX"),
    ],
)
def test_anything_else_is_not(data, says):
    with pytest.raises(ValueError, match=says):
        check_graph(data)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_refused_politely(data):
    with pytest.raises(ValueError, match="the graph"):
        check_graph(data)
