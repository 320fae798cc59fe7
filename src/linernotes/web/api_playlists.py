"""The API of playlists: kept in the library, or written as files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from linernotes.explore.smart_playlists import refresh_playlist
from linernotes.library.playlists import SavedQuery
from linernotes.web.errors import NotThereError
from linernotes.web.playlists import (
    MEDIA_TYPES,
    answers,
    comment_of,
    describe_playlist,
    file_name,
    list_playlists,
    playlist_file,
    show_playlist,
    there,
)
from linernotes.web.responses import Json
from linernotes.web.schemas import playlists as schemas
from linernotes.web.schemas.common import Problem
from linernotes.web.services import Services

Kind = Literal["m3u8", "xspf", "jspf"]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
# Of a playlist.
_MOST = 200_000
Tracks = Annotated[list[Annotated[str, Body(min_length=1, max_length=200)]], Body(max_length=_MOST)]
Comment = Annotated[str, Body(max_length=4_000)]
Name = Annotated[str, Body(min_length=1, max_length=200)]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 404, 409, 422, 503)
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()}}
}


def make_router(services: Services) -> APIRouter:
    """Return the addresses of playlists."""
    router = APIRouter(responses=_PROBLEMS)
    shelf = services.shelf
    playlists = shelf.library.playlists

    @router.get("/playlists", response_model=schemas.PlaylistsSchema, summary="All playlists")
    def every(
        *,
        q: Annotated[str, Query(max_length=500)] = "",
        offset: Offset = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        return Json(list_playlists(shelf.library, text=q, offset=offset, limit=limit))

    @router.post(
        "/playlists",
        response_model=schemas.KeptPlaylist,
        status_code=201,
        summary="Keep a playlist: tracks, or a query that is asked now and later",
    )
    def create(
        name: Name,
        tracks: Tracks = [],  # noqa: B006
        query: Annotated[schemas.QuerySchema | None, Body()] = None,
        comment: Comment = "",
    ) -> Response:
        known = shelf.now()
        kept, left_out = there(known, tracks)
        asked = None if query is None else SavedQuery.from_dict(query)
        if asked is not None:
            kept = answers(known, asked)  # what cannot be asked is not kept
        made = playlists.create(name, tracks=kept, query=asked, comment=comment)
        return Json({**describe_playlist(made), "left_out": left_out}, status_code=201)

    @router.get(
        "/playlists/{playlist}", response_model=schemas.PlaylistDetails, summary="One playlist"
    )
    def show(
        playlist: str, offset: Offset = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 200
    ) -> Response:
        found = playlists.get(playlist)
        return Json(show_playlist(shelf.now(), found, offset=offset, limit=limit))

    @router.patch(
        "/playlists/{playlist}",
        response_model=schemas.KeptPlaylist,
        summary="Change a playlist; with its revision, only if nobody else has meanwhile",
    )
    def change(
        *,
        playlist: str,
        name: Annotated[str | None, Body(min_length=1, max_length=200)] = None,
        comment: Annotated[str | None, Body(max_length=4_000)] = None,
        tracks: Annotated[
            list[Annotated[str, Body(min_length=1, max_length=200)]] | None,
            Body(max_length=_MOST),
        ] = None,
        query: Annotated[schemas.QuerySchema | None, Body()] = None,
        revision: Annotated[int | None, Body(ge=0, le=2**53)] = None,
    ) -> Response:
        left_out = 0
        asked = None if query is None else SavedQuery.from_dict(query)
        if asked is not None:
            tracks = answers(shelf.now(), asked)
        elif tracks is not None:
            tracks, left_out = there(shelf.now(), tracks, also=playlists.get(playlist).tracks)
        made = playlists.change(
            playlist,
            name=name,
            comment=comment,
            tracks=tracks,
            query=asked or "same",
            revision=revision,
        )
        return Json({**describe_playlist(made), "left_out": left_out})

    @router.post(
        "/playlists/{playlist}/tracks",
        response_model=schemas.KeptPlaylist,
        summary="Add tracks to a playlist",
    )
    def add(
        playlist: str,
        tracks: Tracks,
        at: Annotated[int | None, Body(ge=0, le=_MOST)] = None,
    ) -> Response:
        kept, left_out = there(shelf.now(), tracks)
        made = playlists.add(playlist, kept, at=at)
        return Json({**describe_playlist(made), "left_out": left_out})

    @router.post(
        "/playlists/{playlist}/refresh",
        response_model=schemas.PlaylistSchema,
        summary="Ask a smart playlist anew",
    )
    def refresh(playlist: str) -> Response:
        found = refresh_playlist(shelf.library, playlist, explorer=shelf.now().explorer)
        return Json(describe_playlist(found))

    @router.delete("/playlists/{playlist}", status_code=204, summary="Remove a playlist")
    def remove(playlist: str) -> Response:
        playlists.remove(playlist)
        return Response(status_code=204)

    def as_file(tracks: list[str], name: str, comment: str, kind: Kind) -> Response:
        called = file_name(name or "linernotes", kind)
        return Response(
            playlist_file(shelf.now(), tracks, name=name, comment=comment, kind=kind),
            media_type=MEDIA_TYPES[kind],
            headers={"Content-Disposition": f'attachment; filename="{called}"'},
        )

    @router.get(
        "/playlists/{playlist}/file",
        summary="A playlist as a file",
        responses=_FILES,
        response_class=Response,
    )
    def file(playlist: str, kind: Kind = "m3u8") -> Response:
        found = playlists.get(playlist)
        return as_file(list(found.tracks), found.name, comment_of(shelf.now(), found), kind)

    @router.post(
        "/playlists/export",
        summary="Tracks as a playlist in a file, which is not kept",
        responses=_FILES,
        response_class=Response,
    )
    def export(
        tracks: Annotated[
            list[Annotated[str, Body(max_length=200)]], Body(min_length=1, max_length=_MOST)
        ],
        name: Annotated[str, Body(max_length=200)] = "",
        kind: Annotated[Kind, Body()] = "m3u8",
    ) -> Response:
        kept, _ = there(shelf.now(), tracks)
        if not kept:
            raise NotThereError("none of these tracks is in this library")
        return as_file(kept, name, "", kind)

    return router
