"""Which analyses of tracks a library keeps, in which versions, and what they are made of.

``networks``
    What the pretrained networks hear: an embedding, the probabilities of the tags, and how
    these change along the track.
``descriptors``
    The feature set of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from linernotes.features.versions import VERSIONS
from linernotes.networks.musicnn.labels import EMBEDDING_SIZE, NETWORKS, TAGS, VERSION, one_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Extent = Literal["excerpt", "full"]

#: The analyses, by the names under which they are stored.
ANALYSES = ("networks", "descriptors")

#: How an analysis of the whole track is marked.
FULL = "full"
#: How an analysis of an excerpt is marked; the number changes whenever the windows do.
EXCERPT = "excerpt-1"

#: Length of `TrackAnalysis.embedding`: mean and deviation of both networks' embeddings.
EMBEDDING_LENGTH = 2 * EMBEDDING_SIZE * len(NETWORKS)

# Changes whenever other numbers are made of the same answers of the networks.
_SUMMARY_VERSION = 1


@dataclass(frozen=True, eq=False)
class Heard:
    """Tags and embeddings that the networks hear in a track.

    Parameters
    ----------
    embedding
        float32, shape (800,): mean and standard deviation over the windows, first of network
        MSD, then of MTT.
    tags
        float32, shape (tags,): mean probabilities, named by `tag_names`.
    start, end
        float32, shape (sections,): the parts of the timeline, in seconds.
    timeline
        float32, shape (sections, tags): mean probabilities of each part.
    """

    embedding: Floats
    tags: Floats
    start: Floats
    end: Floats
    timeline: Floats


@dataclass(frozen=True, eq=False)
class TrackAnalysis:
    """All that was found in one track.

    Parameters
    ----------
    duration
        Length of the track in seconds.
    extent
        `FULL` or `EXCERPT`.
    warnings
        What was wrong with the file, one sentence each.
    networks
        What the networks hear, or ``None`` if they were not asked.
    descriptors
        float32, shape (261,), or ``None`` if they were not asked for.
    features
        The other feature sets that were asked for, by name.
    """

    duration: float
    extent: str
    warnings: tuple[str, ...]
    networks: Heard | None
    descriptors: Floats | None
    features: Mapping[str, Floats] = field(default_factory=dict)


def versions() -> dict[str, str]:
    """Return the version of each analysis: whenever a number may move, it changes.

    Examples
    --------
    >>> sorted(versions())
    ['descriptors', 'networks']
    """
    return {
        "networks": f"{VERSION}.{_SUMMARY_VERSION}",
        "descriptors": str(VERSIONS["descriptors"]),
    }


@cache
def tag_names() -> tuple[str, ...]:
    """Return the tags, in alphabetical order.

    Examples
    --------
    >>> "jazz" in tag_names()
    True
    """
    return tuple(sorted({one_name(tag) for tags in TAGS.values() for tag in tags}))
