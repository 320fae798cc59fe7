"""A local stand-in for the table of audio features that Spotify used to give out.

Spotify never said how its numbers were made. Key, mode, tempo and loudness are measured
here; the rest are estimates, each by the formula in its docstring, from 0 to 1. They order
tracks much as Spotify's descriptions of them say, but they are not Spotify's numbers: a model
trained on those will not do with these, nor the other way round.

Energy, valence, speechiness and instrumentalness are linear maps of what the pretrained networks
hear, and are measured: their descriptions say how far off they are on artists and voices that they
were not taught by. Danceability and acousticness weigh tags for and against something, the sum of
the probabilities for it over the sum of those for and against it; nobody has measured these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Audio
from linernotes.features.analysis import Analysis
from linernotes.features.descriptor import Column, Descriptor
from linernotes.features.dynamics import NOISE_FLOOR
from linernotes.features.loudness import integrated_loudness, powers_of
from linernotes.features.tempo import PULSE_CLARITY
from linernotes.features.tempo_estimate import tempo_of

if TYPE_CHECKING:
    from linernotes.networks.musicnn import Taggram

_DANCEABLE = ("dance", "house", "party", "funk", "hip-hop", "beat", "techno", "upbeat")
_NOT_DANCEABLE = ("ambient", "slow", "quiet", "mellow", "sad", "classical", "soft", "new age")
_ACOUSTIC = (
    "acoustic", "folk", "guitar", "piano", "strings", "classical", "violin", "harp", "cello",
    "flute", "harpsichord", "country", "solo", "choir",
)  # fmt: skip
_ELECTRIC = (
    "electronic", "techno", "synth", "house", "electro", "dance", "metal", "hard rock", "rock",
    "alternative rock", "hip-hop", "beat",
)  # fmt: skip


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
    """How intense it is: a linear map of what the networks hear, taught by people's ratings."""
    return _learned(analysis, "energy")


def loudness(analysis: Analysis) -> float:
    """Integrated loudness after EBU R 128, in LUFS."""
    return integrated_loudness(powers_of(analysis))


def speechiness(analysis: Analysis) -> float:
    """How much of it is speech.

    A linear map of what the networks hear, taught by music, rap and singing included, as 0, by
    synthetic speech in fifty languages as 1, and by such speech over music as in between. Recorded
    speech, which was not taught, keeps the order; its level set the scale.
    """
    return _learned(analysis, "speech")


def acousticness(analysis: Analysis) -> float:
    """Whether it is played without amplifiers: tags such as piano against electronic."""
    return _share(analysis, _ACOUSTIC, _ELECTRIC)


def instrumentalness(analysis: Analysis) -> float:
    """Whether nobody sings or speaks.

    A linear map of what the networks hear, taught by clips of which people have said so.
    """
    return 1 - _learned(analysis, "voice")


def liveness(analysis: Analysis) -> float:
    """Whether there is an audience: the weakest estimate of all.

    No tag tells it. A hall and its people fill the gaps: the noise floor of all bands, from
    -40 to -10 dB below the mean level. Dense studio music fills them too.
    """
    floor = float(NOISE_FLOOR(analysis).mean())
    return float(np.clip((floor + 40) / 30, 0, 1))


def valence(analysis: Analysis) -> float:
    """How cheerful it is: a linear map of what the networks hear, taught by people's ratings."""
    return _learned(analysis, "valence")


def _networks(analysis: Analysis) -> tuple[Mapping[str, Taggram], dict[str, float]]:
    """Return what both networks hear, and the probabilities of the merged tags."""
    from linernotes.networks import musicnn

    def hear() -> tuple[Mapping[str, Taggram], dict[str, float]]:
        rate = musicnn.SAMPLE_RATE
        mono = analysis.mono(rate)
        # The networks hear nothing in less than a window's frames; silence follows then.
        sound = Audio(np.pad(mono, (0, max(0, rate - len(mono))))[np.newaxis], rate)
        heard = musicnn.listen(sound, threads=1)
        tags = musicnn.merge_tags(heard)
        return heard, dict(zip(tags.names, tags.probabilities.tolist(), strict=True))

    return analysis.once(("networks",), hear)


def _learned(analysis: Analysis, name: str) -> float:
    """Return what a linear map tells of a clip, from 0 to 1.

    It sees mean and deviation of both networks' embeddings, and the tags' log-odds, in the order
    of their names: what `tools/train_mood.py` has learned from.
    """

    def tell() -> dict[str, float]:
        heard, tags = _networks(analysis)
        embeddings = [taggram.embeddings.astype(np.float64) for taggram in heard.values()]
        statistics = [each for e in embeddings for each in (e.mean(axis=0), e.std(axis=0))]
        p = np.minimum([tags[tag] for tag in sorted(tags)], 1 - 1e-6)
        names, weights, bias = _weights()
        told = np.concatenate([*statistics, np.log(p / (1 - p) + 1e-4)]) @ weights + bias
        return dict(zip(names, np.clip(told, 0, 1).tolist(), strict=True))

    return analysis.once(("learned",), tell)[name]


@cache
def _weights() -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Return what the maps are called, their weights (columns, maps), and their biases (maps,)."""
    with (files("linernotes.features") / "spotify_weights.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        names = tuple(str(name) for name in stored["names"])
        return names, stored["weights"].astype(np.float64), stored["bias"].astype(np.float64)


def _share(analysis: Analysis, pro: tuple[str, ...], contra: tuple[str, ...]) -> float:
    _, tags = _networks(analysis)
    likely, unlikely = (sum(tags[name] for name in names) for names in (pro, contra))
    return likely / (likely + unlikely)


def _estimate(name: str, function: Callable[[Analysis], float], description: str) -> Descriptor:
    return Descriptor(
        name,
        rows=lambda **_: (Column("", "1", description, estimated=True),),
        compute=lambda analysis, **_: np.full((1, 1), function(analysis), np.float32),
    )


DANCEABILITY = _estimate(
    "danceability", danceability, "from pulse, tempo and tags, 0 to 1; error not measured"
)
ENERGY_ESTIMATE = _estimate(
    "energy",
    energy,
    "intensity, 0 to 1; Spearman .90 (95 %: .87 to .92) against ratings of 190 clips",
)
SPEECHINESS = _estimate(
    "speechiness",
    speechiness,
    "share of speech, 0 to 1; recorded speech: alone .72, as loud as music .37, music alone .10 "
    "(medians)",
)
ACOUSTICNESS = _estimate(
    "acousticness", acousticness, "from tags of instruments, 0 to 1; error not measured"
)
INSTRUMENTALNESS = _estimate(
    "instrumentalness",
    instrumentalness,
    "no voice, 0 to 1; area under the curve .82 (95 %: .75 to .89) on 190 clips",
)
LIVENESS = _estimate("liveness", liveness, "from the noise floor, 0 to 1; error not measured")
VALENCE = _estimate(
    "valence",
    valence,
    "cheerfulness, 0 to 1; Spearman .62 (95 %: .51 to .70) against ratings of 190 clips",
)
