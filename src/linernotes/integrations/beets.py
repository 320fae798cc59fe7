"""A plugin for beets: what is heard in its tracks, as fields of its library, and similar tracks.

What is heard is kept in a library of linernotes: a track is listened to once, whoever asks first.
Beets' own fields ``genres``, ``bpm`` and ``initial_key`` are filled where they are empty and the
answer is sure, as ``linernotes tag`` does.
"""

from __future__ import annotations

import optparse
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from beets import ui
from beets.dbcore import types
from beets.dbcore.db import DBAccessError
from beets.exceptions import UserError
from beets.plugins import BeetsPlugin

from linernotes.errors import LinernotesError
from linernotes.explore import Library
from linernotes.integrations.heard import HeardTrack, heard_tracks, rows_of_files
from linernotes.library.tagging.planning import suggest_fields

if TYPE_CHECKING:
    from beets.importer import ImportSession, ImportTask
    from beets.library import Item
    from beets.library import Library as BeetsLibrary

    from linernotes.library.collection import Collection

FIELDS: dict[str, types.Type[Any, Any]] = {
    "heard_genre": types.STRING,
    "genre_certainty": types.STRING,
    "genre_probability": types.Float(digits=2),
    "mood": types.STRING,
    "energy": types.Float(digits=2),
    "valence": types.Float(digits=2),
    "heard_bpm": types.Float(digits=1),
    "heard_key": types.STRING,
    "voice": types.STRING,
    "heard_tags": types.SEMICOLON_SPACE_DSV,
}
"""The flexible fields that are written, with their types."""


class LinernotesPlugin(BeetsPlugin):
    """The plugin: ``beet linernotes``, ``beet similar``, and listening to what is imported."""

    item_types: ClassVar[dict[str, types.Type[Any, Any]]] = FIELDS

    def __init__(self) -> None:
        super().__init__("linernotes")
        self.config.add({"auto": True, "library": "", "overwrite": False})
        self._imported: list[int] = []
        if self.config["auto"].get(bool):
            self.register_listener("import_task_files", self._note_imported)
            self.register_listener("import", self._hear_imported)

    def commands(self) -> list[ui.Subcommand]:
        """Return the commands that ``beet`` has by this plugin."""
        hear = ui.Subcommand("linernotes", help="listen to tracks: genre, mood, energy, key, ...")
        hear.parser.add_option(
            "--overwrite", action="store_true",
            help="change genres, bpm and initial_key that are there, too",
        )  # fmt: skip
        hear.func = self._hear
        similar = ui.Subcommand("similar", help="find tracks that sound like those of a query")
        similar.parser.add_option("-n", type="int", default=20, help="how many")
        similar.parser.add_option("--words", help='what is wanted besides: "mellow piano"')
        similar.parser.add_option("--playlist", help="an .m3u8 file to write them to")
        similar.func = self._similar
        return [hear, similar]

    def _hear(self, lib: BeetsLibrary, options: optparse.Values, query: list[str]) -> None:
        overwrite = bool(options.overwrite) or self.config["overwrite"].get(bool)
        with _errors_of_beets():
            self._describe(list(lib.items(query)), overwrite=overwrite)

    def _similar(self, lib: BeetsLibrary, options: optparse.Values, query: list[str]) -> None:
        with _errors_of_beets():
            if not query and not options.words:
                raise UserError("name tracks by a query, or say what is wanted with --words")
            liked = list(lib.items(query)) if query else []
            if query and not liked:
                raise UserError("no track of the library fits the query")
            if options.n < 1:
                raise UserError("-n is the number of tracks, 1 or more")
            found = self._find(lib, liked, words=options.words, n=options.n)
            for item in found:
                ui.print_(format(item))
            if options.playlist:
                self._write_playlist(options.playlist, found)

    def _find(
        self, lib: BeetsLibrary, liked: Sequence[Item], *, words: str | None, n: int
    ) -> list[Item]:
        """Return the tracks of beets' library that are like some of them, or like words."""
        import numpy as np

        from linernotes.explore.requests import query_of

        collection, rows = self._listen(liked)
        unheard = [item for item in liked if _path(item) not in rows]
        if unheard:
            raise UserError(f"{_path(unheard[0])}: it could not be listened to")
        explorer = self._library.explorer()
        items = list(lib.items())
        known = rows_of_files(self._library, collection, [_path(item) for item in items])
        by_row = {known[_path(item)]: item for item in items if _path(item) in known}
        query = query_of(
            explorer, [collection.track_id[rows[_path(item)]] for item in liked], words=words
        )
        among = np.array(sorted(by_row), np.intp)
        return [by_row[match.index] for match in explorer.similar(query, n=n, among=among)]

    def _write_playlist(self, target: str, items: Sequence[Item]) -> None:
        from linernotes.library.playlists import PlaylistEntry, write_playlist

        entries = [
            PlaylistEntry(_path(item), item.length or None, item.artist or None, item.title or None)
            for item in items
        ]
        for failure in write_playlist(os.path.expanduser(target), entries):  # noqa: PTH111
            self._log.warning("{}: {}", failure.file, failure.message)

    def _note_imported(self, session: ImportSession, task: ImportTask) -> None:  # noqa: ARG002
        self._imported += [item.id for item in task.imported_items() if item.id]

    def _hear_imported(self, lib: BeetsLibrary, paths: list[bytes]) -> None:  # noqa: ARG002
        """Listen to what was imported, after all of it lies where it belongs."""
        new, self._imported = self._imported, []
        items = [item for item in map(lib.get_item, new) if item is not None]
        try:
            with _errors_of_beets():
                self._describe(items, overwrite=self.config["overwrite"].get(bool))
        except UserError as error:  # the import itself went well
            self._log.warning("{}; beet linernotes tries again", error)

    def _describe(self, items: Sequence[Item], *, overwrite: bool) -> None:
        """Write what is heard in tracks to their fields, and to their files if beets may."""
        collection, rows = self._listen(items)
        known = [item for item in items if _path(item) in rows]
        heard = heard_tracks(collection, [rows[_path(item)] for item in known])
        write = ui.should_write()
        for item, track in zip(known, heard, strict=True):
            changes_file = _fill(item, track, overwrite=overwrite)
            if changes_file and write:
                item.try_write()
            item.store()
            self._log.info("{}: {}", item, track.genre or track.certainty)

    def _listen(self, items: Sequence[Item]) -> tuple[Collection, dict[str, int]]:
        """Return linernotes' library, and the rows of tracks in it; new ones are listened to."""
        library = self._library
        there = []
        for item in items:
            if os.path.isfile(item.path):  # noqa: PTH113 - a path of bytes
                there.append(_path(item))
            else:
                self._log.warning("{}: the file is not there", _path(item))
        if there:
            result = library.scan(there)
            if result.failed:
                asked = set(there)
                for failure in library.status().failures:
                    if failure.file in asked:
                        self._log.warning("{}: {}", failure.file, failure.message)
        collection = library.explorer().collection
        return collection, rows_of_files(library, collection, there)

    @property
    def _library(self) -> Library:
        if self.__dict__.get("_opened") is None:
            self._opened = Library(self.config["library"].as_str() or None)
        return self._opened


