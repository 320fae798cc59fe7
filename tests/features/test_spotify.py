"""The stand-in for Spotify's table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support import make_song

from linernotes.audio import Audio, load
from linernotes.features import SETS, extract, names, spotify
from linernotes.networks.musicnn import TAGS
from linernotes.networks.musicnn.labels import one_name

RATE = 22050
VOCABULARY = {one_name(tag) for tags in TAGS.values() for tag in tags}


def table(audio: Audio) -> dict[str, float]:
    return dict(zip(names("spotify"), extract(audio, "spotify").tolist(), strict=True))


def test_the_columns_are_spotifys() -> None:
    assert names("spotify") == (
        "danceability", "energy", "key", "mode", "loudness", "speechiness", "acousticness",
        "instrumentalness", "liveness", "valence", "tempo",
    )  # fmt: skip
    measured = {column.name for column in SETS["spotify"].columns if not column.estimated}
    assert measured == {"key", "mode", "loudness", "tempo"}


def test_only_tags_that_the_networks_know_are_weighed() -> None:
    lists = [value for name, value in vars(spotify).items() if isinstance(value, tuple)]
    assert len(lists) >= 4
    assert {tag for tags in lists for tag in tags} <= VOCABULARY


def test_estimates_lie_between_0_and_1() -> None:
    song = Audio(np.ascontiguousarray(make_song(duration=5).T), 44100)
    noise = np.random.default_rng(0).normal(0, 0.1, (1, 3 * RATE)).astype(np.float32)
    for audio in (song, Audio(noise, RATE), Audio(np.zeros((1, 3 * RATE), np.float32), RATE)):
        values = table(audio)
        for column in SETS["spotify"].columns:
            if column.estimated:
                assert 0 <= values[column.name] <= 1, column.name


def test_tempo_and_key_are_those_of_the_sound() -> None:
    time = np.arange(12 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220, 261.63, 329.63, 440))
    chord *= np.exp(-8 * (time % 0.5))  # A minor, 120 times a minute
    values = table(Audio(0.1 * chord[np.newaxis].astype(np.float32), RATE))
    assert values["tempo"] == pytest.approx(120, rel=0.02)
    assert (values["key"], values["mode"]) == (9, 0)


def test_music_is_ordered_as_listeners_would(shared: Path) -> None:
    files = sorted((shared / "music" / "examples").glob("*.ogg"))
    heard = {path.name: table(load(path, duration=30)) for path in files}

    def named(word: str) -> dict[str, float]:
        return next(values for name, values in heard.items() if word in name)

    classical, beats, ragtime = named("Hungarian"), named("Vibe_Ace"), named("ragtime")
    least = min(heard, key=lambda name: heard[name]["instrumentalness"])
    assert "Fishin" in least
    assert classical["acousticness"] > 0.8
    assert ragtime["acousticness"] > 0.8
    assert beats["danceability"] > classical["danceability"]


def test_the_maps_see_what_a_library_keeps() -> None:
    """Energy and valence are those of the mood model, on the same sound."""
    from linernotes.learning import load_model
    from linernotes.library.analysis import analyse_track

    audio = Audio(np.ascontiguousarray(make_song(duration=12).T), 44100)
    heard = analyse_track(audio, analyses=("networks",), extent="full").networks
    assert heard is not None
    row = np.concatenate([heard.embedding, heard.tags])[np.newaxis]
    told = load_model("mood")._run("features", row)[0]
    values = table(audio)
    assert [values["energy"], values["valence"]] == pytest.approx(told.tolist(), abs=1e-3)


def test_every_estimate_says_how_far_off_it_is() -> None:
    for column in SETS["spotify"].columns:
        if column.estimated:
            said = column.description
            assert "not measured" in said or "95 %" in said or "median" in said, column.name


PROMPTS = Path("/usr/share/asterisk/sounds/en_US_f_Allison/digits")


@pytest.mark.skipif(not PROMPTS.is_dir(), reason="needs Debian's asterisk-core-sounds-en-wav")
def test_recorded_speech_is_speech_and_music_with_it_is_between(shared: Path) -> None:
    import soundfile
    import soxr

    spoken = np.concatenate([soundfile.read(path)[0] for path in sorted(PROMPTS.glob("*.wav"))])
    spoken = soxr.resample(spoken, 8000, RATE)[: 12 * RATE]
    path = next((shared / "music" / "examples").glob("*ragtime*.ogg"))
    music = load(path, sample_rate=RATE, mono=True, duration=12).samples[0][: len(spoken)]
    loud = [each / np.sqrt(np.mean(each**2)) for each in (spoken[: len(music)], music)]

    def heard(speech: float, other: float) -> dict[str, float]:
        mixed = 0.05 * (speech * loud[0] + other * loud[1])
        return table(Audio(mixed[np.newaxis].astype(np.float32), RATE))

    alone, over, under, without = heard(1, 0), heard(1, 0.316), heard(0.316, 1), heard(0, 1)
    shares = [each["speechiness"] for each in (without, under, over, alone)]
    assert shares == sorted(shares)
    assert alone["speechiness"] > 0.5
    assert without["speechiness"] < 0.2
    assert without["instrumentalness"] > alone["instrumentalness"]
    assert alone["instrumentalness"] < 0.5
