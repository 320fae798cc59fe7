"""ONNX files of what torch computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from linernotes.networks.conversions.weights import Weights
from linernotes.networks.runtime import onnx_session

_OPSET = 17
_TOLERANCE = 1e-4


def export_function(
    run: Callable[[Weights, Tensor], Mapping[str, Tensor]],
    weights: Weights,
    given: Mapping[str, Tensor],
    file: Path,
    *,
    length: int | None = None,
) -> None:
    """Write a function of weights and one input, and see that the file tells what torch does."""
    ((input_name, example),) = given.items()

    class _Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for i, values in enumerate(weights.values()):
                self.register_buffer(f"weight_{i}", values)

        def forward(self, values: Tensor) -> tuple[Tensor, ...]:
            own = {name: getattr(self, f"weight_{i}") for i, name in enumerate(weights)}
            return tuple(run(own, values).values())

    with torch.no_grad():
        told = run(weights, example)
        axes = {0: "batch"} if length is None else {0: "batch", length: "length"}
        export_module(_Network().eval(), given, tuple(told), file, axes=axes)
    answers = onnx_session(file.read_bytes()).run(list(told), {input_name: example.numpy()})
    for (name, wanted), answer in zip(told.items(), answers, strict=True):
        largest = max(1.0, float(wanted.abs().max()))
        if not np.abs(answer - wanted.numpy()).max() <= _TOLERANCE * largest:
            raise ArithmeticError(f"the file made of it tells another {name} than torch does")


def export_module(
    module: Any,
    given: Mapping[str, Tensor],
    told: tuple[str, ...],
    file: Path,
    *,
    axes: Mapping[int, str],
) -> None:
    """Write a module; ``axes`` are those of its inputs that have any length."""
    torch.onnx.export(
        module,
        tuple(given.values()),
        str(file),
        input_names=list(given),
        output_names=list(told),
        dynamic_axes={name: dict(axes) for name in given} | {name: {0: "batch"} for name in told},
        opset_version=_OPSET,
        dynamo=False,
    )
