"""Music that the tests make themselves, and the places of what they may find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, settings
from listening_support import DecodingCounter, count_decoding
from numpy.typing import NDArray
from support import encode, make_song

# The same examples in every run: a failure says something of the change at hand. To look for
# more: pytest --hypothesis-profile=default. How long one takes says more of the machine.
settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session", autouse=True)
def _no_models_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what whoever runs the tests has trained out of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture
def decoding(monkeypatch: pytest.MonkeyPatch) -> Iterator[DecodingCounter]:
    """How much is decoded while a test runs."""
    with count_decoding(monkeypatch) as counter:
        yield counter


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real music and golden numbers that lies beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside this checkout: the real music is not published with it")
    return SHARED


@pytest.fixture(scope="session")
def song() -> NDArray[np.float32]:
    """Eight seconds of stereo music at 44.1 kHz, shape (n, 2)."""
    return make_song()


@pytest.fixture(scope="session")
def song_files(
    tmp_path_factory: pytest.TempPathFactory, song: NDArray[np.float32]
) -> dict[str, Path]:
    """The song in every format that people have, by name of the format."""
    folder = tmp_path_factory.mktemp("songs")
    files = {}
    for name in ("wav", "aiff", "flac", "ogg", "mp3"):
        files[name] = folder / f"song.{name}"
        soundfile.write(files[name], song, 44100)
    files["opus"] = folder / "song.opus"
    opus = make_song(sample_rate=48000)
    soundfile.write(files["opus"], opus, 48000, format="OGG", subtype="OPUS")
    for name, codec in (("m4a", "aac"), ("alac", "alac"), ("wma", "wmav2"), ("aac", "aac")):
        suffix = {"alac": "alac.m4a"}.get(name, name)
        files[name] = encode(folder / f"song.{suffix}", song, 44100, codec)
    return files
