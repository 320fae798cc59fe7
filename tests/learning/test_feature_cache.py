from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from support import LONG, as_nobody

from linernotes.learning.feature_cache import FeatureCache, stamp_of

ROWS = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def cache(tmp_path) -> FeatureCache:
    return FeatureCache(tmp_path / "cache")


def entries(cache: FeatureCache):
    return sorted(path for path in cache.folder.glob("??/*") if path.is_file())


def test_what_is_kept_comes_back(cache):
    assert cache.get("a") is None
    cache.put("a", ROWS)
    np.testing.assert_array_equal(cache.get("a"), ROWS)
    assert cache.get("a").dtype == np.float32
    cache.put("a", ROWS + 1)
    np.testing.assert_array_equal(cache.get("a"), ROWS + 1)
    assert len(entries(cache)) == 1


def test_no_rows_are_kept_as_such(cache):
    cache.put("none", np.empty((0, 5), np.float32))
    assert cache.get("none").shape == (0, 5)


def test_a_damaged_entry_counts_as_none(cache):
    cache.put("a", ROWS)
    (path,) = entries(cache)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at])
        assert cache.get("a") is None
        flipped = bytearray(whole)
        flipped[at] ^= 1 << (at % 8)
        path.write_bytes(flipped)
        assert cache.get("a") is None
    path.write_bytes(whole + b"\0")
    assert cache.get("a") is None


def test_a_pickle_in_place_of_an_entry_is_not_opened(cache):
    import pickle

    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was loaded",))

    cache.put("a", ROWS)
    entries(cache)[0].write_bytes(pickle.dumps(Bomb()))
    assert cache.get("a") is None


def test_the_longest_unused_go_first(tmp_path):
    big = np.zeros((1, 1000), np.float32)
    cache = FeatureCache(tmp_path, limit=20_000)
    for number in range(5):
        cache.put(str(number), big)
        os.utime(entries(cache)[-1])
    for number, path in enumerate([cache._path(str(n)) for n in range(5)]):
        os.utime(path, (1e9 + number, 1e9 + number))
    assert cache.get("0") is not None  # which makes it the last to go
    cache.trim()
    kept = [number for number in range(5) if cache.get(str(number)) is not None]
    assert kept == [0, 3, 4]


def test_files_half_written_by_a_process_that_died_are_dropped(cache):
    cache.put("a", ROWS)
    left = entries(cache)[0].with_name("left.new")
    left.write_bytes(b"half")
    cache.trim()
    assert left.exists()  # perhaps somebody is at it
    os.utime(left, (1e9, 1e9))
    cache.trim()
    assert not left.exists()
    assert cache.get("a") is not None


def test_a_file_is_remembered_until_it_changes(cache, tmp_path):
    file = tmp_path / "søng.wav"
    file.write_bytes(b"one")
    assert cache.track_of(str(file)) is None
    cache.remember(str(file), "0123", stamp=stamp_of(str(file)))
    assert cache.track_of(str(file)) == "0123"
    file.write_bytes(b"other")
    assert cache.track_of(str(file)) is None
    file.unlink()
    assert cache.track_of(str(file)) is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o500)
    cache = FeatureCache(folder)
    with as_nobody():
        cache.put("a", ROWS)
        assert cache.get("a") is None
        cache.trim()
    (tmp_path / "file").write_text("no folder")
    blocked = FeatureCache(tmp_path / "file")
    blocked.put("a", ROWS)
    assert blocked.get("a") is None


def test_two_processes_write_and_trim_at_once(tmp_path):
    code = (
        "import sys, numpy as np; from pathlib import Path\n"
        "from linernotes.learning.feature_cache import FeatureCache\n"
        "cache = FeatureCache(Path(sys.argv[1]), limit=200_000)\n"
        "for i in range(150):\n"
        "    key = str(i % 40)\n"
        "    rows = cache.get(key)\n"
        "    assert rows is None or (rows == int(key)).all()\n"
        "    cache.put(key, np.full((1, 3000), int(key), np.float32))\n"
        "    i % 10 or cache.trim()\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(timeout=LONG) for process in both] == [0, 0]
    assert not list(tmp_path.glob("??/*.new"))
