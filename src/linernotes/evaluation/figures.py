"""Coordinates of the figures on the page: what jinja puts into SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from linernotes.evaluation.number_predictions import NumberPredictions
from linernotes.evaluation.predictions import Predictions
from linernotes.evaluation.result import CurvePoint, Importance
from linernotes.evaluation.scores import Bin

_AnyPredictions = Predictions | NumberPredictions

SIZE = 300  # of the square plots, in their own units
_LEVELS = 10
_FEW = 5  # answers of a bin that say little


def percent(share: float) -> str:
    r"""Write a share.

    Examples
    --------
    >>> percent(0.7251)
    '72.5\xa0%'
    """
    return f"{100 * share:.1f}\u00a0%"


def comparison_rows(
    predictions: _AnyPredictions, beside: _AnyPredictions | None
) -> list[dict[str, Any]]:
    """Return rows to compare: what was trained on, each split with its interval, the baseline."""
    rows: list[dict[str, Any]] = []
    if predictions.train_quality is not None:
        rows.append(_row("tracks trained on", predictions.train_quality, None, "hollow"))
    both = (
        [predictions]
        if beside is None
        else sorted([predictions, beside], key=lambda t: t.split != "random")
    )
    for each in both:
        name = {"random": "random split", "official": "official split", "all": "this data"}.get(
            each.split, f"split by {' and '.join(each.groups)}"
        )
        kind = "main" if each is predictions else "hollow"
        rows.append(_row(name, each.quality, each.quality_interval, kind))
    always = "the commonest" if isinstance(predictions, Predictions) else "the mean"
    rows.append(_row(f"always {always}", predictions.baseline_quality, None, "tick"))
    return rows


def _row(
    name: str, share: float, interval: tuple[float, float] | None, kind: str
) -> dict[str, Any]:
    # R² may lie below 0, where the strip begins.
    low, high = (max(0.0, end) for end in interval or (share, share))
    return {
        "name": name,
        "kind": kind,
        "x": f"{100 * max(0.0, share):.2f}",
        "low": f"{100 * low:.2f}",
        "wide": f"{100 * (high - low):.2f}",
        "percent": percent(share),
    }


def confusion_table(
    predictions: Predictions, classes: Sequence[str], *, most: int
) -> dict[str, Any]:
    """Return the confusion matrix as a table of counts and shades.

    Of more classes than ``most`` those with the most mistakes are shown.
    """
    table = np.array(predictions.scores.confusion)
    shown = np.arange(len(classes))
    if len(classes) > most:
        off = table - np.diag(table.diagonal())
        mistakes = off.sum(axis=0) + off.sum(axis=1)
        shown = np.sort(np.argsort(-mistakes, kind="stable")[:most])
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    rows = []
    for i in shown.tolist():
        cells = []
        for j in shown.tolist():
            # The square root tells one mistake from none where there are many.
            strength = share[i, j] if i == j else math.sqrt(share[i, j])
            level = min(_LEVELS, math.ceil(_LEVELS * strength)) if table[i, j] else 0
            cells.append({"n": int(table[i, j]), "level": f"{'r' if i == j else 'w'}{level}"})
        rows.append({"name": classes[i], "tracks": int(table[i].sum()), "cells": cells})
    size = "large" if len(shown) <= 12 else "middle" if len(shown) <= 30 else "small"
    return {
        "names": [classes[i] for i in shown.tolist()],
        "rows": rows,
        "size": size,
        "hidden": len(classes) - len(shown),
    }


def reliability(bins: Sequence[Bin]) -> dict[str, Any]:
    """Return the reliability curve and, under it, how many answers each bin holds."""
    largest = max(each.tracks for each in bins)
    total = sum(each.tracks for each in bins)
    dots: list[dict[str, Any]] = [
        {
            "x": f"{SIZE * each.confidence:.1f}",
            "y": f"{SIZE * (1 - each.accuracy):.1f}",
            "ideal": f"{SIZE * (1 - each.confidence):.1f}",
            "r": f"{3 + 9 * math.sqrt(each.tracks / total):.1f}",
            "few": each.tracks < _FEW,
            "text": f"sure to {percent(each.confidence)}, right {percent(each.accuracy)} of the "
            f"time ({each.tracks:,} tracks)",
        }
        for each in bins
    ]
    bars = [
        {
            "x": f"{SIZE * each.low + 1:.1f}",
            "wide": f"{SIZE * (each.high - each.low) - 2:.1f}",
            "high": f"{40 * each.tracks / largest:.1f}",
            "y": f"{44 - 40 * each.tracks / largest:.1f}",
        }
        for each in bins
    ]
    points = [f"{dot['x']} {dot['y']}" for dot in dots if not dot["few"]]
    path = "M" + "L".join(points) if points else ""
    return {"dots": dots, "bars": bars, "path": path, "size": SIZE}


def learning_curve(points: Sequence[CurvePoint]) -> dict[str, Any]:
    """Return the learning curve over a linear axis of tracks."""
    most = points[-1].tracks

    def x(point: CurvePoint) -> str:
        return f"{SIZE * point.tracks / most:.1f}"

    def y(share: float) -> str:
        return f"{SIZE * (1 - max(0.0, share)):.1f}"

    upper = [f"{x(p)} {y(p.interval[1])}" for p in points]
    lower = [f"{x(p)} {y(p.interval[0])}" for p in reversed(points)]
    return {
        "size": SIZE,
        "most": f"{most:,}",
        "band": "M" + "L".join([*upper, *lower]) + "z",
        "test": "M" + "L".join(f"{x(p)} {y(p.accuracy)}" for p in points),
        "train": "M" + "L".join(f"{x(p)} {y(p.train_accuracy)}" for p in points),
        "dots": [
            {
                "x": x(p),
                "y": y(p.accuracy),
                "train": y(p.train_accuracy),
                "text": f"{p.tracks:,} tracks: {percent(p.accuracy)} on others, "
                f"{percent(p.train_accuracy)} on themselves",
            }
            for p in points
        ],
        "ticks": [{"x": f"{SIZE * n / most:.1f}", "text": f"{n:,}"} for n in _round_steps(most)],
    }


def importance(families: Sequence[Importance]) -> list[dict[str, Any]]:
    """Return bars of what is lost without each family, the longest as wide as there is room."""
    widest = max((each.loss + each.spread for each in families), default=0.0)
    widest = max(widest, 0.005)
    return [
        {
            "name": each.family.replace("_", " "),
            "columns": f"{each.columns:,}",
            "share": f"{100 * max(0.0, each.loss) / widest:.1f}",
            "low": f"{100 * min(1.0, max(0.0, each.loss - each.spread) / widest):.1f}",
            "high": f"{100 * min(1.0, max(0.0, each.loss + each.spread) / widest):.1f}",
            "text": f"{100 * each.loss + 0.0:.1f}",
            "spread": f"{100 * each.spread:.1f}",
        }
        for each in families
    ]


def _round_steps(most: int) -> list[int]:
    """Return up to five round numbers from 0 on that do not exceed ``most``."""
    raw = max(most, 1) / 4
    size = 10 ** math.floor(math.log10(raw)) if raw >= 1 else 1
    step = next((int(m * size) for m in (1, 2, 2.5, 5, 10) if m * size >= raw), int(10 * size))
    return list(range(0, most + 1, max(1, step)))
