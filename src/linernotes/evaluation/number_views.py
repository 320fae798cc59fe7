"""Views of numbers on the page about an evaluation: told against true, how far off, the worst."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from linernotes.display import printable
from linernotes.evaluation import figures
from linernotes.evaluation.number_predictions import NumberPredictions
from linernotes.evaluation.result import Evaluation
from linernotes.evaluation.wording import counted, sample_facts, track_title
from linernotes.references import page_reference

_SIZE = figures.SIZE
_DOTS = 2000  # of more, an even share is drawn
_BARS = 21
_HIGH = 120  # of the residuals' bars


def number_views(
    evaluation: Evaluation,
    predictions: NumberPredictions,
    folder: str | os.PathLike[str],
    *,
    most: int,
) -> dict[str, Any]:
    """Return what the page shows of numbers alone.

    Parameters
    ----------
    evaluation
        What was found.
    predictions
        Its headline.
    folder
        Where the page will lie.
    most
        Mistakes that are listed.
    """
    low, high = predictions.quality_interval
    several = len(predictions.targets) > 1
    return {
        "numbers": [
            _target_view(evaluation, predictions, i) for i in range(len(predictions.targets))
        ],
        "words": {"axis": "variance told, %", "lost": "R²", "figures": "Shares of the variance"},
        "intro": f"{counted(len(predictions.truth), 'track')}, {printable(predictions.subject)}",
        "verdict": {
            "figure": figures.percent(predictions.quality),
            "words": "of the variance" + (" (mean of the targets)" if several else ""),
            "low": f"{100 * low:.1f}",
            "high": f"{100 * high:.1f}",
        },
        "facts": [*_facts(predictions), *sample_facts(predictions, len(evaluation.examples))],
        "placed": None,
        "legend": [],
        "mistakes": [
            _mistake(evaluation, predictions, int(i), folder) for i in predictions.mistakes(most)
        ],
        "wrong": len(predictions.truth),
    }


def _facts(predictions: NumberPredictions) -> list[tuple[str, str]]:
    facts = []
    for target, scores in zip(predictions.targets, predictions.scores, strict=True):
        of = f" of {printable(target.name)}" if len(predictions.targets) > 1 else ""
        facts += [
            (f"Spearman{of}", _between(scores.spearman, scores.spearman_interval, ".3f")),
            (f"R²{of}", _between(scores.r2, scores.r2_interval, ".3f")),
            (
                f"mean absolute error{of}",
                _between(scores.error, scores.error_interval, ".3g")
                + f"; always the median {scores.baseline:.3g} {printable(target.unit)}".rstrip(),
            ),
            (f"within the interval told{of}", f"{figures.percent(scores.coverage)}, meant are 90"),
        ]
    return facts


def _between(value: float, interval: tuple[float, float], form: str) -> str:
    return f"{value:{form}} (95\u00a0%: {interval[0]:{form}} to {interval[1]:{form}})"


def _target_view(evaluation: Evaluation, predictions: NumberPredictions, i: int) -> dict[str, Any]:
    target = predictions.targets[i]
    name = printable(target.name)
    return {
        "name": name,
        "unit": printable(target.unit),
        "scatter": _scatter(evaluation, predictions, i),
        "residuals": _residuals(predictions, i),
    }


def _scatter(evaluation: Evaluation, predictions: NumberPredictions, i: int) -> dict[str, Any]:
    """Return the tested tracks, true values to the right and told ones up, and axes for both."""
    target, truth, values = (
        predictions.targets[i],
        predictions.truth[:, i],
        predictions.values[:, i],
    )
    low = float(min(truth.min(), values.min()))
    wide = max(float(max(truth.max(), values.max())) - low, 1e-12 * max(1.0, abs(low)))
    shown = np.unique(np.linspace(0, len(truth) - 1, min(len(truth), _DOTS)).astype(int))
    dots = []
    for at in shown.tolist():
        title = track_title(evaluation.examples, int(predictions.track[at]))
        dots.append(
            {
                "x": f"{_SIZE * (truth[at] - low) / wide:.1f}",
                "y": f"{_SIZE * (1 - (values[at] - low) / wide):.1f}",
                "far": not predictions.low[at, i] <= truth[at] <= predictions.high[at, i],
                "text": f"{title}: told {target.digits(values[at])}, is {target.digits(truth[at])}",
            }
        )
    ticks = [
        {"at": f"{_SIZE * (value - low) / wide:.1f}",
         "up": f"{_SIZE * (1 - (value - low) / wide):.1f}", "text": text}
        for value, text in _ticks(low, low + wide)
    ]  # fmt: skip
    return {"dots": dots, "ticks": ticks, "hidden": len(truth) - len(shown)}


def _residuals(predictions: NumberPredictions, i: int) -> dict[str, Any]:
    """Return bars of how many tracks are how far off, too low to the right."""
    target, off = predictions.targets[i], predictions.residuals[:, i]
    end = max(float(np.abs(off).max()), 1e-12)
    counts, edges = np.histogram(off, np.linspace(-end, end, _BARS + 1))
    wide = _SIZE / _BARS
    bars = [
        {
            "x": f"{k * wide + 1:.1f}",
            "wide": f"{wide - 2:.1f}",
            "high": f"{_HIGH * n / max(1, counts.max()):.1f}",
            "y": f"{_HIGH - _HIGH * n / max(1, counts.max()):.1f}",
            "text": f"off by {target.digits(edges[k])} to {target.digits(edges[k + 1])}: "
            f"{counted(n, 'track')}",
        }
        for k, n in enumerate(counts.tolist())
    ]
    ticks = [
        {"at": f"{_SIZE * (value + end) / (2 * end):.1f}", "text": text}
        for value, text in _ticks(-end, end)
    ]
    return {"bars": bars, "ticks": ticks, "high": _HIGH, "mean": f"{off.mean():+.2g}"}


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return four or so round numbers between two, and how to write them.

    Examples
    --------
    >>> _ticks(0.1, 1.0)
    [(0.2, '0.2'), (0.4, '0.4'), (0.6, '0.6'), (0.8, '0.8'), (1.0, '1')]
    """
    raw = (high - low) / 5
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(m * size for m in (1, 2, 2.5, 5, 10) if m * size >= raw * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [
        (value, f"{value:.6g}") for value in (round(k * step, 12) for k in range(first, last + 1))
    ]


def _mistake(
    evaluation: Evaluation, predictions: NumberPredictions, i: int, folder: str | os.PathLike[str]
) -> dict[str, Any]:
    examples, row = evaluation.examples, int(predictions.track[i])
    return {
        "title": track_title(examples, row),
        "artist": printable(examples.artist[row] or ""),
        "told": [
            {
                "name": printable(target.name) if len(predictions.targets) > 1 else "",
                "answer": printable(target.write(float(predictions.values[i, k]))),
                "truth": printable(target.write(float(predictions.truth[i, k]))),
            }
            for k, target in enumerate(predictions.targets)
        ],
        "file": page_reference(examples.path[row], folder),
    }
