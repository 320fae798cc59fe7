"""The API of tracks: lists, all about one, what sounds alike, sound."""

from __future__ import annotations

import asyncio
import os
import stat
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import FileResponse, Response

from linernotes.explore.phrases import PhraseError
from linernotes.integrations.subsonic.transcoding import Transcoders
from linernotes.web.converting import ConvertedTrack
from linernotes.web.errors import NotThereError, StoppedError
from linernotes.web.responses import Json
from linernotes.web.schemas import tracks as schemas
from linernotes.web.schemas.common import Problem
from linernotes.web.services import Services
from linernotes.web.tracks import describe, list_tracks, media_type, place_of

Sort = Literal[
    "path", "title", "artist", "album", "genre", "year", "duration", "tempo", "key", "heard_genre",
    "heard_mood", "energy",
]  # fmt: skip
Text = Annotated[str, Query(max_length=500)]
Count = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]

# Tracks that are made MP3 at a time.
_CONVERTED = 4

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 404, 422, 503)
}


def make_router(services: Services) -> APIRouter:
    """Return the addresses of tracks."""
    router = APIRouter(responses=_PROBLEMS)
    shelf = services.shelf
    transcoders = Transcoders(most=_CONVERTED)

    @router.get(
        "/tracks", response_model=schemas.TracksSchema, summary="Search, filter and sort tracks"
    )
    def tracks(
        *,
        q: Text = "",
        where: Text = "",
        sort: Sort = "artist",
        descending: bool = False,
        offset: Offset = 0,
        limit: Count = 50,
    ) -> Response:
        known = shelf.now()
        return Json(
            list_tracks(
                known, text=q, where=where, sort=sort, descending=descending, offset=offset,
                limit=limit,
            )
        )  # fmt: skip

    @router.get("/tracks/{track_id}", response_model=schemas.TrackDetails, summary="One track")
    def track(track_id: str) -> Response:
        known = shelf.now()
        return Json(describe(known, shelf.library, place_of(known, track_id)))

    @router.get("/similar", response_model=schemas.Matches, summary="What sounds alike")
    def similar(
        *,
        track: Annotated[list[str], Query(max_length=50)] = [],  # noqa: B006
        unlike: Annotated[list[str], Query(max_length=50)] = [],  # noqa: B006
        words: Text = "",
        where: Text = "",
        n: Count = 20,
        per_artist: Annotated[int | None, Query(ge=1)] = None,
        taste: bool | None = None,
    ) -> Response:
        known = shelf.now()
        explorer = known.explorer
        # Ids only: what the command line takes for a file to listen to is no concern of visitors.
        liked = [place_of(known, each) for each in track]
        disliked = [place_of(known, each) for each in unlike]
        if not liked and not words.strip():
            raise PhraseError("name a track, or say in words what is wanted")
        if not len(known.collection):
            return Json({"matches": [], "understood": [], "unknown": []})
        query = explorer.described(words) if words.strip() else None
        if liked:
            like = explorer.like(*liked, disliked=disliked)
            query = like if query is None else explorer.blend(like, query)
        if query is None:
            raise PhraseError("name a track, or say in words what is wanted")
        found = explorer.similar(
            query.leaning(services.leaning(taste)),
            n=n,
            per_artist=per_artist,
            where=where.strip() or None,
            why=True,
        )
        return Json({
            "matches": [match.as_dict() for match in found],
            "understood": [each.as_dict() for each in query.understood],
            "unknown": list(query.unknown),
        })  # fmt: skip

    @router.head("/tracks/{track_id}/audio", include_in_schema=False)
    @router.get(
        "/tracks/{track_id}/audio",
        summary="The sound of a track: its file, of which ranges are sent, or made MP3 as it goes",
        response_class=FileResponse,
    )
    def audio(
        track_id: str,
        kind: Annotated[Literal["file", "mp3"], Query(alias="format")] = "file",
        start: Annotated[float, Query(ge=0, le=1e6)] = 0.0,
    ) -> Response:
        known = shelf.now()
        path = known.collection.path[place_of(known, track_id)]
        try:
            found = os.stat(path)  # noqa: PTH116 - a string, as it was scanned
        except (OSError, ValueError) as error:
            raise NotThereError("the file of this track is gone; scan again") from error
        if not stat.S_ISREG(found.st_mode) or not os.access(path, os.R_OK):
            raise NotThereError("the file of this track cannot be read")
        if kind == "mp3":
            return ConvertedTrack(transcoders, path, start=start)
        return FileResponse(
            path, media_type=media_type(path), stat_result=found,
            headers={"Cache-Control": "private, no-cache"},
        )  # fmt: skip

    @router.get(
        "/tracks/{track_id}/waveform",
        response_model=schemas.WaveformSchema,
        summary="How loud a track is along its length",
    )
    async def waveform(track_id: str) -> Response:
        known = await asyncio.to_thread(shelf.now)
        path = known.collection.path[place_of(known, track_id)]
        # Not in the threads that answer everything else: all of the track is decoded.
        try:
            found = await asyncio.wrap_future(services.waveforms.later(track_id, path))
        except asyncio.CancelledError as error:
            raise StoppedError("the server ends") from error
        return Json(found.as_dict(), headers={"Cache-Control": "private, max-age=86400"})

    return router
