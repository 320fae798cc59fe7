"""Changing a few bytes of a file into a new file, and back.

Tags are changed as a list of edits rather than written anew, so that whatever is not named
in an edit is the same bit for bit, and the edits turned round restore the file as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from linernotes.library.tagging.errors import ChangedError

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Edit:
    """Some bytes in place of others.

    Parameters
    ----------
    offset
        Where, in the file before any edit.
    old
        What is there; nothing for an insertion.
    new
        What is to be there; nothing for a removal.
    """

    offset: int
    old: bytes
    new: bytes


@dataclass(frozen=True)
class Fingerprint:
    """A stamp that tells one content of a file from every other.

    Parameters
    ----------
    size
        In bytes.
    sha256
        Of all of it, in hexadecimal.
    """

    size: int
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        """Return it for a log."""
        return asdict(self)


def patch(source: BinaryIO, target: BinaryIO, edits: Iterable[Edit]) -> None:
    """Copy a file and change some of its bytes on the way.

    Parameters
    ----------
    source, target
        Open files; the source is read from its beginning.
    edits
        By ascending offset, without overlap.

    Raises
    ------
    ChangedError
        The source does not hold what an edit says that it does.

    Examples
    --------
    >>> import io
    >>> target = io.BytesIO()
    >>> patch(io.BytesIO(b"one three"), target, [Edit(4, b"", b"two ")])
    >>> target.getvalue()
    b'one two three'
    """
    source.seek(0)
    position = 0
    for edit in edits:
        if edit.offset < position:
            raise ValueError("Edits must be in order and must not overlap.")
        _copy(source, target, edit.offset - position)
        if source.read(len(edit.old)) != edit.old:
            raise ChangedError("the file changed while its tags were written; try again")
        target.write(edit.new)
        position = edit.offset + len(edit.old)
    while block := source.read(_BLOCK):
        target.write(block)


def inverse(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits that undo these.

    Examples
    --------
    >>> inverse([Edit(4, b"", b"two "), Edit(4, b"three", b"3")])
    (Edit(offset=4, old=b'two ', new=b''), Edit(offset=8, old=b'3', new=b'three'))
    """
    back = []
    shift = 0
    for edit in edits:
        back.append(Edit(edit.offset + shift, edit.new, edit.old))
        shift += len(edit.new) - len(edit.old)
    return tuple(back)


def trimmed(offset: int, old: bytes, new: bytes) -> tuple[Edit, ...]:
    """Return the one edit that makes new bytes of old ones, without what both begin or end with.

    Examples
    --------
    >>> trimmed(10, b"abcxyz", b"abcdxyz")
    (Edit(offset=13, old=b'', new=b'd'),)
    >>> trimmed(10, b"same", b"same")
    ()
    """
    if old == new:
        return ()
    shorter = min(len(old), len(new))
    head = _alike(shorter, lambda size: old[:size] == new[:size])
    tail = _alike(shorter - head, lambda size: old[len(old) - size :] == new[len(new) - size :])
    return (Edit(offset + head, old[head : len(old) - tail], new[head : len(new) - tail]),)


def _alike(most: int, same: Callable[[int], bool]) -> int:
    """Return the largest size up to which all is the same."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if same(middle) else (low, middle - 1)
    return low


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Apply edits to bytes.

    Examples
    --------
    >>> edited(b"one three", [Edit(4, b"", b"two ")])
    b'one two three'
    """
    parts = []
    position = 0
    for edit in edits:
        parts += [data[position : edit.offset], edit.new]
        position = edit.offset + len(edit.old)
    return b"".join([*parts, data[position:]])


def fingerprint(file: BinaryIO) -> Fingerprint:
    """Tell the fingerprint of an open file.

    Examples
    --------
    >>> import io
    >>> fingerprint(io.BytesIO(b"abc")).size
    3
    """
    file.seek(0)
    digest = hashlib.sha256()
    size = 0
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
    return Fingerprint(size, digest.hexdigest())


def _copy(source: BinaryIO, target: BinaryIO, size: int) -> None:
    while size > 0:
        block = source.read(min(size, _BLOCK))
        if not block:
            raise ChangedError("the file changed while its tags were written; try again")
        target.write(block)
        size -= len(block)
