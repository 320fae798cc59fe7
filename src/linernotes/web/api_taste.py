"""The API of what is liked: stars, ratings, plays and skips of tracks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.responses import Response

from linernotes.library.taste import Action, Opinion, TasteEvent
from linernotes.web.responses import Json
from linernotes.web.schemas import taste as schemas
from linernotes.web.schemas.common import Problem
from linernotes.web.services import Services
from linernotes.web.tracks import place_of

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 404, 409, 422, 503)
}
_COUNTS = ("stars", "ratings", "plays", "skips")


def make_router(services: Services) -> APIRouter:
    """Return the addresses of what is liked."""
    router = APIRouter(responses=_PROBLEMS)
    shelf, taste = services.shelf, services.learned.taste

    @router.get("/taste", response_model=schemas.TasteSchema, summary="What is liked")
    def liked() -> Response:
        opinions = taste.opinions() if shelf.now().places else {}
        return Json({
            "leans": services.leans,
            **(taste.counts() if opinions else dict.fromkeys(_COUNTS, 0)),
            "tracks": {
                item: _told(opinion)
                for item, opinion in opinions.items() if item in shelf.now().places
            },
        })  # fmt: skip

    @router.delete("/taste", status_code=204, summary="Forget what is liked")
    def forget() -> Response:
        taste.forget()
        return Response(status_code=204)

    @router.post(
        "/tracks/{track_id}/taste",
        response_model=schemas.OpinionSchema,
        summary="Star, rate, play or skip a track",
    )
    def say(
        track_id: str,
        action: Annotated[Action, Body(description="what was done")],
        rating: Annotated[int, Body(ge=0, le=5, description="of rate: 1 to 5, 0 for none")] = 0,
    ) -> Response:
        place_of(shelf.now(), track_id)
        taste.keep([TasteEvent(track_id, action, rating=rating)])
        return Json(_told(taste.opinions().get(track_id, Opinion())))

    return router


def _told(opinion: Opinion) -> dict[str, Any]:
    return {
        "starred": opinion.starred is not None,
        "rating": opinion.rating,
        "plays": opinion.plays,
        "skips": opinion.skips,
    }
