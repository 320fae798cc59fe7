"""The API of labels that people give tracks themselves."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.responses import Response

from linernotes.web.errors import NotThereError
from linernotes.web.responses import Json
from linernotes.web.schemas import map as schemas
from linernotes.web.schemas.common import Problem
from linernotes.web.services import Services

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 404, 422, 503)
}
_MOST = 200_000


def make_router(services: Services) -> APIRouter:
    """Return the addresses of labels."""
    router = APIRouter(responses=_PROBLEMS)
    shelf = services.shelf

    def told() -> Response:
        counts = shelf.labels.counts()
        return Json({"labels": [{"name": name, "tracks": n} for name, n in counts.items()]})

    @router.get("/labels", response_model=schemas.OwnLabels, summary="Labels that people gave here")
    def labels() -> Response:
        return told()

    @router.post("/labels", response_model=schemas.OwnLabels, summary="Give tracks a label")
    def give(
        name: Annotated[str, Body(min_length=1, max_length=200)],
        tracks: Annotated[list[str], Body(min_length=1, max_length=_MOST)],
    ) -> Response:
        places = shelf.now().places
        known = [track for track in dict.fromkeys(tracks) if track in places]
        if not known:
            raise NotThereError("none of these tracks is in this library")
        shelf.labels.give(known, name)
        return told()

    @router.delete(
        "/labels/{name}", response_model=schemas.OwnLabels, summary="Take a label from its tracks"
    )
    def forget(name: str) -> Response:
        if not shelf.labels.forget(name):
            raise NotThereError("no track has this label")
        return told()

    return router
