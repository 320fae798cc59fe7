"""Deezer's genres, charts and playlists, and previews whose addresses expire."""

from __future__ import annotations

import time
from typing import Any

from collect.servers.base import Asked, Reply, StandIn, as_file, as_json

GENRES = {0: "All", 116: "Rap/Hip Hop", 129: "Jazz", 152: "Rock", 169: "Soul & Funk"}
_NAMES = ("Æther", "فيروز", "עידן רייכל", "中島みゆき", "AC/DC", "Sigur Rós", "Ünïcödé", "P!nk")


class DeezerLists(StandIn):
    """Eight artists a genre, forty tracks each, no two alike."""

    def __init__(self, audio: bytes = b"") -> None:
        super().__init__()
        self.audio = audio
        self.silent: set[int] = set()  # tracks without a preview
        self.expired: dict[int, int] = {}  # how often the address has expired already
        self.titles: dict[int, str] = {}

    def track(self, number: int) -> dict[str, Any]:
        """Track of genre * 1000 + artist * 100 + place."""
        artist, place = number // 100 % 10, number % 100
        late = self.expired.get(number, 0) > 0
        expires = int(time.time()) + (-60 if late else 900)
        preview = f"{self.url}/preview/{number}.mp3?hdnea=exp={expires}~acl=/*~hmac=abc"
        title = self.titles.get(number, f"Song {number}")
        return {
            "id": number,
            "readable": True,
            "title": title,
            "title_short": title,
            "title_version": "",
            "duration": 180 + place,
            "rank": 900_000 - place,
            "preview": "" if number in self.silent else preview,
            "artist": {"id": number // 100, "name": f"{_NAMES[artist]} {number // 1000}"},
            "album": {"id": number // 10, "title": f"Album {number // 10}"},
            "type": "track",
        }

    def answer(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").split("/")
        if parts[0] == "preview":
            return self.preview(asked, int(parts[1].removesuffix(".mp3")))
        return as_json(self.data(parts, asked.params))

    def preview(self, asked: Asked, number: int) -> Reply:
        expires = int(asked.params["hdnea"].partition("exp=")[2].partition("~")[0])
        if expires < time.time():
            self.expired[number] -= 1
            return Reply(b"<html>Access denied</html>", "text/html", 403)
        return as_file(asked, self.audio, "audio/mpeg")

    def data(self, parts: list[str], params: dict[str, str]) -> Any:
        limit, index = int(params.get("limit", 25)), int(params.get("index", 0))
        name = "/".join([parts[0], *parts[2:]])
        named = parts[1].removeprefix("isrc:DEZ") if len(parts) > 1 else ""
        number = int(named) if named.isdigit() else -1
        rows: list[Any] | None = None
        if parts == ["genre"]:
            rows = [{"id": key, "name": title} for key, title in GENRES.items()]
        elif name == "genre/artists" and number in GENRES:
            rows = [{"id": number * 10 + artist} for artist in range(8)][:limit]
        elif name == "chart/tracks" and number in GENRES:
            rows = [self.track(number * 1000 + place) for place in range(6)]
        elif name == "artist/top":
            rows = [self.track(number * 100 + place) for place in range(40)][:limit]
        elif name == "playlist/tracks" and number == 77:
            rows = [self.track(129_000 + 7 * place) for place in range(110)]
            return {"data": rows[index : index + limit], "total": 110}
        elif parts == ["search", "playlist"]:
            rows = [{"id": 77, "title": "nothing but it"}]
        elif parts[0] == "track" and number > 0:
            more = {"isrc": f"DEZ{number:09}", "release_date": "1977-05-20", "bpm": 0, "gain": -9}
            return {**self.track(number), **more}
        if rows is None:
            error = {"type": "DataException", "message": "no data", "code": 800}
            return {"error": error}
        return {"data": rows, "total": len(rows)}
