"""Folders that are chosen from a page: which may be, which may not, and what is remembered."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from linernotes.explore import Library
from linernotes.web import create_app
from linernotes.web.errors import FolderError, TooManyError
from linernotes.web.folders import MOST, FolderChoice


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with music, a hidden folder, and links to where nobody should get."""
    folder = tmp_path / "home"
    for name in ("Music/Jazz", "Music/Rock", ".ssh", "Music/.hidden/deep", "Music/@eaDir", "Docs"):
        (folder / name).mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    for name in ("1.mp3", "2.flac", "cover.jpg", "letter.txt"):
        (folder / "Music" / name).write_text("never read")
    (folder / "Music" / "out").symlink_to(tmp_path / "secret")
    (folder / "Music" / "up").symlink_to("/")
    (folder / "Music" / "in").symlink_to(folder / "Docs")
    (folder / "Music" / "loop").symlink_to(folder / "Music" / "loop")
    return folder


@pytest.fixture
def choice(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderChoice:
    monkeypatch.setenv("HOME", str(home))
    return FolderChoice((), tmp_path / "state" / "folders.json")


def names(told: dict[str, Any]) -> list[str]:
    return [folder["name"] for folder in told["folders"]]


def test_folders_are_shown_by_their_names(choice: FolderChoice, home: Path) -> None:
    top = choice.look("")
    assert (top["path"], names(top)[0]) == (None, str(home))
    inside = choice.look(str(home))
    assert (names(inside), inside["parent"]) == (["Docs", "Music"], None)
    music = choice.look("~/Music")
    # Links that lead elsewhere are names; they are refused where they are followed.
    assert names(music) == ["in", "Jazz", "out", "Rock", "up"]
    assert (music["tracks"], music["parent"]) == (2, str(home))


@pytest.mark.parametrize(
    "path",
    [
        "/", "/proc", "/proc/self/root", "/etc", "..", "relative", "", "~other", "{home}/..",
        "{home}/Music/../../secret", "{home}/../secret", "{home}/.ssh", "{home}/Music/.hidden",
        "{home}/Music/.hidden/deep", "{home}/Music/@eaDir", "{home}/Music/out", "{home}/Music/up",
        "{home}/Music/up/proc", "{home}/Music/loop", "{home}/Music/1.mp3", "{home}/gone",
        "{home}\0", "\0", "{home}" + "/x" * 5000, "{home}2", "file://{home}", "//{home}/../..",
    ],
)  # fmt: skip
def test_no_other_folder_is_reached(choice: FolderChoice, home: Path, path: str) -> None:
    typed = path.replace("{home}", str(home))
    with pytest.raises(FolderError, match="no such folder below"):
        choice.add(typed)
    if typed:
        with pytest.raises(FolderError):
            choice.look(typed)
    assert choice.chosen() == []


def test_links_are_followed_before_it_is_looked(choice: FolderChoice, home: Path) -> None:
    assert choice.add(str(home / "Music" / "in")) == str(home / "Docs")


def test_named_folders_are_the_only_ones(home: Path, tmp_path: Path) -> None:
    choice = FolderChoice((str(home / "Music"),), tmp_path / "folders.json")
    assert names(choice.look("")) == [str(home / "Music")]
    assert choice.look(str(home / "Music"))["parent"] is None
    assert choice.add(str(home / "Music" / "Jazz"))
    for outside in (home, home / "Docs", home / "Music" / "in"):
        with pytest.raises(FolderError):
            choice.add(str(outside))


def test_what_was_chosen_is_remembered(choice: FolderChoice, home: Path) -> None:
    jazz, rock = str(home / "Music/Jazz"), str(home / "Music/Rock")
    for each in (jazz, rock, jazz):
        choice.add(each)
    again = FolderChoice((), choice.file)
    assert again.chosen() == [jazz, rock]
    again.remove(jazz)
    assert choice.chosen() == [rock]
    for damage in ("", "[]", '{"folders": [1, "relative"]}', '{"folders": 3}', "\udcff"):
        choice.file.write_text(damage, errors="surrogateescape")
        assert choice.chosen() == []
    for number in range(MOST):
        (home / f"{number}").mkdir()
        choice.add(str(home / f"{number}"))
    with pytest.raises(TooManyError):
        choice.add(jazz)


def test_a_huge_folder_is_looked_at_in_part(
    choice: FolderChoice, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linernotes.web.folders._SHOWN", 3)
    for number in range(5):
        (home / "Docs" / f"{number}").mkdir()
    told = choice.look(str(home / "Docs"))
    assert (names(told), told["more"]) == (["0", "1", "2"], True)
    monkeypatch.setattr("linernotes.web.folders._LOOKED_AT", 2)
    assert len(names(choice.look(str(home / "Docs")))) == 2


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_text_are_left_out(choice: FolderChoice, home: Path) -> None:
    Path(os.fsdecode(os.fsencode(home) + b"/Docs/\xff")).mkdir()
    assert names(choice.look(str(home / "Docs"))) == []


@pytest.fixture
def client(
    served: Any, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    monkeypatch.setenv("HOME", str(home))
    app = create_app(Library(tmp_path / "library"), workers=1, state=tmp_path / "state")
    with served(app) as found, found.client() as asked:
        yield asked


def test_a_folder_is_chosen_over_the_socket(
    client: httpx.Client, home: Path, tmp_path: Path
) -> None:
    music = str(home / "Music")
    assert client.get("/api/v1/folders", params={"path": "~/Music"}).json()["tracks"] == 2
    assert client.post("/api/v1/folders", json={"path": music}).status_code == 201
    folders = client.get("/api/v1/summary").json()["folders"]
    assert folders == [{"id": 0, "path": music, "chosen": True}]
    kept = json.loads((tmp_path / "state" / "folders.json").read_text())
    assert kept == {"folders": [music]}
    for path in ("/proc", "..", "\0", "x" * 5000):
        answer = client.post("/api/v1/folders", json={"path": path})
        assert answer.status_code in (404, 422)
    foreign = {"Origin": "http://evil.example"}
    other = str(home / "Docs")
    answer = client.post("/api/v1/folders", json={"path": other}, headers=foreign)
    assert answer.json()["error"]["code"] == "foreign-origin"
    # What a page elsewhere can send without asking: a form.
    form = client.post(
        "/api/v1/folders", content=json.dumps({"path": other}),
        headers={"Content-Type": "text/plain", "Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    assert form.status_code == 403
    assert client.delete("/api/v1/folders", params={"path": music}).status_code == 204
    assert not any(f["chosen"] for f in client.get("/api/v1/summary").json()["folders"])


def test_without_the_token_no_name_is_told(served: Any, library: Library) -> None:
    app = create_app(library, token="correct horse battery staple", workers=1)
    with served(app) as found, found.client() as asked:
        assert asked.get("/api/v1/folders").status_code == 401
        assert asked.post("/api/v1/folders", json={"path": "/"}).status_code == 401
