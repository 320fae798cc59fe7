"""The pages: files that come with linernotes, and that a browser keeps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from fastapi import APIRouter, Request
from starlette.responses import Response

from linernotes.pages import bundle, find_files, theme_colours
from linernotes.web.errors import NotThereError

#: Which file is shown at which address; what varies in an address is read by the page itself.
PAGES = {
    "/": "identify.html",
    "/heard/{name}": "identify.html",
    "/library": "library.html",
    "/library/albums": "albums.html",
    "/library/artists": "artists.html",
    "/library/duplicates": "duplicates.html",
    "/album/{name}": "album.html",
    "/artist/{name}": "artist.html",
    "/track/{name}": "track.html",
    "/map": "map.html",
    "/models": "models.html",
    "/scan": "scan.html",
    "/login": "login.html",
}
#: What is no page itself: what all have around their contents, and what is for single files.
_NOT_SHOWN = ("frame.html", "views.html", "page.html", "page.css", "page.js", "document.css")
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """A file and what a browser has to know of it."""

    content: bytes
    kind: str
    mark: str


def make_router() -> APIRouter:
    """Return the addresses of the pages."""
    router = APIRouter(include_in_schema=False)

    def show(name: str, request: Request, status: int = 200) -> Response:
        asset = read_assets().get(name)
        if asset is None:
            raise NotThereError("there is nothing at this address")
        headers = {"ETag": asset.mark, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == asset.mark:
            return Response(status_code=304, headers=headers)
        return Response(asset.content, status, media_type=asset.kind, headers=headers)

    def page_at(file: str) -> None:
        async def page(request: Request) -> Response:
            return show(file, request)

        for address, shown in PAGES.items():
            if shown == file:
                router.add_api_route(address, page, methods=["GET", "HEAD"])

    for file in dict.fromkeys(PAGES.values()):
        page_at(file)

    async def static(name: str, request: Request) -> Response:
        return show(name, request)

    router.add_api_route("/static/{name}", static, methods=["GET", "HEAD"])
    return router


@cache
def read_assets() -> dict[str, Asset]:
    """Return all files of the pages by name, filled; there are few, and they are small."""
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("linernotes.web", "page"),
        autoescape=True,
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    known = find_files("linernotes.web", "linernotes.explore")
    found = {}
    for name, item in known.items():
        ending = name.rpartition(".")[2]
        kind = _TYPES.get(ending)
        if kind is None or name in _NOT_SHOWN:
            continue
        if ending in ("html", "svg"):
            colours = theme_colours("light")
            content = templates.get_template(name).render(colours=colours).encode("utf-8")
        elif ending == "css":
            content = bundle(name, known).encode("utf-8")  # what it imports is not asked for apart
        else:
            content = item.read_bytes()
        mark = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
        found[name] = Asset(content, kind, mark)
    return found
