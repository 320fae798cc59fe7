"""Pictures, on the page about tracks, of the numbers that a regression tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from linernotes.display import printable
from linernotes.learning.mood import WORDS

if TYPE_CHECKING:
    from linernotes.learning import Estimate, Target


def as_shares(estimate: Estimate) -> Estimate:
    """Return an estimate whose timeline tells where in the range of its target each value lies."""
    low = np.array([target.low for target in estimate.targets])
    wide = np.array([target.high - target.low for target in estimate.targets])
    shares = np.clip((estimate.timeline - low) / wide, 0, 1)
    return replace(estimate, timeline=shares.astype(np.float32))


def interval_in_words(target: Target, value: float) -> str:
    """Write between what the true value lies.

    Examples
    --------
    >>> from linernotes.learning import Target
    >>> interval_in_words(Target("energy", 0.0, 1.0, 0.5, spread=0.2), 0.7)
    '0.50 to 0.90'
    """
    low, high = target.interval(value)
    return f"{target.digits(low)} to {target.write(high)}"


def verdict_of(estimate: Estimate, colours: Mapping[str, str]) -> dict[str, Any]:
    """Return all that a regression tells, in few words, for the table of tracks."""
    told = list(zip(estimate.targets, estimate.values.tolist(), strict=True))
    if estimate.word is not None:
        return _word(estimate, colours)
    if len(told) == 1:
        return _verdict(*told[0], colours)
    words = ", ".join(f"{printable(target.name)} {target.write(value)}" for target, value in told)
    return {**_verdict(*told[0], colours), "best": words, "percent": "", "between": ""}


def opinions_of(estimate: Estimate, colours: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what is shown of each target: its value, its interval, and a bar for its range."""
    found: list[dict[str, Any]] = []
    if estimate.word is not None:
        by = printable(estimate.model) if estimate.model != estimate.label else None
        verdict = _word(estimate, colours)
        found.append(
            {"label": estimate.label, "by": by, "about": "", "verdict": verdict, "rows": []}
        )
    if estimate.rejected:
        return found
    for target, value in zip(estimate.targets, estimate.values.tolist(), strict=True):
        row = {
            "name": f"{target.digits(target.low)} to {target.write(target.high)}",
            "share": f"{100 * target.share(value):.1f}",
            "percent": target.write(value),
            "colour": colours.get(target.name, "other"),
        }
        found.append(
            {
                "label": printable(target.name),
                "by": printable(estimate.model) if estimate.model != target.name else None,
                "about": f"Where {printable(target.name)} lies in the range that was learned from",
                "verdict": {**_verdict(target, value, colours), "percent": ""},
                "rows": [row],
            }
        )
    return found


def scale_of(target: Target) -> dict[str, Any]:
    """Return by what the script writes a share of the range as a value."""
    places = len(target.digits(target.low).partition(".")[2])
    return {"low": target.low, "high": target.high, "places": places, "unit": target.unit}


def peaks_in_words(target: Target, shares: Sequence[float]) -> str:
    """Describe the course of a target for those who do not see it."""
    values = [target.low + share * (target.high - target.low) for share in shares]
    return (
        f"{printable(target.name)} along the track, from {target.digits(min(values))} to "
        f"{target.write(max(values))}"
    )


def _word(estimate: Estimate, colours: Mapping[str, str]) -> dict[str, Any]:
    """Return the word for a mood, with its numbers."""
    word = estimate.word or ""
    sure = word in WORDS.values()
    told = zip(estimate.targets, estimate.values.tolist(), strict=True)
    numbers = ", ".join(f"{target.name} {target.write(value)}" for target, value in told)
    return {
        "sure": sure,
        "doubt": word,
        "best": word if sure else "",
        "percent": "" if estimate.rejected else numbers,
        "between": "",
        "perhaps": "" if estimate.rejected else numbers,
        "colour": colours.get(estimate.targets[0].name, "other"),
    }


def _verdict(target: Target, value: float, colours: Mapping[str, str]) -> dict[str, Any]:
    return {
        "sure": True,
        "doubt": "",
        "best": target.write(value),
        "percent": interval_in_words(target, value),
        "perhaps": "",
        "between": f"{interval_in_words(target, value)} for nine of ten tracks",
        "colour": colours.get(target.name, "other"),
    }
