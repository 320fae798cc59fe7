"""The feature sets: which descriptors, which statistics, which version.

A set is data. When a number of a set moves, its version is raised and the golden file of the
new version is added; that of the old one stays as it was.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from linernotes.errors import FeatureSetNotFoundError
from linernotes.features.balance import BAND_LEVEL, HIGH_FREQUENCY_CUTOFF, SPECTRAL_TILT
from linernotes.features.cepstral import MFCC
from linernotes.features.chroma import CHROMA_CENS, CHROMA_CQT, CHROMA_STFT
from linernotes.features.descriptor import Column, Descriptor
from linernotes.features.dynamics import (
    BAND_DYNAMICS,
    CREST_FACTOR,
    LOUDNESS_DYNAMICS,
    NOISE_FLOOR,
    PEAK_TO_LOUDNESS,
)
from linernotes.features.energy import ENERGY, RMS, RMSE, ZERO_CROSSING_RATE
from linernotes.features.feature_set_spec import FeatureSetSpec, Part
from linernotes.features.goniometer import GONIOMETER
from linernotes.features.harmonic import (
    HARMONIC_BANDWIDTH,
    HARMONIC_CHROMA,
    HARMONIC_RMS,
    HARMONIC_ZERO_CROSSING_RATE,
    PERCUSSIVE_BANDWIDTH,
    PERCUSSIVE_CHROMA,
    PERCUSSIVE_RMS,
    PERCUSSIVE_ZERO_CROSSING_RATE,
)
from linernotes.features.highpass import HIGHPASSED_MFCC
from linernotes.features.key import (
    KEY_COLUMNS,
    KEY_CONFIDENCE_COLUMN,
    key_columns,
    key_confidence_columns,
    key_of_notes,
)
from linernotes.features.key_chroma import KEY_CHROMA
from linernotes.features.log_spectrogram import LOG_SPECTROGRAM, pictures
from linernotes.features.loudness import (
    LOUDNESS_POWER,
    TRUE_PEAK,
    integrated_loudness,
    loudness_range,
)
from linernotes.features.onset import BAND_ONSET_STRENGTH, ONSET_RATE, ONSET_STRENGTH
from linernotes.features.reduction import Reduction, derived, frames, once, statistics
from linernotes.features.spectral import (
    SPECTRAL_BANDWIDTH,
    SPECTRAL_CENTROID,
    SPECTRAL_CONTRAST,
    SPECTRAL_FLATNESS,
    SPECTRAL_FLUX,
    SPECTRAL_ROLLOFF,
)
from linernotes.features.spotify import (
    ACOUSTICNESS,
    DANCEABILITY,
    ENERGY_ESTIMATE,
    INSTRUMENTALNESS,
    LIVENESS,
    SPEECHINESS,
    VALENCE,
)
from linernotes.features.stereo import (
    STEREO_COHERENCE,
    STEREO_CORRELATION,
    STEREO_LEVEL_DIFFERENCE,
    STEREO_PANNING,
    STEREO_PHASE,
    STEREO_WIDTH,
)
from linernotes.features.tempo import RHYTHM_COLUMNS, rhythm_columns
from linernotes.features.tempo_estimate import (
    TEMPO_COLUMN,
    TEMPO_CONFIDENCE_COLUMN,
    estimate_tempo,
    tempo_columns,
    tempo_confidence_columns,
)
from linernotes.features.tonnetz import TONNETZ
from linernotes.features.transients import BAND_CREST_FACTOR, TRANSIENT_DECAY, TRANSIENT_SHARPNESS
from linernotes.features.versions import VERSIONS


def _each(reduction: Reduction, *descriptors: Descriptor) -> tuple[Part, ...]:
    """Return a part for each of some descriptors, all reduced in the same way."""
    return tuple(Part(descriptor, reduction) for descriptor in descriptors)


FMA = FeatureSetSpec(
    name="fma",
    version=VERSIONS["fma"],
    description="The 518 statistics of the FMA data set (Defferrard et al., ISMIR 2017), with its "
    "names and in its order.",
    parts=(
        Part(CHROMA_CENS),
        Part(CHROMA_CQT),
        Part(CHROMA_STFT),
        Part(MFCC, parameters={"n_mfcc": 20}),
        Part(RMSE),
        Part(SPECTRAL_BANDWIDTH),
        Part(SPECTRAL_CENTROID),
        Part(SPECTRAL_CONTRAST),
        Part(SPECTRAL_ROLLOFF),
        Part(TONNETZ),
        Part(ZERO_CROSSING_RATE),
    ),
)

_SHORT = {"n_fft": 512, "hop_length": 256}

EXTRACTED = FeatureSetSpec(
    name="extracted",
    version=VERSIONS["extracted"],
    description="Energy, RMS and a 12-filter cepstrum of short frames: the features of an early "
    "genre classifier that beat Spotify's own.",
    parts=(
        Part(ENERGY, statistics("mean", "std", "min", "max"), _SHORT),
        Part(MFCC, statistics("mean", "std", "min", "max"), {**_SHORT, "n_mels": 12, "n_mfcc": 12}),
        Part(RMS, statistics("max", "std", "median", "min"), _SHORT),
    ),
)

PRODUCER = FeatureSetSpec(
    name="producer",
    version=VERSIONS["producer"],
    description="20 cepstral coefficients of the highpassed track in 1200 frames, some 28 s: what "
    "an early producer identifier looked at.",
    parts=(Part(HIGHPASSED_MFCC, frames(1200), {"n_mfcc": 20}),),
)

_MEAN = statistics("mean")
_MEAN_AND_STD = statistics("mean", "std")

STYLE = FeatureSetSpec(
    name="style",
    version=VERSIONS["style"],
    description="Means of cepstrum and contrast, and of the harmonic and the percussive part: the "
    "features of a tool that told styles apart.",
    parts=(
        Part(MFCC, _MEAN, {"n_mfcc": 13}),
        *_each(
            _MEAN,
            SPECTRAL_CONTRAST,
            HARMONIC_BANDWIDTH,
            PERCUSSIVE_BANDWIDTH,
            HARMONIC_ZERO_CROSSING_RATE,
            PERCUSSIVE_ZERO_CROSSING_RATE,
            HARMONIC_CHROMA,
            PERCUSSIVE_CHROMA,
            HARMONIC_RMS,
            PERCUSSIVE_RMS,
        ),
    ),
)

_LOUDNESS = Part(
    LOUDNESS_POWER,
    derived(
        lambda powers: np.array([integrated_loudness(powers[0])], np.float32),
        Column("loudness", "LUFS", "integrated (EBU R 128), -70 for silence; depends on gain"),
    ),
    name="",
)
_LOUDNESS_RANGE = Part(
    LOUDNESS_POWER,
    derived(
        lambda powers: np.array([loudness_range(powers[0])], np.float32),
        Column("loudness_range", "LU", "loudness range (EBU Tech 3342), 0 for steady or short"),
    ),
    name="",
)

_of_key = partial(derived, estimate=key_of_notes)
_of_tempo = partial(derived, estimate=estimate_tempo)
_TEMPO = Part(BAND_ONSET_STRENGTH, _of_tempo(tempo_columns, TEMPO_COLUMN), name="")
_CONFIDENCES = (
    Part(KEY_CHROMA, _of_key(key_confidence_columns, KEY_CONFIDENCE_COLUMN), name=""),
    Part(
        BAND_ONSET_STRENGTH,
        _of_tempo(tempo_confidence_columns, TEMPO_CONFIDENCE_COLUMN),
        name="",
    ),
)

_PRODUCTION = (
    Part(STEREO_WIDTH, _MEAN_AND_STD),
    Part(STEREO_CORRELATION, _MEAN),
    Part(STEREO_COHERENCE, _MEAN),
    Part(STEREO_PHASE, _MEAN),
    Part(STEREO_LEVEL_DIFFERENCE, _MEAN_AND_STD),
    Part(STEREO_PANNING, _MEAN),
    Part(GONIOMETER, once()),
    Part(BAND_LEVEL, once()),
    Part(SPECTRAL_TILT, _MEAN_AND_STD),
    Part(BAND_DYNAMICS, statistics("std")),
    Part(LOUDNESS_DYNAMICS, statistics("std")),
    Part(CREST_FACTOR, _MEAN_AND_STD),
    Part(PEAK_TO_LOUDNESS, once()),
    Part(NOISE_FLOOR, once()),
    Part(BAND_CREST_FACTOR, _MEAN),
    Part(TRANSIENT_SHARPNESS, once()),
    Part(TRANSIENT_DECAY, once()),
    Part(HIGH_FREQUENCY_CUTOFF, statistics("max")),
    _LOUDNESS,
    _LOUDNESS_RANGE,
    Part(TRUE_PEAK, statistics("max")),
)

PRODUCTION = FeatureSetSpec(
    name="production",
    version=VERSIONS["production"],
    description="How a track was mixed and mastered: image, balance, dynamics and transients, "
    "chosen so that codecs leave little trace in them.",
    parts=_PRODUCTION,
)

DESCRIPTORS = FeatureSetSpec(
    name="descriptors",
    version=VERSIONS["descriptors"],
    description="The compact set that serves most purposes: timbre, harmony, rhythm, dynamics "
    "and stereo.",
    parts=(
        Part(MFCC, _MEAN_AND_STD, {"n_mfcc": 20}),
        *_each(
            _MEAN_AND_STD,
            SPECTRAL_CONTRAST,
            SPECTRAL_CENTROID,
            SPECTRAL_BANDWIDTH,
            SPECTRAL_ROLLOFF,
            SPECTRAL_FLATNESS,
            SPECTRAL_FLUX,
            ZERO_CROSSING_RATE,
            CHROMA_CQT,
            TONNETZ,
        ),
        Part(KEY_CHROMA, _of_key(key_columns, *KEY_COLUMNS), name="key"),
        _TEMPO,
        Part(ONSET_STRENGTH, derived(rhythm_columns, *RHYTHM_COLUMNS), name=""),
        Part(ONSET_RATE, once()),
        Part(ONSET_STRENGTH, statistics("mean", "std", "skew", "kurtosis")),
        *_PRODUCTION,
        *_CONFIDENCES,
    ),
)

SPOTIFY = FeatureSetSpec(
    name="spotify",
    version=VERSIONS["spotify"],
    description="A local stand-in for Spotify's table of audio features; what is not measured is "
    "marked as an estimate.",
    parts=(
        Part(DANCEABILITY, once()),
        Part(ENERGY_ESTIMATE, once()),
        Part(
            KEY_CHROMA,
            _of_key(
                lambda key: key_columns(key)[:2],
                replace(KEY_COLUMNS[0], name="key"),
                KEY_COLUMNS[1],
            ),
            name="",
        ),
        _LOUDNESS,
        Part(SPEECHINESS, once()),
        Part(ACOUSTICNESS, once()),
        Part(INSTRUMENTALNESS, once()),
        Part(LIVENESS, once()),
        Part(VALENCE, once()),
        _TEMPO,
    ),
)

MFCC_MATRIX = FeatureSetSpec(
    name="mfcc_matrix",
    version=VERSIONS["mfcc_matrix"],
    description="12 cepstral coefficients of short frames, 2584 of them, 30 s: the matrix that a "
    "network looked at beside the extracted features.",
    parts=(Part(MFCC, frames(2584), {**_SHORT, "n_mels": 12, "n_mfcc": 12}),),
)

MFCC_IMAGE = FeatureSetSpec(
    name="mfcc_image",
    version=VERSIONS["mfcc_image"],
    description="20 cepstral coefficients in 1292 frames, 30 s: the FMA data set's cepstrum before "
    "statistics are taken, for networks that look at pictures.",
    parts=(Part(MFCC, frames(1292), {"n_mfcc": 20}),),
)

LOG_SPECTROGRAMS = FeatureSetSpec(
    name="log_spectrogram",
    version=VERSIONS["log_spectrogram"],
    description="Five pictures of 6 s, 100 bands by 100 frames: what a network that told styles "
    "apart looked at.",
    parts=(Part(LOG_SPECTROGRAM, pictures(5, 100)),),
)

SETS: dict[str, FeatureSetSpec] = {
    feature_set.name: feature_set
    for feature_set in (
        DESCRIPTORS,
        PRODUCTION,
        FMA,
        STYLE,
        EXTRACTED,
        PRODUCER,
        SPOTIFY,
        MFCC_MATRIX,
        MFCC_IMAGE,
        LOG_SPECTROGRAMS,
    )
}


def find_set(name: str) -> FeatureSetSpec:
    """Return a feature set.

    Parameters
    ----------
    name
        One of `SETS`.

    Returns
    -------
    FeatureSetSpec
        What is in it: parts, version, names.

    Raises
    ------
    FeatureSetNotFoundError
        There is none of this name.

    Examples
    --------
    >>> find_set("fma").names[:2]
    ('chroma_cens_kurtosis_01', 'chroma_cens_kurtosis_02')
    """
    if name not in SETS:
        raise FeatureSetNotFoundError(
            f"there is no feature set {name!r}; choose from {', '.join(sorted(SETS))}"
        )
    return SETS[name]


def names(name: str) -> tuple[str, ...]:
    """Return the names of a feature set's columns, in order.

    Parameters
    ----------
    name
        Name of the set.

    Returns
    -------
    tuple of str
        As many as `extract` returns values.

    Examples
    --------
    >>> len(names("fma"))
    518
    """
    return find_set(name).names
