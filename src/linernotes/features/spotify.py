"""A local stand-in for the table of audio features that Spotify used to give out.

Spotify never said how its numbers were made. Key, mode, tempo and loudness are measured
here; the rest are estimates, each by the formula in its docstring, from 0 to 1. They order
tracks much as Spotify's descriptions of them say, but they are not Spotify's numbers: a model
trained on those will not do with these, nor the other way round.

Most estimates weigh tags that the pretrained networks hear for and against something: the sum
of the probabilities for it, over the sum of those for and against it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import Descriptor, Row
from linernotes.features.dynamics import NOISE_FLOOR
from linernotes.features.energy import RMS
from linernotes.features.intermediates import SAMPLE_RATE
from linernotes.features.key import key_of
from linernotes.features.loudness import integrated_loudness, powers_of
from linernotes.features.onset import ONSET_RATE
from linernotes.features.spectrum import HOP_LENGTH
from linernotes.features.tempo import PULSE_CLARITY
from linernotes.features.tempo_estimate import tempo_of

_DANCEABLE = ("dance", "house", "party", "funk", "hip-hop", "beat", "techno", "upbeat")
_NOT_DANCEABLE = ("ambient", "slow", "quiet", "mellow", "sad", "classical", "soft", "new age")
_ENERGETIC = ("rock", "hard rock", "metal", "punk", "loud", "upbeat", "techno", "drums", "dance")
_CALM = ("quiet", "soft", "slow", "mellow", "ambient", "sad", "chillout", "easy listening")
_ACOUSTIC = (
    "acoustic", "folk", "guitar", "piano", "strings", "classical", "violin", "harp", "cello",
    "flute", "harpsichord", "country", "solo", "choir",
)  # fmt: skip
_ELECTRIC = (
    "electronic", "techno", "synth", "house", "electro", "dance", "metal", "hard rock", "rock",
    "alternative rock", "hip-hop", "beat",
)  # fmt: skip
_WORDLESS = ("instrumental", "ambient", "solo", "techno")
_VOCAL = ("female voice", "male voice", "singing", "choir", "opera", "hip-hop")
_CHEERFUL = ("happy", "party", "catchy", "upbeat", "dance", "funk", "country")
_GLOOMY = ("sad", "slow", "ambient", "mellow", "metal", "weird")


def danceability(analysis: Analysis) -> float:
    """How well one may dance to it.

    A third each: pulse clarity; how near the tempo is to 120 BPM, a normal curve of half an
    octave; tags such as dance and funk against ambient and slow.
    """
    tempo = tempo_of(analysis).beats_per_minute
    near = np.exp(-0.5 * (np.log2(tempo / 120) / 0.5) ** 2) if tempo else 0.0
    clarity = float(PULSE_CLARITY(analysis)[0, 0])
    return float(np.mean([clarity, near, _share(analysis, _DANCEABLE, _NOT_DANCEABLE)]))


def energy(analysis: Analysis) -> float:
    """How intense it is.

    A third each: loudness from -30 to -6 LUFS; onsets per second, up to 8; tags such as rock
    and loud against quiet and soft.
    """
    loud = np.clip((loudness(analysis) + 30) / 24, 0, 1)
    busy = np.clip(float(ONSET_RATE(analysis)[0, 0]) / 8, 0, 1)
    return float(np.mean([loud, busy, _share(analysis, _ENERGETIC, _CALM)]))


def loudness(analysis: Analysis) -> float:
    """Integrated loudness after EBU R 128, in LUFS."""
    return integrated_loudness(powers_of(analysis))


def speechiness(analysis: Analysis) -> float:
    """How much it sounds like speech.

    Speech comes in syllables, some four a second (E. Scheirer and M. Slaney, ICASSP 1997):
    the share of the level's modulations from 3 to 6 Hz among those up to 20 Hz, times what
    the pulse lacks in clarity, since a beat is no speech.
    """
    level = RMS(analysis)[0].astype(np.float64)
    modulations = np.abs(np.fft.rfft(level - level.mean())) ** 2
    rates = np.fft.rfftfreq(len(level), HOP_LENGTH / SAMPLE_RATE)
    whole = modulations[(rates > 0.5) & (rates <= 20)].sum()
    syllables = modulations[(rates >= 3) & (rates <= 6)].sum()
    share = syllables / whole if whole > 0 else 0.0
    return float(share * (1 - PULSE_CLARITY(analysis)[0, 0]))


def acousticness(analysis: Analysis) -> float:
    """Whether it is played without amplifiers: tags such as piano against electronic."""
    return _share(analysis, _ACOUSTIC, _ELECTRIC)


def instrumentalness(analysis: Analysis) -> float:
    """Whether nobody sings: tags such as instrumental against voices."""
    return _share(analysis, _WORDLESS, _VOCAL)


def liveness(analysis: Analysis) -> float:
    """Whether there is an audience: the weakest estimate of all.

    No tag tells it. A hall and its people fill the gaps: the noise floor of all bands, from
    -40 to -10 dB below the mean level. Dense studio music fills them too.
    """
    floor = float(NOISE_FLOOR(analysis).mean())
    return float(np.clip((floor + 40) / 30, 0, 1))


def valence(analysis: Analysis) -> float:
    """How cheerful it is: tags such as happy against sad, and a seventh for a major key."""
    mode = key_of(analysis).mode
    return float((6 * _share(analysis, _CHEERFUL, _GLOOMY) + mode) / 7)


def _tags(analysis: Analysis) -> dict[str, float]:
    """Probabilities of the merged tags, of both networks."""
    from linernotes import backbone

    def hear() -> dict[str, float]:
        rate = backbone.SAMPLE_RATE
        mono = analysis.mono(rate)
        # The networks hear nothing in less than a window's frames; silence follows then.
        sound = Audio(np.pad(mono, (0, max(0, rate - len(mono))))[np.newaxis], rate)
        tags = backbone.merge_tags(backbone.listen(sound, threads=1))
        return dict(zip(tags.names, tags.probabilities.tolist(), strict=True))

    return analysis.once(("tags",), hear)


def _share(analysis: Analysis, pro: tuple[str, ...], contra: tuple[str, ...]) -> float:
    tags = _tags(analysis)
    likely, unlikely = (sum(tags[name] for name in names) for names in (pro, contra))
    return likely / (likely + unlikely)


def _estimate(name: str, function: Callable[[Analysis], float], description: str) -> Descriptor:
    return Descriptor(
        name,
        rows=lambda **_: (Row("", "1", description, estimated=True),),
        compute=lambda analysis, **_: np.full((1, 1), function(analysis), np.float32),
    )


DANCEABILITY = _estimate("danceability", danceability, "from pulse, tempo and tags, 0 to 1")
ENERGY_ESTIMATE = _estimate("energy", energy, "intensity from loudness, onsets and tags, 0 to 1")
SPEECHINESS = _estimate("speechiness", speechiness, "from modulations of 3 to 6 Hz, 0 to 1")
ACOUSTICNESS = _estimate("acousticness", acousticness, "from tags of instruments, 0 to 1")
INSTRUMENTALNESS = _estimate("instrumentalness", instrumentalness, "from tags of voices, 0 to 1")
LIVENESS = _estimate("liveness", liveness, "from the noise floor, 0 to 1")
VALENCE = _estimate("valence", valence, "cheerfulness from tags and mode, 0 to 1")
