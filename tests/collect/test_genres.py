"""Tracks by genre from stand-ins of every service, into folders that models learn from."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from collect.servers.base import (
    Asked,
    Reply,
    StandIn,
    as_file,
    as_json,
    cut,
    instead,
    status,
)
from collect.servers.deezer_lists import DeezerLists
from collect.servers.jamendo import KEY as JAMENDO_KEY
from collect.servers.jamendo import LICENCE, JamendoServer
from collect.servers.spotify import KEY, SECRET, SpotifyServer

from linernotes.audio import probe
from linernotes.collect.genre_sources import GenreError, GenreRequest, GenreRules, most_requests
from linernotes.collect.genres import GenreSummary, collect_genres
from linernotes.collect.http import Manners, Session, Settings
from linernotes.datasets.groups import group_of
from linernotes.datasets.spotify_table import read_spotify_table
from linernotes.datasets.table import read_table

FEW = GenreRules(per_genre=12, per_artist=3, per_album=2)


@pytest.fixture(scope="session")
def audio() -> bytes:
    file = io.BytesIO()
    noise = 0.1 * np.random.default_rng(0).standard_normal((22050, 2))
    soundfile.write(file, noise, 44100, format="MP3")
    return file.getvalue()


@pytest.fixture
def deezer(audio: bytes) -> Iterator[DeezerLists]:
    with DeezerLists(audio) as server:
        yield server


def settings_for(folder: Path, **urls: str) -> Settings:
    return Settings(
        contact="test@example.org",
        keys={"jamendo_client_id": JAMENDO_KEY, "spotify_client_id": KEY,
              "spotify_client_secret": SECRET},
        manners=Manners(connect=2, read=2, total=5, retries=2, backoff=0.01, patience=3),
        services={name: {"url": url, "requests": 1e6} for name, url in urls.items()},
        cache=folder / "cache",
    )  # fmt: skip


def collect(
    settings: Settings, folder: Path, service: str, *genres: str, rules: GenreRules = FEW,
    offline: bool = False, **options: Any,
) -> GenreSummary:  # fmt: skip
    with Session(settings=settings, offline=offline) as session:
        requests = [GenreRequest.of(genre) for genre in genres]
        return collect_genres(
            requests, service, folder, session=session, rules=rules,
            check=lambda path: probe(path) and None, **options,
        )  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_deezer_by_genre_and_playlist(deezer: DeezerLists, tmp_path: Path) -> None:
    folder = tmp_path / "genres"
    deezer.silent = {129_001, 152_100}
    settings = settings_for(tmp_path, deezer=deezer.url)
    summary = collect(settings, folder, "deezer", "Jazz", "hip hop", "fusion=playlist:77")
    assert summary.tracks == {"Jazz": 12, "hip hop": 12, "fusion": 12}
    assert not summary.problems
    rows = rows_of(folder / "tracks.csv")
    for label in summary.tracks:
        mine = [row for row in rows if row["label"] == label]
        assert max(Counter(row["artist"] for row in mine).values()) <= 3
        assert max(Counter(row["album"] for row in mine).values()) <= 2
    first = rows[0]
    assert (first["year"], first["isrc"]) == ("1977", "DEZ000129000")
    assert first["preview"] == "deezer:129000"
    assert "not to pass on" in first["licence"]
    assert "https://www.deezer.com/track/129000" in first["sources"]
    reasons = {row["reason"] for row in rows_of(folder / "missing.csv")}
    assert {"no-preview", "artist-cap", "other-genre"} <= reasons
    assert "hdnea" not in "".join(
        path.read_text(errors="replace") for path in (tmp_path / "cache" / "answers").rglob("*.*")
    )
    examples = read_table(folder / "tracks.csv")
    assert len(examples) == 36
    assert not examples.left_out
    assert len(set(group_of(examples).tolist())) > 12
    assert json.loads((folder / "summary.json").read_text())["tracks"] == summary.tracks


def test_a_genre_that_deezer_has_not_is_taken_from_playlists(
    deezer: DeezerLists, tmp_path: Path
) -> None:
    summary = collect(settings_for(tmp_path, deezer=deezer.url), tmp_path / "g", "deezer", "vapor")
    assert summary.tracks == {"vapor": 12}
    assert "/search/playlist" in deezer.paths()


def test_expired_addresses_are_asked_for_anew(deezer: DeezerLists, tmp_path: Path) -> None:
    deezer.expired = {129_000: 1, 129_001: 99}
    summary = collect(settings_for(tmp_path, deezer=deezer.url), tmp_path / "g", "deezer", "Jazz")
    previews = {row["preview"] for row in rows_of(tmp_path / "g" / "tracks.csv")}
    assert "deezer:129000" in previews
    assert "deezer:129001" not in previews
    assert summary.missing["Jazz"]["preview"] == 1


def test_what_is_no_audio_or_no_example_is_left_out(deezer: DeezerLists, tmp_path: Path) -> None:
    deezer.titles = {129_000: "Song (Karaoke Version)", 129_002: "Same", 129_003: "Same"}
    deezer.fault("/preview/129001", instead(b"<html>not audio</html>", "audio/mpeg"), times=9)
    deezer.fault("/preview/129004", instead(b"ID3" + bytes(5000), "audio/mpeg"), times=9)
    summary = collect(settings_for(tmp_path, deezer=deezer.url), tmp_path / "g", "deezer", "Jazz")
    missing = {row["title"]: row for row in rows_of(tmp_path / "g" / "missing.csv")}
    assert missing["Song (Karaoke Version)"]["reason"] == "wrong-version"
    assert missing["Song (Karaoke Version)"]["detail"] == "karaoke"
    assert "not audio" in missing["Song 129001"]["detail"]
    assert "not audio" in missing["Song 129004"]["detail"]
    assert missing["Same"]["reason"] == "duplicate"
    assert summary.tracks == {"Jazz": 12}


def test_a_run_stopped_anywhere_ends_in_the_same_folder(
    deezer: DeezerLists, tmp_path: Path
) -> None:
    genres = ("Jazz", "Rock", "soul")
    whole = collect(settings_for(tmp_path / "a", deezer=deezer.url), tmp_path / "whole", "deezer",
                    *genres)  # fmt: skip
    before = len(deezer.asked)
    settings = settings_for(tmp_path / "b", deezer=deezer.url)
    chance = random.Random(6)

    def interrupt(_label: str, _text: str) -> None:
        if chance.random() < 0.15:
            raise KeyboardInterrupt

    interruptions = 0
    while interruptions < 10:
        try:
            collect(settings, tmp_path / "parts", "deezer", *genres, say=interrupt)
        except KeyboardInterrupt:
            interruptions += 1
        if interruptions == 3:
            deezer.fault("/preview/", cut(after=10), times=9)
            assert collect(settings, tmp_path / "parts", "deezer", *genres).stopped
            deezer._faults.clear()
    summary = collect(settings, tmp_path / "parts", "deezer", *genres)
    assert summary == whole
    assert files_in(tmp_path / "parts") == files_in(tmp_path / "whole")
    # Nothing that came whole is fetched twice.
    counts = Counter(path for path in deezer.paths()[before:] if not path.startswith("/track/"))
    assert sum(count > 1 for count in counts.values()) == 1
    assert set(deezer.paths()[before:]) == set(deezer.paths()[:before])
    offline = collect(settings, tmp_path / "again", "deezer", *genres, offline=True)
    assert offline.tracks == whole.tracks


def test_quotas_are_waited_for_and_a_dead_service_stops_the_run(
    deezer: DeezerLists, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, deezer=deezer.url)
    quota = as_json({"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}})
    deezer.fault("/chart", lambda handler, _: handler.reply(quota), times=2)
    summary = collect(settings, tmp_path / "g", "deezer", "Jazz")
    assert (summary.tracks, summary.stopped) == ({"Jazz": 12}, "")
    deezer.fault("/chart/152", status(500), times=99)
    summary = collect(settings, tmp_path / "g", "deezer", "Jazz", "Rock")
    assert "trouble of its own" in summary.stopped
    assert summary.tracks == {"Jazz": 12, "Rock": 0}
    assert len(rows_of(tmp_path / "g" / "tracks.csv")) == 12
    deezer._faults.clear()
    summary = collect(settings, tmp_path / "g", "deezer", "Jazz", "Rock")
    assert summary.tracks == {"Jazz": 12, "Rock": 12}


def test_balance_and_problems(deezer: DeezerLists, tmp_path: Path) -> None:
    deezer.silent = {152_000 + number for number in range(1000) if number % 100}
    rules = GenreRules(per_genre=12, per_artist=3, balance=True)
    settings = settings_for(tmp_path, deezer=deezer.url)
    summary = collect(settings, tmp_path / "g", "deezer", "Jazz", "Rock", "x=playlist:404",
                      rules=GenreRules(per_genre=12, per_artist=3))  # fmt: skip
    assert summary.tracks == {"Jazz": 12, "Rock": 8, "x": 0}
    assert summary.problems == ("x: Deezer: it has nothing of this kind",)
    summary = collect(settings, tmp_path / "b", "deezer", "Jazz", "Rock", rules=rules)
    assert summary.tracks == {"Jazz": 8, "Rock": 8}


def test_jamendo_with_licences(audio: bytes, tmp_path: Path) -> None:
    with JamendoServer(audio, count=90) as server:
        settings = settings_for(tmp_path, jamendo=server.url)
        summary = collect(settings, tmp_path / "g", "jamendo", "Jazz", "mine=playlist:5")
        assert summary.tracks["Jazz"] == 12
        assert summary.missing["Jazz"]["download-not-allowed"] > 0
        rows = rows_of(tmp_path / "g" / "tracks.csv")
        assert {row["licence"] for row in rows} == {LICENCE}
        assert rows[0]["artist"].startswith("אמן")
        assert read_table(tmp_path / "g" / "tracks.csv").classes == ("Jazz", "mine")
        wrong = settings_for(tmp_path / "w", jamendo=server.url)
        wrong.keys["jamendo_client_id"] = "wrong"  # type: ignore[index]
        summary = collect(wrong, tmp_path / "w" / "g", "jamendo", "Jazz")
        assert "not authorized" in summary.problems[0]


class ITunes(StandIn):
    def __init__(self, audio: bytes) -> None:
        super().__init__()
        self.audio = audio

    def answer(self, asked: Asked) -> Reply:
        if asked.path.startswith("/preview/"):
            return as_file(asked, self.audio, "audio/mpeg")
        rows = [
            {
                "wrapperType": "track", "kind": "song", "trackId": number,
                "trackName": f"Song {number}", "artistName": f"Artist {number % 6}",
                "collectionName": f"Album {number % 9}", "trackTimeMillis": 200_000,
                "previewUrl": f"{self.url}/preview/{number}.m4a", "releaseDate": "1999-01-01",
                "primaryGenreName": "Jazz" if number % 2 else "Pop",
            }
            for number in range(1, 60)
        ]  # fmt: skip
        return as_json({"resultCount": len(rows), "results": rows})


def test_itunes_by_main_genre(audio: bytes, tmp_path: Path) -> None:
    with ITunes(audio) as server:
        settings = settings_for(tmp_path, itunes=server.url)
        summary = collect(settings, tmp_path / "g", "itunes", "jazz")
        assert summary.tracks == {"jazz": 9}  # three artists, three songs each
        rows = rows_of(tmp_path / "g" / "tracks.csv")
        assert all(int(row["preview"].rpartition(":")[2]) % 2 for row in rows)
        assert "promote" in rows[0]["licence"]
        with pytest.raises(GenreError, match="no playlists"):
            collect(settings, tmp_path / "p", "itunes", "mine=playlist:5")


def test_an_old_application_still_gets_it_all_from_spotify(audio: bytes, tmp_path: Path) -> None:
    with SpotifyServer(old=True, audio=audio) as server:
        urls = {"spotify": f"{server.url}/v1", "spotify-accounts": server.url}
        summary = collect(settings_for(tmp_path, **urls), tmp_path / "g", "spotify", "soul")
        assert summary.tracks == {"soul": 12}
        table = tmp_path / "g" / "spotify.csv"
        assert list(rows_of(table)[0])[:2] == ["track_id", "label"]
        assert rows_of(table)[0]["danceability"] == "0.5"


def test_a_new_application_gets_metadata_and_is_told_the_way_round(
    deezer: DeezerLists, tmp_path: Path
) -> None:
    with SpotifyServer(old=False) as server:
        settings = settings_for(
            tmp_path, spotify=f"{server.url}/v1", deezer=deezer.url,
            **{"spotify-accounts": server.url},
        )  # fmt: skip
        summary = collect(settings, tmp_path / "g", "spotify", "soul")
        assert summary.tracks == {"soul": 0}
        assert summary.missing["soul"]["listed-only"] == 12
        told = " ".join(summary.problems)
        assert "27 November 2024" in told
        assert "--deezer-previews" in told
        assert "linernotes features" in told
        rows = rows_of(tmp_path / "g" / "spotify.csv")
        assert len(rows) == 12
        assert rows[0]["isrc"] == "USABC0000000"
        assert rows_of(tmp_path / "g" / "tracks.csv") == []
        # The same songs, at Deezer.
        for number in range(24):
            server.tracks[number]["external_ids"] = {"isrc": f"DEZ{129_000 + number:09}"}
            server.tracks[number]["name"] = f"Song {129_000 + number}"
            server.tracks[number]["duration_ms"] = 1000 * (180 + number)
            server.tracks[number]["artists"] = [{"name": "Æther 129"}]
        rules = GenreRules(per_genre=5, deezer_previews=True)
        summary = collect(settings, tmp_path / "d", "spotify", "mine=playlist:" + "A" * 22,
                          rules=rules)  # fmt: skip
        assert summary.tracks == {"mine": 5}
        first = rows_of(tmp_path / "d" / "tracks.csv")[0]
        assert first["preview"] == "deezer:129000"
        assert (first["match"], first["sources"][:12]) == ("isrc", "spotify:list")


def test_requests_that_make_no_sense(tmp_path: Path) -> None:
    for text in ("", "=jazz", "jazz=", "https://www.deezer.com/playlist/5"):
        with pytest.raises(GenreError, match="names no class"):
            GenreRequest.of(text)
    settings = settings_for(tmp_path)
    with pytest.raises(GenreError, match="same label"):
        collect(settings, tmp_path, "deezer", "jazz", "jazz")
    with pytest.raises(GenreError, match="deezer, jamendo"):
        collect(settings, tmp_path, "napster", "jazz")


def test_the_estimate_is_no_less_than_what_is_sent(deezer: DeezerLists, tmp_path: Path) -> None:
    collect(settings_for(tmp_path, deezer=deezer.url), tmp_path / "g", "deezer", "Jazz", "Rock")
    requests = [GenreRequest.of("Jazz"), GenreRequest.of("Rock")]
    assert len(deezer.asked) <= most_requests(requests, "deezer", FEW)


def test_spotify_tables_are_learned_from(tmp_path: Path) -> None:
    """What a listing with features ends in is what the loader of tables takes."""
    with SpotifyServer(old=True, audio=b"") as server:
        shares = "danceability energy speechiness acousticness instrumentalness liveness valence"
        full = dict.fromkeys([*shares.split(), "mode"], 0.5)
        data = server.data

        def with_features(asked: Asked) -> tuple[int, Any]:
            code, answer = data(asked)
            if "audio_features" in (answer or {}):
                for row in answer["audio_features"][:-1]:
                    row |= {**full, "loudness": -7.0, "tempo": 120.0}
            return code, answer

        server.data = with_features  # type: ignore[method-assign]
        for track in server.tracks:
            track["preview_url"] = None
        urls = {"spotify": f"{server.url}/v1", "spotify-accounts": server.url}
        collect(settings_for(tmp_path, **urls), tmp_path / "g", "spotify", "soul")
        examples = read_spotify_table(tmp_path / "g" / "spotify.csv")
        assert examples.features["spotify"].shape == (12, 11)
