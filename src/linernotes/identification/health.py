"""Whether this installation can do what it should, and what to do where it cannot."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import io
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import platformdirs

if TYPE_CHECKING:
    from linernotes.learning import AnyModel

_PARTS = (
    "numpy",
    "soundfile",
    "av",
    "soxr",
    "scipy",
    "numba",
    "onnxruntime",
    "pebble",
    "jinja2",
    "rich",
)
#: What each extra of the installation brings, by the names that Python imports.
EXTRAS = {
    "beets": ("beets",),
    "boosting": ("xgboost",),
    "cloud": ("obstore",),
    "collect": ("filelock", "httpx", "spotipy"),
    "conversion": ("torch", "transformers"),
    "dask": ("distributed", "obstore"),
    "networks": ("filelock", "httpx", "tokenizers"),
    "mcp": ("mcp",),
    "neural": ("torch",),
    "plots": ("matplotlib",),
    "ray": ("ray", "obstore"),
    "spark": ("pyspark", "obstore"),
    "umap": ("umap",),
    "watch": ("watchfiles",),
    "web": ("cryptography", "fastapi", "PIL", "uvicorn"),
}
_CODECS = ("mp3float", "aac", "alac", "wmav2", "flac", "vorbis", "opus")
_REINSTALL = "reinstall it: pip install --force-reinstall linernotes"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    name
        What it is, in a word or two.
    ok
        Whether it is as it should be.
    detail
        What was found.
    remedy
        What to do if it is not ok.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine() -> list[Check]:
    """Look at everything that identifying a track needs.

    Returns
    -------
    list of Check
        In a fixed order. A check that fails by itself is reported as not ok.
    """
    checks: tuple[tuple[str, Callable[[], str], str], ...] = (
        ("linernotes", _version, _REINSTALL),
        ("packages", _packages, _REINSTALL),
        ("extras", tell_extras, _REINSTALL),
        ("libsndfile", _libsndfile, "reinstall soundfile: pip install --force-reinstall soundfile"),
        ("ffmpeg", _ffmpeg, "reinstall PyAV: pip install --force-reinstall av"),
        ("networks", _networks, _REINSTALL),
        ("models", _models, _REINSTALL),
        ("features", _features, "reinstall numba: pip install --force-reinstall numba"),
        ("processes", _processes, "allow this user to start processes; see --workers"),
        ("cache folder", _cache, "make it writable, or set XDG_CACHE_HOME to a folder that is"),
        ("terminal", _terminal, "set PYTHONUTF8=1 to see bars and all names"),
    )
    return [_checked(name, look, remedy) for name, look, remedy in checks]


def _checked(name: str, look: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(name, True, look())
    except Exception as error:  # whatever it is, the doctor's job is to say it
        return Check(name, False, f"{type(error).__name__}: {error}", remedy)


def _version() -> str:
    from linernotes import __version__

    return f"{__version__} on Python {platform.python_version()}, {platform.platform(terse=True)}"


def _packages() -> str:
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PARTS)


def tell_extras() -> str:
    """Return which extras are there, and how to get the others; to lack one is no fault."""
    there = [
        extra
        for extra, packages in EXTRAS.items()
        if all(importlib.util.find_spec(package) for package in packages)
    ]
    missing = [extra for extra in EXTRAS if extra not in there]
    if not missing:
        return ", ".join(there)
    return (
        f"{', '.join(there) or 'none'}; not installed: {', '.join(missing)} "
        f"(pip install 'linernotes[{','.join(missing)}]')"
    )


def _libsndfile() -> str:
    import soundfile

    tone = np.sin(np.arange(22050) / 10)
    for container in ("MP3", "FLAC", "OGG"):
        buffer = io.BytesIO()
        soundfile.write(buffer, tone, 22050, format=container)
        soundfile.read(io.BytesIO(buffer.getvalue()))
    return f"{soundfile.__libsndfile_version__}, decodes mp3, flac, ogg"


def _ffmpeg() -> str:
    import av

    missing = [codec for codec in _CODECS if codec not in av.codecs_available]
    if missing:
        raise RuntimeError(f"lacks {', '.join(missing)}")
    return (
        f"libavcodec {'.'.join(map(str, av.library_versions['libavcodec']))}, {', '.join(_CODECS)}"
    )


def _networks() -> str:
    from linernotes.audio import Audio
    from linernotes.networks.musicnn import NETWORKS, SAMPLE_RATE, VERSION, listen

    tone = np.sin(np.arange(SAMPLE_RATE * 30) / 10).astype(np.float32)
    audio = Audio(tone[np.newaxis], SAMPLE_RATE)
    listen(audio)
    began = time.perf_counter()
    listen(audio)
    took = time.perf_counter() - began
    return f"{VERSION}: {', '.join(NETWORKS)}; 30 s of sound in {1000 * took:.0f} ms"


def _models() -> str:
    from linernotes.learning import list_shipped_models, load_model

    models = [load_model(name) for name in list_shipped_models()]
    return ", ".join(f"{model.name} {model.version} ({_counted(model)})" for model in models)


def _counted(model: AnyModel) -> str:
    from linernotes.learning import Regression

    if isinstance(model, Regression):
        return ", ".join(target.name for target in model.targets)
    return f"{len(model.classes)} classes"


def _features() -> str:
    from linernotes.audio import Audio
    from linernotes.features import SETS, extract
    from linernotes.features.compile import ensure_cache

    folder = ensure_cache() or os.environ.get("NUMBA_CACHE_DIR", "the package's folder")
    tone = np.sin(np.arange(44100 * 30) / 10).astype(np.float32)
    audio = Audio(np.stack([tone, tone]), 44100)
    extract(audio)
    began = time.perf_counter()
    extract(audio)
    took = time.perf_counter() - began
    speed = f"30 s of sound in {1000 * took:.0f} ms"
    return f"{', '.join(SETS)}; {speed}; compiled code is kept in {folder}"


def _processes() -> str:
    from linernotes.engine import cpu_count, run

    (outcome,) = run(abs, [-1], workers=1, timeout=30)
    if outcome.value != 1:
        raise RuntimeError(f"a process did not answer ({outcome.error})")
    return f"can be started; {cpu_count()} processors"


def _cache() -> str:
    folder = Path(platformdirs.user_cache_dir("linernotes"))
    there = folder
    while not there.exists():
        there = there.parent
    if not (there.is_dir() and os.access(there, os.W_OK)):
        raise PermissionError(f"{folder} cannot be written to")
    return f"{folder}, writable"


def _terminal() -> str:
    encoding = (sys.stdout.encoding or "ascii").lower()
    if not encoding.startswith("utf"):
        raise RuntimeError(f"shows {encoding}, not UTF-8")
    return "shows UTF-8"
