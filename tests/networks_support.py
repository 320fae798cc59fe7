"""Networks made for tests: tiny graphs, with specs that fit them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

RATE, N_MELS = 16000, 8
WORDS = ("[UNK]", "low", "high", "a", "sound", "hum", "hiss")

SPEC = f"""
name = "toy"
title = "A toy"
good_for = "tests"
licence = "MIT"
free = true
source = "https://example.org/toy"

[front_end]
kind = "mel"
sample_rate = {RATE}
window_length = 512
hop_length = 256
n_mels = {N_MELS}
logarithm = "none"

[input]
name = "mel"
shape = ["batch", "frames", "mels"]
window = 1.0

[[outputs]]
name = "embedding"
kind = "embedding"
size = 2
unit_length = true

[[files]]
name = "network.onnx"
"""

TEXT = """
[text]
output = "words"
mask = "attention_mask"

[[files]]
name = "text.onnx"

[[files]]
name = "tokenizer.json"
"""


def graph(
    nodes: list[Any],
    inputs: Mapping[str, tuple[int, list[Any]]],
    outputs: Mapping[str, list[Any]],
    constants: Mapping[str, NDArray[Any]] | None = None,
) -> bytes:
    """Return an ONNX file."""
    made = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info(name, *told) for name, told in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, s) for name, s in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    buffer = io.BytesIO()
    onnx.save(model, buffer)
    return buffer.getvalue()


def audio_graph(weights: NDArray[np.float32] | None = None, *extra: Any) -> bytes:
    """Mean mel power over time, relative to their sum, then a matrix."""
    if weights is None:  # how much is low, and how much is high
        weights = np.repeat(np.eye(2, dtype=np.float32), N_MELS // 2, axis=0)
    nodes = [
        helper.make_node("ReduceMean", ["mel"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("ReduceSum", ["mean", "one"], ["sum"], keepdims=1),
        helper.make_node("Add", ["sum", "little"], ["some"]),
        helper.make_node("Div", ["mean", "some"], ["share"]),
        helper.make_node("MatMul", ["share", "weights"], ["embedding"]),
        *extra,
    ]
    return graph(
        nodes,
        {"mel": (TensorProto.FLOAT, ["batch", "frames", N_MELS])},
        {"embedding": ["batch", 2]},
        {
            "weights": weights,
            "one": np.array([1], np.int64),
            "little": np.array([1e-9], np.float32),
        },
    )


def text_graph(table: NDArray[np.float32]) -> bytes:
    """The mean of what is learned of each token."""
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"], axis=0),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["masks"]),
        helper.make_node("Mul", ["rows", "masks"], ["masked"]),
        helper.make_node("ReduceMean", ["masked"], ["words"], axes=[1], keepdims=0),
    ]
    return graph(
        nodes,
        {
            "input_ids": (TensorProto.INT64, ["batch", "tokens"]),
            "attention_mask": (TensorProto.INT64, ["batch", "tokens"]),
        },
        {"words": ["batch", 2]},
        {"table": table, "last": np.array([2], np.int64)},
    )


def tokeniser() -> bytes:
    """Words, by spaces."""
    return json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(WORDS)},
                  "unk_token": "[UNK]"},
    }).encode()  # fmt: skip


def low(seconds: float = 2.0, frequency: float = 110.0) -> NDArray[np.float32]:
    """A hum."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * frequency * time).astype(np.float32)


def high(seconds: float = 2.0, frequency: float = 5500.0) -> NDArray[np.float32]:
    """A hiss."""
    return low(seconds, frequency)


def write_joint_network(folder: Path) -> Path:
    """Write the files of a network whose words were learned from sounds, under their own names."""
    from linernotes.networks import read_spec
    from linernotes.networks.hearing import prepare

    spec = read_spec((SPEC + TEXT).encode())
    examples = [("low", low()), ("hum", low(frequency=180)), ("high", high()),
                ("hiss", high(frequency=6500))]  # fmt: skip
    powers = np.array([prepare(spec, sound)[0].mean(axis=0) for _, sound in examples])
    shares = powers / powers.sum(axis=1, keepdims=True)
    wanted = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float64)
    weights = np.linalg.lstsq(shares, wanted, rcond=1e-3)[0].astype(np.float32)
    table = np.zeros((len(WORDS), 2), np.float32)
    for (word, _), share in zip(examples, shares, strict=True):
        table[WORDS.index(word)] = share @ weights
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "network.onnx").write_bytes(audio_graph(weights))
    (folder / "text.onnx").write_bytes(text_graph(table))
    (folder / "tokenizer.json").write_bytes(tokeniser())
    return folder
