"""Finding files that are in the data more than once."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from linernotes.datasets.examples import Examples, LeftOut, NoExamplesError, name_of
from linernotes.datasets.table import nothing_left
from linernotes.display import printable

_BLOCK = 1 << 20


def without_copies(examples: Examples) -> Examples:
    """Use each audio file once, however many copies of it there are.

    Copies of different classes are all left out: which of them is right cannot be told. Files
    are copies if all their bytes are the same; those that are merely tagged or encoded
    differently are found by `linernotes.evaluation.leakage.find_leaks`.

    Returns
    -------
    examples
        Different files; the others are among ``left_out``.

    Examples
    --------
    >>> nothing = (None,)
    >>> examples = Examples("g", ("a",), nothing, nothing, nothing, nothing, {}, nothing)
    >>> len(without_copies(examples))
    1
    """
    dropped: set[int] = set()
    left_out: list[LeftOut] = []
    for rows in _copies(examples.path):
        classes = sorted({examples.target[row] for row in rows})
        named = ", ".join(map(printable, classes))
        for row in rows if len(classes) > 1 else rows[1:]:
            dropped.add(row)
            code, message = (
                ("conflicting-labels", f"copies of this file are in {named}; keep the right one")
                if len(classes) > 1
                else ("duplicate", f"this is a copy of {printable(examples.path[rows[0]] or '')}")
            )
            left_out.append(LeftOut(name_of(examples, row), code, message))
    if not dropped:
        return examples
    kept = [row for row in range(len(examples)) if row not in dropped]
    everything = (*examples.left_out, *left_out)
    if not kept:
        raise NoExamplesError(nothing_left(printable(examples.name), everything))
    return replace(examples.take(kept), left_out=everything)


def _copies(paths: Sequence[str | None]) -> list[list[int]]:
    """Return the rows of files with the same bytes; only files of one size are compared."""
    by_size: dict[int, list[int]] = defaultdict(list)
    for row, path in enumerate(paths):
        if path is not None:
            by_size[_size(path)].append(row)
    copies: list[list[int]] = []
    for size, rows in by_size.items():
        if len(rows) > 1 and size > 0:
            copies += [same for same in _by_digest(paths, rows).values() if len(same) > 1]
    return copies


def _by_digest(paths: Sequence[str | None], rows: Iterable[int]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = defaultdict(list)
    for row in rows:
        digest = hashlib.blake2b(digest_size=16)
        try:
            with Path(paths[row] or "").open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
        except OSError:
            # Whoever listens to it says what is wrong with it.
            continue
        found[digest.digest()].append(row)
    return found


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError):
        return -1
