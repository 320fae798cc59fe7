"""Short fingerprints of the tracks that a model has learned from, so that it knows them again.

A fingerprint is of the audio as it is stored, as `linernotes.library.content` tells it from the
tags around it; where a table of features was learned from, of its numbers. It has 8 bytes: of ten
thousand tracks that are held against 200,000, one is taken for another once in ten billion times.
Whoever has a track can tell whether it is among them; nobody can tell from them what they are of.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import Examples
from linernotes.errors import AudioError
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.library.content import track_id

Fingerprints = NDArray[np.uint64]

MOST = 200_000
"""That a model keeps: of more tracks the lowest numbers, which are as good as drawn by lot."""

_BYTES = 8
_CONTENT = re.compile("[0-9a-f]{32}")


def no_fingerprints() -> Fingerprints:
    """Return those of no track.

    Returns
    -------
    NDArray
        uint64, shape (0,).
    """
    return np.empty(0, np.uint64)


def fingerprints_of(
    examples: Examples, matrix: FeatureMatrix, *, cache: FeatureCache | None = None
) -> Fingerprints:
    """Return the fingerprint of each track.

    Parameters
    ----------
    examples
        The tracks; their features are no others than those that are heard.
    matrix
        What was heard of them.
    cache
        Which remembers what audio files hold; others are read.

    Returns
    -------
    uint64, shape (tracks,); 0 where a track tells nothing of itself.
    """
    # Of a table its numbers count, be there files or not: a hundred thousand take long to read.
    from_table = bool(examples.features)
    found = np.zeros(len(examples), np.uint64)
    for row in range(len(examples)):
        identity = examples.track_id[row] or ""
        if not _CONTENT.fullmatch(identity):
            path = examples.path[row]
            identity = "" if from_table or path is None else _content(path, cache)
        if identity:
            found[row] = _fingerprint(identity.encode("ascii"))
        elif from_table:
            found[row] = _fingerprint(matrix.take([row]).values.astype("<f4").tobytes())
    return found


def distinct_fingerprints(fingerprints: Fingerprints) -> Fingerprints:
    """Return what a model keeps of fingerprints: each once, ascending, no more than `MOST`.

    Returns
    -------
    NDArray
        uint64, shape (at most `MOST`,).
    """
    return np.unique(fingerprints[fingerprints > 0])[:MOST]


def encode(kept: Fingerprints) -> str:
    """Write kept fingerprints as text.

    Returns
    -------
    str
        ASCII, to be put into JSON.

    Examples
    --------
    >>> decode(encode(np.array([1, 2], np.uint64))).tolist()
    [1, 2]
    """
    return base64.b64encode(kept.astype("<u8").tobytes()).decode("ascii")


def decode(value: object) -> Fingerprints:
    """Read back what `encode` wrote; nothing about it is taken for granted.

    Returns
    -------
    NDArray
        uint64, ascending.

    Raises
    ------
    ValueError
        It is something else.
    """
    wrong = ValueError(f"learned_from holds no fingerprints, or more than {MOST}")
    if not isinstance(value, str) or len(value) > 4 * -(-MOST * _BYTES // 3):
        raise wrong
    try:
        data = base64.b64decode(value.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise wrong from error
    if len(data) % _BYTES:
        raise wrong
    found = np.frombuffer(data, "<u8").astype(np.uint64)
    if len(found) > MOST or (found[:1] == 0).any() or (found[1:] <= found[:-1]).any():
        raise wrong
    return found


def _content(path: str, cache: FeatureCache | None) -> str:
    known = None if cache is None else cache.track_of(path)
    try:
        return known or track_id(path)
    except AudioError:
        return ""


def _fingerprint(content: bytes) -> int:
    digest = hashlib.blake2b(content, digest_size=_BYTES).digest()
    return int.from_bytes(digest, "little") or 1
