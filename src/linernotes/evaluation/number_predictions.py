"""Numbers told of tracks that were not trained on, and their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from linernotes.evaluation.number_scores import regression_scores, score_numbers
from linernotes.evaluation.predictions import PredictionsBase, rounded
from linernotes.evaluation.scores import Floats, Ints
from linernotes.learning.card import NumberScores
from linernotes.learning.targets import Target


@dataclass(frozen=True, eq=False, kw_only=True)
class NumberPredictions(PredictionsBase):
    """Numbers told of tracks that were not trained on, by one way to split.

    Parameters
    ----------
    targets
        What is told; their ranges are those of all tracks, their spreads are not known.
    truth, values
        Shape (tests, targets).
    low, high
        Shape (tests, targets): between what the truth was said to lie.
    median, mean
        Shape (tests, targets): of the training part.
    train_r2
        Shape (targets,): on the tracks trained on, the mean of the folds; ``None`` for a
        finished model.
    """

    targets: tuple[Target, ...]
    truth: Floats
    values: Floats
    low: Floats
    high: Floats
    median: Floats
    mean: Floats
    train_r2: Floats | None

    @cached_property
    def scores(self) -> tuple[NumberScores, ...]:
        """All figures of each target; their intervals are by groups where groups are known."""
        return score_numbers(
            self.truth,
            self.values,
            names=[target.name for target in self.targets],
            units=[target.unit for target in self.targets],
            on=self.stamp,
            low=self.low,
            high=self.high,
            median=self.median,
            mean=self.mean,
            groups=self.group,
        )

    @property
    def card_scores(self) -> tuple[NumberScores, ...]:
        """The figures that go onto a card."""
        return self.scores

    @property
    def quality(self) -> float:
        """R², the mean over the targets."""
        return float(np.mean([each.r2 for each in self.scores]))

    @property
    def quality_interval(self) -> tuple[float, float]:
        """Its 95 % interval: of several targets the mean of theirs."""
        low, high = np.mean([each.r2_interval for each in self.scores], axis=0).tolist()
        return low, high

    @property
    def baseline_quality(self) -> float:
        """R² of always telling the mean of the training part."""
        return float(np.mean([each.baseline_r2 for each in self.scores]))

    @property
    def train_quality(self) -> float | None:
        """R² on what was trained on."""
        return None if self.train_r2 is None else float(self.train_r2.mean())

    @property
    def subject(self) -> str:
        """The classes or targets that are told, in words."""
        return ", ".join(
            f"{each.name} from {each.digits(each.low)} to {each.write(each.high)}"
            for each in self.targets
        )

    @property
    def baseline_in_words(self) -> str:
        """The quality that one reaches without listening."""
        figures = ", ".join(
            f"{target.write(each.baseline)}{f' ({target.name})' if len(self.targets) > 1 else ''}"
            for target, each in zip(self.targets, self.scores, strict=True)
        )
        return f"baseline: an error of {figures}, by always telling the median"

    @property
    def residuals(self) -> Floats:
        """Shape (tests, targets): the truth minus what was told."""
        return self.truth - self.values

    def mistakes(self, n: int) -> Ints:
        """Return the tests that were told worst, farthest off first."""
        wide = np.array([target.high - target.low for target in self.targets])
        far = (np.abs(self.residuals) / np.where(wide > 0, wide, 1)).max(axis=1)
        order: Ints = np.argsort(-far, kind="stable")[:n]
        return order

    def lines(self, about: str) -> list[str]:
        """Return the figures as lines of plain text."""
        stamp = "  [random split]" if self.split == "random" else ""
        lines = [f"{self.stamp}; {about}"]
        for target, each in zip(self.targets, self.scores, strict=True):
            if len(self.targets) > 1:
                lines.append(f"  {target.name}:")
            indent = "    " if len(self.targets) > 1 else "  "
            figures = each.lines()[1:]
            lines += [f"{indent}{line.strip()}{stamp}" for line in figures]
        if self.train_quality is not None and self.gap is not None:
            lines.append(
                f"  R² on the tracks trained on {self.train_quality:.3f}, a gap of "
                f"{self.gap:+.3f}{stamp}"
            )
        return lines

    def table(self) -> list[str]:
        """Return what is told of the lowest and the highest tracks, as lines of plain text."""
        lines: list[str] = []
        for i, target in enumerate(self.targets):
            edges = np.unique(np.quantile(self.truth[:, i], np.linspace(0, 1, 6)))
            part = np.clip(np.searchsorted(edges, self.truth[:, i], side="right") - 1, 0, None)
            part = np.minimum(part, max(len(edges) - 2, 0))
            rows = [("true " + target.name, "tracks", "told (mean)", "mean absolute error")]
            for each in np.unique(part).tolist():
                inside = part == each
                high = edges[min(each + 1, len(edges) - 1)]
                rows.append(
                    (
                        f"{target.digits(edges[each])} to {target.write(high)}",
                        f"{inside.sum():,}",
                        target.digits(self.values[inside, i].mean()),
                        f"{np.abs(self.residuals[inside, i]).mean():.3g}",
                    )
                )
            lines += _aligned(rows)
        return lines

    def cells(self) -> dict[str, str]:
        """Return the figures of a row in a table of recipes, by the heading of the column."""
        low, high = self.quality_interval
        return {
            "R²": f"{self.quality:.3f}",
            "95 %": f"{low:.3f} to {high:.3f}",
            "beside": "",
            "Spearman": ", ".join(f"{each.spearman:.3f}" for each in self.scores),
            "error": ", ".join(f"{each.error:.3g}" for each in self.scores),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the figures, ready for JSON."""
        return {
            **super().as_dict(),
            "targets": [
                {
                    "target": each.target,
                    "unit": each.unit,
                    "range": [rounded(target.low), rounded(target.high)],
                    "spearman": rounded(each.spearman),
                    "spearman_interval": list(map(rounded, each.spearman_interval)),
                    "r2": rounded(each.r2),
                    "r2_interval": list(map(rounded, each.r2_interval)),
                    "baseline_r2": rounded(each.baseline_r2),
                    "train_r2": None if self.train_r2 is None else rounded(self.train_r2[i]),
                    "error": rounded(each.error),
                    "error_interval": list(map(rounded, each.error_interval)),
                    "baseline_error": rounded(each.baseline),
                    "coverage": rounded(each.coverage),
                }
                for i, (target, each) in enumerate(zip(self.targets, self.scores, strict=True))
            ],
            "gap": rounded(self.gap),
        }

    def details_as_dict(self) -> dict[str, Any]:
        """Return what `Evaluation.as_dict` has besides: nothing of classes."""
        return {}


def r2_scores(truth: Floats, values: Floats) -> Floats:
    """Return R² of each target, shape (targets,)."""
    columns = range(truth.shape[1])
    return np.array([regression_scores(truth[:, i], values[:, i])[1] for i in columns])


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(
            [row[0].ljust(widths[0])]
            + [cell.rjust(wide) for cell, wide in zip(row[1:], widths[1:], strict=True)]
        )
        for row in rows
    ]
