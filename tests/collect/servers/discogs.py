"""Stands in for Discogs."""

from __future__ import annotations

from collect.servers.base import Asked, Reply, StandIn, as_json

TOKEN = "stand-in-token"


class Discogs(StandIn):
    """One album, by an artist whose name two have."""

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Discogs token={TOKEN}":
            return as_json({"message": "You must authenticate to access this resource."}, 401)
        if asked.path == "/database/search":
            return as_json({"results": [
                {"id": 1, "title": "Somebody - Else"}, {"id": 7, "title": "Band (2) - Album"},
            ]})  # fmt: skip
        if asked.path == "/releases/7":
            return as_json({"id": 7, "extraartists": [
                {"name": "Brian Eno (3)", "role": "Producer, Engineer [Recording]", "tracks": ""},
                {"name": "David", "role": "Executive-Producer", "tracks": ""},
                {"name": "Flood", "role": "Producer [Additional]", "tracks": "A1 to A4"},
                {"name": "Bob", "role": "Mastered By", "tracks": ""},
            ]})  # fmt: skip
        return as_json({"message": "Release not found."}, 404)
