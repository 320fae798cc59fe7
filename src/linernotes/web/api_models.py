"""The API of the models: cards, what can be learned here, and training; and the session."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from linernotes.web.errors import TokenError
from linernotes.web.guard import COOKIE
from linernotes.web.learnable import SplitName, labels_of
from linernotes.web.models import NAME, check_order, train, usable_recipes
from linernotes.web.responses import Json
from linernotes.web.schemas import models as schemas
from linernotes.web.schemas.common import JobSchema, Problem
from linernotes.web.services import Services

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (401, 404, 409, 422, 503)
}


def make_router(services: Services) -> APIRouter:
    """Return the addresses of the models and of the session."""
    router = APIRouter(responses=_PROBLEMS)
    shelf, known_models = services.shelf, services.models

    @router.get("/models", response_model=schemas.ModelsSchema, summary="The models' cards")
    def models() -> Response:
        return Json({"models": known_models.cards()})

    @router.get("/models/{name}", response_model=dict[str, Any], summary="A model's card")
    def model(name: str) -> Response:
        return Json(known_models.describe(name))

    @router.get("/learnable", response_model=schemas.Learnable, summary="What can be learned here")
    def learnable() -> Response:
        job = services.jobs.current("training")
        return Json({
            "labels": labels_of(shelf.now()),
            "recipes": usable_recipes(),
            "training": None if job is None else job.as_dict(),
        })  # fmt: skip

    @router.post("/trainings", status_code=202, response_model=JobSchema, summary="Train a model")
    def start(
        name: Annotated[str, Body(pattern=f"^{NAME}$")],
        label: Annotated[str, Body(max_length=40)],
        recipe: Annotated[str, Body(max_length=40)] = "default",
        split: Annotated[SplitName, Body()] = "artist",
    ) -> Response:
        check_order(shelf.now(), label=label, recipe=recipe)
        target = known_models.new(name)
        order = {"name": name, "label": label, "recipe": recipe, "split": split,
                 "target": str(target)}  # fmt: skip
        job = services.only("training", name, lambda job: train(job, shelf, order))
        return Json(job.as_dict(), status_code=202, headers={"Location": f"/api/v1/jobs/{job.id}"})

    @router.post("/session", status_code=204, summary="Show the token, to browse without it")
    def enter(
        request: Request, token: Annotated[str, Body(embed=True, max_length=500)]
    ) -> Response:
        if not services.key.fits(token):
            raise TokenError("this is not the token; it was printed when the server was started")
        answer = Response(status_code=204)
        answer.set_cookie(
            COOKIE, services.key.session, httponly=True, samesite="lax",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer

    return router
