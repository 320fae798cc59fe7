"""Before the first scan, and scans that apps start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from serving_support import serve
from subsonic_support import App, failed, told, track_id

from linernotes.explore import Library
from linernotes.integrations.subsonic.authentication import PasswordFile
from linernotes.integrations.subsonic.parameters import RequestParameters
from linernotes.integrations.subsonic.server import Call, ScanProgress
from linernotes.integrations.subsonic.system import METHODS
from linernotes.web import create_app


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An app of a server whose library is not there yet."""
    folder = tmp_path_factory.mktemp("empty")
    file = PasswordFile(folder / "subsonic.json")
    file.renew()
    made = create_app(
        Library(folder / "library"), workers=1, cache=folder / "c", state=folder / "s",
        subsonic=file, taste=True,
    )  # fmt: skip
    with serve(made) as served, App(served, file).client() as client:
        yield client


def test_an_empty_library_has_nothing_and_says_so(empty: httpx.Client) -> None:
    for method, asked in (
        ("ping", {}), ("getArtists", {}), ("getIndexes", {}), ("getGenres", {}),
        ("getAlbumList2", {"type": "recent"}), ("getAlbumList2", {"type": "newest"}),
        ("getRandomSongs", {}), ("getStarred2", {}), ("getPlaylists", {}), ("getScanStatus", {}),
        ("search3", {"query": ""}), ("getNowPlaying", {}), ("getTopSongs", {"artist": "x"}),
    ):  # fmt: skip
        told(empty.get(f"/rest/{method}", params=asked))
    for method in ("getSong", "stream", "getCoverArt", "star", "scrobble", "getSimilarSongs2"):
        assert failed(empty.get(f"/rest/{method}", params={"id": track_id(1)})) == 70
    assert failed(empty.get("/rest/createPlaylist", params={"name": "mine"})) == 0


def test_scans_are_started_and_followed(app: App, place: Path) -> None:
    started = []
    server = replace(
        app.served.app.state.subsonic,
        start_scan=lambda: started.append(1),
        scan_progress=lambda: ScanProgress(bool(started), 7),
    )
    call = Call(server, RequestParameters({}))
    assert METHODS["getScanStatus"](call)["scanStatus"] == {"scanning": False, "count": 60}
    assert METHODS["startScan"](call)["scanStatus"] == {"scanning": True, "count": 7}
    assert len(started) == 1
