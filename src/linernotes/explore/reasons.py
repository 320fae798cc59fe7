"""Why a track was found, in words: tags and measurements that agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.names import shown_title
from linernotes.explore.phrases import Wish
from linernotes.explore.query import Query
from linernotes.explore.traits import TRAITS, Scales, column, key_of, shared_words, tempo_of

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

Floats = NDArray[np.float32]

_CERTAIN = 0.3
_NOTABLE = 0.1
_TAGS = 3
_WORDS = 3
_SAME_TEMPO = 0.06


def agreement(
    tags: Floats,
    descriptors: Floats,
    *,
    names: Sequence[str],
    usual: Floats,
    scales: Scales,
) -> str:
    """Say what two tracks have in common.

    Parameters
    ----------
    tags
        float32, shape (2, tags): probabilities.
    descriptors
        float32, shape (2, 261).
    names
        The tags' names.
    usual
        float32, shape (tags,): what most tracks of the collection stay below. A tag is named
        if both have more of it, or if it is as good as certain for both.
    scales
        Those of the collection.

    Returns
    -------
    str
        Such as ``both: piano, slow; similar tempo (92/95 BPM); both wide``.

    Examples
    --------
    >>> same = np.zeros((2, 261), np.float32)
    >>> agreement(
    ...     np.array([[0.6, 0.1], [0.5, 0.0]], np.float32), same, names=("piano", "rock"),
    ...     usual=np.array([0.1, 0.2], np.float32), scales=Scales.of(same),
    ... )
    'both: piano'
    """
    parts = []
    least = tags.min(axis=0)
    shared = (least >= _CERTAIN) | ((least >= _NOTABLE) & (least > usual))
    # The least usual first: that a rock song is rock says little in a library of rock.
    order = np.argsort(-(np.log(least + 0.01) - 0.5 * np.log(usual + 0.01)), kind="stable")
    common = [names[i] for i in order if shared[i]][:_TAGS]
    if common:
        parts.append(f"both: {', '.join(common)}")
    one, other = tempo_of(descriptors[0]), tempo_of(descriptors[1])
    if one and other and abs(np.log(one / other)) <= _SAME_TEMPO:
        parts.append(f"similar tempo ({one:.0f}/{other:.0f} BPM)")
    words = [word for word in shared_words(scales.ranks(descriptors)) if word not in common]
    if words:
        parts.append(f"both {_listed(words[:_WORDS])}")
    keys = key_of(descriptors[0]), key_of(descriptors[1])
    if keys[0] is not None and keys[0] == keys[1]:
        parts.append(f"both in {keys[0]}")
    return "; ".join(parts) or "alike in sound as a whole"


def fulfilment(
    wishes: Sequence[Wish],
    tags: Floats,
    descriptors: Floats,
    *,
    names: Sequence[str],
    scales: Scales,
) -> str:
    """Say how a track fulfils what a text asks for.

    Parameters
    ----------
    wishes
        What is asked for.
    tags, descriptors
        float32, shapes (tags,) and (261,): of the track.
    names, scales
        Of the collection.

    Returns
    -------
    str
        Such as ``jazz 64 %, piano 71 %, slow (66 BPM)``.
    """
    parts = []
    ranks = scales.ranks(descriptors[np.newaxis])[0]
    tempo = float(descriptors[column("tempo")])
    for wish in wishes:
        if wish.kind == "tag":
            heard = f"{wish.name} {100 * float(tags[list(names).index(wish.name)]):.0f} %"
            parts.append(
                heard if wish.sign > 0 else heard.replace(wish.name, f"{wish.name} only", 1)
            )
        elif wish.kind == "tempo":
            parts.append(f"{tempo:.0f} BPM")
        else:
            which = next(i for i, trait in enumerate(TRAITS) if trait.name == wish.name)
            trait = TRAITS[which]
            more = ranks[which] if wish.sign > 0 else 1 - ranks[which]
            word = trait.high if wish.sign > 0 else trait.low
            than = f"{100 * more:.0f} % of the library is less so"
            parts.append(f"{word} ({tempo:.0f} BPM)" if trait.name == "tempo"
                         else f"{word} ({than})")  # fmt: skip
    # Several words may stand for one thing.
    return ", ".join(dict.fromkeys(parts))


def why_found(
    query: Query,
    i: int,
    collection: Collection,
    vectors: Floats | None,
    *,
    usual: Floats,
    scales: Scales,
) -> str:
    """Say why a track fits a query.

    Parameters
    ----------
    query, i
        What was asked for, and the index of the track.
    collection, vectors
        All tracks, and where they lie; ``None`` where the query is of words alone.
    usual, scales
        As in `agreement`.

    Returns
    -------
    str
        What of its words is fulfilled, what agrees with the nearest of its tracks, and what is
        liked of what is like it.
    """
    said = []
    if query.wishes:
        own = collection.tags[i], collection.descriptors[i]
        said.append(fulfilment(query.wishes, *own, names=collection.tag_names, scales=scales))
    if query.vectors is not None and vectors is not None:
        nearest = int((query.vectors @ vectors[i]).argmax())
        said.append(_likeness(query, nearest, i, collection, usual=usual, scales=scales))
    if query.lean is not None:
        said.append(query.lean.why(i))
    return "; ".join(filter(None, said))


def _likeness(
    query: Query, nearest: int, i: int, collection: Collection, *, usual: Floats, scales: Scales
) -> str:
    if query.tags is not None and query.descriptors is not None:
        liked = query.tags[nearest], query.descriptors[nearest]
    elif query.tracks:
        j = query.tracks[nearest]
        liked = collection.tags[j], collection.descriptors[j]
    else:
        return ""
    said = agreement(
        np.stack([liked[0], collection.tags[i]]),
        np.stack([liked[1], collection.descriptors[i]]),
        names=collection.tag_names,
        usual=usual,
        scales=scales,
    )
    if len(query.tracks) > 1:
        return f"like {shown_title(collection, query.tracks[nearest])}: {said}"
    return said


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
