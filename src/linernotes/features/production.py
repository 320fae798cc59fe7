"""The production descriptors in one list: how a track was mixed and mastered.

They are meant to recognise producers, not encoders. No band reaches the frequencies that
encoders cut off, phases are compared below 5 kHz alone, what is too faint to be heard draws
every value to a neutral one, and none depends on gain. What encoders change all the same is
measured by ``benchmarks/production_drift.py``.
"""

from __future__ import annotations

from linernotes.features.balance import BAND_LEVEL, HIGH_FREQUENCY_CUTOFF, SPECTRAL_TILT
from linernotes.features.descriptor import Descriptor
from linernotes.features.dynamics import (
    BAND_DYNAMICS,
    CREST_FACTOR,
    LOUDNESS_DYNAMICS,
    NOISE_FLOOR,
    PEAK_TO_LOUDNESS,
)
from linernotes.features.goniometer import GONIOMETER
from linernotes.features.stereo import (
    STEREO_COHERENCE,
    STEREO_CORRELATION,
    STEREO_LEVEL_DIFFERENCE,
    STEREO_PANNING,
    STEREO_PHASE,
    STEREO_WIDTH,
)
from linernotes.features.transients import BAND_CREST_FACTOR, TRANSIENT_DECAY, TRANSIENT_SHARPNESS

PRODUCTION: tuple[Descriptor, ...] = (
    STEREO_WIDTH,
    STEREO_CORRELATION,
    STEREO_LEVEL_DIFFERENCE,
    STEREO_PANNING,
    STEREO_COHERENCE,
    STEREO_PHASE,
    GONIOMETER,
    BAND_LEVEL,
    SPECTRAL_TILT,
    HIGH_FREQUENCY_CUTOFF,
    BAND_DYNAMICS,
    LOUDNESS_DYNAMICS,
    CREST_FACTOR,
    PEAK_TO_LOUDNESS,
    NOISE_FLOOR,
    BAND_CREST_FACTOR,
    TRANSIENT_SHARPNESS,
    TRANSIENT_DECAY,
)
