"""Synthesises sounds that are no music, for teaching a model to say "none of these".

Tones, noise, hum, silent rooms, clicks, applause, ringing phones and alarms are computed; speech
in some fifty languages is spoken by Debian's ``espeak-ng``, which reads numbers, so that no texts
are needed. Every sound has a seed: the same machine gives the same sounds.
"""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

Floats = NDArray[np.float64]
SAMPLE_RATE = 22050

#: Languages of espeak-ng, by its names.
LANGUAGES = (
    "en-us", "fr-fr", "de", "es", "it", "pt-br", "ru", "cmn", "ar", "hi", "tr", "pl", "sv",
    "fi", "hu", "el", "cs", "id", "sw", "ko", "ro", "nl", "bn", "ka", "cy", "en-gb", "uk",
    "da", "ja", "vi", "ca", "eu", "et", "fa", "he", "hr", "is", "lt", "lv", "mk", "ms", "ne",
    "sk", "sl", "sq", "ta", "te", "ur", "kn", "ml",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sound:
    """A sound that is no music.

    Parameters
    ----------
    kind
        What it is, such as ``"noise"``.
    group
        What must not be on both sides of a split: a language, or a seed.
    samples
        Mono, from -1 to 1, at `SAMPLE_RATE`.
    """

    kind: str
    group: str
    samples: Floats


def unmusical_sounds(*, each: int = 40, speech: int = 3, random_state: int = 0) -> Iterator[Sound]:
    """Yield sounds of every kind.

    Parameters
    ----------
    each
        Sounds of each computed kind.
    speech
        Sounds of each language.
    random_state
        Other seeds give other sounds.
    """
    for number, (kind, make) in enumerate(KINDS.items()):
        for i in range(each):
            random = np.random.default_rng([random_state, number, i])
            yield Sound(kind, f"{kind}-{i}", recorded(make(random, _seconds(random)), random))
    for number, language in enumerate(LANGUAGES):
        for i in range(speech):
            random = np.random.default_rng([random_state, 1000 + number, i])
            spoken = speak(random, language)
            yield Sound("speech", language, recorded(spoken, random))


def _seconds(random: np.random.Generator) -> float:
    return float(random.uniform(5, 31))


def _times(seconds: float) -> Floats:
    return np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def recorded(sound: Floats, random: np.random.Generator) -> Floats:
    """Give a sound some level, and often the noise and the band of a recording."""
    sound = sound / max(1e-9, np.abs(sound).max()) * 10 ** (random.uniform(-26, 0) / 20)
    if random.random() < 0.4:
        sound = sound + 10 ** (random.uniform(-70, -40) / 20) * random.standard_normal(len(sound))
    if random.random() < 0.2:  # a telephone
        sound = sosfilt(butter(4, (300, 3400), "bandpass", fs=SAMPLE_RATE, output="sos"), sound)
    if random.random() < 0.3:  # a room
        n = int(random.uniform(0.1, 0.8) * SAMPLE_RATE)
        tail = random.standard_normal(n) * np.exp(-6 * np.arange(n) / n)
        tail[0] = 8
        sound = np.convolve(sound, tail / np.sqrt((tail**2).sum()))[: len(sound)]
    return np.clip(sound, -1, 1)


def tones(random: np.random.Generator, seconds: float) -> Floats:
    """Make sines, sweeps, trembling and beeping tones, one to three at once."""
    t = _times(seconds)
    sound = np.zeros_like(t)
    for _ in range(random.integers(1, 4)):
        frequency = np.exp(random.uniform(np.log(40), np.log(8000)))
        shape = random.integers(4)
        course = np.full_like(t, frequency)
        if shape == 1:
            course *= 2 ** (random.uniform(-2, 2) * t / seconds)
        elif shape == 2:
            depth, rate = random.uniform(0.002, 0.05), random.uniform(0.2, 9)
            course *= 1 + depth * np.sin(2 * np.pi * rate * t)
        phase = 2 * np.pi * np.cumsum(course) / SAMPLE_RATE
        wave = np.sin(phase) if random.random() < 0.7 else np.sign(np.sin(phase))
        if shape == 3:
            wave = wave * (((t * random.uniform(0.5, 6)) % 1) < random.uniform(0.2, 0.8))
        sound += random.uniform(0.2, 1) * wave
    return sound


def noise(random: np.random.Generator, seconds: float) -> Floats:
    """Make white to brown noise, as a whole or a band of it, steady or like wind, waves, rain."""
    t = _times(seconds)
    spectrum = np.fft.rfft(random.standard_normal(len(t)))
    frequencies = np.maximum(np.fft.rfftfreq(len(t), 1 / SAMPLE_RATE), 20)
    sound = np.fft.irfft(spectrum * frequencies ** random.uniform(-1.2, 0.3), len(t))
    if random.random() < 0.4:
        low = np.exp(random.uniform(np.log(60), np.log(3000)))
        high = min(low * random.uniform(1.3, 6), 10500)
        sound = sosfilt(butter(2, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos"), sound)
    if random.random() < 0.4:
        slow = np.interp(
            t,
            np.arange(0, seconds + 2, 0.7),
            random.random(int(seconds / 0.7) + 4)[: len(np.arange(0, seconds + 2, 0.7))],
        )
        sound = sound * (0.1 + slow)
    return sound


def hum(random: np.random.Generator, seconds: float) -> Floats:
    """Make the hum of mains, motors and fans, with harmonics and noise."""
    t = _times(seconds)
    base = random.choice([50.0, 60.0, random.uniform(25, 240)])
    sound = np.zeros_like(t)
    for harmonic in range(1, random.integers(3, 24)):
        drift = 1 + 0.0005 * np.sin(2 * np.pi * random.uniform(0.05, 0.5) * t)
        phase = 2 * np.pi * np.cumsum(base * harmonic * drift) / SAMPLE_RATE
        sound += random.random() / harmonic ** random.uniform(0.3, 1.5) * np.sin(phase)
    return sound + random.uniform(0.005, 0.3) * noise(random, seconds)[: len(t)] * 5


def rooms(random: np.random.Generator, seconds: float) -> Floats:
    """Make a quiet room: faint noise, faint hum, now and then a rustle or a knock."""
    t = _times(seconds)
    sound = lfilter([1], [1, -random.uniform(0.7, 0.99)], random.standard_normal(len(t)))
    sound += random.uniform(0, 2) * hum(random, seconds)[: len(t)]
    for _ in range(random.integers(0, 8)):
        start = random.integers(0, len(t) - 2000)
        length = int(random.uniform(200, 12000))
        burst = random.standard_normal(length) * np.hanning(length) * random.uniform(1, 15)
        sound[start : start + length] += burst[: len(t) - start]
    return 10 ** (random.uniform(-65, -35) / 20) * sound


def clicks(random: np.random.Generator, seconds: float) -> Floats:
    """Make clicks, ticks and knocks, in time or not."""
    t = _times(seconds)
    sound = np.zeros_like(t)
    gap = np.exp(random.uniform(np.log(0.05), np.log(1.5)))
    jitter = random.choice([0.0, 0.05, 0.8])
    length = int(random.uniform(2, 1500))
    decay = np.exp(-5 * np.arange(length) / length)
    pitch = np.exp(random.uniform(np.log(200), np.log(6000)))
    ring = np.sin(2 * np.pi * pitch * np.arange(length) / SAMPLE_RATE)
    at = 0.1
    while at < seconds - 0.2:
        blend = random.random() * 0.3 if jitter else 0.1
        click = decay * (ring * (1 - blend) + blend * random.standard_normal(length))
        start = int(at * SAMPLE_RATE)
        stretch = sound[start : start + length]
        stretch += click[: len(stretch)]
        at += gap * (1 + jitter * random.uniform(-1, 1))
    return sound


def applause(random: np.random.Generator, seconds: float) -> Floats:
    """Make few to very many hands clapping, and sometimes cheers."""
    t = _times(seconds)
    count = int(np.exp(random.uniform(np.log(8), np.log(1500))) * seconds)
    impulses = np.zeros(len(t))
    starts = random.integers(0, len(t), count)
    np.add.at(impulses, starts, random.uniform(0.1, 1, count))
    sound = np.zeros_like(t)
    for _ in range(6):  # six kinds of hands
        own = impulses * (random.random(len(t)) < 0.3)
        n = int(random.uniform(0.004, 0.02) * SAMPLE_RATE)
        clap = random.standard_normal(n) * np.exp(-5 * np.arange(n) / n)
        low = random.uniform(500, 1500)
        band = butter(
            2, (low, low * random.uniform(1.5, 3)), "bandpass", fs=SAMPLE_RATE, output="sos"
        )
        sound += np.convolve(own, sosfilt(band, clap))[: len(t)]
    course = np.interp(t, [0, seconds * 0.1, seconds * 0.6, seconds], random.uniform(0.3, 1, 4))
    if random.random() < 0.4:
        voices = sosfilt(
            butter(2, (400, 2500), "bandpass", fs=SAMPLE_RATE, output="sos"),
            random.standard_normal(len(t)),
        )
        sound = sound / (sound.std() + 1e-9) + random.uniform(
            0.1, 1.5
        ) * voices / voices.std() * np.clip(np.sin(2 * np.pi * random.uniform(0.1, 0.5) * t), 0, 1)
    return sound * course


def phones(random: np.random.Generator, seconds: float) -> Floats:
    """Make ringing, dialling and busy phones, bells, buzzers and sirens."""
    t = _times(seconds)
    kind = random.integers(5)
    on = (t % (random.uniform(1, 6))) < random.uniform(0.3, 2.5)
    if kind == 0:  # a bell with a hammer
        base = random.uniform(500, 2200)
        sound = sum(
            random.random() * np.sin(2 * np.pi * base * ratio * t)
            for ratio in (1, 1.5, 2.02, 2.76, 3.4, 5.4)
        )
        sound = sound * (0.2 + np.abs(np.sin(np.pi * random.uniform(15, 28) * t)))
    elif kind == 1:  # two steady tones
        low = random.uniform(300, 1500)
        sound = np.sin(2 * np.pi * low * t) + np.sin(
            2 * np.pi * low * random.uniform(1.05, 1.9) * t
        )
        on = on if random.random() < 0.8 else np.ones_like(t)
    elif kind == 2:  # a warble
        low, high = random.uniform(400, 2500), random.uniform(1.05, 1.6)
        which = (t * random.uniform(4, 30)) % 1 < 0.5
        sound = np.sin(2 * np.pi * np.cumsum(np.where(which, low, low * high)) / SAMPLE_RATE)
    elif kind == 3:  # keys
        rows, columns = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
        step = (t * random.uniform(3, 8)).astype(int)
        first = np.array(rows)[random.integers(0, 4, step.max() + 1)][step]
        second = np.array(columns)[random.integers(0, 4, step.max() + 1)][step]
        sound = np.sin(2 * np.pi * first * t) + np.sin(2 * np.pi * second * t)
        on = (t * 20).astype(int) % 3 > 0
    else:  # a siren
        rate, low = random.uniform(0.1, 5), random.uniform(400, 1200)
        course = low * 2 ** (0.5 + 0.5 * np.sin(2 * np.pi * rate * t))
        sound = np.sin(2 * np.pi * np.cumsum(course) / SAMPLE_RATE)
        on = np.ones_like(t)
    return sound * on


KINDS: dict[str, Callable[[np.random.Generator, float], Floats]] = {
    "tones": tones,
    "noise": noise,
    "hum": hum,
    "rooms": rooms,
    "clicks": clicks,
    "applause": applause,
    "phones": phones,
}


def speak(random: np.random.Generator, language: str) -> Floats:
    """Let espeak-ng read numbers in a language, in a voice of some pitch and speed."""
    groups = (
        str(random.integers(10 ** random.integers(1, 7))) for _ in range(random.integers(8, 18))
    )
    variant = random.choice(["", "+f2", "+f4", "+m3", "+m7", "+croak"])
    command = ["espeak-ng", "-v", f"{language}{variant}", "-p", str(random.integers(20, 85)),
               "-s", str(random.integers(120, 210)), "--stdout", ", ".join(groups)]  # fmt: skip
    spoken = subprocess.run(command, check=True, capture_output=True).stdout
    # A pipe has no length: the header's is wrong.
    samples, rate = soundfile.read(io.BytesIO(_measured(spoken)), dtype="float64")
    samples = soxr.resample(samples, rate, SAMPLE_RATE)[: 31 * SAMPLE_RATE]
    return np.asarray(samples, np.float64)


def _measured(wave: bytes) -> bytes:
    size = len(wave) - 44
    return (
        wave[:4]
        + (size + 36).to_bytes(4, "little")
        + wave[8:40]
        + size.to_bytes(4, "little")
        + wave[44:]
    )
