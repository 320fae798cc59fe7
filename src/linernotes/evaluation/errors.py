"""Errors of splitting tracks."""

from __future__ import annotations

from linernotes.errors import LinernotesError


class SplitError(LinernotesError):
    """The tracks cannot be parted as it was asked for."""

    code = "split"


class GroupsUnknownError(SplitError):
    """Nobody tells which tracks belong together."""

    code = "groups-unknown"


class OneGroupError(SplitError):
    """Too many tracks belong together: nothing is left for the other side."""

    code = "grouped-split-impossible"


class NoOfficialSplitError(SplitError):
    """The data have no official split, or one of its sides is empty."""

    code = "no-official-split"
