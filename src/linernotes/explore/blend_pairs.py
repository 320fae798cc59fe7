"""Pairs of tracks that a person finds alike, or does not, as they stand in a table."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from linernotes.datasets.delimited import cell, open_delimited
from linernotes.datasets.examples import LeftOut
from linernotes.display import printable
from linernotes.explore.blend_evidence import (
    FEWEST,
    FEWEST_GROUPS,
    MOST,
    SEED,
    BlendError,
    Evidence,
    LikenessQuestion,
    some_of,
)
from linernotes.explore.explorer import Explorer, TrackNotFoundError
from linernotes.explore.space import Indices
from linernotes.library.collection import Collection

_MOST_PAIRS = 100_000
_YES = frozenset("yes y 1 true alike same".split())
_NO = frozenset("no n 0 false unlike different".split())


def read_pairs(path: str | os.PathLike[str], collection: Collection, heard: Collection) -> Evidence:
    """Read pairs of tracks that a person finds alike, or does not.

    Parameters
    ----------
    path
        CSV or TSV of two columns, paths or ids of tracks, and if need be a third one that says yes
        or no; whether it has a header is seen.
    collection
        All tracks of the library.
    heard
        Those that all networks have heard.

    Returns
    -------
    Evidence
        With a sample of the other tracks, which count as not alike.

    Raises
    ------
    ExamplesError
        There is no such table.
    BlendError
        It holds too few pairs that can be used.
    """
    name = printable(Path(path).name)
    find = _finder(collection, Path(path).absolute().parent)
    places = {track: row for row, track in enumerate(heard.track_id)}
    said: dict[tuple[int, int], dict[bool, int]] = defaultdict(dict)
    left_out: list[LeftOut] = []
    for line, texts, answer in _lines(path, find):
        where = f"{name}, line {line}"
        rows = [find(text) for text in texts]
        unknown = [text for text, row in zip(texts, rows, strict=True) if row is None]
        if unknown or None in rows:
            message = f"the library has no track {printable(unknown[0])!r}"
            left_out.append(LeftOut(where, "track-not-found", message))
            continue
        own = [places.get(collection.track_id[row]) for row in rows if row is not None]
        if None in own:
            text = printable(texts[own.index(None)])
            message = f"{text!r} has not been heard by all of the networks; scan with --network"
            left_out.append(LeftOut(where, "network-not-heard", message))
        elif own[0] == own[1]:
            left_out.append(LeftOut(where, "same-track", "both are the same track"))
        elif answer is None:
            message = "the third column says yes or no, or nothing for yes"
            left_out.append(LeftOut(where, "bad-row", message))
        else:
            one, other = sorted(row for row in own if row is not None)
            said[one, other].setdefault(answer, line)
    for pair in [pair for pair, answers in said.items() if len(answers) > 1]:
        lines = said.pop(pair)
        message = "the pair is said to be alike and not to be; it was not used"
        where = f"{name}, lines {' and '.join(map(str, sorted(lines.values())))}"
        left_out.append(LeftOut(where, "contradictory", message))
    answers = {pair: next(iter(told)) for pair, told in said.items()}
    if len(answers) < FEWEST:
        first = left_out[0] if left_out else None
        why = f"; left out was, for one, {first.name}: {first.message}" if first else ""
        raise BlendError(
            f"{name} holds {len(answers)} pairs that can be used, and {FEWEST} are needed to learn "
            f"from{why}"
        )
    compared, questions = _of_pairs(answers, len(heard))
    return Evidence("pairs", compared, questions, tuple(left_out))


def _lines(
    path: str | os.PathLike[str], find: Callable[[str], int | None]
) -> Iterator[tuple[int, tuple[str, str], bool | None]]:
    """Yield the number of each line, its two tracks, and whether they are alike, if it tells."""
    with open_delimited(path) as table:
        first = [column.strip() for column in table.columns]
        looks_like_tracks = any("/" in text or "." in text for text in first[:2])
        if len(first) < 2:
            raise BlendError(
                f"{printable(Path(path).name)} has one column, and two are needed: a track and one "
                "that sounds like it"
            )
        if looks_like_tracks or any(find(text) is not None for text in first[:2] if text):
            yield 1, (first[0], first[1]), _answer(first[2] if len(first) > 2 else None)
        for count, row in enumerate(table.rows):
            if count >= _MOST_PAIRS:
                raise BlendError(f"a table of pairs has at most {_MOST_PAIRS:,} rows")
            texts = cell(row, 0) or "", cell(row, 1) or ""
            yield row.line, texts, _answer(cell(row, 2))


def _answer(text: str | None) -> bool | None:
    word = (text or "yes").casefold()
    return True if word in _YES else False if word in _NO else None


def _finder(collection: Collection, folder: Path) -> Callable[[str], int | None]:
    """Return what finds a track by its id, its path, or its path from the table or from here."""
    explorer = Explorer(collection)

    def find(text: str) -> int | None:
        own = os.path.expanduser(text)  # noqa: PTH111
        places = (text, os.path.normpath(os.path.join(folder, own)), os.path.abspath(own))  # noqa: PTH100, PTH118
        for place in places if text else ():
            try:
                return explorer.find(place)
            except TrackNotFoundError:
                continue
        return None

    return find


def _of_pairs(
    answers: Mapping[tuple[int, int], bool], count: int
) -> tuple[Indices, tuple[LikenessQuestion, ...]]:
    """Return the tracks of pairs among others, and a question for each, which number these."""
    tracks = sorted({row for pair in answers for row in pair})
    lots = np.random.default_rng(SEED).permutation(count).tolist()
    others = [row for row in lots if row not in set(tracks)][: max(0, MOST - len(tracks))]
    rows = sorted([*tracks, *others])
    place = {row: i for i, row in enumerate(rows)}
    groups = _groups(answers)
    if len(set(groups.values())) < FEWEST_GROUPS:  # all have to do with each other
        groups = {row: row for row in tracks}
    alike: dict[bool, dict[int, list[int]]] = {True: defaultdict(list), False: defaultdict(list)}
    for (one, other), answer in answers.items():
        alike[answer][one].append(other)
        alike[answer][other].append(one)
    questions = []
    for answer, known in alike.items():
        for row in sorted(known):
            own = tuple(place[other] for other in known[row])
            questions.append(LikenessQuestion(place[row], own, (), groups[row], answer))
    return np.array(rows, np.intp), some_of(tuple(questions))


def _groups(answers: Mapping[tuple[int, int], bool]) -> dict[int, int]:
    """Return for each track the first of those that pairs connect it with."""
    first: dict[int, int] = {}

    def root(row: int) -> int:
        while first.setdefault(row, row) != row:
            row = first[row]
        return row

    for one, other in answers:
        a, b = root(one), root(other)
        first[max(a, b)] = min(a, b)
    return {row: root(row) for row in first}
