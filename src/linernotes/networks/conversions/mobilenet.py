"""The MobileNets of EfficientAT, which learned from transformers to tag sounds.

The blocks are those of MobileNetV3-Large, whatever their width:

- Howard, A., Sandler, M., Chu, G., et al. (2019). Searching for MobileNetV3. ICCV. (table 1)
- Schmid, F., Koutini, K. & Widmer, G. (2023). Efficient large-scale audio tagging via
  transformer-to-CNN knowledge distillation. ICASSP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from linernotes.networks.conversions.architecture import Architecture
from linernotes.networks.conversions.layers import (
    batch_norm,
    batch_norm_shapes,
    linear,
    linear_shapes,
)
from linernotes.networks.conversions.weights import Shapes, Weights

_Activation = Callable[[Tensor], Tensor]
_EPSILON = 1e-3


@dataclass(frozen=True)
class _Block:
    """An inverted residual block: wider, over time and frequency, narrower again."""

    number: int
    kernel: int
    stride: int
    #: Whether channels are weighted by what they hold (squeeze and excitation).
    weighs: bool
    activation: _Activation
    #: Whether it becomes wider; the first one is as wide as what it is given.
    widens: bool = True

    @property
    def name(self) -> str:
        return f"features.{self.number}.block"

    @property
    def depthwise(self) -> str:
        return f"{self.name}.{int(self.widens)}"

    @property
    def weighing(self) -> str:
        return f"{self.name}.{int(self.widens) + 1}.conc_se_layers.0"

    @property
    def narrowing(self) -> str:
        return f"{self.name}.{int(self.widens) + 1 + int(self.weighs)}"


_RELU, _SWISH = functional.relu, functional.hardswish
_BLOCKS = (
    _Block(1, 3, 1, False, _RELU, widens=False),
    _Block(2, 3, 2, False, _RELU),
    _Block(3, 3, 1, False, _RELU),
    _Block(4, 5, 2, True, _RELU),
    _Block(5, 5, 1, True, _RELU),
    _Block(6, 5, 1, True, _RELU),
    _Block(7, 3, 2, False, _SWISH),
    *(_Block(number, 3, 1, False, _SWISH) for number in (8, 9, 10)),
    *(_Block(number, 3, 1, True, _SWISH) for number in (11, 12)),
    _Block(13, 5, 2, True, _SWISH),
    *(_Block(number, 5, 1, True, _SWISH) for number in (14, 15)),
)
_FIRST, _LAST = "features.0", f"features.{len(_BLOCKS) + 1}"


def _shapes(given: Shapes) -> Shapes:
    channels = given[f"{_FIRST}.0.weight"][0]
    shapes = dict(_convolution_shapes(_FIRST, (channels, 1, 3, 3)))
    for block in _BLOCKS:
        wide = given[f"{block.depthwise}.0.weight"][0]
        narrow = given[f"{block.narrowing}.0.weight"][0]
        if block.widens:
            shapes |= _convolution_shapes(f"{block.name}.0", (wide, channels, 1, 1))
        shapes |= _convolution_shapes(block.depthwise, (wide, 1, block.kernel, block.kernel))
        if block.weighs:
            (squeezed,) = given[f"{block.weighing}.fc1.bias"]
            shapes |= linear_shapes(f"{block.weighing}.fc1", wide, squeezed)
            shapes |= linear_shapes(f"{block.weighing}.fc2", squeezed, wide)
        shapes |= _convolution_shapes(block.narrowing, (narrow, wide, 1, 1))
        channels = narrow
    (size,) = given[f"{_LAST}.1.bias"]
    (hidden,), (classes,) = given["classifier.2.bias"], given["classifier.5.bias"]
    shapes |= _convolution_shapes(_LAST, (size, channels, 1, 1))
    return (
        shapes
        | linear_shapes("classifier.2", size, hidden)
        | linear_shapes("classifier.5", hidden, classes)
    )


def _run(weights: Weights, mel: Tensor) -> Mapping[str, Tensor]:
    """Return what the network tells of (batch, 1, mels, frames)."""
    values = _SWISH(_convolved(mel, weights, _FIRST, stride=2))
    for block in _BLOCKS:
        values = _through(values, weights, block)
    values = _SWISH(_convolved(values, weights, _LAST))
    embedding = values.mean(dim=(2, 3))
    hidden = _SWISH(linear(embedding, weights, "classifier.2"))
    tags = torch.sigmoid(linear(hidden, weights, "classifier.5"))
    return {"embedding": embedding, "tags": tags}


def _through(given: Tensor, weights: Weights, block: _Block) -> Tensor:
    values = given
    if block.widens:
        values = block.activation(_convolved(values, weights, f"{block.name}.0"))
    wide = weights[f"{block.depthwise}.0.weight"].shape[0]
    values = _convolved(values, weights, block.depthwise, stride=block.stride, groups=wide)
    values = block.activation(values)
    if block.weighs:
        squeezed = linear(values.mean(dim=(2, 3)), weights, f"{block.weighing}.fc1")
        share = linear(_RELU(squeezed), weights, f"{block.weighing}.fc2")
        values = values * torch.sigmoid(share)[:, :, None, None]
    values = _convolved(values, weights, block.narrowing)
    same = block.stride == 1 and weights[f"{block.narrowing}.0.weight"].shape[0] == given.shape[1]
    return values + given if same else values


def _convolved(
    values: Tensor, weights: Weights, name: str, *, stride: int = 1, groups: int = 1
) -> Tensor:
    weight = weights[f"{name}.0.weight"]
    padding = weight.shape[-1] // 2
    values = functional.conv2d(values, weight, stride=stride, padding=padding, groups=groups)
    return batch_norm(values, weights, f"{name}.1", epsilon=_EPSILON)


def _convolution_shapes(name: str, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.0.weight": shape, **batch_norm_shapes(f"{name}.1", shape[0])}


def _example(shapes: Shapes) -> Tensor:  # noqa: ARG001 - of any number of mels
    return torch.randn(1, 1, 128, 100, generator=torch.Generator().manual_seed(0))


#: Published as ``mn10_as_mAP_471.pt`` and the like; 32 kHz.
MOBILENET = Architecture(
    title="EfficientAT's MobileNets",
    shapes=_shapes,
    run=_run,
    input="mel",
    example=_example,
    length=3,
)
