"""The API of folders of music: looking for them on the server's machine, and choosing them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from linernotes.web.responses import Json
from linernotes.web.schemas import library as schemas
from linernotes.web.schemas.common import Problem
from linernotes.web.services import Services

Place = Annotated[str, Query(max_length=4096)]

_PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": Problem} for code in (404, 422, 429)}


def make_router(services: Services) -> APIRouter:
    """Return the addresses of folders."""
    router = APIRouter(responses=_PROBLEMS)
    choice = services.folders

    @router.get("/folders", response_model=schemas.FolderSchema, summary="What a folder holds")
    def look(path: Place = "") -> Response:
        return Json(choice.look(path))

    @router.post(
        "/folders",
        status_code=201,
        response_model=schemas.FolderName,
        summary="Choose a folder to be scanned",
    )
    def choose(path: Annotated[str, Body(embed=True, min_length=1, max_length=4096)]) -> Response:
        chosen = choice.add(path)
        return Json({"name": chosen, "path": chosen}, status_code=201)

    @router.delete("/folders", status_code=204, summary="Forget a folder that was chosen")
    def forget(path: Place) -> Response:
        choice.remove(path)
        return Response(status_code=204)

    return router
