"""Which networks have to be named where what they told is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from networks_support import SPEC

from linernotes.networks import InstalledNetwork, Receipt, licence_notice, read_spec

SOME = read_spec(SPEC.encode())


def network(name: str, title: str, licence: str | None) -> InstalledNetwork:
    spec = replace(SOME, name=name, title=title, licence=licence or "MIT", free=licence is None)
    return InstalledNetwork(spec, Receipt({}, (), spec.licence, 1.0, ""), Path())


def test_only_networks_that_are_not_free_are_named() -> None:
    free, some = network("a", "A", None), network("b", "B\n1", "CC-BY-NC-4.0")
    other = network("c", "C", "research only")
    assert licence_notice([free]) is None
    assert licence_notice([some, free, some]) == "heard by B 1 (CC-BY-NC-4.0, not a free licence)"
    assert licence_notice([some, other]) == (
        "heard by B 1 (CC-BY-NC-4.0, not a free licence) and C (research only, not a free licence)"
    )
