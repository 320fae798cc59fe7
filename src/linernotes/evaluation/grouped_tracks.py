"""Groups of tracks, and their assignment to the parts of a split.

Groups go one by one to the part that lacks their classes most, as in `linernotes.learning.splits`:
the one that holds most of a class first, since parts may differ in size and so be full before.
Neither the rows' order nor anything but the tracks themselves matters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import Examples
from linernotes.datasets.groups import GROUPINGS, group_of, has_group
from linernotes.display import printable
from linernotes.evaluation.errors import GroupsUnknownError, OneGroupError, SplitError
from linernotes.learning.splits import assign_groups, quantile_bins

Rows = NDArray[np.int64]

# So many classes are named in a note; the rest is counted.
_NAMED = 8


@dataclass(frozen=True, eq=False)
class GroupedTracks:
    """Groups of tracks, ready to be assigned to parts.

    Parameters
    ----------
    group_by
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

    group_by: tuple[str, ...]
    group: Rows
    counts: Rows
    fixed: NDArray[np.bool_]
    notes: tuple[str, ...]

    @property
    def free(self) -> Rows:
        """Shape (classes,): groups of each class that can be tested on."""
        return np.asarray((self.counts[~self.fixed] > 0).sum(axis=0), dtype=np.int64)


def group_tracks(examples: Examples, method: str, group_by: Sequence[str]) -> GroupedTracks:
    """Put tracks into groups, or raise if these cannot be split."""
    if method not in ("grouped", "random"):
        raise ValueError(f"method is grouped, official or random, not {method!r}.")
    group_by = tuple(group_by) if method == "grouped" else ()
    notes = _unknown_groups(examples, group_by) if group_by else (_RANDOM_NOTE,)
    groups = group_of(examples, group_by=group_by) if group_by else np.arange(len(examples))
    first = dict.fromkeys(groups[_content_order(examples)].tolist())
    number = {group: place for place, group in enumerate(first)}
    group = np.array([number[one] for one in groups.tolist()], dtype=np.int64)
    class_of = {name: place for place, name in enumerate(examples.classes)}
    class_ = np.array([class_of[target] for target in examples.target], dtype=np.int64)
    counts = np.zeros((len(number), len(class_of)), dtype=np.int64)
    np.add.at(counts, (group, class_), 1)
    alone = (counts > 0).sum(axis=0) < 2
    fixed = np.asarray((counts[:, alone] > 0).any(axis=1), dtype=np.bool_)
    grouped = GroupedTracks(group_by, group, counts, fixed, notes)
    # Numbers need not be in two ranges to be tested, as classes do.
    if int((grouped.free > 0).sum()) < (2 if examples.numbers is None else 1):
        raise OneGroupError(_why_not(examples, group_by))
    return grouped


def list_testable(
    examples: Examples, method: str = "grouped", group_by: Sequence[str] = GROUPINGS
) -> tuple[str, ...]:
    """Return the classes that a split can test: those that can be learned and tested on apart.

    Parameters
    ----------
    examples
        Labelled tracks.
    method, group_by
        As of `linernotes.evaluation.splits.folds`.

    Returns
    -------
    tuple of str
        Two or more, or none where the tracks cannot be split so.
    """
    try:
        free = group_tracks(examples, method, group_by).free
    except SplitError:
        return ()
    return tuple(name for name, groups in zip(examples.classes, free, strict=True) if groups)


def with_target_bins(examples: Examples, group_by: Sequence[str] = ()) -> Examples:
    """Return tracks with the range of their first target for a class; classes stay as they are.

    So that low and high numbers are on both sides of a split.

    Parameters
    ----------
    examples
        Labelled tracks.
    group_by
        What makes a group; each range holds tracks of two groups at the least, if there are two.
    """
    numbers = examples.numbers
    if numbers is None or not len(examples):
        return examples
    known = bool(group_by) and bool(has_group(examples, group_by=group_by).any())
    values = numbers.values[:, 0]
    bin_of = quantile_bins(values, group_of(examples, group_by=group_by) if known else None)
    names = [
        f"{numbers.names[0]} {inside.min():g} to {inside.max():g}"
        for inside in (values[bin_of == each] for each in range(int(bin_of.max()) + 1))
    ]
    return replace(examples, target=tuple(names[each] for each in bin_of.tolist()))


