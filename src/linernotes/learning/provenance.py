"""Provenance of a model: enough to train it again, and to know what it was."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib import metadata
from typing import Any

from linernotes.learning.schema import items, mapping, number, text, texts, whole

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "skl2onnx", "onnx", "onnxruntime")


@dataclass(frozen=True)
class Training:
    """The training of a model.

    Parameters
    ----------
    recipe
        Name of the recipe.
    settings
        Chosen for it, in words.
    seed
        Of everything that chance decides.
    data
        What the tracks are called together.
    tracks
        Numbers of tracks by class, in the order of the classes.
    rows
        How many rows of numbers these gave.
    left_out
        Numbers of tracks that could not be learned from, by code.
    groups
        Number of groups that were kept together, or ``None`` where none were known.
    folds
        How many times tracks were held out to choose and calibrate.
    split
        Which tracks were learned from, in words.
    accuracy, log_loss
        Of tracks while they were held out, by the settings that were chosen on them: a little
        too good. ``None`` where none could be.
    warnings
        What a person should know, a sentence each.
    libraries
        Versions of Python and of what the numbers may depend on.
    """

    recipe: str
    settings: Mapping[str, str]
    seed: int
    data: str
    tracks: tuple[int, ...]
    rows: int
    left_out: Mapping[str, int]
    groups: int | None
    folds: int
    split: str
    accuracy: float | None
    log_loss: float | None
    warnings: tuple[str, ...] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        plain = asdict(self)
        return {key: list(v) if isinstance(v, tuple) else v for key, v in plain.items()}


def library_versions(extras: Sequence[str] = ()) -> dict[str, str]:
    """Return the versions of Python and of what the numbers of a training may depend on.

    Parameters
    ----------
    extras
        Further distributions, such as "torch".

    Returns
    -------
    dict of str
        Versions by the names of the packages.

    Examples
    --------
    >>> sorted(library_versions())[:2]
    ['numpy', 'onnx']
    """
    found = {"python": platform.python_version()}
    for name in (*_LIBRARIES, *extras):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def training_from_dict(value: object, classes: int) -> Training:
    """Read back what `Training.as_dict` gave.

    Parameters
    ----------
    value
        Parsed JSON; nothing about it is taken for granted.
    classes
        Number of the model's classes.

    Returns
    -------
    Training
        Every value checked.

    Raises
    ------
    ValueError
        If anything is missing, superfluous, of another type or out of range.
    """
    given = mapping(value, "the training", keys=tuple(f.name for f in fields(Training)))
    tracks = items(given["tracks"], "the tracks", whole)
    if len(tracks) != classes:
        raise ValueError(f"the tracks are not of {classes} classes")
    left_out = given["left_out"]
    if not isinstance(left_out, dict) or len(left_out) > 100:
        raise ValueError("left_out is no object")
    return Training(
        recipe=text(given["recipe"], "the recipe"),
        settings=texts(given["settings"], "the settings"),
        seed=whole(given["seed"], "the seed", high=2**63),
        data=text(given["data"], "the data"),
        tracks=tracks,
        rows=whole(given["rows"], "the rows"),
        left_out={text(k, "a code"): whole(v, "left_out") for k, v in left_out.items()},
        groups=None if given["groups"] is None else whole(given["groups"], "the groups"),
        folds=whole(given["folds"], "the folds"),
        split=text(given["split"], "the split"),
        accuracy=_optional(given["accuracy"], "the accuracy", 1.0),
        log_loss=_optional(given["log_loss"], "the log loss", 1e6),
        warnings=items(given["warnings"], "the warnings", text),
        libraries=texts(given["libraries"], "the libraries"),
    )


def _optional(value: object, where: str, high: float) -> float | None:
    return None if value is None else number(value, where, high=high)
