"""Products of matrices on one thread, whoever asks at the same time, and as before afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from linernotes.engine.blas import one_blas_thread


def blas_threads() -> list[int]:
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


def test_the_last_one_out_brings_back_what_was() -> None:
    before = blas_threads()
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with one_blas_thread():
            inside.set()
            leave.wait(60)

    thread = threading.Thread(target=other)
    with one_blas_thread():
        thread.start()
        assert inside.wait(60)
        assert set(blas_threads()) <= {1}
        leave.set()
        thread.join(60)
        assert set(blas_threads()) <= {1}  # this one is still inside
    assert blas_threads() == before
    with pytest.raises(RuntimeError), one_blas_thread():
        raise RuntimeError
    assert blas_threads() == before


SCRIPT = """
import sys
import numpy as np
from linernotes.audio import Audio
from linernotes.networks.musicnn import listen
from linernotes.features import extract

noise = np.random.default_rng(0).normal(0, 0.1, (1, 16000 * 5)).astype(np.float32)
heard = listen(Audio(noise, 16000), threads=1)
values = [extract(Audio(noise, 16000)), *(each.embeddings.ravel() for each in heard.values())]
sys.stdout.buffer.write(np.concatenate(values).astype(np.float32).tobytes())
"""


@pytest.mark.slow
def test_numbers_do_not_depend_on_how_many_threads_there_are() -> None:
    told = []
    for threads in ("1", "2", "4"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, check=True,
            env={**os.environ, **dict.fromkeys(names, threads)},
        )  # fmt: skip
        told.append(np.frombuffer(done.stdout, np.float32))
    assert len(told[0]) > 600
    assert np.array_equal(told[0], told[1])
    assert np.array_equal(told[0], told[2])