def assign_parts(
    grouped: GroupedTracks,
    shares: NDArray[np.float64],
    *,
    random_state: int,
    train: int | None = None,
) -> Rows:
    """Assign groups to parts, each of which should hold its share of every class.

    Parameters
    ----------
    grouped
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
    free = np.flatnonzero(~grouped.fixed)
    totals = np.maximum(grouped.counts[free].sum(axis=0), 1)
    weights = grouped.counts / totals
    shuffled = free[np.random.default_rng(random_state).permutation(len(free))]
    order = shuffled[np.argsort(-weights[shuffled].max(axis=1), kind="stable")]
    part_of = assign_groups(weights, shares, order=order, sizes=weights)
    if train is not None:
        _spread_out(grouped, part_of, len(shares), at=train)
    _spread_out(grouped, part_of, len(shares))
    return part_of[grouped.group]


def _spread_out(
    grouped: GroupedTracks, part_of: Rows, parts: int, *, at: int | None = None
) -> None:
    """Move the smallest group of each class that lies in one part alone to the emptiest other.

    A class that is in one part could be tested but not learned, if nothing that is fixed has it;
    or not be tested, if that part, ``at``, is the one to learn from.
    """
    size = grouped.counts.sum(axis=1)
    for class_ in range(grouped.counts.shape[1]):
        groups = np.flatnonzero(grouped.counts[:, class_])
        here = np.unique(part_of[groups])
        lone = here[here >= 0]
        if len(lone) != 1 or (len(here) > 1 if at is None else lone[0] != at):
            continue
        assigned = part_of >= 0
        tracks = np.bincount(part_of[assigned], weights=size[assigned], minlength=parts)
        tracks[lone[0]] = np.inf
        free = groups[part_of[groups] >= 0]
        part_of[free[np.argmin(size[free])]] = np.argmin(tracks)


def _unknown_groups(examples: Examples, group_by: tuple[str, ...]) -> tuple[str, ...]:
    """Return a note on the tracks that do not tell where they belong, or raise if none does."""
    unknown = int((~has_group(examples, group_by=group_by)).sum())
    what = " or ".join(group_by)
    if unknown == len(examples):
        raise GroupsUnknownError(
            f"no track tells its {what}, so that nothing keeps those that belong together on one "
            f"side; add a column {group_by[0]}, tag the files, sort them into a folder for each "
            "artist, or ask for a random split (--split random)"
        )
    if not unknown:
        return ()
    return (
        f"{count_tracks(unknown)} of {len(examples)} without {what}: each was taken for a group of "
        "its own",
    )


def _why_not(examples: Examples, group_by: tuple[str, ...]) -> str:
    """Return why tracks cannot be split, and what would help."""
    if examples.numbers is not None:
        return (
            f"all tracks share one {' or '.join(group_by) or 'file'}, so that none can be tested "
            "without having it on both sides; add tracks by others, or ask for a random split"
        )
    if len(examples.classes) < 2:
        return "all tracks are of one class, so that there is nothing to tell apart; add others"
    if not group_by:
        return "only one class has two tracks or more, so that nothing can be tested; add some"
    alone = [(one,) for one in group_by if len(group_by) > 1]
    ways = [
        f"group them by {one[0]} alone" for one in alone if _can_split(examples, "grouped", one)
    ]
    if _can_split(examples, "random", ()):
        ways.append("ask for a random split")
    return (
        f"too many tracks share one {' or '.join(group_by)}: less than two classes can be parted "
        f"without having one on both sides; {', or '.join(['add tracks by others', *ways])}"
    )


def _can_split(examples: Examples, method: str, group_by: tuple[str, ...]) -> bool:
    try:
        group_tracks(examples, method, group_by)
    except SplitError:
        return False
    return True


_RANDOM_NOTE = (
    "the split is random: songs of one artist may be on both sides, and on music that it has not "
    "heard the model will do worse than this"
)


def _content_order(examples: Examples) -> Rows:
    """Return an order of the rows that depends on nothing but what they are."""

    def key(row: int) -> tuple[str, ...]:
        digest = hashlib.sha256()
        for name in sorted(examples.features):
            digest.update(np.ascontiguousarray(examples.features[name][row]).tobytes())
        what = (
            examples.path[row], examples.track_id[row], examples.target[row],
            examples.artist[row], examples.album[row],
        )  # fmt: skip
        return (*(text or "" for text in what), digest.hexdigest())

    return np.array(sorted(range(len(examples)), key=key), dtype=np.int64)


def count_tracks(count: int) -> str:
    """Return a number of tracks in words."""
    return "1 track" if count == 1 else f"{count} tracks"


def list_classes(names: Sequence[str]) -> str:
    """Return the names of classes in words; of many, the first ones and how many more."""
    shown = ", ".join(printable(name) for name in names[:_NAMED])
    rest = len(names) - _NAMED
    return f"{shown} and {rest} more classes" if rest > 0 else shown
