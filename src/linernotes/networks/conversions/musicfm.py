"""MusicFM: two residual convolutions over a mel spectrogram, and a Conformer.

- Won, M., Hung, Y.-N. & Le, D. (2024). A foundation model for music informatics. ICASSP.
- Gulati, A., Qin, J., Chiu, C.-C., et al. (2020). Conformer: convolution-augmented transformer for
  speech recognition. Interspeech.
- Su, J., Lu, Y., Pan, S., et al. (2021). RoFormer: enhanced transformer with rotary position
  embedding. (Here it is the input of queries and keys that is turned.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from linernotes.networks.conversions.architecture import Architecture
from linernotes.networks.conversions.layers import (
    attention,
    batch_norm,
    batch_norm_shapes,
    layer_norm,
    layer_norm_shapes,
    layers_of,
    linear,
    linear_shapes,
)
from linernotes.networks.conversions.weights import Shapes, Weights

_MELS = 128
_HEAD = 64  # numbers of an attention head
_SLOWEST = 10_000  # frames that the slowest of its turns takes, as a base
_MEAN, _DEVIATION = "melspec_2048_mean", "melspec_2048_std"
_CONVOLUTIONS = ("model.conv.conv.0", "model.conv.conv.1")
_CONFORMER = "model.conformer"


def _shapes(given: Shapes) -> Shapes:
    shapes: dict[str, tuple[int, ...]] = {_MEAN: (), _DEVIATION: ()}
    before = 1
    for name in _CONVOLUTIONS:
        (channels,) = given[f"{name}.bn1.bias"]
        for i, inputs in ((1, before), (2, channels), (3, before)):
            shapes[f"{name}.conv{i}.weight"] = (channels, inputs, 3, 3)
            shapes[f"{name}.conv{i}.bias"] = (channels,)
            shapes |= batch_norm_shapes(f"{name}.bn{i}", channels)
        before = channels
    (size,) = given["model.conv.linear.bias"]
    if size % _HEAD:
        raise ValueError(size)
    shapes |= linear_shapes("model.conv.linear", before * _MELS // 4, size)
    for layer in layers_of(given, f"{_CONFORMER}.layers", "final_layer_norm.weight"):
        for part in ("ffn1", "ffn2"):
            (wide,) = given[f"{layer}.{part}.intermediate_dense.bias"]
            shapes |= layer_norm_shapes(f"{layer}.{part}_layer_norm", size)
            shapes |= linear_shapes(f"{layer}.{part}.intermediate_dense", size, wide)
            shapes |= linear_shapes(f"{layer}.{part}.output_dense", wide, size)
        for part in ("q", "k", "v", "out"):
            shapes |= linear_shapes(f"{layer}.self_attn.linear_{part}", size, size)
        shapes |= layer_norm_shapes(f"{layer}.self_attn_layer_norm", size)
        module = f"{layer}.conv_module"
        kernel = given[f"{module}.depthwise_conv.weight"][2]
        shapes |= layer_norm_shapes(f"{module}.layer_norm", size)
        shapes[f"{module}.pointwise_conv1.weight"] = (2 * size, size, 1)
        shapes[f"{module}.depthwise_conv.weight"] = (size, 1, kernel)
        shapes |= batch_norm_shapes(f"{module}.batch_norm", size)
        shapes[f"{module}.pointwise_conv2.weight"] = (size, size, 1)
        shapes |= layer_norm_shapes(f"{layer}.final_layer_norm", size)
    return shapes | layer_norm_shapes(f"{_CONFORMER}.layer_norm", size)


def _run(weights: Weights, mel: Tensor) -> Mapping[str, Tensor]:
    """Return what the last layer tells of (batch, mels, frames) in decibel, 25 times a second."""
    values = ((mel - weights[_MEAN]) / weights[_DEVIATION])[:, None]
    for name in _CONVOLUTIONS:
        inner = functional.relu(_convolved(values, weights, name, 1, stride=2))
        outer = _convolved(values, weights, name, 3, stride=2)
        values = functional.relu(outer + _convolved(inner, weights, name, 2))
    values = linear(values.permute(0, 3, 1, 2).flatten(2), weights, "model.conv.linear")
    turns = _turns(values)
    for layer in layers_of(weights, f"{_CONFORMER}.layers", "final_layer_norm.weight"):
        values = values + _wide(values, weights, f"{layer}.ffn1") / 2
        heard = layer_norm(values, weights, f"{layer}.self_attn_layer_norm")
        names = [f"{layer}.self_attn.linear_{part}" for part in ("q", "k", "v", "out")]
        turned = _turned(heard, turns)
        values = values + attention(turned, heard, weights, names, head=_HEAD)
        values = values + _neighbours(values, weights, f"{layer}.conv_module")
        values = values + _wide(values, weights, f"{layer}.ffn2") / 2
        values = layer_norm(values, weights, f"{layer}.final_layer_norm")
    return {"embedding": layer_norm(values, weights, f"{_CONFORMER}.layer_norm")}


def _convolved(
    values: Tensor, weights: Weights, name: str, number: int, *, stride: int = 1
) -> Tensor:
    weight, bias = weights[f"{name}.conv{number}.weight"], weights[f"{name}.conv{number}.bias"]
    values = functional.conv2d(values, weight, bias, stride=stride, padding=1)
    return batch_norm(values, weights, f"{name}.bn{number}")


def _wide(values: Tensor, weights: Weights, name: str) -> Tensor:
    heard = layer_norm(values, weights, f"{name}_layer_norm")
    wide = functional.silu(linear(heard, weights, f"{name}.intermediate_dense"))
    return linear(wide, weights, f"{name}.output_dense")


def _neighbours(values: Tensor, weights: Weights, name: str) -> Tensor:
    heard = layer_norm(values, weights, f"{name}.layer_norm").transpose(1, 2)
    heard = functional.conv1d(heard, weights[f"{name}.pointwise_conv1.weight"])
    let_in, gate = heard.chunk(2, dim=1)
    kernel = weights[f"{name}.depthwise_conv.weight"]
    size, _, length = kernel.shape
    heard = let_in * torch.sigmoid(gate)
    heard = functional.conv1d(heard, kernel, padding=length // 2, groups=size)
    heard = functional.silu(batch_norm(heard, weights, f"{name}.batch_norm"))
    return functional.conv1d(heard, weights[f"{name}.pointwise_conv2.weight"]).transpose(1, 2)


def _turns(values: Tensor) -> tuple[Tensor, Tensor]:
    """Return the cosines and sines that tell frames from each other, (frames, 1, head)."""
    speeds = torch.exp(torch.arange(0, _HEAD, 2) * (-math.log(_SLOWEST) / _HEAD))
    angles = torch.arange(values.shape[1])[:, None] * speeds
    angles = torch.cat([angles, angles], dim=1)[:, None]
    return torch.cos(angles), torch.sin(angles)


def _turned(values: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    heads = values.reshape(*values.shape[:2], values.shape[2] // _HEAD, _HEAD)
    one, other = heads.chunk(2, dim=3)
    cosines, sines = turns
    return (heads * cosines + torch.cat([-other, one], dim=3) * sines).flatten(2)


def _example(shapes: Shapes) -> Tensor:  # noqa: ARG001 - of so many mels always
    return 20 * torch.randn(1, _MELS, 200, generator=torch.Generator().manual_seed(0)) - 10


#: Published as ``pretrained_fma.pt`` with ``fma_stats.json``; 24 kHz.
MUSICFM = Architecture(
    title="MusicFM",
    shapes=_shapes,
    run=_run,
    input="melspectrogram",
    example=_example,
    numbers=(_MEAN, _DEVIATION),
    unused=(
        "model.preprocessor_",
        "model.quantizer_",
        "model.linear.",
        "model.cls_token",
        f"{_CONFORMER}.pos_conv_embed.",
        f"{_CONFORMER}.embed_positions.",
    ),
    length=2,
)
