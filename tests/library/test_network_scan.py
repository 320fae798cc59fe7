"""Installed networks hear a library: only what they lack, each track decoded once for all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from networks_support import RATE, SPEC, TEXT, audio_graph, high, low, write_joint_network
from support import linernotes

from linernotes.explore import Library
from linernotes.explore.network_ears import explore_with_networks
from linernotes.explore.requests import query_of
from linernotes.library.network_scan import hear_extent, scan_networks
from linernotes.library.network_tables import NotHeardError, read_extents, read_heard
from linernotes.library.store import Store
from linernotes.networks import NetworkError, find_installed, install
from linernotes.networks.installed import default_folder

PLAIN = SPEC.replace('"toy"', '"plain"')
NAMES = ("hum", "deep hum", "hiss", "sharp hiss")


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    files = write_joint_network(tmp_path_factory.mktemp("files"))
    return install((SPEC + TEXT).encode(), files=files)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    file = tmp_path_factory.mktemp("plain") / "some.onnx"
    file.write_bytes(audio_graph())
    return install(PLAIN.encode(), files=file)


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    folder = tmp_path_factory.mktemp("music")
    # Of different lengths, so that none is taken for a copy of another.
    sounds = (low(5), low(7, 150), high(9), high(11, 6400))
    for name, sound in zip(NAMES, sounds, strict=True):
        noise = 0.02 * np.random.default_rng(5).standard_normal(len(sound))
        soundfile.write(folder / f"{name}.flac", 0.5 * sound + noise, RATE)
    return folder


@pytest.fixture(scope="module")
def scanned(music, tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("library") / "library")
    library.scan(music, workers=1)
    return library


@pytest.fixture
def library(scanned, tmp_path):
    shutil.copytree(scanned.location, tmp_path / "library")
    return Library(tmp_path / "library")


def opened(library):
    return Store(library.location, create=False)


def test_only_what_a_network_lacks_is_heard(library, toy, plain, music):
    first = scan_networks(opened(library), [toy], workers=1)
    assert (first.heard, first.failed, first.unchanged) == ({"toy": 4}, 0, 0)
    both = scan_networks(opened(library), [toy, plain], workers=1)
    assert (both.heard, both.unchanged) == ({"toy": 0, "plain": 4}, 0)
    again = scan_networks(opened(library), [toy, plain], workers=1)
    assert (again.heard, again.unchanged) == ({"toy": 0, "plain": 0}, 4)
    assert library.status().networks == {"plain": 4, "toy": 4}
    collection = library.collection()
    places, values = read_heard(opened(library), toy, collection.track_id)
    assert places.tolist() == [0, 1, 2, 3]
    assert values["embedding"].shape == (4, 2)
    # A library is scanned as before, and what networks heard stays.
    assert library.scan(music, workers=1).unchanged == 4
    assert set(read_extents(opened(library), toy).values()) == {"full"}


def test_a_file_that_is_gone_is_told_and_tried_again_when_asked(library, toy, music):
    lost = music / "hum.flac"
    content = lost.read_bytes()
    lost.write_bytes(content[:100] + bytes(500))
    try:
        told = []
        result = scan_networks(opened(library), [toy], workers=1, progress=told.append)
        assert (result.heard, result.failed) == ({"toy": 3}, 1)
        assert [each.failure.file for each in told if each.failure] == [str(lost)]
        assert scan_networks(opened(library), [toy], workers=1).heard == {"toy": 0}
    finally:
        lost.write_bytes(content)
    again = scan_networks(opened(library), [toy], workers=1, retry_failed=True)
    assert (again.heard, again.failed) == ({"toy": 1}, 0)
    places, _ = read_heard(opened(library), toy, library.collection().track_id)
    assert len(places) == 4


def test_a_track_is_decoded_once_for_all_networks(toy, plain, music, decoding):
    from linernotes.audio import stream

    with stream(music / "hum.flac") as blocks:
        told = hear_extent([toy, plain], blocks, "excerpt", threads=1)
    assert decoding.opened == 1
    assert told.keys() == {"toy", "plain"}
    with stream(music / "hum.flac") as blocks:
        alone = hear_extent([plain], blocks, "excerpt", threads=2)
    assert np.array_equal(told["plain"].values[0], alone["plain"].values[0])


@pytest.mark.slow
def test_a_scan_that_was_killed_goes_on(library, toy):
    script = (
        "import os, sys\n"
        "from linernotes.library.network_scan import _Written, scan_networks\n"
        "from linernotes.library.store import Store\n"
        "from linernotes.networks import find_installed\n"
        "put = _Written.put\n"
        "def killed(self, outcome):\n"
        "    put(self, outcome)\n"
        "    self.write()\n"
        "    os.kill(os.getpid(), 9)\n"
        "_Written.put = killed\n"
        "if __name__ == '__main__':\n"
        "    scan_networks(Store(sys.argv[1], create=False), [find_installed('toy')], workers=1)\n"
    )
    file = Path(library.location).with_name("killed.py")
    file.write_text(script)
    done = subprocess.run([sys.executable, str(file), library.location], check=False)
    assert done.returncode == -9
    assert len(read_extents(opened(library), toy)) == 1
    assert scan_networks(opened(library), [toy], workers=1).heard == {"toy": 3}


def test_words_and_sounds_find_what_is_alike(library, toy, tmp_path):
    pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    with pytest.raises(NotHeardError, match="--network toy"):
        explore_with_networks(opened(library), library.collection(), ["toy"])
    scan_networks(opened(library), [toy], workers=1)
    explorer = explore_with_networks(opened(library), library.collection(), ["toy"])
    found = explorer.similar(explorer.described("a low sound"), n=4)
    assert {Path(match.path).stem for match in found[:2]} == {"hum", "deep hum"}
    alike = explorer.similar(query_of(explorer, [found[0].track_id]), n=1)
    assert Path(alike[0].path).stem in ("hum", "deep hum")
    soundfile.write(tmp_path / "other.wav", 0.5 * high(4, 6000), RATE)
    other = explorer.similar(query_of(explorer, [str(tmp_path / "other.wav")]), n=2)
    assert {Path(match.path).stem for match in other} == {"hiss", "sharp hiss"}
    # Together with the networks that ship; filters and reasons work as before.
    both = explore_with_networks(opened(library), library.collection(), ["toy", "musicnn"])
    told = both.similar(query_of(both, [found[0].track_id]), n=3, where="duration<60", why=True)
    assert len(told) == 3
    assert all(match.why for match in told)


def test_a_network_without_an_embedding_says_so(library, plain, tmp_path):
    numbers = PLAIN.replace('"plain"', '"numbers"').replace('kind = "embedding"', (
        'kind = "numbers"\nnames = ["low", "high"]')).replace("unit_length = true", "")  # fmt: skip
    network = install(numbers.encode(), files=plain.folder / "network.onnx")
    with pytest.raises(NetworkError, match="no embedding"):
        explore_with_networks(opened(library), library.collection(), [network.spec.name])


@pytest.mark.slow
def test_the_command_line(library, toy, music):
    data = str(default_folder().parents[1])
    done = linernotes(
        "scan", music, "--library", library.location, "--network", "toy", "--json",
        XDG_DATA_HOME=data,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"heard": {"toy": 4}' in done.stdout
    found = linernotes(
        "similar", "--words", "hiss", "--network", "toy", "--library", library.location,
        XDG_DATA_HOME=data,
    )  # fmt: skip
    assert "hiss" in found.stdout.splitlines()[0]
    assert find_installed("toy").spec == toy.spec


def test_pages_ask_the_network_for_words(library, toy):
    pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    from linernotes.explore.discover import discover
    from linernotes.web.library_cache import LibraryCache

    before = LibraryCache(library, networks=["toy"]).now().explorer
    assert before.networks is None  # it has heard nothing yet
    scan_networks(opened(library), [toy], workers=1)
    shelf = LibraryCache(library, networks=["toy"])
    explorer = shelf.now().explorer
    assert explorer.space.fit.tracks == before.space.fit.tracks == 4
    found = discover(explorer, words="hiss", n=2)
    assert {Path(match.path).stem for match in found.matches} == {"hiss", "sharp hiss"}
    assert found.understood[0].meaning == "what A toy hears by it"
    alike = discover(explorer, words="hiss", tracks=[found.matches[0].track_id], n=1)
    assert alike.matches
    assert shelf.refresh().explorer is explorer
