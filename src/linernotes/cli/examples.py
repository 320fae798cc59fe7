"""The examples at the end of a command's help."""

from __future__ import annotations

import inspect


def examples(commands: str) -> str:
    """Return commands, one a line, as the epilog of a help page.

    Examples
    --------
    >>> examples("linernotes demo").splitlines()
    ['Examples:', 'linernotes demo']
    """
    lines = inspect.cleandoc(commands).splitlines()
    # What is in brackets would be taken for a style.
    return "\n".join(["Examples:", *lines]).replace("[", "\\[")
