"""The API of identification: uploads in, jobs and results out."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, Response, StreamingResponse

from linernotes.datasets.samples import example_track
from linernotes.identification import DEFAULT_MODELS
from linernotes.web import results
from linernotes.web.errors import NotThereError, TooManyError, TooSlowError
from linernotes.web.jobs import Job
from linernotes.web.listening import UploadHeard
from linernotes.web.responses import Json
from linernotes.web.schemas import identify as schemas
from linernotes.web.schemas.common import JobSchema, Problem
from linernotes.web.schemas.tracks import Matches
from linernotes.web.services import Services
from linernotes.web.tracks import media_type, place_of
from linernotes.web.uploads import shown_name

UPLOADS = "/identifications"

_LOOK = 0.1
_HEARTBEAT = 15.0
_BODY = {
    "requestBody": {
        "description": "The file itself, in any format.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        "required": True,
    }
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 404, 408, 409, 413, 422, 429)
}

Models = Annotated[list[str], Query(alias="model", max_length=8, description="Names of models.")]


def make_router(services: Services) -> APIRouter:
    """Return the addresses of identification."""
    router = APIRouter(responses=_PROBLEMS)
    watchers = itertools.count()
    watching: set[int] = set()

    @router.post(
        UPLOADS,
        status_code=202,
        response_model=JobSchema,
        openapi_extra=_BODY,
        summary="Send a file to be identified",
    )
    async def upload(
        request: Request,
        name: Annotated[str, Query(max_length=1000)] = "untitled",
        model: Models = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        models = _checked(services, model)
        length = request.headers.get("content-length", "")
        announced = int(length) if length.isdecimal() else None
        try:
            path = await services.uploads.receive(request.stream(), announced)
        except ClientDisconnect as error:
            raise TooSlowError("the connection was lost before all had come") from error
        job = Job("identification", shown_name(name))
        job.on_end = lambda: services.uploads.delete(path)
        try:
            services.jobs.add(job)
        except TooManyError:
            services.uploads.delete(path)
            raise
        services.listeners.order(job, path, models=models, name=job.name)
        return _accepted(job)

    @router.post(
        "/tracks/{track_id}/identification",
        status_code=202,
        response_model=JobSchema,
        summary="Listen to a whole track of the library",
    )
    def listen(track_id: str, model: Models = []) -> Response:  # noqa: B006
        models = _checked(services, model)
        known = services.shelf.now()
        path = known.collection.path[place_of(known, track_id)]
        if not os.path.isfile(path):  # noqa: PTH113 - a string, as it was scanned
            raise NotThereError("the file of this track is gone; scan again")
        job = services.jobs.add(Job("identification", Path(path).name))
        services.listeners.order(job, path, models=models, name=job.name)
        return _accepted(job)

    @router.get(UPLOADS + "/{job_id}", response_model=schemas.Result, summary="The result of a job")
    def result(job_id: str) -> Response:
        job = services.jobs.find(job_id)
        return Json(results.tell(job, _heard(job), services.shelf.now()))

    @router.get(UPLOADS + "/{job_id}/file", summary="The result as a JSON file")
    def as_file(job_id: str) -> Response:
        job = services.jobs.find(job_id)
        text = json.dumps(_heard(job).identification.as_dict()) + "\n"
        return _attachment(text, "application/json", f"{job.name}.json")

    @router.get(UPLOADS + "/{job_id}/report", summary="The result as a page of its own")
    def report(job_id: str) -> Response:
        from linernotes.identification.report import render_report

        job = services.jobs.find(job_id)
        page = render_report([_heard(job).identification])
        return _attachment(page, "text/html; charset=utf-8", f"{job.name}.html")

    @router.get(
        UPLOADS + "/{job_id}/similar",
        response_model=Matches,
        summary="Tracks of the library that sound like it",
    )
    def similar(
        job_id: str,
        n: Annotated[int, Query(ge=1, le=100)] = 10,
        per_artist: Annotated[int | None, Query(ge=1)] = None,
    ) -> Response:
        heard = _heard(services.jobs.find(job_id))
        found = results.compare(services.shelf.now(), heard, n=n, per_artist=per_artist)
        matches = [match.as_dict() for match in found]
        return Json({"matches": matches, "understood": [], "unknown": []})

    @router.get("/jobs/{job_id}", response_model=JobSchema, summary="How far a job is")
    def tell(job_id: str) -> Response:
        return Json(_told(services, services.jobs.find(job_id)))

    @router.delete("/jobs/{job_id}", status_code=204, summary="Stop a job, or forget its result")
    def stop(job_id: str) -> Response:
        services.jobs.drop(services.jobs.find(job_id))
        return Response(status_code=204)

    @router.get(
        "/jobs/{job_id}/events",
        summary="Follow a job (server-sent events)",
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
        response_class=Response,
    )
    async def follow(job_id: str) -> Response:
        job = services.jobs.find(job_id)
        if len(watching) >= services.limits.watchers:
            raise TooManyError("too many follow jobs at the moment; try again in a minute")
        return StreamingResponse(
            _events(services, job, watching, next(watchers)),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    _offer_example(router, services)
    return router


def _offer_example(router: APIRouter, services: Services) -> None:
    making = threading.Lock()

    @router.get(
        "/example", summary="A track to try this with", response_class=FileResponse,
        responses={200: {"content": {"audio/flac": {"schema": {"type": "string"}}}}},
    )  # fmt: skip
    def example() -> Response:
        with making:
            path = example_track(services.examples)
        name = f"{path.stem.replace('-', ' ')}{path.suffix}"
        return FileResponse(path, media_type=media_type(str(path)), filename=name)


def _checked(services: Services, models: list[str]) -> tuple[str, ...]:
    """Return which models to ask, by what `load_model` finds them by."""
    return tuple(dict.fromkeys(map(services.models.place, models))) or DEFAULT_MODELS


def _heard(job: Job) -> UploadHeard:
    if job.kind != "identification":
        raise NotThereError("there is nothing here")
    heard: UploadHeard = job.done()
    return heard


def _told(services: Services, job: Job) -> dict[str, Any]:
    told = job.as_dict()
    if job.state == "waiting":
        told["progress"] = {"phase": "waiting", "ahead": services.jobs.ahead(job)}
    return told


def _accepted(job: Job) -> Json:
    return Json(job.as_dict(), status_code=202, headers={"Location": f"/api/v1/jobs/{job.id}"})


async def _events(
    services: Services, job: Job, watching: set[int], number: int
) -> AsyncIterator[str]:
    """Yield what is told of a job whenever it changes, until it has ended."""
    watching.add(number)
    last, silent = "", 0.0
    try:
        while not services.closing.is_set():
            ended = job.has_ended
            now = json.dumps(_told(services, job))
            if now != last:
                yield f"event: {'end' if ended else 'progress'}\ndata: {now}\n\n"
                last, silent = now, 0.0
            elif silent >= _HEARTBEAT:
                yield ": still here\n\n"
                silent = 0.0
            if ended:
                break
            await asyncio.sleep(_LOOK)
            silent += _LOOK
    finally:  # whoever follows may leave at any time
        watching.discard(number)


def _attachment(text: str, kind: str, name: str) -> Response:
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " .-_") else "_" for c in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        text.encode("utf-8", "replace"),
        media_type=kind,
        headers={"Content-Disposition": disposition},
    )
