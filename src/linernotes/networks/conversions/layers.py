"""What networks are made of: layers by the names of their weights, and the shapes of these."""

from __future__ import annotations

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
