"""``linernotes taste``."""

from __future__ import annotations

import json

from rich.console import Console

from linernotes.explore import Library
from linernotes.library.store import Store
from linernotes.library.taste import Taste


def show_taste(*, library: str | None = None, forget: bool = False, as_json: bool = False) -> None:
    """Print how much is known of what a person likes, having forgotten it if asked to.

    Parameters
    ----------
    library
        Folder or URL.
    forget
        Whether to forget all of it.
    as_json
        Whether to print an object.
    """
    place = Library(library).location
    Store(place, create=False)  # or it is told that there is none
    taste = Taste(place)
    if forget:
        taste.forget()
    counts = taste.counts()
    if as_json:
        print(json.dumps(counts))
        return
    output = Console(highlight=False, soft_wrap=True)
    if forget:
        output.print("forgotten: stars, ratings, plays and skips")
    else:
        output.print(", ".join(f"{name} {count:,}" for name, count in counts.items()))
