"""Playlists of tracks that were chosen on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linernotes.library.playlists import PlaylistEntry
from linernotes.web.library_cache import Snapshot


def playlist(known: Snapshot, indices: Sequence[int]) -> str:
    """Return a playlist, with the places of the files on the server's machine.

    Parameters
    ----------
    known
        What the library holds.
    indices
        Places of tracks, in order. Those whose files no playlist can name are left out.
    """
    return "".join(_lines(known, indices))


def _lines(known: Snapshot, indices: Sequence[int]) -> Iterator[str]:
    yield "#EXTM3U\n"
    for i in indices:
        path = known.collection.path[i]
        seconds = float(known.collection.duration[i])
        entry = PlaylistEntry(path, seconds, known.artists[i], known.titles[i])
        # A name may hold a line break, or bytes that are no text.
        if path.splitlines() == [path] and path.strip() == path and _is_text(path):
            yield f"#EXTINF:{round(seconds)},{entry.label}\n{path}\n"


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
