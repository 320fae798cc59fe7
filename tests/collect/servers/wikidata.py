"""Stands in for Wikidata's query service."""

from __future__ import annotations

import re
from urllib.parse import quote

from collect.servers.base import Asked, Reply, StandIn, as_json
from collect.servers.world import World


class Wikidata(StandIn):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def answer(self, asked: Asked) -> Reply:
        query = asked.params.get("query", "")
        found = re.search(r'wdt:P434 "([0-9a-f-]{36})"', query)
        if asked.path != "/sparql" or asked.params.get("format") != "json" or not found:
            return Reply(b"malformed query", "text/plain", 400)
        person = next((one for one in self.world.people if one.mbid == found[1]), None)
        rows = []
        if person is not None and "?article" in query:
            name = quote(person.name.replace(" ", "_"))
            rows = [{"article": f"https://en.wikipedia.org/wiki/{name}"}]
        elif person is not None:
            works = [("Q482994", album) for album in self.world.albums]
            songs = [("Q7366", song) for song in self.world.songs]
            for number, (kind, work) in enumerate([*works, *songs]):
                if person in work.wikidata:
                    rows += [
                        {
                            "work": f"http://www.wikidata.org/entity/Q{9000 + number}",
                            "workLabel": work.title, "performerLabel": work.artist,
                            "kind": f"http://www.wikidata.org/entity/{kind}",
                            "otherLabel": other.name,
                        }
                        for other in work.wikidata
                    ]  # fmt: skip
        return as_json({
            "head": {"vars": []},
            "results": {"bindings": [
                {name: {"type": "literal", "value": value} for name, value in row.items()}
                for row in rows
            ]},
        })  # fmt: skip
