"""Dealing groups of tracks out to parts that hold their share of every class.

Groups go one by one, the largest first, each to the part that lacks its classes most: the sum over
classes of the squared deviation from the share that a part should have stays as small as it can.
Neither the rows' order nor anything but the tracks themselves matters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import Examples
from linernotes.datasets.groups import group_of, tells_group
from linernotes.display import printable
from linernotes.evaluation.errors import GroupsUnknownError, OneGroupError, SplitError

Rows = NDArray[np.int64]

# So many classes are named in a note; the rest is counted.
_NAMED = 8


@dataclass(frozen=True, eq=False)
class Deck:
    """Groups of tracks, ready to be dealt out.

    Parameters
    ----------
    by
        What makes a group; empty if every track is one.
    group
        Shape (n,): the group of each track, numbered in an order that depends on the tracks alone.
    counts
        Shape (groups, classes): tracks.
    fixed
        bool, shape (groups,): those that have to be learned from, for they hold all that there
        is of a class.
    notes
        What is not known of the groups.
    """

    by: tuple[str, ...]
    group: Rows
    counts: Rows
    fixed: NDArray[np.bool_]
    notes: tuple[str, ...]

    @property
    def free(self) -> Rows:
        """Shape (classes,): groups of each class that can be tested on."""
        return np.asarray((self.counts[~self.fixed] > 0).sum(axis=0), dtype=np.int64)


def make_deck(examples: Examples, method: str, by: Sequence[str]) -> Deck:
    """Put tracks into groups, or raise if these cannot be parted."""
    if method not in ("grouped", "random"):
        raise ValueError(f"method is grouped, official or random, not {method!r}.")
    by = tuple(by) if method == "grouped" else ()
    notes = _unknown_groups(examples, by) if by else (_RANDOM_NOTE,)
    groups = group_of(examples, by=by) if by else np.arange(len(examples))
    first = dict.fromkeys(groups[_by_content(examples)].tolist())
    number = {group: place for place, group in enumerate(first)}
    group = np.array([number[one] for one in groups.tolist()], dtype=np.int64)
    class_of = {name: place for place, name in enumerate(examples.classes)}
    class_ = np.array([class_of[target] for target in examples.target], dtype=np.int64)
    counts = np.zeros((len(number), len(class_of)), dtype=np.int64)
    np.add.at(counts, (group, class_), 1)
    alone = (counts > 0).sum(axis=0) < 2
    fixed = np.asarray((counts[:, alone] > 0).any(axis=1), dtype=np.bool_)
    deck = Deck(by, group, counts, fixed, notes)
    # Numbers need not be in two ranges to be tested, as classes do.
    if int((deck.free > 0).sum()) < (2 if examples.numbers is None else 1):
        raise OneGroupError(_why_not(examples, by))
    return deck


def deal(
    deck: Deck, shares: NDArray[np.float64], *, random_state: int, train: int | None = None
) -> Rows:
    """Deal groups out to parts, each of which should hold its share of every class.

    Parameters
    ----------
    deck
        Groups of tracks.
    shares
        Shape (parts,): of the tracks, together 1.
    random_state
        Of the order of equals.
    train
        The part that is learned from, if the others are never.

    Returns
    -------
    The part of each track; -1 of those that have to be learned from.
    """
    free = np.flatnonzero(~deck.fixed)
    totals = np.maximum(deck.counts[free].sum(axis=0), 1)
    weight = deck.counts / totals
    shuffled = free[np.random.default_rng(random_state).permutation(len(free))]
    held = np.zeros((len(shares), len(totals)))
    part_of = np.full(len(deck.counts), -1, dtype=np.int64)
    for group in shuffled[np.argsort(-weight[shuffled].max(axis=1), kind="stable")]:
        # How much the squared deviations grow, part by part; of equals the emptier one.
        growth = (2 * held + weight[group]) @ weight[group] / shares
        part = np.lexsort((held.sum(axis=1) / shares, np.round(growth, 12)))[0]
        held[part] += weight[group]
        part_of[group] = part
    if train is not None:
        _spread_out(deck, part_of, len(shares), at=train)
    _spread_out(deck, part_of, len(shares))
    return part_of[deck.group]


def _spread_out(deck: Deck, part_of: Rows, parts: int, *, at: int | None = None) -> None:
    """Move the smallest group of each class that lies in one part alone to the emptiest other.

    A class that is in one part could be tested but not learned, if nothing that is fixed has it;
    or not be tested, if that part, ``at``, is the one to learn from.
    """
    size = deck.counts.sum(axis=1)
    for class_ in range(deck.counts.shape[1]):
        groups = np.flatnonzero(deck.counts[:, class_])
        here = np.unique(part_of[groups])
        lone = here[here >= 0]
        if len(lone) != 1 or (len(here) > 1 if at is None else lone[0] != at):
            continue
        dealt = part_of >= 0
        tracks = np.bincount(part_of[dealt], weights=size[dealt], minlength=parts)
        tracks[lone[0]] = np.inf
        free = groups[part_of[groups] >= 0]
        part_of[free[np.argmin(size[free])]] = np.argmin(tracks)


def _unknown_groups(examples: Examples, by: tuple[str, ...]) -> tuple[str, ...]:
    """Return a note on the tracks that do not tell where they belong, or raise if none does."""
    unknown = int((~tells_group(examples, by=by)).sum())
    what = " or ".join(by)
    if unknown == len(examples):
        raise GroupsUnknownError(
            f"no track tells its {what}, so that nothing keeps those that belong together on one "
            f"side; add a column {by[0]}, tag the files, sort them into a folder for each artist, "
            "or ask for a random split (--split random)"
        )
    if not unknown:
        return ()
    return (
        f"{count_tracks(unknown)} of {len(examples)} without {what}: each was taken for a group of "
        "its own",
    )


def _why_not(examples: Examples, by: tuple[str, ...]) -> str:
    """Return why tracks cannot be parted, and what would help."""
    if examples.numbers is not None:
        return (
            f"all tracks share one {' or '.join(by) or 'file'}, so that none can be tested without "
            "having it on both sides; add tracks by others, or ask for a random split"
        )
    if len(examples.classes) < 2:
        return "all tracks are of one class, so that there is nothing to tell apart; add others"
    if not by:
        return "only one class has two tracks or more, so that nothing can be tested; add some"
    alone = [(one,) for one in by if len(by) > 1]
    ways = [f"group them by {one[0]} alone" for one in alone if _can_part(examples, "grouped", one)]
    if _can_part(examples, "random", ()):
        ways.append("ask for a random split")
    return (
        f"too many tracks share one {' or '.join(by)}: less than two classes can be parted without "
        f"having one on both sides; {', or '.join(['add tracks by others', *ways])}"
    )


def _can_part(examples: Examples, method: str, by: tuple[str, ...]) -> bool:
    try:
        make_deck(examples, method, by)
    except SplitError:
        return False
    return True


_RANDOM_NOTE = (
    "the split is random: songs of one artist may be on both sides, and on music that it has not "
    "heard the model will do worse than this"
)


def _by_content(examples: Examples) -> Rows:
    """Return an order of the rows that depends on nothing but what they are."""

    def key(row: int) -> tuple[str, ...]:
        digest = hashlib.sha256()
        for name in sorted(examples.features):
            digest.update(np.ascontiguousarray(examples.features[name][row]).tobytes())
        told = (
            examples.path[row], examples.track_id[row], examples.target[row],
            examples.artist[row], examples.album[row],
        )  # fmt: skip
        return (*(text or "" for text in told), digest.hexdigest())

    return np.array(sorted(range(len(examples)), key=key), dtype=np.int64)


def count_tracks(count: int) -> str:
    """Return a number of tracks in words."""
    return "1 track" if count == 1 else f"{count} tracks"


def list_classes(names: Sequence[str]) -> str:
    """Return the names of classes in words; of many, the first ones and how many more."""
    shown = ", ".join(printable(name) for name in names[:_NAMED])
    rest = len(names) - _NAMED
    return f"{shown} and {rest} more classes" if rest > 0 else shown
