"""Spotify, as it answers old applications, and as it answers new ones."""

from __future__ import annotations

import base64
from typing import Any

from collect.servers.base import Asked, Handler, Reply, StandIn, as_file, as_json

KEY, SECRET = "spotify-client", "spotify-very-secret"
TOKEN = "BQtoken-very-secret"


class _Handler(Handler):
    def do_POST(self) -> None:  # noqa: N802 - http.server names it so
        length = int(self.headers.get("content-length", 0))
        self.body = self.rfile.read(length)
        self.do_GET()


class SpotifyServer(StandIn):
    """Accounts and Web API in one place."""

    def __init__(self, *, old: bool = False, audio: bytes = b"", count: int = 24) -> None:
        super().__init__()
        self._server.RequestHandlerClass = _Handler
        self.old, self.audio = old, audio
        self.tracks = [self.track(number) for number in range(count)]

    def track(self, number: int) -> dict[str, Any]:
        return {
            "id": f"{number:022}",
            "name": f"Song {number}",
            "artists": [{"name": f"Artist {number % 5}"}, {"name": "فنان"}],
            "album": {"name": f"Album {number % 9}", "release_date": f"{1990 + number}-01-01"},
            "duration_ms": 200_000 + number,
            "external_ids": {"isrc": f"USabc{number:07}"},
            "external_urls": {"spotify": f"https://open.spotify.com/track/{number:022}"},
            "preview_url": f"{self.url}/preview/{number}.mp3" if self.old else None,
        }

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/api/token":
            wanted = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
            if asked.headers.get("authorization") != wanted:
                return as_json({"error": "invalid_client"}, 400)
            return as_json({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})
        if asked.path.startswith("/preview/"):
            return as_file(asked, self.audio, "audio/mpeg")
        status, data = 401, None
        if asked.headers.get("authorization") == f"Bearer {TOKEN}":
            status, data = self.data(asked)
        return as_json(data or {"error": {"status": status, "message": "no"}}, status)

    def data(self, asked: Asked) -> tuple[int, Any]:
        first, limit = int(asked.params.get("offset", 0)), int(asked.params.get("limit", 0))
        rows = self.tracks[first : first + limit]
        more = "more" if first + limit < len(self.tracks) else None
        if asked.path == "/v1/search" and (self.old or limit <= 10):
            return 200, {"tracks": {"items": rows, "next": more}}
        if asked.path.startswith("/v1/playlists/") and "Private" not in asked.path:
            name = "track" if self.old else "item"
            local = {"id": None, "name": "a local file"}
            return 200, {"items": [{name: row} for row in [local, *rows]], "next": more}
        if asked.path.startswith("/v1/audio-features") and self.old:
            ids = asked.params["ids"].split(",")
            features = [{"id": each, "danceability": 0.5, "key": 5, "uri": "x"} for each in ids]
            return 200, {"audio_features": [*features, None]}
        return (403 if "features" in asked.path else 404), None
