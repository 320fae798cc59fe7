"""The page about identified tracks: one HTML file that needs nothing else."""

from __future__ import annotations

import ntpath
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from linernotes.clock import clock
from linernotes.display import legible
from linernotes.identification.heat_image import LEVELS, heat_image
from linernotes.identification.number_views import opinions_of, verdict_of
from linernotes.identification.report_figure import (
    LEGEND,
    WIDTH,
    Columns,
    drawn_classes,
    figure_view,
)
from linernotes.identification.result import Identification, IdentificationFailure
from linernotes.learning import Estimate, Prediction
from linernotes.learning.certainty import Certainty
from linernotes.pages import fill_page, opinion

_COLOURS = 24  # as many as theme.css knows
_LISTED_CLASSES = 5
_LISTED_TAGS = 8


def write_report(
    results: Identification | Sequence[Identification | IdentificationFailure],
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
) -> None:
    """Write a page about tracks, to be opened in any browser.

    Parameters
    ----------
    results
        What `identify` returned, or what `identify_many` yields, in the order to show.
    path
        The HTML file.
    title
        Heading of the page; "Liner notes" if not given.

    Examples
    --------
    >>> from linernotes import identify
    >>> write_report(identify("song.mp3"), "song.html")  # doctest: +SKIP
    """
    shown = [results] if isinstance(results, Identification) else results
    Path(path).write_text(render_report(shown, title=title), encoding="utf-8")


def render_report(
    results: Sequence[Identification | IdentificationFailure], *, title: str | None = None
) -> str:
    """Return a page about tracks: one HTML file that loads nothing from anywhere.

    Parameters
    ----------
    results
        What `identify_many` yields, in the order to show.
    title
        Heading of the page; "Liner notes" if not given.

    Returns
    -------
    str
        The same results give the same page, to the byte.

    Examples
    --------
    >>> from linernotes.identification import IdentificationFailure
    >>> page = render_report([IdentificationFailure("a.mp3", "empty", "the file holds no bytes")])
    >>> "The file could not be identified" in page
    True
    """
    tracks = [result for result in results if isinstance(result, Identification)]
    failures = [result for result in results if isinstance(result, IdentificationFailure)]
    timelines = [Columns.of(track) for track in tracks]
    colours = _assign_colours(zip(tracks, timelines, strict=True))
    models = list(dict.fromkeys(p.model for track in tracks for p in track.predictions))
    return fill_page(
        "linernotes.identification",
        title=legible(title or "Liner notes"),
        intro=_intro(tracks),
        failed=_failed(len(failures), len(results)),
        columns=[legible(model) for model in models],
        models=_describe_models(tracks),
        show=legible(models[0]) if len(models) == 1 else "NAME" if models else None,
        scale=heat_image(np.linspace(0, 1, LEVELS)[np.newaxis]),
        width=WIDTH,
        tracks=[
            _track_view(f"track-{number}", track, columns, colours, models)
            for number, (track, columns) in enumerate(zip(tracks, timelines, strict=True), 1)
        ],
        failures=[
            _name_view(failure.file)
            | {"code": legible(failure.code), "message": legible(failure.message)}
            for failure in failures
        ],
    )


def _assign_colours(
    heard: Iterable[tuple[Identification, Columns | None]],
) -> dict[str, str]:
    """Give each class that is drawn anywhere one colour for the whole page."""
    drawn: dict[str, None] = {}
    for track, columns in heard:
        for prediction in track.predictions:
            if isinstance(prediction, Estimate):
                drawn.update((target.name, None) for target in prediction.targets)
                continue
            # A model of few classes keeps its colours from page to page.
            if len(prediction.classes) <= LEGEND:
                drawn.update(dict.fromkeys(prediction.classes))
            else:
                names = (prediction.classes[i] for i in drawn_classes(prediction, columns))
                drawn.update(dict.fromkeys(names))
    return {name: f"k{number % _COLOURS}" for number, name in enumerate(drawn)}


