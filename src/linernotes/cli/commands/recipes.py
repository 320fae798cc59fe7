"""``linernotes recipes``: its options."""

from __future__ import annotations

from linernotes.cli.options import Json

EXAMPLES = """
linernotes recipes
linernotes recipes --json
"""


def recipes(json: Json = False) -> None:
    """List the recipes: what each hears, its model, and what it reproduces."""
    from linernotes.cli.evaluate import show_recipes

    show_recipes(as_json=json)
