"""Sets of fingerprints know what was added, however much that is, and hold it once."""

from __future__ import annotations

import pytest

from linernotes.scale import fingerprints
from linernotes.scale.fingerprints import Fingerprints


def test_what_was_added_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "_LOOSE", 7)
    known = Fingerprints()
    for _ in range(2):
        for number in range(100):
            known.add(str(number))
    assert all(str(number) in known for number in range(100))
    assert not any(str(number) in known for number in range(100, 200))
    assert len(known._sorted) <= 100
