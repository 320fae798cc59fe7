"""Weights as torch saves them, read as numbers and nothing else."""

from __future__ import annotations

import json
import pickle  # for the name of an error alone
import zipfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor

Weights: TypeAlias = Mapping[str, Tensor]
Shapes: TypeAlias = Mapping[str, tuple[int, ...]]

# What training adds, of no use afterwards.
_COUNTERS = ".num_batches_tracked"
# Where a checkpoint keeps the weights, if they are not all that it holds.
_PARTS = ("model", "state_dict")
_MOST_NUMBERS = 500_000_000
_LARGEST_JSON = 1 << 20


class WeightsError(Exception):
    """A file does not hold the weights that it should."""


def read_weights(file: Path) -> Weights:
    """Return the weights of a checkpoint; what would run code when it is read is refused."""
    if zipfile.is_zipfile(file) and _is_packed(file):
        raise WeightsError(f"{file.name} is packed, as torch packs no weights")
    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{file.name} holds more than numbers, which could run code when it is read, or is no "
            "file of weights"
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, TypeError, IndexError) as error:
        if "alloc" in str(error):
            raise MemoryError from error
        raise WeightsError(f"{file.name} is damaged, cut off, or no file of weights") from error
    for part in _PARTS:
        if isinstance(content, Mapping) and isinstance(content.get(part), Mapping):
            content = content[part]
    if not isinstance(content, Mapping):
        raise WeightsError(f"{file.name} holds no weights by name")
    return content


def _is_packed(file: Path) -> bool:
    """Whether an archive may become larger than it is."""
    try:
        with zipfile.ZipFile(file) as archive:
            return any(member.compress_type for member in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        return False  # torch says what is wrong with it


def read_numbers(file: Path, names: Collection[str]) -> Weights:
    """Return those numbers of a JSON file that have one of some names."""
    try:
        if file.stat().st_size > _LARGEST_JSON:
            raise WeightsError(f"{file.name} is larger than any file of statistics")
        content = dict(json.loads(file.read_bytes()))
        return {name: torch.tensor(float(content[name])) for name in names if name in content}
    except (OSError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise WeightsError(f"{file.name} holds no numbers by name") from error


def check_weights(
    weights: Weights,
    *,
    shapes: Callable[[Shapes], Shapes],
    title: str,
    unused: tuple[str, ...] = (),
) -> Weights:
    """Return the weights that a network needs, as float32, if they are what it needs."""
    for name, values in weights.items():
        if not isinstance(name, str) or not isinstance(values, Tensor):
            raise WeightsError(f"the weights hold {name!r:.70}, which is no array of numbers")
    given = {
        name: tuple(values.shape)
        for name, values in weights.items()
        if not name.endswith(_COUNTERS) and not name.startswith(unused)
    }
    try:
        wanted = shapes(given)
    except KeyError as error:
        raise _missing(str(error.args[0]), title) from error
    except (IndexError, ValueError, ZeroDivisionError) as error:
        raise WeightsError(f"the weights have shapes that {title} cannot have") from error
    for name in wanted:
        if name not in given:
            raise _missing(name, title)
    for name, shape in given.items():
        if name not in wanted:
            raise WeightsError(f"the weights have {name!r:.70}, which {title} does not have")
        if shape != wanted[name]:
            raise WeightsError(
                f"{name} of the weights has the shape {list(shape)}, where {title} has "
                f"{list(wanted[name])}"
            )
    if sum(weights[name].numel() for name in given) > _MOST_NUMBERS:
        raise WeightsError(f"there are more weights than any {title} has")
    return {name: _numbers(name, weights[name]) for name in given}


def _numbers(name: str, values: Tensor) -> Tensor:
    if values.layout != torch.strided or not values.is_floating_point():
        raise WeightsError(f"{name} of the weights is no plain array of numbers")
    numbers = values.detach().to(torch.float32).contiguous()
    if not torch.isfinite(numbers).all():
        raise WeightsError(f"{name} of the weights has values that are no numbers")
    return numbers


def _missing(name: str, title: str) -> WeightsError:
    return WeightsError(f"the weights have no {name}: they are not those of {title}")
