"""The pages: files that come with linernotes, and that a browser keeps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from linernotes.pages import bundle, find_files, theme_colours
from linernotes.web.errors import NotThereError
from linernotes.web.guard import API, CERTIFICATE, STATIC

#: Which file is shown at which address; what varies in an address is read by the page itself.
PAGES = {
    "/": "identify.html",
    "/heard/{name}": "identify.html",
    "/discover": "discover.html",
    "/library": "library.html",
    "/library/albums": "albums.html",
    "/library/artists": "artists.html",
    "/library/duplicates": "duplicates.html",
    "/album/{name}": "album.html",
    "/artist/{name}": "artist.html",
    "/track/{name}": "track.html",
    "/playlists": "playlists.html",
    "/playlist/{name}": "playlist.html",
    "/map": "map.html",
    "/models": "models.html",
    "/library/scan": "scan.html",
    "/login": "login.html",
}
#: Where pages have gone to.
_MOVED = {"/scan": "/library/scan"}
#: What is shown at all other addresses.
_LOST = "lost.html"
#: What is no page itself: what all have around their contents, and what is for single files.
_NOT_SHOWN = (
    "frame.html",
    "views.html",
    "catalog.html",
    "page.html",
    "page.css",
    "page.js",
    "document.css",
)
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "webmanifest": "application/manifest+json",
}
#: What is filled with colours before it is handed out.
_FILLED = ("html", "svg", "webmanifest")


@dataclass(frozen=True)
class Asset:
    """A file and what a browser has to know of it."""

    content: bytes
    kind: str
    mark: str


def make_router(certificate: bytes | None = None) -> APIRouter:
    """Return the addresses of the pages.

    Parameters
    ----------
    certificate
        What devices install to trust this server, DER.
    """
    router = APIRouter(include_in_schema=False)

    def page_at(file: str) -> None:
        async def page(request: Request) -> Response:
            return _show(file, request)

        for address, shown in PAGES.items():
            if shown == file:
                router.add_api_route(address, page, methods=["GET", "HEAD"])

    for file in dict.fromkeys(PAGES.values()):
        page_at(file)

    async def static(name: str, request: Request) -> Response:
        return _show(name, request)

    async def authority() -> Response:
        if certificate is None:
            raise NotThereError("this server has no certificate of its own")
        return Response(
            certificate,
            media_type="application/x-x509-ca-cert",
            headers={"Content-Disposition": 'attachment; filename="linernotes.crt"'},
        )

    router.add_api_route(CERTIFICATE, authority, methods=["GET", "HEAD"])
    for old, new in _MOVED.items():
        _lead_on(router, old, new)
    router.add_api_route("/static/{name}", static, methods=["GET", "HEAD"])
    return router


def show_lost(request: Request) -> Response | None:
    """Return the page that tells that there is none at an address; ``None`` for programs."""
    path = request.url.path
    if request.method not in ("GET", "HEAD") or path.startswith((API, STATIC)):
        return None
    return _show(_LOST, request, status=404)


def _lead_on(router: APIRouter, old: str, new: str) -> None:
    async def moved() -> Response:
        return RedirectResponse(new, status_code=308)

    router.add_api_route(old, moved, methods=["GET", "HEAD"])


def _show(name: str, request: Request, status: int = 200) -> Response:
    asset = read_assets().get(name)
    if asset is None:
        raise NotThereError("there is nothing at this address")
    headers = {"ETag": asset.mark, "Cache-Control": "no-cache"}
    if status == 200 and request.headers.get("if-none-match") == asset.mark:
        return Response(status_code=304, headers=headers)
    return Response(asset.content, status, media_type=asset.kind, headers=headers)


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
        if ending in _FILLED:
            filled = templates.get_template(name).render(
                colours=theme_colours("light"), dark=theme_colours("dark")
            )
            content = filled.encode("utf-8")
        elif ending == "css":
            content = bundle(name, known).encode("utf-8")  # what it imports is not asked for apart
        else:
            content = item.read_bytes()
        mark = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
        found[name] = Asset(content, kind, mark)
    return found
