"""Tempo and key of annotated music, which may not be passed on: numbers in ../shared/tempo_key."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from linernotes.features.chroma import PITCH_CLASSES
from linernotes.features.key import Key, estimate_key
from linernotes.features.key_chroma import held_share, key_chroma
from linernotes.features.onset import band_onset_strengths
from linernotes.features.tempo_estimate import Tempo, estimate_tempo

Row = dict[str, str]


@pytest.fixture(scope="module")
def heard(shared: Path) -> list[tuple[Row, Tempo, Key]]:
    folder = shared / "tempo_key"
    if not folder.exists():
        pytest.skip("no annotated numbers in ../shared/tempo_key: they are not published")
    with (folder / "dev.csv").open(newline="") as file, np.load(folder / "dev.npz") as numbers:
        told = []
        for row in csv.DictReader(file):
            bands = band_onset_strengths(numbers[f"{row['track']}/mel"].astype(np.float32))
            notes = numbers[f"{row['track']}/cqt"].astype(np.float32)
            views = key_chroma(notes)
            key = estimate_key(views[0], others=tuple(views[1:]), held=held_share(notes))
            told.append((row, estimate_tempo(bands), key))
        return told


def test_tempi_are_right_and_known_to_be(heard: list[tuple[Row, Tempo, Key]]) -> None:
    found = np.array([tempo.beats_per_minute for _, tempo, _ in heard])
    truth = np.array([float(row["tempo_bpm"]) for row, _, _ in heard])
    right = np.abs(found / truth - 1) <= 0.04
    octaves = [np.abs(found / (truth * times) - 1) <= 0.04 for times in (1, 2, 1 / 2, 3, 1 / 3)]
    assert right.mean() >= 0.7
    assert np.any(octaves, axis=0).mean() >= 0.92
    sure = np.array([tempo.confidence for _, tempo, _ in heard]) >= 0.8
    assert sure.sum() >= 15
    assert right[sure].mean() >= 0.8


def test_keys_are_right_and_known_to_be(heard: list[tuple[Row, Tempo, Key]]) -> None:
    keys = [(row["key"], key) for row, _, key in heard if row["key"]]
    right = np.array(
        [
            f"{PITCH_CLASSES[key.tonic]} {'major' if key.mode else 'minor'}" == truth
            for truth, key in keys
        ]
    )
    assert right.mean() >= 0.62
    confidence = np.array([key.confidence for _, key in keys])
    for least in (0.7, 0.8):
        assert (confidence >= least).sum() >= 8
        assert right[confidence >= least].mean() >= 0.8
