"""Stands in for Wikipedia."""

from __future__ import annotations

from collect.servers.base import Asked, Reply, StandIn, as_json
from collect.servers.world import Album, World

AT_ONCE = 2


class Wikipedia(StandIn):
    """Lists two pages at once, so that there is something to go on with."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def answer(self, asked: Asked) -> Reply:
        if asked.path != "/w/api.php" or asked.params.get("maxlag") != "5":
            return Reply(b"", "text/html", 404)
        if "titles" in asked.params:
            wanted = asked.params["titles"].split("|")
            assert len(wanted) <= 50
            pages = [_row(album) if album else {"title": title, "missing": True}
                     for title in wanted for album in [self.album(title)]]  # fmt: skip
            return as_json({"batchcomplete": True, "query": {"pages": pages}})
        _, _, name = asked.params["gcmtitle"].partition("Category:Albums produced by ")
        albums = [album for album in self.world.albums
                  if name and album.category and album.category.name == name]  # fmt: skip
        first = int(asked.params.get("gcmcontinue", "0"))
        pages = [_row(album) for album in albums[first : first + AT_ONCE]]
        answer: dict[str, object] = {"batchcomplete": True}
        if pages:
            answer["query"] = {"pages": pages}
        if first + AT_ONCE < len(albums):
            answer["continue"] = {"gcmcontinue": str(first + AT_ONCE), "continue": "gcmcontinue||"}
        return as_json(answer)

    def album(self, title: str) -> Album | None:
        return next(
            (album for album in self.world.albums
             if album.infobox is not None and title == f"{album.title} ({album.artist} album)"),
            None,
        )  # fmt: skip


def _row(album: Album) -> dict[str, object]:
    content = _page(album.title, album.artist, album.infobox or "")
    return {
        "pageid": 1, "ns": 0, "title": f"{album.title} ({album.artist} album)",
        "revisions": [{"slots": {"main": {"contentmodel": "wikitext", "content": content}}}],
    }  # fmt: skip


def _page(title: str, artist: str, producers: str) -> str:
    return f"""{{{{Short description|Album}}}}
{{{{Infobox album
| name     = {title}
| type     = studio
| artist   = [[{artist}]]<ref>{{{{cite web|title=A | url=x}}}}</ref>
| producer = {producers}
}}}}
'''''{title}''''' is an album by [[{artist}]].
"""
