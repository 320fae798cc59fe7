"""A network as a function of its weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from linernotes.networks.conversions.exporting import export_function
from linernotes.networks.conversions.weights import (
    Shapes,
    Weights,
    check_weights,
    read_numbers,
    read_weights,
)
from linernotes.networks.spec import GRAPH


@dataclass(frozen=True)
class Architecture:
    """A network whose weights are published, and no ONNX file.

    Parameters
    ----------
    title
        By which people know it.
    shapes
        The names and shapes of all its weights, told those that a file has: widths are read off
        them.
    numbers
        Names of numbers that are published beside the weights, in a JSON file.
    unused
        Beginnings of the names of weights that it may have and does not need: of its front end,
        which is ours, and of its training.
    run
        What the network tells, by name, of its weights and its input.
    input
        The name of its input.
    example
        An input to follow the weights with, told their shapes; batch first.
    length
        The axis of the input that may have any length, if one may.
    """

    title: str
    shapes: Callable[[Shapes], Shapes]
    run: Callable[[Weights, Tensor], Mapping[str, Tensor]]
    input: str
    example: Callable[[Shapes], Tensor]
    numbers: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    length: int | None = None


def convert(architecture: Architecture, source: Path, output: Path) -> None:
    """Write the ONNX file of the weights in a folder into another."""
    found: dict[str, Tensor] = {}
    for file in sorted(source.iterdir()):
        if file.suffix == ".json":
            found |= read_numbers(file, architecture.numbers)
        else:
            found |= read_weights(file)
    weights = check_weights(
        found,
        shapes=architecture.shapes,
        title=architecture.title,
        unused=architecture.unused,
    )
    shapes = {name: tuple(values.shape) for name, values in weights.items()}
    export_function(
        architecture.run,
        weights,
        {architecture.input: architecture.example(shapes)},
        output / GRAPH,
        length=architecture.length,
    )
