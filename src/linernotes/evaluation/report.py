"""The page about an evaluation: one HTML file that needs nothing but a browser."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from linernotes.display import printable
from linernotes.errors import LinernotesError
from linernotes.evaluation import figures
from linernotes.evaluation.number_predictions import NumberPredictions
from linernotes.evaluation.number_views import number_views
from linernotes.evaluation.predictions import Predictions, PredictionsBase
from linernotes.evaluation.result import Diagnostics, Evaluation
from linernotes.evaluation.wording import counted, sample_facts, sentence, track_title
from linernotes.files import write_atomically
from linernotes.pages import fill_page, opinion
from linernotes.references import page_reference

_COLOURS = 12  # as many as theme.css knows; more cannot be told apart
_MISTAKES = 12
_LISTED_LEFT_OUT = 200
_MATRIX = 60  # classes; a larger matrix is no longer read, and makes a page of megabytes
_FAMILIES = 20


class ReportError(LinernotesError):
    """The page about an evaluation cannot be written as it was asked for."""

    code: ClassVar[str] = "report"


def write_report(
    evaluation: Evaluation, path: str | os.PathLike[str], *, title: str | None = None
) -> None:
    """Write the page, whole or not at all.

    Parameters
    ----------
    evaluation
        With or without `Diagnostics`; without them the page has fewer figures.
    path
        The .html file.
    title
        Heading of the page.

    Raises
    ------
    ReportError
        The page cannot be written there.
    """
    target = check_report_path(path)
    page = render_report(evaluation, folder=target.parent, title=title)
    try:
        write_atomically(target, page.encode("utf-8"))
    except OSError as error:
        raise ReportError(
            f"{target.name} cannot be written ({error.strerror}): choose another place."
        ) from error


def check_report_path(path: str | os.PathLike[str]) -> Path:
    """Return where a page will lie, so that hours of work do not end at a misspelt folder.

    Raises
    ------
    ReportError
        It is no .html file, or its folder is not there.
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise ReportError(f"{target.name}: reports are written as .html")
    if not target.parent.is_dir():
        raise ReportError(f"there is no folder {target.parent} to write the report to")
    if target.is_dir():
        raise ReportError(f"{target.name} is a folder: name a .html file")
    return target


def render_report(
    evaluation: Evaluation, *, folder: str | os.PathLike[str] = ".", title: str | None = None
) -> str:
    """Return the page; the same evaluation gives the same page, to the byte.

    Parameters
    ----------
    evaluation
        What was found.
    folder
        Where the page will lie: tracks are played from there.
    title
        Heading of the page; "Evaluation" if not given.
    """
    predictions, examples = evaluation.predictions, evaluation.examples
    diagnostics = evaluation.diagnostics
    if isinstance(predictions, NumberPredictions):
        about = number_views(evaluation, predictions, folder, most=_MISTAKES)
    else:
        about = _class_views(evaluation, predictions, diagnostics, folder)
    return fill_page(
        "linernotes.evaluation",
        title=printable(title or "Evaluation"),
        recipe=printable(evaluation.recipe),
        finished=evaluation.finished,
        label=printable(examples.label),
        data=printable(examples.name),
        stamp=predictions.brief,
        whole_stamp=predictions.stamp,
        random=predictions.split == "random",
        warnings=[sentence(each) for each in evaluation.warnings],
        leaks=[sentence(each) for each in evaluation.leaks],
        unknown=[sentence(each) for each in evaluation.unknown],
        curve=figures.learning_curve(diagnostics.curve) if len(diagnostics.curve) > 1 else None,
        points=diagnostics.curve,
        importance=figures.importance(diagnostics.importance[:_FAMILIES]),
        families_left=max(0, len(diagnostics.importance) - _FAMILIES),
        notes=[sentence(note) for note in diagnostics.notes],
        left_out=[
            {"name": printable(e.name), "code": e.code, "message": printable(e.message)}
            for e in evaluation.left_out[:_LISTED_LEFT_OUT]
        ],
        left_out_count=len(evaluation.left_out),
        chosen=_chosen(predictions),
        random_state=evaluation.random_state,
        percent=figures.percent,
        strip=figures.comparison_rows(predictions, evaluation.beside),
        **about,
    )


def _class_views(
    evaluation: Evaluation,
    predictions: Predictions,
    diagnostics: Diagnostics,
    folder: str | os.PathLike[str],
) -> dict[str, Any]:
    """Return what the page shows of classes alone."""
    classes = [printable(name) for name in predictions.classes]
    projected = _projection_view(evaluation, predictions, diagnostics, folder)
    return {
        "numbers": [],
        "words": {"axis": "right, %", "lost": "Accuracy", "figures": "Accuracies"},
        "intro": f"{counted(len(predictions.truth), 'track')}, {counted(len(classes), 'class')}",
        "verdict": _verdict(predictions),
        "facts": _facts(predictions, len(evaluation.examples)),
        "matrix": figures.confusion_table(predictions, classes, most=_MATRIX),
        "rows": [_class_row(predictions, i) for i in range(len(classes))],
        "reliability": figures.reliability(predictions.bins),
        "bins": predictions.bins,
        "placed": projected,
        "legend": _legend(predictions, classes, diagnostics) if projected else [],
        "mistakes": [
            _mistake(evaluation, predictions, int(i), folder)
            for i in predictions.mistakes(_MISTAKES)
        ],
        "wrong": int((predictions.answer != predictions.truth).sum()),
    }


