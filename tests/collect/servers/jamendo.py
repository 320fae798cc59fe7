"""Jamendo, as it answers: errors come as HTTP 200, downloads may not be allowed."""

from __future__ import annotations

from typing import Any

from collect.servers.base import Asked, Reply, StandIn, as_file, as_json

KEY = "jamendo-secret-key"
LICENCE = "http://creativecommons.org/licenses/by-nc-sa/3.0/"


class JamendoServer(StandIn):
    """A catalogue of tracks, and their audio."""

    def __init__(self, audio: bytes = b"", count: int = 30) -> None:
        super().__init__()
        self.audio = audio
        self.tracks = [self.track(number) for number in range(count)]
        self.failing: tuple[int, str] | None = None

    def track(self, number: int) -> dict[str, Any]:
        genre = "jazz" if number % 2 else "rock"
        allowed = number % 5 != 0
        return {
            "id": str(1000 + number),
            "name": f"Песня {number}",
            "duration": 200 + number,
            "artist_id": str(number % 7),
            "artist_name": f"אמן {number % 7}",
            "album_name": f"Album {number % 11}",
            "license_ccurl": LICENCE,
            "releasedate": f"{2000 + number % 20}-05-11",
            "audio": f"{self.url}/stream/{1000 + number}",
            "audiodownload": f"{self.url}/download/track/{1000 + number}/mp32/" if allowed else "",
            "shareurl": f"https://www.jamendo.com/track/{1000 + number}",
            "musicinfo": {"tags": {"genres": [genre], "vartags": ["jazz", "rock"]}},
            "audiodownload_allowed": allowed,
        }

    def answer(self, asked: Asked) -> Reply:
        if asked.path.startswith("/download/"):
            return as_file(asked, self.audio, "audio/mpeg")
        if asked.params.get("client_id") != KEY:
            return self.failed(5, "Your credential is not authorized.")
        if self.failing:
            return self.failed(*self.failing)
        first, limit = int(asked.params["offset"]), int(asked.params["limit"])
        if asked.path == "/playlists/tracks":
            rows = [{"id": asked.params["id"], "name": "mine", "tracks": self.tracks[:9][first:]}]
        else:
            rows = self.tracks[first : first + limit]
        headers = {"status": "success", "code": 0, "error_message": "", "warnings": ""}
        return as_json({"headers": {**headers, "results_count": len(rows)}, "results": rows})

    def failed(self, code: int, message: str) -> Reply:
        headers = {"status": "failed", "code": code, "error_message": message, "warnings": ""}
        return as_json({"headers": {**headers, "results_count": 0}, "results": []})