def _fill(item: Item, track: HeardTrack, *, overwrite: bool) -> bool:
    """Set the fields of a track; tell whether some of them belong into its file."""
    key, tempo = track.sure_key, track.sure_tempo
    told: dict[str, Any] = {
        "heard_genre": track.genre,
        "genre_certainty": str(track.certainty),
        "genre_probability": round(track.probability, 4),
        "mood": track.mood,
        "energy": None if track.energy is None else round(track.energy, 4),
        "valence": None if track.valence is None else round(track.valence, 4),
        "heard_bpm": None if tempo is None else round(tempo, 2),
        "heard_key": None if key is None else key.name,
        "voice": track.voice,
        "heard_tags": list(track.tags),
    }
    for name, value in told.items():
        if value is not None:
            item[name] = value
        elif name in item:
            del item[name]
    sure = suggest_fields(
        words={"genre": (track.sure_genre, track.probability, True)} if track.sure_genre else {},
        descriptors={
            "tempo": tempo or 0.0,
            "tempo_confidence": track.tempo_confidence,
            "key_tonic": key.tonic if key else 0,
            "key_mode": key.mode if key else 0,
            "key_confidence": track.key_confidence if key else 0.0,
        },
    ).fields
    values: dict[str, Any] = {"genres": list(sure.get("genre", ()))}
    values |= {"bpm": int(sure["bpm"][0])} if "bpm" in sure else {}
    values |= {"initial_key": sure["key"][0]} if "key" in sure else {}
    changed = False
    for name, value in values.items():
        before = item.get(name)
        if value and (overwrite or not before):
            item[name] = value
            changed |= item[name] != before  # a key may be spelled in another way
    return changed


def _path(item: Item) -> str:
    return os.fsdecode(item.path)


@contextmanager
def _errors_of_beets() -> Iterator[None]:
    """Tell what goes wrong as beets does: in a sentence, without a traceback."""
    try:
        yield
    except LinernotesError as error:
        raise UserError(f"linernotes: {error}") from error
    except (DBAccessError, sqlite3.Error) as error:
        raise UserError(
            f"the library of beets cannot be read or written ({error}); end other programs that "
            "use it and call beet linernotes again: nothing is listened to twice"
        ) from error
