"""MERT v1 of 95 million weights: convolutions over samples, and a transformer, as in HuBERT.

- Li, Y., Yuan, R., Zhang, G., et al. (2024). MERT: acoustic music understanding model with
  large-scale self-supervised training. ICLR.
- Hsu, W.-N., Bolte, B., Tsai, Y.-H. H., et al. (2021). HuBERT: self-supervised speech
  representation learning by masked prediction of hidden units. IEEE/ACM Transactions on Audio,
  Speech, and Language Processing 29.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from linernotes.networks.conversions.architecture import Architecture
from linernotes.networks.conversions.layers import (
    attention,
    layer_norm,
    layer_norm_shapes,
    layers_of,
    linear,
    linear_shapes,
)
from linernotes.networks.conversions.weights import Shapes, Weights

_KERNELS = (10, 3, 3, 3, 3, 2, 2)
_STRIDES = (5, 2, 2, 2, 2, 2, 2)
_HEAD = 64  # numbers of an attention head
_PROJECTIONS = ("q_proj", "k_proj", "v_proj", "out_proj")
_POSITIONS = "encoder.pos_conv_embed.conv"


def _shapes(given: Shapes) -> Shapes:
    shapes: dict[str, tuple[int, ...]] = {}
    before = 1
    for i, kernel in enumerate(_KERNELS):
        name = f"{_convolution(i)}.conv.weight"
        channels = given[name][0]
        shapes[name] = (channels, before, kernel)
        before = channels
    first = shapes[f"{_convolution(0)}.conv.weight"][0]
    shapes |= layer_norm_shapes(f"{_convolution(0)}.layer_norm", first)
    size = given["feature_projection.projection.bias"][0]
    shapes |= layer_norm_shapes("feature_projection.layer_norm", before)
    shapes |= linear_shapes("feature_projection.projection", before, size)
    _, shared, kernel = given[f"{_POSITIONS}.weight_v"]
    if size % shared or size % _HEAD or kernel % 2:
        raise ValueError(size, shared, kernel)
    shapes |= {
        f"{_POSITIONS}.weight_g": (1, 1, kernel),
        f"{_POSITIONS}.weight_v": (size, shared, kernel),
        f"{_POSITIONS}.bias": (size,),
    }
    shapes |= layer_norm_shapes("encoder.layer_norm", size)
    for layer in _layers(given):
        wide = given[f"{layer}.feed_forward.intermediate_dense.bias"][0]
        for part in _PROJECTIONS:
            shapes |= linear_shapes(f"{layer}.attention.{part}", size, size)
        shapes |= linear_shapes(f"{layer}.feed_forward.intermediate_dense", size, wide)
        shapes |= linear_shapes(f"{layer}.feed_forward.output_dense", wide, size)
        shapes |= layer_norm_shapes(f"{layer}.layer_norm", size)
        shapes |= layer_norm_shapes(f"{layer}.final_layer_norm", size)
    return shapes


def _run(weights: Weights, samples: Tensor) -> Mapping[str, Tensor]:
    """Return what the last layer tells of (batch, samples), over time."""
    values = samples[:, None]
    for i, stride in enumerate(_STRIDES):
        values = functional.conv1d(values, weights[f"{_convolution(i)}.conv.weight"], stride=stride)
        if i == 0:
            name = f"{_convolution(0)}.layer_norm"
            weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
            values = functional.group_norm(values, len(weight), weight, bias)
        values = functional.gelu(values)
    values = layer_norm(values.transpose(1, 2), weights, "feature_projection.layer_norm")
    values = linear(values, weights, "feature_projection.projection")
    values = layer_norm(values + _positions(values, weights), weights, "encoder.layer_norm")
    for layer in _layers(weights):
        names = [f"{layer}.attention.{part}" for part in _PROJECTIONS]
        heard = values + attention(values, values, weights, names, head=_HEAD)
        heard = layer_norm(heard, weights, f"{layer}.layer_norm")
        wide = functional.gelu(linear(heard, weights, f"{layer}.feed_forward.intermediate_dense"))
        values = heard + linear(wide, weights, f"{layer}.feed_forward.output_dense")
        values = layer_norm(values, weights, f"{layer}.final_layer_norm")
    return {"last_hidden_state": values}


def _positions(values: Tensor, weights: Weights) -> Tensor:
    """Return where each frame lies among its neighbours: a convolution of normalised weights."""
    direction = weights[f"{_POSITIONS}.weight_v"]
    length = torch.sqrt(torch.square(direction).sum(dim=(0, 1), keepdim=True))
    size, shared, kernel = direction.shape
    heard = functional.conv1d(
        values.transpose(1, 2),
        weights[f"{_POSITIONS}.weight_g"] * direction / length,
        weights[f"{_POSITIONS}.bias"],
        padding=kernel // 2,
        groups=size // shared,
    )
    # A kernel of even length gives one frame too many.
    return functional.gelu(heard[:, :, :-1]).transpose(1, 2)


def _convolution(number: int) -> str:
    return f"feature_extractor.conv_layers.{number}"


def _layers(weights: Mapping[str, object]) -> list[str]:
    return layers_of(weights, "encoder.layers", "layer_norm.weight")


def _example(shapes: Shapes) -> Tensor:  # noqa: ARG001 - samples
    return torch.randn(1, 24000, generator=torch.Generator().manual_seed(0))


#: Published as ``pytorch_model.bin`` of MERT-v1-95M; 24 kHz.
MERT = Architecture(
    title="MERT v1 of 95 million weights",
    shapes=_shapes,
    run=_run,
    input="input_values",
    example=_example,
    unused=("masked_spec_embed",),
    length=1,
)
