"""Stands in for Deezer: its API, and the host of its previews with addresses that expire."""

from __future__ import annotations

import re
import time
from typing import Any

from collect.servers.base import Asked, Reply, StandIn, as_json
from collect.servers.world import Song, World, sound

QUOTA = {"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}}
NO_DATA = {"error": {"type": "DataException", "message": "no data", "code": 800}}


class DeezerPreviews(StandIn):
    """The host of the previews; addresses are good for a short time."""

    def answer(self, asked: Asked) -> Reply:
        found = re.fullmatch(r"/(\d+)\.mp3", asked.path)
        expires = re.match(r"exp=(\d+)~acl", asked.params.get("hdnea", ""))
        if not found or not expires or int(expires[1]) < time.time():
            return Reply(b"Access Denied", "text/html", 403)
        return Reply(sound(int(found[1])), "audio/mpeg")


class Deezer(StandIn):
    def __init__(self, world: World, previews: DeezerPreviews) -> None:
        super().__init__()
        self.world, self.previews = world, previews
        self.lifetime = 300.0

    def answer(self, asked: Asked) -> Reply:
        if found := re.fullmatch(r"/track/(isrc:)?(\w+)", asked.path):
            number = found[2]
            song = next(
                (one for one in self.songs()
                 if (one.isrc == number if found[1] else str(one.number) == number)), None,
            )  # fmt: skip
            return as_json(self.track(song, full=True) if song else NO_DATA)
        if asked.path == "/search":
            return as_json(self.page([self.track(song) for song in self.found(asked.params["q"])]))
        return self.other(asked)

    def other(self, asked: Asked) -> Reply:  # noqa: ARG002
        """What else it answers, for others to add to."""
        return as_json({"error": {"type": "InvalidQueryException", "message": "?", "code": 600}})

    def songs(self) -> list[Song]:
        return [song for song in self.world.songs if song.deezer_title is not None]

    def found(self, query: str) -> list[Song]:
        fields = re.fullmatch(r'artist:"(.*)" track:"(.*)"', query)
        if not fields:
            return []
        artist, title = (part.casefold() for part in fields.groups())
        return [
            song for song in self.songs()
            if artist in song.artist.casefold()
            and title in (song.deezer_title or song.title).casefold()
        ]  # fmt: skip

    def page(self, rows: list[Any]) -> dict[str, Any]:
        return {"data": rows, "total": len(rows)}

    def track(self, song: Song, *, full: bool = False) -> dict[str, Any]:
        album = self.world.album_of(song)
        expires = int(time.time() + self.lifetime)
        preview = f"{self.previews.url}/{song.number}.mp3?hdnea=exp={expires}~acl=/*~hmac=abc"
        title = song.deezer_title or song.title
        row: dict[str, Any] = {
            "id": song.number,
            "title": f"{title} {song.deezer_version}".strip(), "title_short": title,
            "title_version": song.deezer_version, "duration": round(song.seconds), "rank": 1,
            "preview": preview if song.has_preview else "",
            "artist": {"id": 1, "name": song.artist, "type": "artist"},
            "album": {"id": 1, "title": album.title, "type": "album"}, "type": "track",
        }  # fmt: skip
        if full:
            row |= {"isrc": song.isrc or f"FRX{song.number:09d}", "bpm": 0, "gain": -8,
                    "track_position": 1, "release_date": f"{album.year}-01-01",
                    "contributors": [{"id": 1, "name": song.artist, "role": "Main"}]}  # fmt: skip
        return row
