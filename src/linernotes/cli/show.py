"""How a result looks in a terminal."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text

from linernotes.clock import clock
from linernotes.display import printable
from linernotes.identification import Identification, IdentificationFailure
from linernotes.learning import Estimate, Prediction
from linernotes.learning.certainty import Certainty

_BAR = 20
_LABEL = 14
_STEPS = " ▁▂▃▄▅▆▇█"
_COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")
_TAGS = 8
# Classes that are never more probable than this do not get a strip.
_WORTH_A_STRIP = 0.15
_STRIPS = 4


def show_result(result: Identification | IdentificationFailure, console: Console) -> None:
    """Print what was learned about one track, or why nothing was."""
    if isinstance(result, IdentificationFailure):
        line = Text(printable(result.file or "track"), style="bold")
        line.append(f"\n  {result.code}: {printable(result.message)}", style="red")
        console.print(line)
    else:
        console.print(_identified(result, console.width))
    console.print()


def _identified(result: Identification, width: int) -> Text:
    name = Path(result.file or "track").name
    text = Text(printable(result.caption or name), style="bold")
    text.append(f"  {clock(result.duration)}\n", style="dim")
    if result.caption and result.file:
        text.append(f"  {printable(name)}\n", style="dim")
    for warning in result.warnings:
        text.append(f"  warning: {printable(warning)}\n", style="yellow")
    for prediction in result.predictions:
        if isinstance(prediction, Estimate):
            text.append_text(_estimate(prediction, width))
        else:
            text.append_text(_prediction(prediction, width))
        if prediction.licence:
            text.append(f"  {'':{_LABEL}}{printable(prediction.licence)}\n", style="dim")
    text.append(f"  {'tags':{_LABEL}}", style="dim")
    text.append(_tags(result, width - _LABEL - 2))
    return text


def _tags(result: Identification, width: int) -> str:
    """Name the most probable tags, as many as one line holds."""
    line = ""
    for name, probability in result.tags.top(_TAGS):
        longer = f"{line}  {name} {_percent(probability)}".lstrip()
        if line and len(longer) > width:
            break
        line = longer
    return line


def _prediction(prediction: Prediction, width: int) -> Text:
    best = prediction.top(3)
    text = Text()
    heading = prediction.label
    if prediction.rejected:
        text.append(f"  {heading:{_LABEL}}", style="dim")
        text.append("none of these")
        text.append("  the nearest are:\n", style="dim")
        heading = ""
        best = prediction.nearest(3)
    for rank, (name, probability) in enumerate(best):
        if rank and probability < 0.05:
            break
        doubted = prediction.certainty in (Certainty.LIKELY, Certainty.NOT_SURE)
        doubt = f"  {prediction.certainty}" if rank == 0 and doubted else ""
        text.append(f"  {heading if rank == 0 else '':{_LABEL}}", style="dim")
        text.append(f"{printable(name):{_LABEL}}")
        text.append(_bar(probability), style=_colour(prediction, name))
        text.append(f" {_percent(probability):>5}")
        text.append(f"{doubt}\n", style="dim")
    return text.append_text(_strips(prediction, width))


def _estimate(estimate: Estimate, width: int) -> Text:
    """Show each number, where it lies in its range, and its course."""
    text = Text()
    if estimate.word is not None:
        text.append(f"  {printable(estimate.label):{_LABEL}}", style="dim")
        text.append(f"{estimate.word}\n")
    if estimate.rejected:
        return text
    intervals = estimate.intervals.tolist()
    for i, target in enumerate(estimate.targets):
        value = float(estimate.values[i])
        low, high = intervals[i]
        colour = _COLOURS[i % len(_COLOURS)]
        text.append(f"  {printable(target.name):{_LABEL}}", style="dim")
        text.append(f"{printable(target.write(value)):{_LABEL}}")
        text.append(_bar(target.share(value)), style=colour)
        text.append(f" {target.digits(low)} to {printable(target.write(high))}\n", style="dim")
    if len(estimate.timeline) < 2:
        return text
    columns = _columns(estimate, width)
    over_time = _over_time(estimate, columns)
    for i, target in enumerate(estimate.targets):
        name = printable(target.name) if len(estimate.targets) > 1 else ""
        text.append(f"  {'':{_LABEL}}{name:{_LABEL}}", style="dim")
        shares = [target.share(value) for value in over_time[:, i].tolist()]
        blocks = "".join(_STEPS[round(share * (len(_STEPS) - 1))] for share in shares)
        text.append(f"{blocks}\n", style=_COLOURS[i % len(_COLOURS)])
    axis = _axis(float(estimate.start[0]), float(estimate.end[-1]), columns)
    text.append(f"  {'':{2 * _LABEL}}{axis}\n", style="dim")
    return text


def _columns(told: Prediction | Estimate, width: int) -> int:
    return min(max(20, width - 2 * _LABEL - 4), 100, max(20, 4 * len(told.timeline)))


def _strips(prediction: Prediction, width: int) -> Text:
    """Draw one strip of rising and falling blocks for each class that matters somewhere."""
    highest = prediction.timeline.max(axis=0)
    columns = _columns(prediction, width)
    order = np.argsort(-prediction.timeline.mean(axis=0), kind="stable")
    text = Text()
    if len(prediction.timeline) < 2:
        return text
    for index in [i for i in order if highest[i] >= _WORTH_A_STRIP][:_STRIPS]:
        name = prediction.classes[index]
        text.append(f"  {'':{_LABEL}}{printable(name):{_LABEL}}", style="dim")
        strip = _over_time(prediction, columns)[:, index]
        blocks = "".join(_STEPS[round(float(p) * (len(_STEPS) - 1))] for p in strip)
        text.append(f"{blocks}\n", style=_colour(prediction, name))
    axis = _axis(float(prediction.start[0]), float(prediction.end[-1]), columns)
    text.append(f"  {'':{2 * _LABEL}}{axis}\n", style="dim")
    return text


def _over_time(prediction: Prediction | Estimate, columns: int) -> NDArray[np.float32]:
    """Return what is told at evenly spaced moments, the mean of the windows heard then."""
    edges = np.linspace(float(prediction.start[0]), float(prediction.end[-1]), columns + 1)
    rows: list[NDArray[np.float32]] = []
    for first, last in pairwise(edges):
        heard = (prediction.start < last) & (prediction.end > first)
        rows.append(prediction.timeline[heard].mean(axis=0) if heard.any() else rows[-1])
    return np.array(rows)


def _axis(start: float, end: float, columns: int) -> str:
    parts = 4 if columns >= 40 else 1
    axis = [" "] * columns
    for part in range(parts + 1):
        mark = clock(start + (end - start) * part / parts)
        first = min(round(part * columns / parts), columns - len(mark))
        axis[first : first + len(mark)] = mark
    return "".join(axis)


def _bar(probability: float) -> str:
    filled = round(probability * _BAR)
    return "█" * filled + "░" * (_BAR - filled)


def _percent(probability: float) -> str:
    return f"{100 * probability:.0f} %"


def _colour(prediction: Prediction, name: str) -> str:
    return _COLOURS[prediction.classes.index(name) % len(_COLOURS)]
