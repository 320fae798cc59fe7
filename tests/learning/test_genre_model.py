"""The shipped genre model: what it says of tracks, of sounds that are no music, and of itself."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from linernotes.identification import identify
from linernotes.learning.certainty import Certainty

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
RATE = 22050
SECONDS = np.arange(12 * RATE) / RATE


@pytest.fixture(scope="module")
def evidence():
    if not (SHARED / "evidence").is_dir():
        pytest.skip("the evidence is not there (../shared/evidence)")
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("evidence")
    finally:
        sys.path.remove(str(ROOT / "tools"))


def test_it_knows_the_tracks_that_it_learned_from(genre, evidence):
    """Not how good it is: that its numbers fit what this linernotes hears."""
    found = evidence.read_evidence()
    known = np.isin(found.label, genre.classes) & (found.confidence == "high")
    _, told = genre._run("features", found.rows[known].astype(np.float32))
    names = np.array(genre.classes)[told.argmax(axis=1)]
    assert (names == found.label[known]).mean() > 0.75


def test_the_card_tells_figures_of_every_set_both_ways(genre):
    named = {scores.on: scores for scores in genre.card.scores}
    for name in ("mer4q", "emotify_a", "musifeast_a"):
        assert 0.4 < named[f"{name}, left out whole"].accuracy < 1
        assert 0.4 < named[f"{name}, cross-validated"].accuracy < 1
    crossed = named["All sets, cross-validated, no artist on both sides"]
    foreign = named["Sets left out whole, of the genres that the others know"]
    assert crossed.accuracy >= 0.62
    assert crossed.calibration_error <= 0.06
    assert foreign.accuracy >= 0.5
    assert foreign.calibration_error <= 0.09
    assert named["GTZAN's official test part, from one network's tags"].accuracy >= 0.7


def test_the_file_is_small():
    size = len((files("linernotes.learning") / "models" / "genre.linernotes").read_bytes())
    assert size < 500_000


def noise(colour=0.0):
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(len(SECONDS)))
    spectrum[1:] *= np.arange(1, len(spectrum)) ** -colour
    sound = np.fft.irfft(spectrum)
    return sound / np.abs(sound).max()


def hum():
    return sum(np.sin(2 * np.pi * 50 * n * SECONDS) / n for n in range(1, 12)) + 0.05 * noise()


def clicks():
    sound = np.zeros_like(SECONDS)
    sound[:: RATE // 2] = 1
    return sound


def applause():
    random = np.random.default_rng(1)
    claps = np.zeros_like(SECONDS)
    np.add.at(claps, random.integers(0, len(claps), 4000), random.uniform(0.2, 1, 4000))
    clap = random.standard_normal(300) * np.exp(-np.arange(300) / 50)
    return np.convolve(claps, clap)[: len(claps)]


def phone():
    ringing = SECONDS % 3 < 1
    return ringing * (np.sin(2 * np.pi * 440 * SECONDS) + np.sin(2 * np.pi * 480 * SECONDS))


SOUNDS = {
    "a sine": lambda: np.sin(2 * np.pi * 440 * SECONDS),
    "a low square wave": lambda: np.sign(np.sin(2 * np.pi * 110 * SECONDS)),
    "a sweep": lambda: np.sin(2 * np.pi * 100 * SECONDS * (1 + SECONDS)),
    "white noise": noise,
    "brown noise": lambda: noise(1.0),
    "hum": hum,
    "a silent room": lambda: 0.003 * noise(0.5) + 0.001 * hum(),
    "clicks": clicks,
    "applause": applause,
    "a ringing phone": phone,
}


@pytest.mark.parametrize("kind", SOUNDS)
def test_what_is_no_music_has_no_genre_that_is_sure_of_itself(kind):
    sound = SOUNDS[kind]()
    told = identify(0.5 * sound / np.abs(sound).max(), sample_rate=RATE, models=["genre"])
    (genre,) = told.predictions
    assert genre.certainty in (Certainty.NONE_OF_THESE, Certainty.NOT_SURE), told.top(3)


@pytest.mark.parametrize("language", ["en-gb", "de", "cmn", "ar", "sw", "pt", "th", "ga"])
def test_speech_has_no_genre_that_is_sure_of_itself(language, tmp_path):
    """In languages that the model heard while it was taught, and in others."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng, which speaks, is not installed")
    said = "1918, 23, 4711. 12, 1000000. 87, 3, 14, 15. 926535, 8979. 1, 2, 3, 4, 5, 6, 7, 8, 9."
    file = tmp_path / "speech.wav"
    subprocess.run(["espeak-ng", "-v", language, "-w", str(file), said], check=True)
    (genre,) = identify(file, models=["genre"]).predictions
    assert genre.certainty in (Certainty.NONE_OF_THESE, Certainty.NOT_SURE), genre.top(3)


def test_over_time_as_well_there_is_none_of_these():
    """A silent room, then music as far as a machine can tell: chords with a beat."""
    room = 0.002 * noise(0.5)
    told = identify(np.concatenate([0.5 * noise(), room]), sample_rate=RATE, models=["genre"])
    answers = told.as_dict()["models"][0]["timeline"]["answers"]
    assert answers.count("none of these") > len(answers) / 2