def _track_view(
    anchor: str,
    track: Identification,
    columns: Columns | None,
    colours: Mapping[str, str],
    models: Sequence[str],
) -> dict[str, Any]:
    verdicts = {p.model: _verdict(p, colours) for p in track.predictions}
    return _name_view(track.file, track.caption) | {
        "id": anchor,
        "clock": clock(track.duration, hours=track.duration >= 3600),
        "warnings": [legible(warning) for warning in track.warnings],
        "verdicts": [verdicts.get(model) for model in models],
        "opinions": [view for p in track.predictions for view in _opinions(p, colours)],
        "tags": [_row(name, p) for name, p in track.tags.top(_LISTED_TAGS)],
        "brief_tags": ", ".join(legible(name) for name, _ in track.tags.top(3)),
        "figure": None if columns is None else figure_view(track, columns, colours),
    }


def _opinions(
    prediction: Prediction | Estimate, colours: Mapping[str, str]
) -> list[dict[str, Any]]:
    if isinstance(prediction, Estimate):
        return opinions_of(prediction, colours)
    label = legible(prediction.label)
    return [
        {
            "label": label,
            "by": legible(prediction.model) if prediction.model != prediction.label else None,
            "about": f"Most probable: {label}",
            "verdict": _verdict(prediction, colours),
            "rows": _class_rows(prediction, colours),
        }
    ]


def _name_view(file: str | None, caption: str | None = None) -> dict[str, Any]:
    if caption:
        return {"folder": legible(file or ""), "stem": legible(caption), "suffix": ""}
    if not file:
        return {"folder": "", "stem": "untitled", "suffix": ""}
    # Names of both kinds of systems: a page may show results that came from another machine.
    split = ntpath.split if re.match(r"[A-Za-z]:\\|\\\\", file) else os.path.split
    folder, base = split(file)
    if not base:
        folder, base = "", file
    stem, suffix = os.path.splitext(base)  # noqa: PTH122 - perhaps a name of another system
    return {"folder": legible(folder), "stem": legible(stem), "suffix": legible(suffix)}


def _verdict(prediction: Prediction | Estimate, colours: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(prediction, Estimate):
        return verdict_of(prediction, colours)
    certainty = prediction.certainty
    top = prediction.nearest(2)
    best, first = top[0]
    perhaps = " or ".join(f"{legible(name)} {opinion(p)}" for name, p in top)
    return {
        "sure": certainty in (Certainty.SURE, Certainty.LIKELY),
        "doubt": str(certainty),
        "best": legible(best),
        "percent": opinion(first) + (" (likely)" if certainty is Certainty.LIKELY else ""),
        "perhaps": f"{'nearest' if prediction.rejected else 'perhaps'} {perhaps}",
        "between": "",
        "colour": colours.get(best, "other"),
    }


def _class_rows(prediction: Prediction, colours: Mapping[str, str]) -> list[dict[str, Any]]:
    top = prediction.top(_LISTED_CLASSES)
    rows = [_row(name, p, colours.get(name, "other")) for name, p in top]
    others = len(prediction.classes) - len(top)
    if others > 0:
        rest = max(0.0, 1 - sum(p for _, p in top))
        rows.append(_row(f"{others} other{'s' if others > 1 else ''}", rest, "other"))
    return rows


def _row(name: str, probability: float, colour: str = "plain") -> dict[str, Any]:
    share = f"{100 * probability:.1f}"
    return {
        "name": legible(name),
        "share": share,
        "percent": opinion(probability),
        "colour": colour,
    }


def _describe_models(tracks: Iterable[Identification]) -> list[str]:
    known = {p.model: p for track in tracks for p in track.predictions}
    return [
        f"the model {legible(name)} ({legible(p.label)}: {_counted(p)}"
        + (f"; {legible(p.licence)})" if p.licence else ")")
        for name, p in known.items()
    ]


def _counted(prediction: Prediction | Estimate) -> str:
    if isinstance(prediction, Prediction):
        return f"{len(prediction.classes)} classes"
    return "a number" if len(prediction.targets) == 1 else f"{len(prediction.targets)} numbers"


def _intro(tracks: Sequence[Identification]) -> str:
    if not tracks:
        return ""
    if len(tracks) == 1:
        return "1 track"
    seconds = sum(track.duration for track in tracks)
    return f"{len(tracks)} tracks, {clock(seconds, hours=seconds >= 3600)} of music"


def _failed(failures: int, total: int) -> str:
    if total == 1:
        return "The file could not be identified"
    return f"{failures} of {total} files could not be identified"
