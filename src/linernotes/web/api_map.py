"""The API of the map."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from linernotes.web.drawing import column_of, list_columns
from linernotes.web.responses import Json
from linernotes.web.schemas import map as schemas
from linernotes.web.schemas.common import JobSchema, Problem
from linernotes.web.services import Services

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (404, 409, 422, 503)
}
_BINARY: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    }
}


def make_router(services: Services) -> APIRouter:
    """Return the addresses of the map."""
    router = APIRouter(responses=_PROBLEMS)
    shelf, maps = services.shelf, services.maps

    @router.get("/map", response_model=schemas.MapSchema, summary="The map, and the work on it")
    def tell() -> Response:
        known = shelf.now()
        fresh = maps.fresh()
        drawn = fresh or maps.last
        job = services.jobs.current("map")
        return Json({
            "key": None if drawn is None else drawn.key,
            "fresh": fresh is not None,
            "tracks": 0 if drawn is None else len(drawn.track_id),
            "columns": list_columns(known),
            "job": None if job is None else job.as_dict(),
        })  # fmt: skip

    @router.post("/maps", status_code=202, response_model=JobSchema, summary="Draw the map")
    def draw() -> Response:
        maps.check()
        job = services.only("map", "the map", maps.make)
        return Json(job.as_dict(), status_code=202, headers={"Location": f"/api/v1/jobs/{job.id}"})

    @router.get("/map/places", responses=_BINARY, response_class=Response,
                summary="float32: x and y of each track")  # fmt: skip
    def places() -> Response:
        return _bytes(maps.latest().places.astype("<f4").tobytes())

    @router.get("/map/tracks", response_model=schemas.MapTracks, summary="Names of the tracks")
    def tracks() -> Response:
        known, drawn = shelf.now(), maps.latest()
        rows = [known.places.get(track, -1) for track in drawn.track_id]
        return Json({
            "track_id": list(drawn.track_id),
            "title": [known.titles[i] if i >= 0 else "" for i in rows],
            "artist": [known.artists[i] or "" if i >= 0 else "" for i in rows],
        })  # fmt: skip

    @router.get("/map/column", responses=_BINARY, response_class=Response,
                summary="What to colour by: a description, a value for each track")  # fmt: skip
    def column(
        group: Annotated[str, Query(max_length=20)], name: Annotated[str, Query(max_length=200)]
    ) -> Response:
        return _bytes(column_of(maps.latest(), shelf.now(), group, name))

    return router


def _bytes(content: bytes) -> Response:
    return Response(content, media_type="application/octet-stream")
