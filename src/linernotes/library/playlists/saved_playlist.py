"""A playlist that is kept in a library, and the row that it is there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from linernotes.library.playlists.entries import MOST_TRACKS, PlaylistError
from linernotes.library.playlists.queries import SavedQuery

if TYPE_CHECKING:
    import pyarrow as pa

#: Letters of a name and of a comment, at most.
LONGEST_NAME = 200
LONGEST_COMMENT = 4_000
_LONGEST_TRACK = 200


class PlaylistNotFoundError(PlaylistError):
    """There is no such playlist in the library."""

    code = "playlist-not-found"


class PlaylistChangedError(PlaylistError):
    """A playlist was changed by somebody else meanwhile."""

    code = "playlist-changed"


@dataclass(frozen=True)
class SavedPlaylist:
    """A playlist that is kept in a library.

    Parameters
    ----------
    id
        Hexadecimal digits.
    name
        For people.
    created, changed
        When.
    comment
        For people as well.
    tracks
        Ids in order; one may be there more than once, and of tracks that are gone as well.
    query
        What a smart playlist asks for: its tracks are the answer when it was last refreshed.
        ``None`` where the tracks were chosen.
    revision
        How often it has been changed.

    Examples
    --------
    >>> now = datetime.now(UTC)
    >>> SavedPlaylist("00ff00ff00ff00ff", "Blue", now, now).is_smart
    False
    """

    id: str
    name: str
    created: datetime
    changed: datetime
    comment: str = ""
    tracks: tuple[str, ...] = ()
    query: SavedQuery | None = None
    revision: int = 0

    @property
    def is_smart(self) -> bool:
        """Whether it is a question that is asked anew."""
        return self.query is not None


def check_playlist(playlist: SavedPlaylist) -> None:
    """Refuse what cannot be kept."""
    if not playlist.name:
        raise PlaylistError("give the playlist a name")
    if len(playlist.name) > LONGEST_NAME:
        raise PlaylistError(f"the name of a playlist has up to {LONGEST_NAME} letters")
    if len(playlist.comment) > LONGEST_COMMENT:
        raise PlaylistError(f"the comment on a playlist has up to {LONGEST_COMMENT:,} letters")
    if len(playlist.tracks) > MOST_TRACKS:
        raise PlaylistError(f"a playlist has up to {MOST_TRACKS:,} tracks")
    if any(not 0 < len(t) <= _LONGEST_TRACK or not t.isascii() for t in set(playlist.tracks)):
        raise PlaylistError("that is no id of a track")
    try:
        (playlist.name + playlist.comment).encode()
    except UnicodeEncodeError as error:
        raise PlaylistError("the name of the playlist holds what is no letter") from error


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("id", pa.string(), nullable=False),
            pa.field("name", pa.string(), nullable=False),
            pa.field("comment", pa.string(), nullable=False),
            pa.field("tracks", pa.list_(pa.string()), nullable=False),
            pa.field("query", pa.string()),
            pa.field("created", pa.int64(), nullable=False),  # seconds since 1970
            pa.field("changed", pa.int64(), nullable=False),
            pa.field("revision", pa.int64(), nullable=False),
        ]
    )


def playlist_rows(playlists: Sequence[SavedPlaylist]) -> pa.Table:
    """Return playlists as rows of their table."""
    import pyarrow as pa

    rows = [
        {
            "id": each.id, "name": each.name, "comment": each.comment,
            "tracks": list(each.tracks),
            "query": None if each.query is None else json.dumps(each.query.as_dict()),
            "created": int(each.created.timestamp()), "changed": int(each.changed.timestamp()),
            "revision": each.revision,
        }
        for each in playlists
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_schema())


def read_playlist_row(row: dict[str, Any], names: dict[str, str]) -> SavedPlaylist:
    """Read a row; ids of tracks that are known by name already are in memory once."""
    return SavedPlaylist(
        id=row["id"],
        name=row["name"],
        created=datetime.fromtimestamp(row["created"], UTC),
        changed=datetime.fromtimestamp(row["changed"], UTC),
        comment=row["comment"],
        tracks=tuple(names.setdefault(track, track) for track in row["tracks"]),
        query=None if row["query"] is None else SavedQuery.from_dict(json.loads(row["query"])),
        revision=row["revision"],
    )
