"""A training in a process of its own: what it is to learn comes in as JSON, how it goes goes out.

``python -m linernotes.web.trainer`` reads one object from standard input, and prints one a line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from linernotes.errors import LinernotesError
from linernotes.evaluation.predictions import Predictions
from linernotes.evaluation.result import Evaluation
from linernotes.evaluation.task import ListeningOptions
from linernotes.evaluation.training import train_scored
from linernotes.learning.data import load_data
from linernotes.library import Progress
from linernotes.web.learnable import WAYS
from linernotes.web.subprocesses import heed_termination, say


def main() -> None:
    """Test, train, and save."""
    heed_termination()
    order = json.load(sys.stdin)
    try:
        say({"result": learn(order)})
    except KeyboardInterrupt:
        say({"stopped": True})
    except LinernotesError as error:
        say({"error": {"code": error.code, "message": getattr(error, "message", str(error))}})


def learn(order: dict[str, Any]) -> dict[str, Any]:
    """Learn a label of a library's file tags; returns what is told of the model.

    It is tested first, on tracks that were left out in turn, parted as was ordered; where the
    tracks cannot be parted so, it is trained all the same, and said to be untested.
    """
    way = next(each for each in WAYS if each.name == order["split"])

    def tell(progress: Progress) -> None:
        say({"phase": progress.phase, "done": progress.done, "total": progress.total})

    say({"phase": "reading", "done": 0, "total": 0})
    examples = load_data(f"library:{order['library']}", label=order["label"], numbers=False)
    made = train_scored(
        examples,
        recipe=order["recipe"],
        name=order["name"],
        groups=way.group_by,
        split=way.method,
        listening=ListeningOptions(progress=tell),
    )
    found = made.evaluation
    target = Path(order["target"])
    target.parent.mkdir(parents=True, exist_ok=True)
    made.model.save(target)
    return {
        "model": order["name"],
        "tracks": len(made.examples),
        "left_out": len(made.examples.left_out),
        "split": way.name,
        "tested": None if found is None else tested(found),
        "untested": made.untested,
        "warnings": list(made.examples.warnings if found is None else found.warnings),
    }


def tested(found: Evaluation) -> dict[str, Any] | None:
    """Return how the test went, as far as it could be made."""
    predictions = found.predictions
    if not isinstance(predictions, Predictions):
        return None
    scores = predictions.scores
    return {
        "cases": scores.cases,
        "accuracy": round(scores.accuracy, 4),
        "interval": None if scores.interval is None else [round(end, 4) for end in scores.interval],
        "baseline": round(scores.baseline, 4),
        "classes": [
            {"name": row.name, "tracks": row.tracks, "right": round(row.recall * row.tracks)}
            for row in predictions.by_class
        ],
    }


if __name__ == "__main__":
    main()
