"""Labels that are numbers: told from classes, and read."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from linernotes.datasets.examples import (
    Examples,
    FewNumbersError,
    LeftOut,
    NoNumbersError,
    Numbers,
    OneValueError,
    name_of,
    similar_classes,
)
from linernotes.display import printable
from linernotes.learning.targets import LARGEST

FEWEST_NUMBERS = 5
"""Tracks with a number that a regression needs: with fewer, nothing can be held out and learned."""

# A label whose values are numbers is told as a number if it has more different values than
# these: a rating has fractions, a code of a class has none.
_HANDFUL = 5
_CODES = 20
# Of a label that is numbers, so many of its values are; the others are slips of the pen.
_MOST = 0.8

_UNITS = {"%": "%", "db": "dB", "bpm": "BPM", "hz": "Hz", "khz": "kHz", "ms": "ms", "lufs": "LUFS"}
_NUMBER = re.compile(
    rf"([+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*({'|'.join(_UNITS)})?", re.IGNORECASE
)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity|∞)", re.IGNORECASE)
_IN_NAME = re.compile(r"\(([^()]{1,12})\)\s*$")


@dataclass(frozen=True)
class LabelColumn:
    """A label's texts, read as numbers.

    Parameters
    ----------
    values
        A number for each text; ``None`` where it is none, or none that can be learned.
    unit
        What all of them are measured in; empty where they do not say, or not alike.
    commas
        Whether a comma was taken for the decimal point.
    """

    values: tuple[float | None, ...]
    unit: str = ""
    commas: bool = False

    @property
    def is_numbers(self) -> bool:
        """Whether these are numbers to tell, and no codes of classes."""
        known = [value for value in self.values if value is not None]
        different = len(set(known))
        if len(known) < _MOST * len(self.values) or different <= _HANDFUL:
            return False
        whole = all(value.is_integer() for value in known)
        # Where hardly any value is there twice, it is no class that could be learned.
        return not whole or different > _CODES or different > len(known) / 2


def read_column(texts: Sequence[str]) -> LabelColumn:
    """Read texts as numbers: ``-7.2``, ``1e3``, ``85 %``, ``1,234``; and ``0,5`` where all are so.

    Returns
    -------
    LabelColumn
        A number or ``None`` for each text, and their unit.

    Examples
    --------
    >>> read_column(["0,5", "0,25", "none"]).values
    (0.5, 0.25, None)
    >>> read_column(["90 BPM", "120 bpm"]).unit
    'BPM'
    """
    found = [_NUMBER.fullmatch(text.strip()) for text in texts]
    written = [match[1] for match in found if match]
    with_comma = [text for text in written if "," in text]
    grouped = bool(with_comma) and all(map(_THOUSANDS.fullmatch, with_comma))
    commas = (
        bool(with_comma)
        and not grouped
        and all(text.count(",") == 1 for text in with_comma)
        and not any("." in text for text in written)
    )
    values: list[float | None] = []
    for match in found:
        text = match[1] if match else ""
        if "," in text:
            text = text.replace(",", "") if grouped else text.replace(",", ".") if commas else ""
        value = float(text) if text else math.nan
        values.append(value if math.isfinite(value) and abs(value) <= LARGEST else None)
    units = {(match[2] or "").casefold() for match in found if match}
    unit = _UNITS.get(units.pop(), "") if len(units) == 1 else ""
    return LabelColumn(tuple(values), unit, commas)


def as_numbers(examples: Examples, numbers: bool | None = None) -> Examples:
    """Take a label for numbers where its values are, and say what was taken.

    Parameters
    ----------
    examples
        Labelled tracks, their labels as text.
    numbers
        Whether to take them for numbers; ``None`` lets the values decide. They are numbers if
        four fifths of them are written so, of more than five different values, or of whole ones of
        more than twenty, or hardly two tracks of one value.

    Returns
    -------
    The tracks, with ``numbers`` if they are; those whose label is none are then left out.

    Raises
    ------
    NoNumbersError
        They are to be taken for numbers, and none is one.

    Examples
    --------
    >>> nothing = (None,) * 6
    >>> examples = Examples("energy", tuple("0.1 0.2 0.4 0.5 0.7 0.9".split()), nothing, nothing,
    ...                     nothing, nothing, {}, nothing)
    >>> as_numbers(examples).numbers.values[0, 0]
    np.float64(0.1)
    """
    if examples.numbers is not None or numbers is False:
        return examples
    column = read_column(examples.target)
    label = printable(examples.label)
    if not (column.is_numbers if numbers is None else numbers):
        return _as_classes(examples, column, label)
    kept = [row for row, value in enumerate(column.values) if value is not None]
    if not kept:
        raise NoNumbersError(
            f"{label} holds no numbers but {_quoted(examples.target)}: name a column of numbers, "
            "or learn it as classes (--as classes)"
        )
    left_out = [
        LeftOut(name_of(examples, row), "not-a-number", _why_not(examples.target[row], label))
        for row, value in enumerate(column.values)
        if value is None
    ]
    values = np.array([[column.values[row]] for row in kept], np.float64)
    named = _IN_NAME.search(examples.label)
    unit = column.unit or (printable(named[1].strip()) if named else "")
    taken = examples.take(kept)
    said = [] if numbers else [_taken(label, values)]
    if column.commas:
        said.append(f"{label} is written with commas, which were taken for decimal points")
    # Classes may be one and the same but for their spelling; 1 and -1 are not.
    alike = set(similar_classes(examples.target))
    warnings = [text for text in examples.warnings if text not in alike]
    return replace(
        taken,
        left_out=(*examples.left_out, *left_out),
        warnings=(*warnings, *said),
        numbers=Numbers((examples.label,), values, (unit,)),
    )


def join_labels(labels: Sequence[Examples], *, label: str) -> Examples:
    """Join several labels of the same tracks, all of them numbers, into targets of one model.

    Parameters
    ----------
    labels
        The same tracks, with a label each; those that lack one of them are left out.
    label
        What the targets are called together.

    Returns
    -------
    examples
        Tracks with a number for each of the labels.

    Raises
    ------
    FewNumbersError
        No track has all labels.
    """
    places = [
        {
            examples.path[row] or examples.track_id[row] or f"\0{row}": row
            for row in range(len(examples))
        }
        for examples in labels
    ]
    first = labels[0]
    shared = [key for key in places[0] if all(key in place for place in places)]
    if not shared:
        raise FewNumbersError(f"no track has a number for each of {printable(label)}; add some")
    parts = [
        examples.take([place[key] for key in shared])
        for examples, place in zip(labels, places, strict=True)
    ]
    columns = [part.numbers for part in parts if part.numbers is not None]
    numbers = Numbers(
        tuple(name for column in columns for name in column.names),
        np.concatenate([column.values for column in columns], axis=1),
        tuple(unit for column in columns for unit in column.units),
    )
    left_out = {each.name: each for examples in labels for each in examples.left_out}
    return replace(
        parts[0],
        label=label,
        target=tuple(", ".join(texts) for texts in zip(*(p.target for p in parts), strict=True)),
        numbers=numbers,
        left_out=tuple(left_out.values()),
        warnings=tuple(dict.fromkeys(text for part in labels for text in part.warnings)),
        name=first.name,
    )


def check_numbers(examples: Examples) -> None:
    """See that there are numbers enough, and different ones.

    Raises
    ------
    FewNumbersError, OneValueError
        There are not.
    """
    numbers = examples.numbers
    assert numbers is not None  # noqa: S101 - the caller asks for numbers alone
    if len(examples) < FEWEST_NUMBERS:
        raise FewNumbersError(
            f"only {len(examples)} of the tracks have a number for {printable(examples.label)} and "
            f"can be used, and {FEWEST_NUMBERS} are needed at the least; add some"
            + _why_so_few(examples.left_out)
        )
    for name, column in zip(numbers.names, numbers.values.T, strict=True):
        if not np.ptp(column) > 0:
            raise OneValueError(
                f"all tracks have the {printable(name)} {column[0]:g}, so that there is nothing to "
                "tell apart; add tracks with others"
            )


def _why_so_few(left_out: Sequence[LeftOut]) -> str:
    """Return for what most of the others were left out."""
    if not left_out:
        return ""
    code, count = Counter(each.code for each in left_out).most_common(1)[0]
    first = next(each for each in left_out if each.code == code)
    return f" ({count} were left out, as {printable(first.name)}: {printable(first.message)})"


def _as_classes(examples: Examples, column: LabelColumn, label: str) -> Examples:
    """Say so where classes are written as numbers."""
    if any(value is None for value in column.values) or not column.values:
        return examples
    said = (
        f"the {len(set(examples.target))} different values of {label} are numbers, and were taken "
        "for classes; --as numbers learns them as numbers"
    )
    return replace(examples, warnings=(*examples.warnings, said))


def _taken(label: str, values: np.ndarray) -> str:
    return (
        f"{label} holds numbers from {values.min():g} to {values.max():g}, and was taken for a "
        "number to tell; --as classes takes each value for a class of its own"
    )


def _why_not(text: str, label: str) -> str:
    shown = printable(text)[:40]
    if _NOT_FINITE.fullmatch(text.strip()):
        return f"its {label} is {shown}, which is no finite number; leave it empty, or write one"
    if _NUMBER.fullmatch(text.strip()):
        return f"its {label} is {shown}, a number that cannot be read or is too large; check it"
    return f"its {label} is {shown!r}, which is no number; leave it empty, or write one"


def _quoted(texts: Sequence[str]) -> str:
    different = list(dict.fromkeys(map(printable, texts)))
    return ", ".join(repr(text[:40]) for text in different[:3]) + (
        ", …" if len(different) > 3 else ""
    )
