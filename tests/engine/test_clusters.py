"""One function over many items, wherever it runs; faults of workers cost nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from linernotes.engine import ClusterError, EngineOptions, run_on


def test_threads_of_this_process() -> None:
    outcomes = list(run_on(EngineOptions(workers=2), abs, range(-50, 0)))
    assert sorted(outcome.value for outcome in outcomes) == list(range(1, 51))


def test_items_are_taken_a_few_at_a_time_and_outcomes_lead_to_more() -> None:
    taken = 0
    ahead = [1, 2]

    class Items:
        def __iter__(self) -> Iterator[int]:
            return self

        def __next__(self) -> int:
            nonlocal taken
            if not ahead:
                raise StopIteration
            taken += 1
            return ahead.pop()

    found = []
    for outcome in run_on(EngineOptions(workers=1), abs, Items()):
        found.append(outcome.value)
        if len(found) < 5:
            ahead.append(outcome.item + 10)
    assert len(found) == 6
    assert taken == 6


def test_what_raises_is_an_outcome() -> None:
    (outcome,) = run_on(EngineOptions(workers=1), int, ["x"])
    assert isinstance(outcome.error, ValueError)


@pytest.mark.parametrize(("engine", "address"), [("dask", "tcp://127.0.0.1:1"), ("abacus", None)])
def test_what_cannot_be_reached_is_said(
    engine: str, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "dask":
        module = pytest.importorskip("linernotes.engine.dask")
        pytest.importorskip("distributed")
        monkeypatch.setattr(module, "_PATIENCE", 0.5)
    with pytest.raises(ClusterError, match=r"no Dask scheduler|there is no engine"):
        list(run_on(EngineOptions(engine, address), abs, [1]))


def test_an_engine_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install 'linernotes\[ray\]'"):
        list(run_on(EngineOptions("ray"), abs, [1]))


def test_each_engine_is_named_as_its_extra() -> None:
    from linernotes.engine import ENGINES
    from linernotes.identification.health import EXTRAS

    assert set(ENGINES) - {"local"} <= set(EXTRAS)
