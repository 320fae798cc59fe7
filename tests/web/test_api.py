"""The API over a real socket: what it tells of the library, uploads, jobs, sound, the map."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from fastapi import FastAPI
from library_support import write_songs
from support import ignoring_ctrl_c, wait_until

from linernotes.explore import Library
from linernotes.web import Limits, create_app

Serve = Callable[[FastAPI], AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def client(house: Any) -> Iterator[httpx.Client]:
    with house.client() as found:
        yield found


def get(client: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_filters_are_completed(client: httpx.Client) -> None:
    def texts(**asked: Any) -> list[str]:
        return [
            option["text"] for option in get(client, "/filters/completions", **asked)["options"]
        ]

    assert texts()[:3] == ["genre=", "mood=", "energy"]
    assert texts(where="genre=ja")[0].casefold() == "jazz"
    assert texts(where="genre=ro or x", at=8) == ["Rock"]
    assert len(texts(limit=5)) == 5
    for wrong in ({"where": "x" * 501}, {"at": -1}, {"limit": 0}):
        assert client.get("/api/v1/filters/completions", params=wrong).status_code == 422
    said = client.get("/api/v1/tracks", params={"where": "tempi>3"}).json()["error"]["message"]
    assert said == "there is no field 'tempi'; did you mean tempo?"


def events(client: httpx.Client, job: str) -> list[tuple[str, dict[str, Any]]]:
    """Follow a job to its end."""
    found = []
    with client.stream("GET", f"/api/v1/jobs/{job}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((name, json.loads(line.removeprefix("data: "))))
    return found


def test_the_library_is_listed(client: httpx.Client, library: Library) -> None:
    found = get(client, "/tracks", sort="title", limit=5)
    assert found["total"] == 24
    assert [track["title"] for track in found["tracks"][2:]] == ["Title 02", "Title 03", "Title 04"]
    first = found["tracks"][1]
    assert first["title"] == "Beyoncé's tone"
    assert first["year"] == 1961
    assert set(first) == {
        "track_id", "path", "title", "artist", "album", "genre", "year", "duration", "tempo", "key",
        "album_id", "artist_id", "heard_genre", "heard_mood", "energy",
    }  # fmt: skip
    later = get(client, "/tracks", sort="title", limit=5, offset=22)
    assert [track["title"] for track in later["tracks"]] == ["Title 22", "Title 23"]
    assert get(client, "/tracks", offset=1000)["tracks"] == []
    newest = get(client, "/tracks", sort="year", descending=True, limit=1)["tracks"]
    assert newest[0]["year"] == 1983
    untold = get(client, "/tracks", sort="genre", descending=True, limit=200)["tracks"]
    assert [track["genre"] for track in untold][-5:] == [None] * 5
    assert untold[0]["genre"] == "Rock"


def test_tracks_are_searched_and_filtered(client: httpx.Client) -> None:
    assert [t["title"] for t in get(client, "/tracks", q="BEYONCE tone")["tracks"]] == [
        "Beyoncé's tone"
    ]
    assert get(client, "/tracks", q="nobody")["total"] == 0
    jazz = get(client, "/tracks", where="genre=jazz and year=1960..1970", limit=200)["tracks"]
    assert {track["genre"] for track in jazz} == {"Jazz"}
    assert max(track["year"] for track in jazz) <= 1970
    wrong = client.get("/api/v1/tracks", params={"where": "genre="})
    assert wrong.status_code == 400
    assert wrong.json()["error"]["code"] == "filter"


def test_tracks_are_filtered_by_what_was_heard(client: httpx.Client) -> None:
    every = get(client, "/tracks", limit=200)["total"]
    loud = get(client, "/tracks", where="energy>0.5", limit=200)["tracks"]
    rest = get(client, "/tracks", where='energy<=0.5 or heard_mood="none of these"')["total"]
    assert len(loud) + rest == every
    for track in loud[:3]:
        told = get(client, f"/tracks/{track['track_id']}")["heard"]
        assert float(told["energy"]) > 0.5
        assert {"energy", "valence", "heard_mood"} <= set(told)


def test_a_track_is_told_of(client: httpx.Client, library: Library) -> None:
    track = f"{4:032x}"
    told = get(client, f"/tracks/{track}")
    assert told["track"]["track_id"] == track
    assert told["file_tags"]["title"] == "Title 04"
    assert told["tags"][0]["probability"] >= told["tags"][-1]["probability"]
    assert {trait["name"] for trait in told["traits"]} >= {"tempo", "loudness"}
    timeline = told["timeline"]
    assert np.array(timeline["probabilities"]).shape == (3, len(timeline["tags"]))
    missing = client.get("/api/v1/tracks/nothing")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not-there")


def test_what_sounds_alike_is_what_python_says(client: httpx.Client, library: Library) -> None:
    from linernotes.explore import Explorer

    track = f"{4:032x}"
    found = get(client, "/similar", track=track, n=5, per_artist=2)["matches"]
    explorer = Explorer(library.collection())
    expected = explorer.similar(explorer.like(track), n=5, per_artist=2, why=True)
    assert found == [match.as_dict() for match in expected]
    assert all(match["why"] for match in found)
    words = get(client, "/similar", words="jazz and nonsense", where="genre=jazz", n=3)
    assert len(words["matches"]) == 3
    assert "nonsense" in words["unknown"]
    assert client.get("/api/v1/similar").status_code == 400
    assert client.get("/api/v1/similar", params={"track": "nobody"}).status_code == 404


def test_status_and_failures(client: httpx.Client, library: Library) -> None:
    assert get(client, "/status") == library.status().as_dict()
    found = get(client, "/failures")
    assert (found["total"], found["codes"]) == (3, {"not-audio": 2, "empty": 1})
    assert get(client, "/failures", code="empty")["failures"][0]["code"] == "empty"
    assert len(get(client, "/failures", offset=2)["failures"]) == 1
    summary = get(client, "/summary")
    assert summary["failed"] == 3
    assert summary["models"] == ["genre", "mood"]


def test_models_have_cards(client: httpx.Client) -> None:
    from linernotes.learning import load_model

    cards = [load_model(name).as_dict() for name in ("genre", "mood")]
    assert get(client, "/models") == {"models": cards}
    assert get(client, "/models/genre") == cards[0]
    assert client.get("/api/v1/models/other").status_code == 404


def test_sound_comes_in_ranges(client: httpx.Client, music: Path) -> None:
    data = (music / "01 é #1.ogg").read_bytes()
    address = f"/api/v1/tracks/{1:032x}/audio"
    whole = client.get(address)
    assert whole.content == data
    assert whole.headers["content-type"] == "audio/ogg"
    assert whole.headers["accept-ranges"] == "bytes"
    head = client.head(address)
    assert int(head.headers["content-length"]) == len(data)
    for asked, expected in (
        ("bytes=10-19", data[10:20]),
        ("bytes=-5", data[-5:]),
        (f"bytes={len(data) - 3}-", data[-3:]),
    ):
        part = client.get(address, headers={"Range": asked})
        assert (part.status_code, part.content) == (206, expected)
    assert part.headers["content-range"] == f"bytes {len(data) - 3}-{len(data) - 1}/{len(data)}"
    assert client.get(address, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
    old = client.get(address, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert old.status_code == 200
    gone = client.get(f"/api/v1/tracks/{3:032x}/audio")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not-there")


def test_an_upload_is_heard_and_forgotten(
    client: httpx.Client, titled_clip: bytes, house: Any
) -> None:
    accepted = client.post(
        "/api/v1/identifications", params={"name": "../../Sinnerman.ogg"}, content=titled_clip
    )
    assert accepted.status_code == 202
    job = accepted.json()
    assert accepted.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert (job["kind"], job["name"]) == ("identification", "Sinnerman.ogg")
    early = client.get(f"/api/v1/identifications/{job['id']}")
    assert early.status_code in (200, 409)
    told = events(client, job["id"])
    assert [name for name, _ in told][-1] == "end"
    assert told[-1][1]["state"] == "done"
    assert "listening" in {each["progress"].get("phase") for _, each in told}

    result = get(client, f"/identifications/{job['id']}")
    printed = result["result"]
    assert list(printed) == [
        "file", "title", "artist", "duration", "warnings", "error", "tags", "models",
    ]  # fmt: skip
    assert (printed["title"], printed["artist"]) == ("Sinnerman", "Nina Simone")
    assert printed["file"] == "Sinnerman.ogg"
    assert printed["duration"] == pytest.approx(6, abs=0.1)
    rows = np.array(printed["models"][0]["timeline"]["probabilities"])
    assert np.allclose(rows.sum(axis=1), 1, atol=0.01)
    assert 0 < len(result["waveform"]) <= 1000
    assert result["labels"] == {"genre": "genre", "mood": "mood"}
    similar = get(client, f"/identifications/{job['id']}/similar", n=4)["matches"]
    assert len(similar) == 4

    as_file = client.get(f"/api/v1/identifications/{job['id']}/file")
    assert as_file.json() == printed
    assert "attachment" in as_file.headers["content-disposition"]
    report = client.get(f"/api/v1/identifications/{job['id']}/report")
    assert "Sinnerman" in report.text
    assert "attachment" in report.headers["content-disposition"]

    folder = Path(house.app.state.services.uploads._folder.name)
    assert list(folder.iterdir()) == []
    assert client.delete(f"/api/v1/jobs/{job['id']}").status_code == 204
    assert client.get(f"/api/v1/identifications/{job['id']}").status_code == 404


def test_a_track_of_the_library_is_heard_in_full(client: httpx.Client, music: Path) -> None:
    job = client.post(f"/api/v1/tracks/{1:032x}/identification").json()
    assert events(client, job["id"])[-1][1]["state"] == "done"
    assert get(client, f"/identifications/{job['id']}")["result"]["file"] == "01 é #1.ogg"
    assert (music / "01 é #1.ogg").exists()
    assert client.post(f"/api/v1/tracks/{3:032x}/identification").status_code == 404


def test_what_is_no_audio_fails_alone(client: httpx.Client) -> None:
    job = client.post("/api/v1/identifications", content=b"no song").json()
    ended = events(client, job["id"])[-1][1]
    assert (ended["state"], ended["error"]["code"]) == ("failed", "not-audio")
    assert client.get(f"/api/v1/identifications/{job['id']}").status_code == 404
    assert client.post("/api/v1/identifications", content=b"").json()["error"]["code"] == "empty"
    wrong = client.post("/api/v1/identifications", params={"model": "/etc/passwd"}, content=b"x")
    assert wrong.json()["error"]["code"] == "model-not-found"


def test_jobs_are_stopped(client: httpx.Client, clip: bytes) -> None:
    hours = io.BytesIO()
    noise = np.random.default_rng(0).normal(0, 0.1, 8000 * 900)
    soundfile.write(hours, noise, 8000, format="WAV", subtype="PCM_16")
    address = "/api/v1/identifications"
    at_work = client.post(address, content=hours.getvalue()).json()["id"]
    waiting = client.post(address, content=clip).json()["id"]
    assert get(client, f"/jobs/{waiting}")["progress"] == {"phase": "waiting", "ahead": 1}
    wait_until(lambda: get(client, f"/jobs/{at_work}")["progress"].get("phase") == "listening")
    for job in (waiting, at_work):
        assert client.delete(f"/api/v1/jobs/{job}").status_code == 204
    assert {events(client, job)[-1][1]["state"] for job in (waiting, at_work)} == {"stopped"}
    ended = client.get(f"{address}/{waiting}")
    assert (ended.status_code, ended.json()["error"]["code"]) == (409, "stopped")
    # The next one gets a process all the same.
    again = client.post(address, content=clip).json()["id"]
    assert events(client, again)[-1][1]["state"] == "done"


@pytest.mark.slow
def test_the_map_is_drawn_once_and_told_in_columns(client: httpx.Client) -> None:
    assert get(client, "/map")["key"] is None
    assert client.get("/api/v1/map/places").status_code == 404
    job = client.post("/api/v1/maps").json()
    assert events(client, job["id"])[-1][1]["state"] == "done"
    told = get(client, "/map")
    assert (told["fresh"], told["tracks"]) == (True, 24)
    places = np.frombuffer(client.get("/api/v1/map/places").content, "<f4").reshape(-1, 2)
    assert places.shape == (24, 2)
    assert places.min() >= 0
    assert places.max() == pytest.approx(1)
    names = get(client, "/map/tracks")
    assert names["title"][1] == "Beyoncé's tone"

    def column(group: str, name: str) -> tuple[dict[str, Any], bytes]:
        answer = client.get("/api/v1/map/column", params={"group": group, "name": name})
        assert answer.status_code == 200
        (length,) = struct.unpack("<I", answer.content[:4])
        assert length % 4 == 0
        return json.loads(answer.content[4 : 4 + length]), answer.content[4 + length :]

    head, values = column("file", "genre")
    labels = np.frombuffer(values, "<u2")
    told_genres = [None if v == 0xFFFF else head["classes"][v] for v in labels]
    assert told_genres[:4] == ["Jazz", "Rock", None, "Jazz"]
    head, values = column("file", "year")
    assert np.frombuffer(values, "<f4").tolist() == [1960 + i for i in range(24)]
    for group, name in (("tags", "jazz"), ("measured", "tempo"), ("descriptors", "mfcc_mean_01")):
        assert len(column(group, name)[1]) == 24 * 4
    shown = [each["name"] for each in told["columns"]]
    assert len(shown) == len(set(shown))  # nothing is there twice
    assert len(column("found", "cluster")[1]) == 24 * 2
    heard = {each["name"] for each in told["columns"] if each["group"] == "tags"}
    assert {"energy", "valence", "heard_mood"} <= heard
    assert len(column("tags", "energy")[1]) == 24 * 4
    assert len(column("tags", "heard_mood")[1]) == 24 * 2
    assert client.get("/api/v1/map/column", params={"group": "tags", "name": "no"}).is_error
    again = client.post("/api/v1/maps").json()
    assert events(client, again["id"])[-1][1]["state"] == "done"


def test_a_playlist_is_made(client: httpx.Client, music: Path) -> None:
    answer = client.post("/api/v1/playlists/export", json={"tracks": [f"{i:032x}" for i in (4, 1)]})
    assert answer.headers["content-disposition"] == 'attachment; filename="linernotes.m3u8"'
    lines = answer.text.splitlines()
    assert lines[0] == "#EXTM3U"
    assert lines[2::2] == [str(music / "04 é #1.ogg"), str(music / "01 é #1.ogg")]
    assert lines[1].endswith(",Artist 0 - Title 04")
    nothing = client.post("/api/v1/playlists/export", json={"tracks": ["/etc/passwd"]})
    assert nothing.status_code == 404


@pytest.mark.slow
def test_a_scan_is_started_and_watched(
    served: Serve, tmp_path: Path, song_files: dict[str, Path]
) -> None:
    folder = tmp_path / "new music"
    folder.mkdir()
    (folder / "a.ogg").write_bytes(song_files["ogg"].read_bytes())
    (folder / "odd.mp3").write_text("no song")
    app = create_app(
        Library(tmp_path / "library"), music=[str(folder)], cache=tmp_path / "maps", workers=1
    )
    with served(app) as home, home.client() as client:
        assert get(client, "/tracks")["total"] == 0
        assert client.post("/api/v1/maps").json()["error"]["code"] == "no-map"
        assert get(client, "/summary")["folders"] == [
            {"id": 0, "path": str(folder), "chosen": False}
        ]
        assert client.post("/api/v1/scans", json={"folders": [1]}).status_code == 404
        started = client.post("/api/v1/scans", json={"folders": [0]})
        assert started.status_code == 202
        job = started.json()["id"]
        assert client.post("/api/v1/scans", json={"folders": [0]}).json()["id"] == job
        told = [each for _, each in events(client, job)]
        assert told[-1]["state"] == "done"
        assert told[-1]["progress"]["result"]["added"] == 1
        assert told[-1]["progress"]["failures"][0]["code"] == "not-audio"
        assert get(client, "/tracks")["total"] == 1
        assert get(client, "/failures")["total"] == 1


@pytest.mark.slow
def test_a_scan_is_stopped_and_keeps_what_it_found(served: Serve, tmp_path: Path) -> None:
    """Also where the server was started in the background, and ignores Ctrl-C."""
    music, count = tmp_path / "music", 40
    write_songs(music, [f"{number}.wav" for number in range(count)])
    app = create_app(Library(tmp_path / "library"), music=[str(music)], workers=1)
    with ignoring_ctrl_c(), served(app) as home, home.client() as client:
        job = client.post("/api/v1/scans", json={"folders": [0]}).json()["id"]
        wait_until(lambda: get(client, f"/jobs/{job}")["progress"].get("done", 0) > 0)
        assert client.delete(f"/api/v1/jobs/{job}").status_code == 204
        assert events(client, job)[-1][1]["state"] == "stopped"
        assert 0 < get(client, "/tracks")["total"] < count


def test_results_are_forgotten(served: Serve, library: Library, clip: bytes) -> None:
    limits = Limits(keep_seconds=0.5, kept=1)
    with served(create_app(library, limits=limits, workers=1)) as home, home.client() as client:
        job = client.post("/api/v1/identifications", content=b"no song").json()
        wait_until(lambda: client.get(f"/api/v1/jobs/{job['id']}").status_code == 404)


@pytest.mark.slow
def test_a_model_is_trained_and_asked(
    served: Serve, library: Library, clip: bytes, tmp_path: Path
) -> None:
    app = create_app(library, workers=1, models=tmp_path / "models")
    with served(app) as home, home.client() as client:
        told = get(client, "/learnable")
        genre = told["labels"][0]
        assert genre["label"] == "genre"
        assert {each["name"] for each in genre["classes"]} == {"Jazz", "Rock", "pop"}
        assert told["recipes"][0]["name"] == "default"
        assert genre["splits"] == {"artist": 3, "album": 3, "random": 3}
        # What no way can test fairly comes last.
        assert told["labels"][-1]["splits"]["artist"] <= 1
        order = {"label": "genre", "name": "my genres"}
        for wrong, status in (
            ({"label": "isrc"}, 404), ({"recipe": "none"}, 404), ({"name": "genre"}, 409),
            ({"split": "other"}, 422), ({"name": "../../x"}, 422), ({"name": "x.y"}, 422),
            ({"name": ""}, 422),
        ):  # fmt: skip
            assert client.post("/api/v1/trainings", json=order | wrong).status_code == status
        job = client.post("/api/v1/trainings", json=order).json()
        followed = [each for _, each in events(client, job["id"])]
        assert followed[-1]["state"] == "done", followed[-1]
        assert {"testing", "training"} & {each["progress"].get("phase") for each in followed}
        result = followed[-1]["progress"]["result"]
        assert result["tracks"] == 19
        assert 0 <= result["tested"]["accuracy"] <= 1
        assert sum(each["tracks"] for each in result["tested"]["classes"]) == 19

        assert get(client, "/summary")["models"] == ["genre", "mood", "my genres"]
        card = get(client, "/models/my genres")
        assert sorted(card["classes"]) == ["Jazz", "Rock", "pop"]
        assert card["card"]["scores"][0]["confusion"]
        parameters = {"model": ["my genres", "genre"]}
        job = client.post("/api/v1/identifications", params=parameters, content=clip).json()
        assert events(client, job["id"])[-1][1]["state"] == "done"
        heard = get(client, f"/identifications/{job['id']}")["result"]["models"]
        assert [each["model"] for each in heard] == ["my genres", "genre"]
        again = client.post("/api/v1/trainings", json=order)
        assert (again.status_code, again.json()["error"]["code"]) == (409, "name-taken")


@pytest.mark.parametrize("phase", ["waiting", "testing"])
@pytest.mark.slow
def test_a_training_is_stopped(phase: str, served: Serve, library: Library, tmp_path: Path) -> None:
    """Also where the server was started in the background, and ignores Ctrl-C."""
    app = create_app(library, workers=1, models=tmp_path / "models")
    with ignoring_ctrl_c(), served(app) as home, home.client() as client:
        order = {"label": "genre", "name": "mine"}
        job = client.post("/api/v1/trainings", json=order).json()["id"]
        if phase == "testing":
            wait_until(lambda: get(client, f"/jobs/{job}")["progress"].get("phase") == phase)
        assert client.delete(f"/api/v1/jobs/{job}").status_code == 204
        assert events(client, job)[-1][1]["state"] == "stopped"
        assert get(client, "/summary")["models"] == ["genre", "mood"]
