"""Reads protocol buffers without knowing what they mean, and trusts nothing in them.

Stricter than protocol buffers demand: what another parser might understand in another way than
this one is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Value = int | memoryview
Ints = NDArray[np.int64]

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5


def fields(data: memoryview) -> Iterator[tuple[int, Value]]:
    """Yield (field number, value) of one message.

    Raises
    ------
    ValueError
        The bytes are no message.

    Examples
    --------
    >>> list(fields(memoryview(bytes([8, 150, 1]))))
    [(1, 150)]
    """
    at = 0
    while at < len(data):
        number, value, at = _field(data, at)
        yield number, value


def as_message(value: Value) -> memoryview:
    """Return a value that has to be bytes.

    Returns
    -------
    memoryview
        Its bytes, not copied.
    """
    if isinstance(value, int):
        raise ValueError("the graph is no ONNX graph")
    return value


def integers(value: Value) -> list[int]:
    """Return whole numbers with a sign, one or packed into bytes.

    Returns
    -------
    list of int
        From -2**63 to 2**63 - 1.

    Examples
    --------
    >>> integers(2**64 - 1), integers(memoryview(bytes([1, 2])))
    ([-1], [1, 2])
    """
    if isinstance(value, int):
        return [_signed(value)]
    found, at = [], 0
    while at < len(value):
        number, at = _varint(value, at, most=10)
        found.append(_signed(number))
    return found


def bulk_fields(data: memoryview) -> Iterator[tuple[int, Value | Ints | NDArray[np.float32]]]:
    """Yield as `fields` does, but a run of whole numbers or floats of one field as an array.

    Lists of a million numbers are written as a million fields, which would take seconds one by
    one.
    """
    at = 0
    while at < len(data):
        tag, after = _varint(data, at, most=5)
        wire = tag & 7
        if wire == _VARINT and after == at + 1:
            values, at = _run_of_varints(data, at, tag)
            yield tag >> 3, values
        elif wire == _FOUR_BYTES and after == at + 1:
            rest = np.frombuffer(data[at:], np.uint8)
            same = rest[: len(rest) // 5 * 5 : 5] == tag
            count = len(same) if same.all() else int(same.argmin())
            if not count:
                raise ValueError("the graph is cut off")
            body = np.ascontiguousarray(rest[: 5 * count].reshape(count, 5)[:, 1:])
            yield tag >> 3, body.view("<f4").ravel()
            at += 5 * count
        else:
            number, value, at = _field(data, at)
            yield number, value


def _run_of_varints(data: memoryview, at: int, tag: int) -> tuple[Ints, int]:
    """Return the values of successive fields with one tag, and where the next field begins."""
    rest = np.frombuffer(data[at:], np.uint8)
    ends = np.flatnonzero(rest < 0x80)
    begins = np.append(0, ends[:-1] + 1)
    # Tags and values take turns, as long as the tag is the same.
    tags = (rest[begins[::2]] == tag) & (ends[::2] == begins[::2])
    count = len(tags) if tags.all() else int(tags.argmin())
    if len(ends) < 2 * count:
        raise ValueError("the graph is cut off")
    begins, ends = begins[1 : 2 * count : 2], ends[1 : 2 * count : 2]
    sizes = ends - begins + 1
    if sizes.max() > 10:
        raise ValueError("the graph is no ONNX graph")
    values = np.zeros(count, np.uint64)
    for i in range(int(sizes.max())):
        long = sizes > i
        part = (rest[begins[long] + i] & 0x7F).astype(np.uint64)
        values[long] |= part << np.uint64(7 * i)
    return values.view(np.int64), at + int(ends[-1]) + 1


def _field(data: memoryview, at: int) -> tuple[int, Value, int]:
    """Return the number and value of a field, and where the next one begins."""
    tag, at = _varint(data, at, most=5)
    number, wire = tag >> 3, tag & 7
    if number == 0:
        raise ValueError("the graph is no ONNX graph")
    if wire == _VARINT:
        value, at = _varint(data, at, most=10)
        return number, value, at
    if wire == _BYTES:
        size, at = _varint(data, at, most=5)
    elif wire in (_EIGHT_BYTES, _FOUR_BYTES):
        size = 8 if wire == _EIGHT_BYTES else 4
    else:
        raise ValueError("the graph is no ONNX graph")
    if size > len(data) - at:
        raise ValueError("the graph is cut off")
    return number, data[at : at + size], at + size


def _signed(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def _varint(data: memoryview, at: int, *, most: int) -> tuple[int, int]:
    value = 0
    for i in range(most):
        if at + i >= len(data):
            raise ValueError("the graph is cut off")
        byte = data[at + i]
        value |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            return value, at + i + 1
    raise ValueError("the graph is no ONNX graph")
