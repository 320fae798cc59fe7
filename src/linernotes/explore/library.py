"""A library that can be asked what sounds alike."""

from __future__ import annotations

import os
from collections.abc import Sequence

from linernotes import library
from linernotes.explore.explorer import Explorer
from linernotes.explore.query import Match
from linernotes.explore.requests import query_of


class Library(library.Library):
    """A library in a folder, or in an object store: scanned once, then asked.

    The parameters are those of `linernotes.library.Library`.

    Examples
    --------
    >>> mine = Library("~/.local/share/linernotes/library")
    >>> mine.scan("~/Music").failed  # doctest: +SKIP
    0
    >>> mine.similar("song.mp3", n=20, per_artist=2)  # doctest: +SKIP
    """

    def similar(
        self,
        *tracks: str | os.PathLike[str],
        unlike: Sequence[str | os.PathLike[str]] = (),
        words: str | None = None,
        n: int = 20,
        per_artist: int | None = None,
        where: str | Sequence[str] | None = None,
        why: bool = False,
    ) -> list[Match]:
        """Find what sounds like tracks, or like what words say, best first.

        Parameters
        ----------
        *tracks
            Ids, and paths of tracks, which may lie outside of the library.
        unlike
            Ids, and paths of tracks in the library.
        words
            Such as "mellow jazz piano".
        n, per_artist, where, why
            As in `Explorer.similar`.

        Returns
        -------
        list of Match
            At most ``n``, best first.

        Raises
        ------
        PhraseError
            Nothing is asked for.
        TrackNotFoundError
            A track is neither in the library nor a file.
        """
        explorer = Explorer(self.collection())
        query = query_of(
            explorer,
            [os.fspath(track) for track in tracks],
            disliked=[os.fspath(track) for track in unlike],
            words=words,
        )
        return explorer.similar(query, n=n, per_artist=per_artist, where=where, why=why)
