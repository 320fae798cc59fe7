"""``linernotes models``."""

from __future__ import annotations

import json
import textwrap

from rich.console import Console

from linernotes import learning
from linernotes.cli.show import printable
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
            lines = [f"tells {model.label}: {_named(model.classes)}", _worth(model)]
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


def _named(classes: tuple[str, ...]) -> str:
    """Return the classes in words; of many, the first ones and how many more."""
    more = len(classes) - _NAMED
    return ", ".join(classes[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _worth(model: learning.Model) -> str:
    if not model.card.scores:
        return "never measured on music that it had not learned from"
    scores = model.card.scores[0]
    return f"accuracy {scores.accuracy:.3f}, baseline {scores.baseline:.3f} ({scores.on})"


def _filled(line: str, indent: str) -> str:
    return textwrap.fill(line, min(Console().width, 100), subsequent_indent=indent)
