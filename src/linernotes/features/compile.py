"""Compiling the inner loops with numba, wherever the compiled code may be kept."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

# What may be assumed to sum in any order and to fuse multiplications with additions. Unlike
# numba's plain "fastmath", NaN and infinity keep their meaning.
_RELAXED = {"reassoc", "contract", "arcp", "nsz", "afn"}

_CACHE_LINE = 64


def compiled(*signatures: str, relaxed: bool = True) -> Callable[[Function], Function]:
    """Compile a function to machine code when its module is imported, or load it from the cache.

    numba takes half a second to import, so that modules which use this decorator are
    imported inside of functions. Compiled functions let other threads run.

    Parameters
    ----------
    signatures
        The types that it is called with, as numba writes them. Without any it is compiled
        into the functions that call it, and only there.
    relaxed
        Whether sums may be taken in any order, as vector units do.

    Returns
    -------
    decorator
        It keeps the function's type.

    Examples
    --------
    >>> @compiled("float32(float32[::1])")
    ... def total(values):
    ...     return values.sum()
    """
    ensure_cache()
    import numba

    compiler: Any = numba.njit
    # Without the checks for divisions by zero, which give infinity, loops fit vector units.
    options: dict[str, Any] = {
        "fastmath": _RELAXED if relaxed else False,
        "error_model": "numpy",
    }
    if not signatures:
        inlined: Callable[[Function], Function] = compiler(inline="never", **options)
        return inlined
    options["nogil"] = True
    plain: Callable[[Function], Function] = compiler(list(signatures), **options)
    kept: Callable[[Function], Function] = compiler(list(signatures), cache=True, **options)

    def keep(function: Function) -> Function:
        if function.__code__.co_filename.startswith("<"):
            # A cache belongs to a file; typed at a prompt, a function has none.
            return plain(function)
        try:
            return kept(function)
        except Exception:
            # The cache is damaged, full or another module's. What is wrong with the function
            # itself is raised again here.
            return plain(function)

    return keep


def scratch(*shape: int, dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """Make an array for compiled functions to work in; it begins where a cache line does.

    Vector units load whole cache lines, and take twice as long where these straddle two.
    Arrays that compiled functions make begin well, but to compile their making takes long.

    Examples
    --------
    >>> scratch(3, 5).shape
    (3, 5)
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.empty(size + _CACHE_LINE, np.uint8)
    offset = -memory.ctypes.data % _CACHE_LINE
    return memory[offset : offset + size].view(dtype).reshape(shape)


def ensure_cache() -> Path | None:
    """Point numba at a folder where compiled code can be kept, unless it has one.

    By default numba writes next to the source, which is not possible where a package was
    installed by an administrator, or where the home is read-only. Then the user's cache
    folder takes its place, and at last a temporary one.

    Returns
    -------
    folder
        Where compiled code goes, or ``None`` where numba's default serves.
    """
    if os.environ.get("NUMBA_CACHE_DIR") or _is_writable(Path(__file__).parent / "__pycache__"):
        return None
    folder = _fallback()
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        # It has read the environment already.
        sys.modules["numba"].config.CACHE_DIR = str(folder)
    return folder


def _fallback() -> Path:
    import platformdirs

    kept = Path(platformdirs.user_cache_dir("linernotes")) / "numba"
    if _is_writable(kept):
        return kept
    # Code is run from there, so that nobody else may have put any: a fresh, private folder,
    # even though it serves this process alone.
    return Path(tempfile.mkdtemp(prefix="linernotes-numba-"))


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