def _verdict(predictions: Predictions) -> dict[str, str]:
    scores = predictions.scores
    low, high = scores.interval or (scores.accuracy, scores.accuracy)
    return {
        "figure": figures.percent(scores.accuracy),
        "words": "right",
        "low": f"{100 * low:.1f}",
        "high": f"{100 * high:.1f}",
    }


def _facts(predictions: Predictions, examples: int) -> list[tuple[str, str]]:
    scores = predictions.scores
    facts = [
        ("macro F1", f"{scores.macro_f1:.3f}"),
        ("log loss", f"{scores.log_loss:.3f}"),
        ("calibration error", f"{scores.calibration_error:.3f}"),
        ("baseline", figures.percent(scores.baseline)),
    ]
    if predictions.rejected.any() and predictions.accuracy_accepted is not None:
        facts.append(("none of these", figures.percent(float(predictions.rejected.mean()))))
        facts.append(("right of the others", figures.percent(predictions.accuracy_accepted)))
    return [*facts, *sample_facts(predictions, examples)]


def _class_row(predictions: Predictions, i: int) -> dict[str, Any]:
    row = predictions.by_class[i]
    shown = [f"{printable(name)}\u00a0{n}" for name, n in row.taken_for[:4]]
    return {
        "name": printable(row.name),
        "tracks": f"{row.tracks:,}",
        "recall": figures.percent(row.recall) if row.tracks else "none",
        "share": f"{100 * row.recall:.1f}",
        "precision": figures.percent(row.precision),
        "f1": f"{row.f1:.2f}",
        "wrong": row.tracks - predictions.scores.confusion[i][i],
        "taken_for": ", ".join(shown),
        "more": max(0, len(row.taken_for) - 4),
        "wrongly_found": row.wrongly_found,
    }


def _legend(
    predictions: Predictions, classes: list[str], diagnostics: Diagnostics
) -> list[dict[str, Any]]:
    truth = predictions.truth[diagnostics.projected]
    counts = np.bincount(truth[truth >= 0], minlength=len(classes)).tolist()
    order = _colour_order(predictions)
    entries = [
        {"name": classes[i], "tracks": f"{counts[i]:,}", "colour": f"p{place}", "number": place}
        for place, i in enumerate(order[:_COLOURS])
        if counts[i]
    ]
    others = sum(counts[i] for i in order[_COLOURS:])
    if others:
        name = counted(sum(counts[i] > 0 for i in order[_COLOURS:]), "other class")
        entries.append(
            {"name": name, "tracks": f"{others:,}", "colour": "p-other", "number": _COLOURS}
        )
    return entries


def _colour_order(predictions: Predictions) -> list[int]:
    """Return classes by falling size; the first of them get colours of their own."""
    sizes = [row.tracks for row in predictions.by_class]
    if len(sizes) <= _COLOURS:
        return list(range(len(sizes)))
    return sorted(range(len(sizes)), key=lambda i: (-sizes[i], i))


def _projection_view(
    evaluation: Evaluation,
    predictions: Predictions,
    diagnostics: Diagnostics,
    folder: str | os.PathLike[str],
) -> dict[str, Any] | None:
    """Return the tested tracks on the plane, for the page and its script."""
    if len(diagnostics.projected) < 3:
        return None
    examples = evaluation.examples
    place_of = {i: place for place, i in enumerate(_colour_order(predictions))}
    names = [printable(name) for name in predictions.classes]
    high = float(max(diagnostics.coordinates[:, 1].max(), 0.2))
    dots, tracks = [], []
    for (x, y), i in zip(
        diagnostics.coordinates.tolist(), diagnostics.projected.tolist(), strict=True
    ):
        truth, answer = int(predictions.truth[i]), int(predictions.answer[i])
        row = int(predictions.track[i])
        place = place_of.get(truth, _COLOURS)
        dots.append(
            {
                "x": f"{20 + 960 * x:.0f}",
                "y": f"{20 + 960 * y:.0f}",
                "colour": f"p{place}" if place < _COLOURS else "p-other",
                "number": min(place, _COLOURS),
                "wrong": truth != answer,
            }
        )
        tracks.append(
            [
                track_title(examples, row),
                printable(examples.artist[row] or ""),
                names[truth] if truth >= 0 else printable(examples.target[row]),
                names[answer],
                round(float(predictions.probabilities[i, answer]), 3),
                page_reference(examples.path[row], folder),
            ]
        )
    return {"dots": dots, "tracks": tracks, "height": f"{40 + 960 * high:.0f}"}


def _chosen(predictions: PredictionsBase) -> list[str]:
    """Return the settings that were chosen, and in how many trainings, most frequent first."""
    counts = Counter(predictions.chosen).most_common()
    if len(predictions.chosen) < 2:
        return [printable(each) for each, _ in counts]
    return [f"{printable(each)}: {n} of {len(predictions.chosen)} times" for each, n in counts]


def _mistake(
    evaluation: Evaluation, predictions: Predictions, i: int, folder: str | os.PathLike[str]
) -> dict[str, Any]:
    examples = evaluation.examples
    row, truth, answer = (
        int(predictions.track[i]),
        int(predictions.truth[i]),
        int(predictions.answer[i]),
    )
    known = float(predictions.probabilities[i, truth]) if truth >= 0 else 0.0
    return {
        "title": track_title(examples, row),
        "artist": printable(examples.artist[row] or ""),
        "truth": printable(examples.target[row]),
        "answer": printable(predictions.classes[answer]),
        "sure": opinion(float(predictions.probabilities[i, answer])),
        "truly": opinion(known),
        "file": page_reference(examples.path[row], folder),
    }
