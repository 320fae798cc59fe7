"""What networks are made of: layers by the names of their weights, and the shapes of these."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import count, takewhile

import torch
from torch import Tensor
from torch.nn import functional

from linernotes.networks.conversions.weights import Weights


def linear(values: Tensor, weights: Weights, name: str) -> Tensor:
    """Return a linear map of the last axis."""
    return functional.linear(values, weights[f"{name}.weight"], weights[f"{name}.bias"])


def linear_shapes(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a linear map's weights."""
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def batch_norm(values: Tensor, weights: Weights, name: str, *, epsilon: float = 1e-5) -> Tensor:
    """Return values normalised by what was measured in training, channel by channel."""
    return functional.batch_norm(
        values,
        weights[f"{name}.running_mean"],
        weights[f"{name}.running_var"],
        weights[f"{name}.weight"],
        weights[f"{name}.bias"],
        eps=epsilon,
    )


def batch_norm_shapes(name: str, channels: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a batch normalisation's weights."""
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": (channels,) for part in parts}


def layer_norm(values: Tensor, weights: Weights, name: str) -> Tensor:
    """Return values normalised over their last axis."""
    weight = weights[f"{name}.weight"]
    return functional.layer_norm(values, weight.shape, weight, weights[f"{name}.bias"])


def layer_norm_shapes(name: str, channels: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a layer normalisation's weights."""
    return {f"{name}.weight": (channels,), f"{name}.bias": (channels,)}


def attention(
    asking: Tensor, asked: Tensor, weights: Weights, names: Sequence[str], *, head: int
) -> Tensor:
    """Return what frames hear of each other: queries and keys of one, values of the other.

    ``names`` are those of the four linear maps, ``head`` the numbers of an attention head.
    """
    queries, keys, values, out = names

    def heads(given: Tensor, name: str) -> Tensor:
        projected = linear(given, weights, name)
        count = projected.shape[2] // head
        return projected.reshape(*projected.shape[:2], count, head).transpose(1, 2)

    scores = heads(asking, queries) @ heads(asking, keys).transpose(2, 3) / math.sqrt(head)
    heard = torch.softmax(scores, dim=-1) @ heads(asked, values)
    return linear(heard.transpose(1, 2).flatten(2), weights, out)


def layers_of(weights: Mapping[str, object], name: str, part: str) -> list[str]:
    """Return the names of layers that follow each other, each known by a part of its."""
    names = (f"{name}.{i}" for i in count())
    return list(takewhile(lambda layer: f"{layer}.{part}" in weights, names))
