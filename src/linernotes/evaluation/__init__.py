"""How good models are on music that they have not heard: splits, scores, leaks, reports.

>>> from linernotes.evaluation import evaluate
>>> evaluate("default", "tracks.csv").report("report.html")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linernotes.evaluation.comparison import compare
    from linernotes.evaluation.confounding import Leak
    from linernotes.evaluation.evaluating import evaluate
    from linernotes.evaluation.leakage import find_leaks
    from linernotes.evaluation.result import Evaluation
    from linernotes.evaluation.scores import score
    from linernotes.evaluation.splits import Split, folds, split_once
    from linernotes.evaluation.task import Listening
    from linernotes.evaluation.training import ScoredModel, train_scored

__all__ = [
    "Evaluation",
    "Leak",
    "Listening",
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

_MODULES = {
    "Evaluation": "result",
    "Leak": "confounding",
    "Listening": "task",
    "ScoredModel": "training",
    "Split": "splits",
    "compare": "comparison",
    "evaluate": "evaluating",
    "find_leaks": "leakage",
    "folds": "splits",
    "score": "scores",
    "split_once": "splits",
    "train_scored": "training",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is: some of it takes scikit-learn along."""
    if name in _MODULES:
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
