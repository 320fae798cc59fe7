"""The API of the library as a whole: what it holds, what failed, and scans."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

import linernotes
from linernotes.explore.names import sort_out
from linernotes.web.errors import NotThereError
from linernotes.web.responses import Json
from linernotes.web.scanning import folders_of, scan
from linernotes.web.schemas import library as schemas
from linernotes.web.schemas.common import JobSchema, Problem
from linernotes.web.services import Services

Text = Annotated[str, Query(max_length=500)]
Count = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 404, 409, 422, 503)
}
_GENRES = 200


def make_router(services: Services) -> APIRouter:
    """Return the addresses of the library."""
    router = APIRouter(responses=_PROBLEMS)
    shelf = services.shelf

    @router.get("/summary", response_model=schemas.Summary, summary="What a page needs at first")
    def summary() -> Response:
        known = shelf.now()
        job = services.jobs.current("scan")
        genres, _ = sort_out(known.collection.metadata.get("genre") or ())
        status = known.status
        chosen = services.folders.chosen()
        folders = folders_of(shelf, services.folders.music, chosen)
        return Json({
            "version": linernotes.__version__,
            "tracks": status.tracks,
            "analysed": status.analysed,
            "failed": len(status.failures),
            "missing": status.missing,
            "duplicates": status.duplicates,
            "bytes": status.size,
            "folders": [
                {"id": i, "path": path, "chosen": path in chosen} for i, path in enumerate(folders)
            ],
            "genres": list(genres[:_GENRES]),
            "scan": None if job is None else job.as_dict(),
            "models": list(services.models.names()),
            "upload_bytes": services.limits.upload_bytes,
            "keep_seconds": services.limits.keep_seconds,
        })  # fmt: skip

    @router.get("/status", response_model=schemas.StatusSchema, summary="What the library holds")
    def status() -> Response:
        return Json(shelf.now().status.as_dict())

    @router.get("/failures", response_model=schemas.Failures, summary="Files that failed")
    def failures(code: Text = "", offset: Offset = 0, limit: Count = 50) -> Response:
        failed = shelf.now().status.failures
        chosen = [each for each in failed if code in ("", each.code)]
        return Json({
            "total": len(chosen),
            "offset": offset,
            "codes": dict(Counter(each.code for each in failed).most_common()),
            "failures": [
                {"file": each.file, "code": each.code, "message": each.message}
                for each in chosen[offset : offset + limit]
            ],
        })  # fmt: skip

    @router.post("/scans", status_code=202, response_model=JobSchema, summary="Start a scan")
    def start_scan(
        folders: Annotated[list[int], Body(min_length=1, max_length=100)],
        retry_failed: Annotated[bool, Body()] = False,
        full: Annotated[bool, Body()] = False,
        gentle: Annotated[bool, Body()] = False,
    ) -> Response:
        known = folders_of(shelf, services.folders.music, services.folders.chosen())
        if any(not 0 <= number < len(known) for number in folders):
            raise NotThereError("there is no folder of this number; see the summary")
        chosen = [known[number] for number in dict.fromkeys(folders)]
        options = {
            "retry_failed": retry_failed,
            "extent": "full" if full else "excerpt",
            "gentle": gentle,
        }
        job = services.only(
            "scan", ", ".join(chosen), lambda job: scan(job, shelf, chosen, options)
        )
        return Json(job.as_dict(), status_code=202, headers={"Location": f"/api/v1/jobs/{job.id}"})

    return router
