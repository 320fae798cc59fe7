"""A server that apps of Subsonic may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from serving_support import serve
from subsonic_support import App, make_library

from linernotes.integrations.subsonic.authentication import PasswordFile
from linernotes.web import create_app


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library of sixty tracks, whose copies are to be changed."""
    folder = tmp_path_factory.mktemp("subsonic")
    make_library(folder)
    return folder


@pytest.fixture(scope="module")
def app(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A server with a copy of the library, for a module of tests."""
    import shutil

    from linernotes.explore import Library

    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(place / "library", folder / "library")
    file = PasswordFile(folder / "subsonic.json")
    file.renew()
    made = create_app(
        Library(folder / "library"), workers=1, cache=folder / "cache", subsonic=file,
        state=folder / "state", music=[str(place / "music")],
    )  # fmt: skip
    with serve(made) as served:
        yield App(served, file)


@pytest.fixture
def client(app: App) -> Iterator[httpx.Client]:
    """An app with its key, which asks for JSON."""
    with app.client() as found:
        yield found
