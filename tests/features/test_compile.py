import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import linernotes.features.compile as compiling
from linernotes.features.compile import compiled

MODULE = """
from linernotes.features.compile import compiled

@compiled("float64(float64)")
def double(x):
    return 2 * x

print(double(2.0))
"""


def test_functions_typed_at_a_prompt_are_compiled_as_well():
    namespace = {"compiled": compiled}
    exec("@compiled('float64(float64)')\ndef double(x):\n    return 2 * x", namespace)
    assert namespace["double"](2.0) == 4.0


def test_division_by_zero_is_infinite():
    @compiled("float32(float32)")
    def reciprocal(x):
        return np.float32(1) / x

    assert reciprocal(np.float32(0)) == np.inf


def test_without_a_writable_place_a_temporary_one_serves(monkeypatch, tmp_path):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(compiling, "_is_writable", lambda _: False)
    folder = compiling.ensure_cache()
    assert folder is not None
    assert folder.is_dir()
    assert os.environ["NUMBA_CACHE_DIR"] == str(folder)
    folder.rmdir()


def test_where_the_sources_are_writable_numbas_default_serves(monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(compiling, "_is_writable", lambda _: True)
    assert compiling.ensure_cache() is None


@pytest.mark.slow
def test_a_damaged_cache_does_no_harm(tmp_path: Path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    module = tmp_path / "module.py"
    module.write_text(MODULE)
    command = [sys.executable, str(module)]
    for _ in range(2):
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert run.stdout.strip() == "4.0"
        kept = list(tmp_path.rglob("*.nbc"))
        assert kept
        for file in kept:
            file.write_bytes(b"not what it was")
