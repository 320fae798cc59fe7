"""``linernotes subsonic`` and ``linernotes taste``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from library_support import made_up

from linernotes.cli.explore import show_similar
from linernotes.cli.subsonic import show_password
from linernotes.cli.taste import show_taste
from linernotes.library.rows import FileRow
from linernotes.library.store import Store
from linernotes.library.taste import Taste, TasteEvent


@pytest.fixture
def library(tmp_path: Path) -> str:
    """A library of thirty tracks that were never recorded."""
    tracks = [f"{i:032x}" for i in range(30)]
    rows = [FileRow(f"/music/{i:02}.mp3", 1, 1, track_id=t) for i, t in enumerate(tracks)]
    store = Store(str(tmp_path / "library"), create=True)
    store.write({track: made_up(i) for i, track in enumerate(tracks)}, rows)
    return str(tmp_path / "library")


def test_the_password_is_shown_again_until_it_is_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path))
    shown = []
    for renew in (False, False, True):
        show_password(renew=renew, as_json=True)
        shown.append(json.loads(capsys.readouterr().out))
    assert shown[0] == shown[1]
    assert shown[2]["password"] != shown[0]["password"]
    assert shown[2]["api_key"] != shown[0]["api_key"]
    show_password()
    assert shown[2]["password"] in capsys.readouterr().out


def test_what_is_liked_is_counted_leaned_to_and_forgotten(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def order(*, taste: bool) -> list[str]:
        show_similar([f"{1:032x}"], library=library, n=29, taste=taste, why=True, as_json=True)
        lines = capsys.readouterr().out.splitlines()
        return [json.loads(line)["track_id"] for line in lines]

    plain = order(taste=False)
    assert order(taste=True) == plain
    Taste(library).keep([TasteEvent(plain[20], "star"), TasteEvent(plain[20], "play")])
    assert order(taste=False) == plain
    assert order(taste=True).index(plain[20]) < 20
    show_taste(library=library, as_json=True)
    counts = {"stars": 1, "ratings": 0, "plays": 1, "skips": 0}
    assert json.loads(capsys.readouterr().out) == counts
    show_taste(library=library)
    assert capsys.readouterr().out == "stars 1, ratings 0, plays 1, skips 0\n"
    show_taste(library=library, forget=True)
    assert "forgotten" in capsys.readouterr().out
    assert order(taste=True) == plain
