"""Stands in for MusicBrainz."""

from __future__ import annotations

import re
from typing import Any

from collect.servers.base import Asked, Reply, StandIn, as_json
from collect.servers.world import Album, Job, Person, Song, World

_PRODUCER = "5c0ceac3-feb4-41f0-868d-dc06f6e27fc0"


class MusicBrainz(StandIn):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def answer(self, asked: Asked) -> Reply:
        if not re.fullmatch(r".+/\S+ \( \S+ \)", asked.headers.get("user-agent", "")):
            return Reply(b"who are you?", "text/plain", 403)
        parts = asked.path.strip("/").split("/")
        if parts[:2] != ["ws", "2"] or asked.params.get("fmt") != "json":
            return Reply(b"<error/>", "application/xml", 404)
        kind, query = parts[2], asked.params.get("query", "")
        if len(parts) == 3:
            return as_json(getattr(self, f"_search_{kind}")(query))
        found = getattr(self, f"_{kind}")(parts[3], asked.params.get("inc", "").split(" "))
        return as_json(found) if found else as_json({"error": "Not Found"}, 404)

    def _search_artist(self, query: str) -> Any:
        wanted = re.findall(r'"([^"]*)"', query)[0].casefold()
        found = [
            person for person in self.world.people
            if any(wanted in name.casefold() for name in (person.name, *person.aliases))
        ]  # fmt: skip
        rows = [{**_person(person), "score": 100 - index} for index, person in enumerate(found)]
        return {"created": "", "count": len(rows), "offset": 0, "artists": rows}

    def _search_recording(self, query: str) -> Any:
        wanted = set(re.findall(r"[0-9a-f-]{36}", query))
        rows = [
            {
                "id": song.mbid, "score": 100, "title": song.title,
                "length": round(1000 * song.seconds), "video": song.video or None,
                "artist-credit": _credit(song.artist),
                "releases": [_release(album, status="Official")],
                "isrcs": [song.isrc] if song.isrc else [],
            }
            for album in self.world.albums for song in album.songs if song.mbid in wanted
        ]  # fmt: skip
        return {"count": len(rows), "offset": 0, "recordings": rows}

    def _search_release(self, query: str) -> Any:
        title, artist = re.findall(r'"([^"]*)"', query)[:2]
        rows = [
            {**_release(album, status="Official"), "artist-credit": _credit(album.artist)}
            for album in self.world.albums
            if title.casefold() in album.title.casefold()
            and artist.casefold() in album.artist.casefold()
        ]
        return {"count": len(rows), "offset": 0, "releases": rows}

    def _artist(self, mbid: str, inc: list[str]) -> Any:
        person = next((one for one in self.world.people if one.mbid == mbid), None)
        if person is None:
            return None
        row = _person(person)
        if "recording-rels" in inc:
            row["relations"] = [
                {**_relation(job, "recording"), "recording": {
                    "id": song.mbid, "title": song.title, "video": song.video,
                    "length": round(1000 * song.seconds), "disambiguation": song.note}}
                for song in self.world.songs for job in song.jobs if job.person == person
            ] + [
                {**_relation(job, "release"), "release": {
                    "id": album.mbid, "title": album.title, "date": str(album.year)}}
                for album in self.world.albums for job in album.jobs if job.person == person
            ]  # fmt: skip
        return row

    def _release(self, mbid: str, _: list[str]) -> Any:
        album = next((one for one in self.world.albums if one.mbid == mbid), None)
        if album is None:
            return None
        return {
            **_release(album),
            "artist-credit": _credit(album.artist),
            "relations": [{**_relation(job, "artist"), "artist": _person(job.person)}
                          for job in album.jobs],
            "media": [{
                "position": 1, "format": "CD", "track-count": len(album.songs),
                "tracks": [_track(song) for song in album.songs],
            }],
        }  # fmt: skip


def _track(song: Song) -> Any:
    length = round(1000 * song.seconds)
    return {
        "title": song.title, "length": length, "artist-credit": _credit(song.artist),
        "recording": {
            "id": song.mbid, "title": song.title, "length": length, "video": song.video,
            "disambiguation": song.note, "isrcs": [song.isrc] if song.isrc else [],
            "artist-credit": _credit(song.artist),
            "relations": [{**_relation(job, "artist"), "artist": _person(job.person)}
                          for job in song.jobs],
        },
    }  # fmt: skip


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.mbid, "name": person.name, "sort-name": person.name, "type": "Person",
        "disambiguation": person.note, "aliases": [{"name": alias} for alias in person.aliases],
    }  # fmt: skip


def _release(album: Album, **more: str) -> dict[str, Any]:
    return {
        "id": album.mbid, "title": album.title, "date": f"{album.year}-01-01", **more,
        "release-group": {
            "id": album.mbid, "primary-type": "Album", "secondary-types": list(album.kinds),
            "first-release-date": f"{album.year}",
        },
    }  # fmt: skip


def _relation(job: Job, kind: str) -> dict[str, Any]:
    return {
        "type": "producer", "type-id": _PRODUCER, "target-type": kind, "direction": "backward",
        "attributes": list(job.attributes), "begin": None, "end": None, "ended": False,
    }  # fmt: skip


def _credit(artist: str) -> list[dict[str, Any]]:
    return [{"name": artist, "joinphrase": "", "artist": {"id": artist, "name": artist}}]
