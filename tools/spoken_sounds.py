"""Makes sounds with speech in them, for teaching and testing what speechiness means.

Speech alone and over music, by the share of speech: the difference in level, of -10, 0 and +10 dB,
counts as a share of 1/4, 1/2 and 3/4. Synthetic voices of Debian's ``espeak-ng`` teach; recorded
voices, the prompts of a telephone exchange (Debian's ``asterisk-core-sounds-*-wav``), only test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from evidence import SHARED
from numpy.typing import NDArray
from unmusical_sounds import LANGUAGES, SAMPLE_RATE, recorded, speak

from linernotes.audio import Audio, load

Floats = NDArray[np.float64]

SECONDS = 12.0
#: Level of speech over music, in dB, and what share of speech that is called.
LEVELS = {-10: 0.25, 0: 0.5, 10: 0.75}
TAUGHT_MUSIC = SHARED / "music" / "authors"
TESTED_MUSIC = SHARED / "music" / "examples"
PROMPTS = Path("/usr/share/asterisk/sounds")
_EACH = 2


@dataclass(frozen=True, eq=False)
class Spoken:
    """A sound with speech in it, or music without.

    Parameters
    ----------
    share
        Of speech: 0 is music alone, 1 is speech alone.
    voice, music
        Whose voice, and over which music; empty where there is none.
    audio
        Mono.
    """

    share: float
    voice: str
    music: str
    audio: Audio


def synthetic_speech(*, random_state: int = 0) -> Iterator[Spoken]:
    """Yield speech in some fifty languages, alone and over music."""
    music = sorted(TAUGHT_MUSIC.glob("*.*g*"))
    for number, language in enumerate(LANGUAGES):
        for i in range(_EACH):
            random = np.random.default_rng([random_state, 2000 + number, i])
            voice = _filled(recorded(speak(random, language), random))
            yield from _alone_and_over(voice, language, music[(_EACH * number + i) % len(music)])


def recorded_speech(*, random_state: int = 0, each: int = 4) -> Iterator[Spoken]:
    """Yield prompts that people spoke, one after the other, alone and over other music."""
    music = sorted(TESTED_MUSIC.glob("*.ogg"))
    for number, folder in enumerate(sorted(PROMPTS.iterdir())):
        random = np.random.default_rng([random_state, number])
        prompts = sorted(path for path in folder.rglob("*.wav") if "silence" not in path.parts)
        for i in range(each):
            spoken = np.zeros(0)
            while len(spoken) < SECONDS * SAMPLE_RATE:
                samples, rate = soundfile.read(
                    prompts[random.integers(len(prompts))], dtype="float64"
                )
                spoken = np.append(spoken, soxr.resample(samples, rate, SAMPLE_RATE))
            yield from _alone_and_over(
                _filled(spoken), folder.name, music[(number + 2 * i) % len(music)]
            )


def _alone_and_over(voice: Floats, name: str, path: Path) -> Iterator[Spoken]:
    music = _filled(_mono(path))
    yield Spoken(1.0, name, "", _audio(voice))
    yield Spoken(0.0, "", path.stem, _audio(music))
    for decibels, share in LEVELS.items():
        mixed = 10 ** (decibels / 20) * voice / _loudness(voice) + music / _loudness(music)
        yield Spoken(share, name, path.stem, _audio(mixed))


def _mono(path: Path) -> Floats:
    return load(path, sample_rate=SAMPLE_RATE, mono=True).samples[0].astype(np.float64)


def _filled(samples: Floats) -> Floats:
    """Repeat a sound until it is long enough."""
    wanted = int(SECONDS * SAMPLE_RATE)
    return np.tile(samples, -(-wanted // len(samples)))[:wanted]


def _loudness(samples: Floats) -> float:
    return max(1e-6, float(np.sqrt(np.mean(np.square(samples)))))


def _audio(samples: Floats) -> Audio:
    scaled = 0.5 * samples / max(1e-6, float(np.abs(samples).max()))
    return Audio(scaled.astype(np.float32)[np.newaxis], SAMPLE_RATE)
