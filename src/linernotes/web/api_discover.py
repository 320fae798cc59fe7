"""The API of discovering: what may come next in a filter."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from linernotes.explore.completion import complete_filter
from linernotes.web.responses import Json
from linernotes.web.schemas import discover as schemas
from linernotes.web.schemas.common import Problem
from linernotes.web.services import Services

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 404, 422, 503)
}


def make_router(services: Services) -> APIRouter:
    """Return the addresses of discovering."""
    router = APIRouter(responses=_PROBLEMS)
    shelf = services.shelf

    @router.get(
        "/filters/completions",
        response_model=schemas.CompletionsSchema,
        summary="What may come next in a filter",
    )
    def completions(
        where: Annotated[str, Query(max_length=500)] = "",
        at: Annotated[int | None, Query(ge=0, le=500)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> Response:
        found = complete_filter(shelf.now().filters, where, at=at, limit=limit)
        return Json(found.as_dict())

    return router
