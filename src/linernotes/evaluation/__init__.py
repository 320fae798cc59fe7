"""How good models are on music that they have not heard: splits, scores, leaks, reports.

>>> from linernotes.evaluation import evaluate
>>> evaluate("default", "tracks.csv").report("report.html")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.evaluation.comparison import compare
    from linernotes.evaluation.confounding import Leak
    from linernotes.evaluation.evaluating import evaluate
    from linernotes.evaluation.leakage import find_leaks
    from linernotes.evaluation.result import Evaluation
    from linernotes.evaluation.scores import score
    from linernotes.evaluation.splits import Split, folds, split_once
    from linernotes.evaluation.task import ListeningOptions
    from linernotes.evaluation.training import ScoredModel, train_scored

__all__ = [
    "Evaluation",
    "Leak",
    "ListeningOptions",
    "ScoredModel",
    "Split",
    "compare",
    "evaluate",
    "find_leaks",
    "folds",
    "score",
    "split_once",
    "train_scored",
]

__getattr__ = deferred(
    __name__,
    {
        "comparison": "compare",
        "confounding": "Leak",
        "evaluating": "evaluate",
        "leakage": "find_leaks",
        "result": "Evaluation",
        "scores": "score",
        "splits": "Split folds split_once",
        "task": "ListeningOptions",
        "training": "ScoredModel train_scored",
    },
)
