"""``linernotes models``."""

from __future__ import annotations

import json
import textwrap

from rich.console import Console

from linernotes import learning
from linernotes.display import printable
from linernotes.errors import ModelFileError

_NAMED = 12


def list_models(*, as_json: bool = False) -> None:
    """Print the models that have names: those that come with linernotes, and the user's own."""
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    names = learning.list_models()
    wide = max(map(len, names)) + 2
    for name in names:
        try:
            model = learning.load_model(name)
        except ModelFileError as error:  # the others can be used
            messages.print(printable(f"{name}: {error}"), markup=False)
            continue
        if as_json:
            print(json.dumps(model.as_dict()))
        else:
            lines = [_told(model), *_worth(model)]
            for number, line in enumerate(lines):
                first = f"{name:{wide}}" if not number else " " * wide
                print(_filled(first + line, " " * wide))
    if not as_json:
        print("\nlinernotes models NAME|FILE tells how far to trust one.")


def show_model(name: str, *, as_json: bool = False) -> None:
    """Print a model's card."""
    model = learning.load_model(name)
    if as_json:
        print(json.dumps(model.as_dict()))
        return
    for line in model.describe():
        indent = " " * (len(line) - len(line.lstrip()))
        print(line if "  " in line.strip() else _filled(line, indent))  # rows of a table are whole


def _told(model: learning.AnyModel) -> str:
    """Return what a model tells in words; of many classes, the first ones and how many more."""
    if isinstance(model, learning.Regression):
        return f"tells {model.subject}"
    more = len(model.classes) - _NAMED
    named = ", ".join(model.classes[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"tells {model.label}: {named}"


def _worth(model: learning.AnyModel) -> list[str]:
    scores = model.card.scores
    if not scores:
        return ["never measured on music that it had not learned from"]
    # Of a regression there is one for each target.
    first = scores[:1] if isinstance(scores[0], learning.Scores) else scores
    return [_headline(each) for each in first]


def _headline(scores: learning.Scores | learning.NumberScores) -> str:
    if isinstance(scores, learning.Scores):
        return f"accuracy {scores.accuracy:.3f}, baseline {scores.baseline:.3f} ({scores.on})"
    unit = f" {scores.unit}" if scores.unit else ""
    return (
        f"{scores.target}: Spearman {scores.spearman:.3f}, R² {scores.r2:.3f}, error "
        f"{scores.error:.3g}{unit}, baseline {scores.baseline:.3g}{unit} ({scores.on})"
    )


def _filled(line: str, indent: str) -> str:
    return textwrap.fill(line, min(Console().width, 100), subsequent_indent=indent)
