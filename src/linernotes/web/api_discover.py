"""The API of discovering: what fits, what follows, and what may come next in a filter."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from linernotes.explore import endless_mix, path_between
from linernotes.explore.completion import complete_filter
from linernotes.explore.discover import discover
from linernotes.explore.explorer import TrackNotFoundError
from linernotes.web.responses import Json
from linernotes.web.schemas import discover as schemas
from linernotes.web.schemas.common import Problem
from linernotes.web.services import Services
from linernotes.web.tracks import place_of

Text = Annotated[str, Body(max_length=500)]
Names = Annotated[list[Annotated[str, Body(max_length=500)]], Body(max_length=200)]
Few = Annotated[int | None, Body(ge=1, le=1000)]
# Of a radio.
_MOST_PLAYED = 2000

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 404, 422, 503)
}


def make_router(services: Services) -> APIRouter:
    """Return the addresses of discovering."""
    router = APIRouter(responses=_PROBLEMS)
    shelf = services.shelf

    @router.post(
        "/discover",
        response_model=schemas.DiscoverySchema,
        summary="What fits words, likes, dislikes and sliders",
    )
    def find(
        *,
        words: Text = "",
        tracks: Names = [],  # noqa: B006
        unlike: Names = [],  # noqa: B006
        artists: Names = [],  # noqa: B006
        unlike_artists: Names = [],  # noqa: B006
        wishes: Annotated[dict[str, float | str], Body(max_length=20)] = {},  # noqa: B006
        where: Text = "",
        n: Annotated[int, Body(ge=1, le=500)] = 30,
        per_artist: Few = None,
        taste: Annotated[bool | None, Body()] = None,
    ) -> Response:
        known = shelf.now()
        found = discover(
            known.explorer,
            words=words,
            # Ids only: no path that a visitor names is looked for.
            tracks=[place_of(known, track) for track in tracks],
            unlike=[place_of(known, track) for track in unlike],
            artists=artists,
            unlike_artists=unlike_artists,
            wishes=wishes,
            where=where,
            n=n,
            per_artist=per_artist,
            why=True,
            leaning=services.leaning(taste),
        )
        return Json(found.as_dict())

    @router.post(
        "/radio", response_model=schemas.Continuation, summary="What to play next, without an end"
    )
    def radio(
        tracks: Annotated[list[str], Body(min_length=1, max_length=50)],
        played: Annotated[list[str], Body(max_length=_MOST_PLAYED)] = [],  # noqa: B006
        n: Annotated[int, Body(ge=1, le=50)] = 10,
        seed: Annotated[int, Body(ge=0, le=2**31)] = 0,
        taste: Annotated[bool | None, Body()] = None,
    ) -> Response:
        known = shelf.now()
        explorer = known.explorer
        start = explorer.like(*(place_of(known, track) for track in tracks))
        start = start.leaning(services.leaning(taste))
        # What is gone from the library meanwhile was played all the same.
        before = [known.places[track] for track in played if track in known.places]
        mix = endless_mix(explorer, start, random_state=seed, played=before)
        return Json({"matches": [match.as_dict() for match in islice(mix, n)]})

    @router.get(
        "/path", response_model=schemas.Continuation, summary="A way from one track to another"
    )
    def path(
        start: str,
        end: str,
        n: Annotated[int, Query(ge=2, le=100)] = 10,
        per_artist: Annotated[int | None, Query(ge=1, le=1000)] = None,
        where: Annotated[str, Query(max_length=500)] = "",
    ) -> Response:
        known = shelf.now()
        ends = place_of(known, start), place_of(known, end)
        if ends[0] == ends[1]:
            raise TrackNotFoundError("a path leads from one track to another one, not to itself")
        way = path_between(
            known.explorer, *ends, n=n, per_artist=per_artist, where=where.strip() or None
        )
        return Json({"matches": [match.as_dict() for match in way]})

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
