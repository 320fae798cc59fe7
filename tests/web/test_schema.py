"""The description of the API (OpenAPI), and requests that nobody would think of."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from serving_support import Served

from linernotes.explore import Library
from linernotes.web import create_app

schemathesis = pytest.importorskip("schemathesis")


@pytest.fixture(scope="module")
def house(
    library_maker: Callable[..., Library],
    served: Callable[..., AbstractContextManager[Served]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """A server of a library of its own, as some of what is asked changes it."""
    folder = tmp_path_factory.mktemp("tried")
    app = create_app(
        library_maker(folder), music=[str(folder / "music")], workers=1, cache=folder / "maps"
    )
    with served(app) as found:
        yield found


@pytest.fixture(scope="module")
def schema(house: Any) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its dependencies think of one another
        yield schemathesis.openapi.from_url(f"{house.address}/api/v1/openapi.json")


def test_what_is_described_is_there(house: Any) -> None:
    with house.client() as client:
        told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.")
    assert all(path.startswith("/api/v1/") for path in told["paths"])
    for methods in told["paths"].values():
        for described in methods.values():
            assert described["summary"]


OPERATIONS = [
    "GET /identifications/{job_id}", "GET /identifications/{job_id}/file",
    "GET /identifications/{job_id}/report", "GET /identifications/{job_id}/similar",
    "GET /jobs/{job_id}", "GET /jobs/{job_id}/events", "DELETE /jobs/{job_id}",
    "POST /identifications", "POST /tracks/{track_id}/identification", "GET /summary",
    "GET /status", "GET /failures", "POST /scans", "GET /tracks", "GET /tracks/{track_id}",
    "GET /similar", "GET /tracks/{track_id}/audio", "GET /tracks/{track_id}/waveform",
    "GET /playlists", "POST /playlists", "GET /playlists/{playlist}", "PATCH /playlists/{playlist}",
    "DELETE /playlists/{playlist}", "POST /playlists/{playlist}/tracks",
    "POST /playlists/{playlist}/refresh", "GET /playlists/{playlist}/file",
    "POST /playlists/export", "GET /map", "POST /maps",
    "GET /taste", "DELETE /taste", "POST /tracks/{track_id}/taste",
    "GET /filters/completions", "POST /discover", "POST /radio", "GET /path",
    "GET /labels", "POST /labels", "DELETE /labels/{name}",
    "GET /map/places", "GET /map/tracks", "GET /map/column", "GET /models", "GET /models/{name}",
    "GET /learnable", "POST /trainings", "POST /session", "GET /folders", "POST /folders",
    "DELETE /folders", "GET /example", "GET /albums", "GET /albums/{album}",
    "GET /artists", "GET /artists/{artist}", "GET /duplicates", "GET /tracks/{track_id}/cover",
]  # fmt: skip


def test_every_operation_is_tried(schema: Any) -> None:
    described = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in schema.raw_schema["paths"].items()
        for method in methods
    }
    assert described == set(OPERATIONS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_breaks_the_server(house: Any, schema: Any, operation: str) -> None:
    method, path = operation.split()
    strategy = schema[f"/api/v1{path}"][method].as_strategy()

    @settings(
        max_examples=10,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def probe(case: Any) -> None:
        answer = case.call(base_url=house.address)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert set(answer.json()["error"]) == {"code", "message"}

    probe()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "operation",
    ["GET /summary", "GET /status", "GET /failures", "GET /tracks", "GET /tracks/{track_id}",
     "GET /map", "GET /models", "GET /similar", "GET /learnable", "GET /folders"],
)  # fmt: skip
def test_answers_are_as_described(house: Any, schema: Any, operation: str) -> None:
    method, path = operation.split()
    case = schema[f"/api/v1{path}"][method].Case(
        path_parameters={"track_id": f"{1:032x}"}, query={"track": [f"{1:032x}"]}
        if "similar" in path else {},
    )  # fmt: skip
    answer = case.call(base_url=house.address)
    assert answer.status_code == 200
    case.validate_response(answer)
