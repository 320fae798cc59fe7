"""``linernotes models``."""

from __future__ import annotations

import json
import textwrap

from rich.console import Console

from linernotes import learning


def list_models(*, as_json: bool = False) -> None:
    """Print the models that come with linernotes, one a line."""
    for name in learning.list_models():
        model = learning.load_model(name)
        if as_json:
            print(json.dumps(model.as_dict()))
        else:
            print(f"{name:12} tells {model.label}: {', '.join(model.classes)}")
    if not as_json:
        print("\nlinernotes models show NAME tells how far to trust one.")


def show_model(name: str, *, as_json: bool = False) -> None:
    """Print a model's card."""
    model = learning.load_model(name)
    if as_json:
        print(json.dumps(model.as_dict()))
        return
    width = min(Console().width, 100)
    for line in model.describe():
        indent = " " * (len(line) - len(line.lstrip()))
        if "  " in line.strip():  # a row of a table
            print(line)
        else:
            print(textwrap.fill(line, width, initial_indent="", subsequent_indent=indent))
