"""All conversions, by what they convert."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from linernotes.networks.conversions import cnn14, mert, mobilenet, musicfm
from linernotes.networks.conversions.architecture import Architecture, convert
from linernotes.networks.conversions.saved_models import SAVED_MODELS

#: By the names that specs give them (`linernotes.networks.spec`).
ARCHITECTURES: Mapping[str, Architecture] = {
    "cnn14": cnn14.CNN14,
    "mert": mert.MERT,
    "mobilenet": mobilenet.MOBILENET,
    "musicfm": musicfm.MUSICFM,
}

#: Functions of what is converted, and of the folder that gets the files.
CONVERSIONS: Mapping[str, Callable[[Path, Path], None]] = {
    **SAVED_MODELS,
    **{name: partial(convert, architecture) for name, architecture in ARCHITECTURES.items()},
}
