"""The API of albums, artists, duplicates, and covers."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from linernotes.library.covers import SIZES
from linernotes.web.albums import describe_album, describe_artist, list_albums, list_artists
from linernotes.web.duplicates import list_duplicates
from linernotes.web.responses import Json
from linernotes.web.schemas import albums as schemas
from linernotes.web.schemas.common import Problem
from linernotes.web.services import Services
from linernotes.web.tracks import place_of

Text = Annotated[str, Query(max_length=500)]
Count = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Few = Annotated[int, Query(ge=1, le=50)]
Size = Literal["small", "medium", "large"]

_PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": Problem} for code in (404, 422, 503)}
_PIXELS: dict[str, int] = dict(zip(("small", "medium", "large"), SIZES, strict=True))
# A browser may show for so long what it has; then it asks whether that is still the same.
_FRESH = "private, max-age=600"


def make_router(services: Services) -> APIRouter:
    """Return the addresses of albums, artists, duplicates and covers."""
    router = APIRouter(responses=_PROBLEMS)
    shelf = services.shelf

    @router.get("/albums", response_model=schemas.AlbumsSchema, summary="Search and sort albums")
    def albums(
        *,
        q: Text = "",
        sort: Literal["name", "artist", "year", "tracks", "duration"] = "artist",
        descending: bool = False,
        offset: Offset = 0,
        limit: Count = 50,
    ) -> Response:
        return Json(
            list_albums(
                shelf.now(), text=q, sort=sort, descending=descending, offset=offset, limit=limit
            )
        )

    @router.get("/albums/{album}", response_model=schemas.AlbumDetails, summary="One album")
    def album(album: str) -> Response:
        return Json(describe_album(shelf.now(), album))

    @router.get("/artists", response_model=schemas.ArtistsSchema, summary="Search and sort artists")
    def artists(
        *,
        q: Text = "",
        sort: Literal["name", "tracks", "albums"] = "name",
        descending: bool = False,
        offset: Offset = 0,
        limit: Count = 50,
    ) -> Response:
        return Json(
            list_artists(
                shelf.now(), text=q, sort=sort, descending=descending, offset=offset, limit=limit
            )
        )

    @router.get("/artists/{artist}", response_model=schemas.ArtistDetails, summary="One artist")
    def artist(artist: str) -> Response:
        return Json(describe_artist(shelf.now(), artist))

    @router.get(
        "/duplicates",
        response_model=schemas.Duplicates,
        summary="Recordings that several files hold",
    )
    def duplicates(*, offset: Offset = 0, limit: Few = 20) -> Response:
        return Json(list_duplicates(shelf.now(), shelf.library, offset=offset, limit=limit))

    @router.get(
        "/tracks/{track_id}/cover",
        summary="The cover of a track: a JPEG of 96, 320 or 640 pixels",
        responses={
            200: {"content": {"image/jpeg": {}}},
            204: {"description": "The track has no cover"},
        },
        response_class=Response,
    )
    async def cover(track_id: str, request: Request, size: Size = "medium") -> Response:
        known = await asyncio.to_thread(shelf.now)
        path = known.collection.path[place_of(known, track_id)]
        # Not in the threads that answer everything else: a cover may take seconds to be drawn.
        drawn = await asyncio.wrap_future(services.covers.later(path, size=_PIXELS[size]))
        if drawn is None:
            # No fault: browsers would write one into their console for each such track.
            return Response(status_code=204, headers={"Cache-Control": _FRESH})
        headers = {"ETag": f'"{drawn.key}"', "Cache-Control": _FRESH}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(drawn.jpeg, media_type="image/jpeg", headers=headers)

    return router
