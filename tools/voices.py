"""Learns what the feature set ``spotify`` says of voices: instrumentalness and speechiness.

``voice``
    Whether anyone is to be heard singing, rapping or speaking, by ridge regression on the clips of
    MUSIFEAST-17, of which people have said so; both answers weigh the same. Speech has a voice,
    and sounds that are neither music nor speech have none.
``speech``
    The share of speech, from 0 for music, rap and singing included, and for other sounds, to 1 for
    speech alone: ridge regression on music and on synthetic speech, alone and over music
    (``spoken_sounds.py``). Recorded speech is only tested on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evidence import Evidence
from linear_maps import Map, bootstrap_interval, seen
from numpy.typing import NDArray
from ridge import Figure, Floats, Ints, Rows, direction, fit, folds, ridge
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score
from spoken_sounds import Spoken, recorded_speech, synthetic_speech
from unmusical_sounds import SAMPLE_RATE, unmusical_sounds

from linernotes.audio import Audio
from linernotes.errors import AudioError
from linernotes.library.analysis import analyse_track

LABELLED = "musifeast_a"
VOICE_STRENGTH, SPEECH_STRENGTH = 1000.0, 300.0
#: How many times wider the prior is along the tags of voices.
VOICE_WIDER = 5.0
#: What speech and other sounds weigh together beside the labelled clips, and beside all music.
VOICE_SOUNDS, SPEECH_SOUNDS = 20.0, 1300.0
VOICE_TAGS = (
    ("singing", "female voice", "male voice", "choir", "opera", "hip-hop"),
    ("instrumental", "solo"),
)
#: What is told of speech is stretched so much: recorded speech is only half as like what was
#: taught. This one number was chosen on recorded voices.
STRETCH = 1.5
#: The shares of speech that there are.
LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False)
class Sounds:
    """What the networks hear in sounds that were made: rows as in `Evidence`.

    Parameters
    ----------
    rows
        Shape (sounds, columns).
    share
        Shape (sounds,): of speech.
    group
        Shape (sounds,): the language, the music, or the kind.
    """

    rows: Floats
    share: Floats
    group: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Heard:
    """All sounds: synthetic speech to learn from, recorded speech to test, and what is neither."""

    synthetic: Sounds
    recorded: Sounds
    neither: Sounds


def heard_sounds(place: Path | None) -> Heard:
    """Return what is heard in the sounds, which takes minutes, from a folder if it is there."""
    made = {}
    for name, sounds in (
        ("synthetic", synthetic_speech), ("recorded", recorded_speech), ("neither", _neither),
    ):  # fmt: skip
        path = None if place is None else place / f"{name}.npz"
        if path is not None and path.exists():
            with np.load(path, allow_pickle=False) as data:
                made[name] = Sounds(data["rows"], data["share"], data["group"])
            continue
        found = [(row, sound) for sound in sounds() if (row := _row(sound.audio)) is not None]
        made[name] = Sounds(
            np.stack([row for row, _ in found]),
            np.array([sound.share for _, sound in found]),
            np.array([sound.voice or sound.music for _, sound in found]),
        )
        if path is not None:
            kept = made[name]
            np.savez_compressed(path, rows=kept.rows, share=kept.share, group=kept.group)
    return Heard(**made)


def _neither():
    for sound in unmusical_sounds(speech=0):
        audio = Audio(sound.samples.astype(np.float32)[np.newaxis], SAMPLE_RATE)
        yield Spoken(0.0, sound.kind, "", audio)


def _row(audio: Audio) -> Floats | None:
    try:
        heard = analyse_track(audio, analyses=("networks",)).networks
    except AudioError:  # too silent to be heard at all
        return None
    return np.concatenate([heard.embedding, heard.tags]).astype(np.float64)


# --- voice or no voice -----------------------------------------------------------------------


def _voices(evidence: Evidence) -> tuple[Ints, Floats, Floats]:
    """Return which clips are labelled, whether each track has a voice, and what it weighs."""
    own = np.flatnonzero(evidence.source == LABELLED)
    y = (evidence.more["voice"] == "yes").astype(float)
    share = y[own].mean()
    return own, y, np.where(y > 0, 0.5 / share, 0.5 / (1 - share))


def fit_voice(evidence: Evidence, sounds: Heard, which: Ints | None = None) -> Map:
    """Learn whether there is a voice, from all labelled clips or some."""
    own, y, weight = _voices(evidence)
    along = direction(*VOICE_TAGS)
    # Sounds are rows of their own, without sections.
    spoken, neither = sounds.synthetic, sounds.neither
    spoken_rows = spoken.rows[spoken.share > 0]
    rows = Rows.of(evidence)
    more = np.concatenate([seen(spoken_rows), seen(neither.rows)])
    counts = len(spoken_rows), len(neither.rows)
    return fit(
        Rows(np.concatenate([rows.x, more]), rows.sections, rows.section_track),
        np.concatenate([y, np.ones(counts[0]), np.zeros(counts[1])]),
        np.concatenate([weight, *(np.full(n, VOICE_SOUNDS / n) for n in counts)]),
        np.concatenate([own if which is None else which, len(y) + np.arange(sum(counts))]),
        alpha=VOICE_STRENGTH,
        along=along,
        wider=VOICE_WIDER,
    )


def voice_figures(evidence: Evidence, sounds: Heard) -> list[Figure]:
    """Measure how right voice and speech are, on artists and voices that were not learned from."""
    own, y, _ = _voices(evidence)
    told = np.full(len(y), np.nan)
    for learned, held in folds(evidence.artist, own):
        told[held] = fit_voice(evidence, sounds, learned)(seen(evidence.rows[held]))[:, 0]

    def area(which: Ints) -> float:
        return np.nan if np.ptp(y[which]) == 0 else float(roc_auc_score(y[which], told[which]))

    figures = [
        Figure("voice or no voice, area under the curve", f"{LABELLED}, cross-validated",
               round(area(own), 4), bootstrap_interval(area, own, evidence.artist), len(own))
    ]  # fmt: skip
    return [*figures, *speech_figures(evidence, sounds)]


# --- speech ----------------------------------------------------------------------------------


def fit_speech(evidence: Evidence, sounds: Heard, *, music: NDArray[np.bool_] | None = None) -> Map:
    """Learn the share of speech, from all music or some."""
    music = np.ones(len(evidence), np.bool_) if music is None else music
    sections = music[evidence.section_track]
    parts = [
        (evidence.rows[music], 0.5 * music.sum(), 0.0),
        (evidence.sections[sections], 0.5 * music.sum(), 0.0),
        (sounds.synthetic.rows, SPEECH_SOUNDS, sounds.synthetic.share),
        (sounds.neither.rows, SPEECH_SOUNDS / 4, 0.0),
    ]
    columns = evidence.rows.shape[1]
    found = ridge(
        np.concatenate([seen(rows) for rows, _, _ in parts]),
        np.concatenate([np.broadcast_to(share, len(rows)) for rows, _, share in parts]),
        np.concatenate([np.full(len(rows), weight / len(rows)) for rows, weight, _ in parts]),
        alpha=SPEECH_STRENGTH,
        along=np.zeros(columns),
    )
    return Map(STRETCH * found.weights, STRETCH * found.bias)


def speech_figures(evidence: Evidence, sounds: Heard) -> list[Figure]:
    """Measure speechiness on recorded voices over other music, and on rap not learned from."""
    recorded = sounds.recorded
    told = _share(fit_speech(evidence, sounds), recorded.rows)
    which = np.arange(len(told))
    groups = np.array([f"{i // len(LEVELS)}" for i in which])

    def correlation(chosen: Ints) -> float:
        return float(spearmanr(told[chosen], recorded.share[chosen]).statistic)

    figures = [
        Figure("share of speech, Spearman", "recorded voices over other music",
               round(correlation(which), 4), bootstrap_interval(correlation, which, groups),
               len(which))
    ]  # fmt: skip
    for share in LEVELS:
        own = np.flatnonzero(recorded.share == share)

        def middle(chosen: Ints) -> float:
            return float(np.median(told[chosen]))

        figures.append(
            Figure("speechiness, median", f"recorded voices, {share:.0%} of the sound",
                   round(middle(own), 4), bootstrap_interval(middle, own, groups), len(own))
        )  # fmt: skip
    rap = evidence.label == "hiphop"
    of_rap = _share(fit_speech(evidence, sounds, music=~rap), evidence.rows)
    own = np.flatnonzero(rap)
    figures.append(
        Figure("speechiness, nine of ten below", "hip-hop that was not learned from",
               round(float(np.quantile(of_rap[own], 0.9)), 4),
               bootstrap_interval(lambda chosen: float(np.quantile(of_rap[chosen], 0.9)), own,
                        evidence.artist), len(own))
    )  # fmt: skip
    return figures


def _share(speech: Map, rows: Floats) -> Floats:
    return np.clip(speech(seen(rows))[:, 0], 0, 1)
