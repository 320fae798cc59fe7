"""How results look in a terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from linernotes.cli.show import show_result
from linernotes.identification import Identification
from linernotes.learning import Estimate, Prediction, Target
from linernotes.networks.musicnn import Tags


def identification(probabilities: list[list[float]], *, start: float = 0.0) -> Identification:
    timeline = np.array(probabilities, np.float32)
    starts = start + 3.0 * np.arange(len(timeline))
    classes = ("jazz", "rock")
    mean = timeline.mean(axis=0)
    prediction = Prediction("genre", "genre", classes, mean, starts, starts + 3, timeline)
    tags = Tags(("piano", "solo"), np.array([0.7, 0.2], np.float32), starts, starts + 3, timeline)
    return Identification(
        "folder/song.mp3", 3.0 * len(timeline), start, ("scratched",), tags, (prediction,),
        np.zeros((4, 2), np.float32),
    )  # fmt: skip


def shown(result: Identification, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    show_result(result, console)
    return console.file.getvalue().splitlines()


def test_a_track_that_changes_shows_how() -> None:
    lines = shown(identification([[1, 0]] * 10 + [[0, 1]] * 10))
    assert lines[0] == "song.mp3  1:00"
    assert lines[1] == "  warning: scratched"
    assert lines[2].split() == ["genre", "jazz", "█" * 10 + "░" * 10, "50", "%", "not", "sure"]
    strips = [line[30:] for line in lines[4:6]]
    half = "█" * (len(strips[1]) // 2)
    assert strips[0].rstrip() == half
    assert strips[1].strip() == half
    assert len(half) >= 20
    assert lines[6].split() == ["0:00", "0:15", "0:30", "0:45", "1:00"]
    assert lines[7].split() == ["tags", "piano", "70", "%", "solo", "20", "%"]


@pytest.mark.parametrize(
    ("values", "rejected", "word"),
    [((0.8, 0.7), False, "happy"), ((0.8, 0.52), False, "not sure"), ((0.8, 0.7), True, "none")],
)
def test_a_mood_has_a_word(values: tuple[float, float], rejected: bool, word: str) -> None:
    told = identification([[0.9, 0.1]])
    targets = tuple(
        Target(name, low=0.0, high=1.0, median=0.5, spread=0.1) for name in ("energy", "valence")
    )
    windows, value = told.predictions[0], np.array(values, np.float32)
    mood = Estimate(
        "mood", "mood", targets, value, windows.start, windows.end, value[np.newaxis], rejected
    )
    lines = shown(replace(told, predictions=(mood,)))
    line = next(line.split() for line in lines if line.split()[0] == "mood")
    assert line[1:] == (word.split() if word != "none" else ["none", "of", "these"])
    assert any("energy" in line for line in lines) is not rejected


def test_a_title_stands_before_the_name_of_the_file() -> None:
    heard = identification([[1, 0]] * 10)
    lines = shown(replace(heard, title="So What", artist="Miles \x1b[31mDavis"))
    assert lines[0] == "Miles \\x1b[31mDavis - So What  0:30"
    assert lines[1] == "  song.mp3"
    assert shown(replace(heard, title="So What"))[0] == "So What  0:30"
    assert shown(replace(heard, artist="Miles Davis"))[0] == "song.mp3  0:30"


def test_a_number_is_shown_in_its_range_with_its_course() -> None:
    told = identification([[0.9, 0.1]] * 20)
    energy = Target("energy", low=0.0, high=1.0, median=0.5, spread=0.1)
    tempo = Target("tempo", low=60.0, high=180.0, median=120.0, spread=30.0, unit="BPM")
    windows = told.predictions[0]
    course = np.stack([np.linspace(0, 1, 20), np.full(20, 90.0)], axis=1).astype(np.float32)
    estimate = Estimate(
        "mood", "mood", (energy, tempo), course.mean(axis=0), windows.start, windows.end, course
    )
    lines = shown(replace(told, predictions=(estimate,)))
    assert lines[2].split() == ["energy", "0.50", "█" * 10 + "░" * 10, "0.40", "to", "0.60"]
    assert lines[3].split() == ["tempo", "90", "BPM", "█" * 5 + "░" * 15, "60", "to", "120", "BPM"]
    assert lines[4].split()[1].startswith("▁")
    assert lines[4].endswith("█")
    assert lines[6].split() == ["0:00", "0:15", "0:30", "0:45", "1:00"]
    assert told.values == {}
    assert replace(told, predictions=(estimate,)).values == pytest.approx(
        {"energy": 0.5, "tempo": 90.0}
    )
    with pytest.raises(ValueError, match=r"use \.values"):
        replace(told, predictions=(estimate,)).top()
    both = replace(told, predictions=(estimate, windows))
    assert both.top(1)[0][0] == "jazz"


def test_doubt_is_said() -> None:
    assert "not sure" in "\n".join(shown(identification([[0.45, 0.4]] * 3)))
    assert "not sure" not in "\n".join(shown(identification([[0.9, 0.1]] * 3)))


def test_an_excerpt_has_the_times_of_its_track() -> None:
    lines = shown(identification([[0.9, 0.1]] * 20, start=600))
    assert any(line.split() == ["10:00", "10:15", "10:30", "10:45", "11:00"] for line in lines)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("windows", [1, 2, 7, 500])
def test_every_size_has_its_strip(width: int, windows: int) -> None:
    lines = shown(identification([[0.7, 0.3]] * windows), width)
    assert any("jazz" in line for line in lines)
    assert all(len(line) <= max(width, 60) for line in lines)
