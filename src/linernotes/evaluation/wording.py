"""Words that the page says of tracks and figures, whatever was told of them."""

from __future__ import annotations

import os
import re

from linernotes.datasets.examples import Examples
from linernotes.display import printable
from linernotes.evaluation.predictions import PredictionsBase


def sample_facts(predictions: PredictionsBase, examples: int) -> list[tuple[str, str]]:
    """Return on how many tracks it was trained and tested, and how much it learned by heart.

    Parameters
    ----------
    predictions
        The headline.
    examples
        How many tracks there were.
    """
    facts = []
    if predictions.gap is not None:
        facts.append(("train minus test", f"{100 * predictions.gap:+.1f}\u00a0points"))
    if predictions.n_train is not None:
        facts.append(("trained on", counted(predictions.n_train, "track")))
    facts.append(("tested on", counted(len(predictions.track), "track")))
    if len(predictions.track) < examples and predictions.folds > 1:
        facts.append(("not tested", counted(examples - len(predictions.track), "track")))
    return facts


def track_title(examples: Examples, row: int) -> str:
    """Return what to call a track: its file's name without folder and suffix, or its id.

    Examples
    --------
    >>> track_title(Examples("genre", ("a",), ("x/So What.flac",), *[(None,)] * 3, {}, ("7",)), 0)
    'So What'
    """
    path = examples.path[row]
    if path:
        name = re.split(r"[\\/]", path)[-1]
        return printable(os.path.splitext(name)[0] or name)  # noqa: PTH122 - any system's name
    identity = examples.track_id[row]
    return printable(f"track {identity}" if identity else f"row {row + 1}")


def sentence(text: str) -> str:
    """Return text that begins and ends as sentences do.

    Examples
    --------
    >>> sentence("one is missing")
    'One is missing.'
    """
    shown = printable(text)
    return shown[:1].upper() + shown[1:] + ("" if shown.endswith((".", "!", "?")) else ".")


def counted(number: int, thing: str) -> str:
    """Write how many there are of something.

    Examples
    --------
    >>> counted(2, "class"), counted(1, "track")
    ('2 classes', '1 track')
    """
    plural = "es" if thing.endswith("s") else "s"
    return f"{number:,} {thing}{'' if number == 1 else plural}"
