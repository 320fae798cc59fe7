"""The page about one track."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from support import make_song

from linernotes.audio import Audio
from linernotes.features.key import Key
from linernotes.features.tempo_estimate import Tempo
from linernotes.inspection import inspect, look_into
from linernotes.inspection.figure import DARK, LIGHT, draw
from linernotes.inspection.page import PageError, _facts, render_page


@pytest.fixture(scope="module")
def overview():
    song = np.ascontiguousarray(make_song(duration=4).T)
    return look_into(Audio(song, 44100, "<b>$x$ & é.mp3"))


@pytest.mark.slow
def test_pictures_follow_the_theme(overview) -> None:
    light = imread(io.BytesIO(draw(overview, theme=LIGHT)))
    dark = imread(io.BytesIO(draw(overview, theme=DARK)))
    assert light.shape == dark.shape == (3100, 2200, 4)
    assert light[0, 0, :3].min() > 0.9
    assert dark[0, 0, :3].max() < 0.2
    # Ten panels of something: neither blank nor noise.
    assert 0.05 < (np.abs(light - light[0, 0]).max(axis=2) > 0.1).mean() < 0.9


def test_same_track_same_picture(overview) -> None:
    assert draw(overview) == draw(overview)


def test_doubtful_tempi_and_keys_are_marked(overview) -> None:
    def told(confidence: float) -> tuple[str, str]:
        key = Key(9, 0, 0.9, margin=0.1, confidence=confidence)
        facts = dict(_facts(replace(overview, tempo=Tempo(120.0, confidence), key=key)))
        return facts["Tempo"], facts["Key"]

    assert told(0.8) == ("120.0 BPM", "A minor")
    assert told(0.4) == ("120.0 BPM (not sure)", "A minor (not sure)")
    assert told(0.0) == ("none", "none")


@pytest.mark.slow
def test_a_name_never_becomes_html(overview) -> None:
    page = render_page(overview)
    assert "&lt;b&gt;$x$ &amp; é.mp3" in page
    assert "<b>" not in page
    assert "http" not in page.replace('http-equiv="Content-Security-Policy"', "")


def test_a_title_stands_before_the_name(overview) -> None:
    page = render_page(replace(overview, title="So <i>What", artist="Miles"))
    assert "<h1>Miles - So &lt;i&gt;What</h1>" in page
    assert "<dt>Name</dt><dd>&lt;b&gt;$x$ &amp; é.mp3</dd>" in page
    assert "<dt>Name</dt>" not in render_page(overview)


@pytest.mark.slow
def test_html_and_png(song_files: dict[str, Path], tmp_path: Path) -> None:
    inspect(song_files["ogg"], tmp_path / "song.png")
    assert (tmp_path / "song.png").read_bytes().startswith(b"\x89PNG")
    seen = inspect(song_files["ogg"], tmp_path / "song.html", duration=3)
    assert seen.duration == pytest.approx(3)
    assert "LUFS" in (tmp_path / "song.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["song.pdf", "absent/song.html"])
def test_where_no_page_can_be_written_that_is_said(
    song_files: dict[str, Path], tmp_path: Path, name: str
) -> None:
    with pytest.raises(PageError):
        inspect(song_files["ogg"], tmp_path / name)
