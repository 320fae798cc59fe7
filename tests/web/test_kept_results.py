"""Results that survive the server, within limits, whatever lies in their folder."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from support import wait_until

from linernotes.explore import Library
from linernotes.web import Limits, create_app
from linernotes.web.jobs import Job
from linernotes.web.kept_results import KeptResults
from linernotes.web.listening import ListeningOrder, UploadHeard, hear


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory, clip: bytes) -> UploadHeard:
    file = tmp_path_factory.mktemp("heard") / "clip"
    file.write_bytes(clip)
    return hear(ListeningOrder(str(file), "clip.ogg", ("genre", "mood"), 600.0))


def test_links_lead_to_results_after_a_restart(
    served: Any, library: Library, music: Path, tmp_path: Path
) -> None:
    """The track is in the library of a scan, so that it is found there as well."""
    clip = (music / "01 é #1.ogg").read_bytes()

    def app() -> Any:
        return create_app(library, workers=1, state=tmp_path)

    def told(client: httpx.Client, job: str) -> list[Any]:
        address = f"/api/v1/identifications/{job}"
        answers = [client.get(address + part) for part in ("", "/file", "/report", "/similar")]
        assert [answer.status_code for answer in answers] == [200] * 4
        return [answer.text for answer in answers]

    with served(app()) as home, home.client() as client:
        job = client.post("/api/v1/identifications?name=a.ogg", content=clip).json()["id"]
        wait_until(lambda: client.get(f"/api/v1/jobs/{job}").json()["ended"])
        before = told(client, job)
    assert clip not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    with served(app()) as home, home.client() as client:
        assert client.get(f"/api/v1/jobs/{job}").json()["state"] == "done"
        assert told(client, job) == before
        assert client.delete(f"/api/v1/jobs/{job}").status_code == 204
        assert client.get(f"/api/v1/identifications/{job}").status_code == 404
    with served(app()) as home, home.client() as client:
        assert client.get(f"/api/v1/identifications/{job}").status_code == 404


def test_what_is_kept_is_the_same(heard: UploadHeard, tmp_path: Path) -> None:
    kept = KeptResults(tmp_path, Limits())
    job = Job("identification", "clip.ogg")
    kept.write(job, heard)
    found = kept.recall(job.id)
    assert found is not None
    assert (found.state, found.name, found.created) == ("done", "clip.ogg", job.created)
    again = found.done()
    assert again.identification.as_dict() == heard.identification.as_dict()
    assert again.track_id == heard.track_id
    assert again.track_id is not None
    assert np.array_equal(again.features.embedding, heard.features.embedding)
    assert [file.name for file in tmp_path.iterdir()] == [f"{job.id}.npz"]


def test_no_more_is_kept_than_is_agreed(heard: UploadHeard, tmp_path: Path) -> None:
    jobs = [Job("identification", f"{i}") for i in range(5)]

    def write(limits: Limits) -> list[bool]:
        kept = KeptResults(tmp_path, limits)
        for age, job in enumerate(reversed(jobs)):
            kept.write(job, heard)
            os.utime(tmp_path / f"{job.id}.npz", (time.time() - 10 * age,) * 2)
        kept.write(jobs[0], heard)
        return [kept.recall(job.id) is not None for job in jobs]

    assert sum(write(Limits(kept_on_disk=2))) == 2
    size = (tmp_path / f"{jobs[0].id}.npz").stat().st_size
    assert sum(write(Limits(kept_bytes=3 * size + 100))) == 3
    assert write(Limits())[0]
    old = KeptResults(tmp_path, Limits(keep_seconds=0.0))
    assert old.recall(jobs[0].id) is None


@pytest.mark.parametrize("name", ["../x", "", "x" * 2000, "é" * 20, "a" * 22, "..%2f" * 5])
def test_other_names_are_no_results(tmp_path: Path, name: str) -> None:
    kept = KeptResults(tmp_path / "in", Limits())
    assert kept.recall(name) is None
    kept.delete(name)


def test_what_is_damaged_or_hostile_is_no_result(heard: UploadHeard, tmp_path: Path) -> None:
    kept = KeptResults(tmp_path, Limits())
    job = Job("identification", "a")
    kept.write(job, heard)
    file = tmp_path / f"{job.id}.npz"
    whole = file.read_bytes()
    pickled, odd = io.BytesIO(), io.BytesIO()
    np.savez(pickled, head=np.array([{"a": 1}], dtype=object))
    head = b'{"told": {}, "heard": {"type": "Popen", "fields": {"args": "x"}}}'
    np.savez(odd, head=np.frombuffer(head, np.uint8))
    broken = [whole[:100], whole[:-30], b"", b"PK\3\4", pickled.getvalue(), odd.getvalue()]
    places = range(0, len(whole), len(whole) // 40)
    broken += [whole[:place] + bytes(8) + whole[place + 8 :] for place in places]
    for data in broken:
        file.write_bytes(data)
        found = kept.recall(job.id)
        assert found is None or isinstance(found.done(), UploadHeard)
    assert kept.recall("A" * 22) is None


def test_a_full_disk_costs_the_link_and_not_the_answer(heard: UploadHeard, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file in the place of the folder")
    KeptResults(tmp_path / "results", Limits()).write(Job("identification", "a"), heard)
