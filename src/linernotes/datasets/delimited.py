"""Reading CSV as people have it: any usual encoding, any usual delimiter, any size.

Nothing is guessed silently: what is not UTF-8 is said to be so, and what is no table is refused
with one sentence.
"""

from __future__ import annotations

import codecs
import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from linernotes.datasets.examples import ExamplesNotFoundError, ExamplesUnreadableError
from linernotes.display import printable

_DELIMITERS = ",;\t|"
_BLOCK = 1 << 20
_LONGEST_FIELD = 1 << 24
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Parameters
    ----------
    line
        Where it ends in the file, counted from 1.
    values
        Its fields; a row with too few or too many is given as it is.
    """

    line: int
    values: list[str]


@dataclass(frozen=True)
class Delimited:
    """A table that is open.

    Parameters
    ----------
    columns
        The header, without spaces around the names.
    rows
        The rest, read as it is asked for; empty lines are skipped.
    warnings
        What was odd about the file.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    warnings: tuple[str, ...]

    def find(self, *names: str) -> int | None:
        """Return the place of the first of these columns that is there, whatever its case."""
        plain = [plain_name(column) for column in self.columns]
        for name in names:
            if plain_name(name) in plain:
                return plain.index(plain_name(name))
        return None


@contextmanager
def open_delimited(path: str | os.PathLike[str]) -> Iterator[Delimited]:
    """Open a CSV or TSV file with a header.

    Parameters
    ----------
    path
        The file: UTF-8, UTF-16 or UTF-32; anything else is read as Windows-1252. Fields are
        delimited by comma, semicolon, tab or bar, and quoted by ``"``.

    Raises
    ------
    ExamplesNotFoundError
        There is no such file.
    ExamplesUnreadableError
        It is empty, no text, or no table.
    """
    name = printable(Path(path).name)
    # What is no file, such as a FIFO, may wait for ever.
    if not Path(path).is_file():
        raise ExamplesNotFoundError(f"there is no file {printable(os.fspath(path))}")
    try:
        with Path(path).open("rb") as file:
            encoding, warnings = _encoding_of(file, name)
        # Five bytes mean nothing in Windows-1252.
        errors = "replace" if encoding == "cp1252" else "strict"
        text = Path(path).open(encoding=encoding, errors=errors, newline="")  # noqa: SIM115
    except OSError as error:
        raise ExamplesUnreadableError(f"{name} cannot be read: {error.strerror}") from error
    with text, long_fields():
        yield _parse(text, name, warnings)


@contextmanager
def long_fields() -> Iterator[None]:
    """Let fields be longer than Python's csv module likes; the bound is for hostile files."""
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def plain_name(column: str) -> str:
    """Return the name of a column without case, spaces and dashes.

    Examples
    --------
    >>> plain_name(" Artist Name(s)"), plain_name("track_genre")
    ('artistnames', 'trackgenre')
    """
    return "".join(character for character in column.casefold() if character.isalnum())


def _encoding_of(file: BinaryIO, name: str) -> tuple[str, tuple[str, ...]]:
    head = file.read(_BLOCK)
    if not head.strip():
        raise _empty(name)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, ()
    if b"\0" in head:
        # Text in UTF-16 without a mark has a zero in every other byte.
        for encoding, zeros in (("utf-16-le", head[1:200:2]), ("utf-16-be", head[0:200:2])):
            if zeros.count(0) > 0.8 * len(zeros) and len(zeros) > 2:
                return encoding, ()
        raise ExamplesUnreadableError(
            f"{name} is no text but holds null bytes; save it as CSV in UTF-8"
        )
    decoder = codecs.getincrementaldecoder("utf-8")()
    block = head
    try:
        while block:
            decoder.decode(block)
            block = file.read(_BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252", (
            f"{name} is not in UTF-8 and was read as Windows-1252; check names with accents, "
            "or save it in UTF-8",
        )
    return "utf-8", ()


def _empty(name: str) -> ExamplesUnreadableError:
    return ExamplesUnreadableError(
        f"{name} is empty; it should begin with a line of column names, such as path,label"
    )


def _parse(text: IO[str], name: str, warnings: tuple[str, ...]) -> Delimited:
    rows = _rows(text, name)
    first = next(rows, None)
    if first is None:
        raise _empty(name)
    return Delimited(tuple(column.strip() for column in first.values), rows, warnings)


def _rows(text: IO[str], name: str) -> Iterator[Row]:
    line = 0
    try:
        delimiter = _delimiter(next((line for line in text if line.strip()), ""))
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        for values in reader:
            line = reader.line_num
            if any("\0" in value for value in values):
                raise csv.Error("it holds null bytes")
            if any(value.strip() for value in values):
                yield Row(line, values)
    except UnicodeError as error:
        raise ExamplesUnreadableError(
            f"{name} is no readable text after line {line}; save it as CSV in UTF-8"
        ) from error
    except csv.Error as error:
        raise ExamplesUnreadableError(
            f"{name} cannot be read as CSV after line {line}: {error}; check the quotes"
        ) from error
    except OSError as error:
        raise ExamplesUnreadableError(f"{name} cannot be read: {error.strerror}") from error


def _delimiter(header: str) -> str:
    def count(delimiter: str) -> int:
        return max((len(row) for row in csv.reader([header], delimiter=delimiter)), default=0)

    return max(_DELIMITERS, key=count)


def cell(row: Row, column: int | None) -> str | None:
    """Return a field without spaces around it, ``None`` where there is nothing in it.

    Examples
    --------
    >>> cell(Row(2, ["a.mp3", " "]), 0), cell(Row(2, ["a.mp3", " "]), 1), cell(Row(2, []), 4)
    ('a.mp3', None, None)
    """
    if column is None or column >= len(row.values):
        return None
    return row.values[column].strip() or None


def part_of(text: str | None) -> str | None:
    """Return the part of a split that a word stands for.

    Examples
    --------
    >>> part_of("Training"), part_of("valid"), part_of("eval"), part_of("3")
    ('train', 'validation', 'test', None)
    """
    return _PARTS.get((text or "").casefold())


def _words(part: str, words: Sequence[str]) -> dict[str, str]:
    return dict.fromkeys(words, part)


_PARTS = {
    **_words("train", ("train", "training", "tr", "fit")),
    **_words("validation", ("validation", "valid", "val", "dev", "development")),
    **_words("test", ("test", "testing", "te", "eval", "evaluation", "holdout")),
}
