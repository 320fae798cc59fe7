"""Where a track is cut: clips, and sections of a timeline."""

from __future__ import annotations

from collections.abc import Sequence

from linernotes.learning.input_spec import Clips
from linernotes.learning.inputs import find_networks

#: Changes whenever tracks are cut in another way.
CUT_VERSION = 1

#: Seconds of a section: what a track that is heard as one row is cut into over time.
SECTION = 10.0

# A clip may lack so much of its length at the end of a track.
_MISSING = 0.1


def clip_spans(
    first: float, length: float, clips: Clips, *, every: bool = False
) -> list[tuple[float, float]]:
    """Return the beginning and length of each clip in seconds of the track.

    Parameters
    ----------
    first, length
        The stretch of the track that there is to be heard.
    clips, every
        As in `clip_starts`.

    Returns
    -------
    list of (float, float)
        In the order of time.

    Examples
    --------
    >>> clip_spans(20.0, 80.0, Clips(30.0), every=True)
    [(30.0, 30.0), (60.0, 30.0)]
    """
    seconds = min(clips.seconds, length)
    return [(first + begin, seconds) for begin in clip_starts(length, clips, every=every)]


def clip_starts(length: float, clips: Clips, *, every: bool = False) -> list[float]:
    """Return where the clips of a track begin, in seconds.

    Parameters
    ----------
    length
        Of the track, its intro left out.
    clips
        How to cut it.
    every
        All clips, side by side around the middle, rather than ``clips.at_most``.

    Returns
    -------
    list of float
        Ascending; at least one.

    Examples
    --------
    >>> clip_starts(100.0, Clips(30.0))
    [35.0]
    >>> clip_starts(100.0, Clips(30.0), every=True)
    [5.0, 35.0, 65.0]
    >>> clip_starts(100.0, Clips(10.0, at_most=2))
    [20.0, 70.0]
    """
    seconds = min(clips.seconds, length)
    count = max(1, int(length / clips.seconds + _MISSING))
    most = count if every or clips.at_most is None else min(count, clips.at_most)
    if most == count:
        first = max(0.0, (length - count * seconds) / 2)
        return [first + i * seconds for i in range(count)]
    return [(i + 0.5) / most * length - seconds / 2 for i in range(most)]


def section_seconds(inputs: Sequence[str]) -> float:
    """Return the seconds of a section of the timeline of a model that hears tracks as one row.

    Parameters
    ----------
    inputs
        What it hears.

    Returns
    -------
    float
        `SECTION`, or the window of an installed network that hears more at once: nothing is told
        of less than that.

    Raises
    ------
    NetworkError
        A network is not installed.

    Examples
    --------
    >>> section_seconds(("embedding", "descriptors"))
    10.0
    """
    windows = [network.spec.input.window for network in find_networks(inputs)]
    return max([SECTION, *windows])
