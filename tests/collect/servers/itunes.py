"""Stands in for the iTunes Store."""

from __future__ import annotations

import json
import re

from collect.servers.base import Asked, Reply, StandIn
from collect.servers.world import World, sound


class Itunes(StandIn):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def answer(self, asked: Asked) -> Reply:
        if found := re.fullmatch(r"/preview/(\d+)\.m4a", asked.path):
            return Reply(sound(int(found[1])), "audio/x-m4a")
        words = asked.params.get("term", "").casefold()
        rows = [
            {
                "wrapperType": "track", "kind": "song", "trackId": song.number,
                "artistName": song.artist, "trackName": song.title,
                "collectionName": album.title, "trackTimeMillis": round(1000 * song.seconds),
                "previewUrl": f"{self.url}/preview/{song.number}.m4a",
                "releaseDate": f"{album.year}-01-01T08:00:00Z", "primaryGenreName": "Rock",
            }
            for album in self.world.albums for song in album.songs
            if song.title.casefold() in words and song.artist.casefold() in words
        ]  # fmt: skip
        # The store calls its JSON a script.
        body = json.dumps({"resultCount": len(rows), "results": rows}).encode()
        return Reply(body, "text/javascript; charset=utf-8")
