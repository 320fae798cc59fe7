from __future__ import annotations

import threading

import pytest
from support import wait_until

from linernotes.engine.threads import Background, map_in_order


@pytest.mark.parametrize("threads", [1, 3])
def test_work_is_done_and_its_errors_are_told(threads: int) -> None:
    with Background(threads) as background:
        done = [background.run(divmod, 7, k) for k in range(4)]
        assert [future.result() for future in done[1:]] == [(7, 0), (3, 1), (2, 1)]
        with pytest.raises(ZeroDivisionError):
            done[0].result()


def test_work_is_taken_a_little_at_a_time() -> None:
    lock, waiting, most = threading.Lock(), [0], [0]

    def work() -> None:
        with lock:
            waiting[0] -= 1

    with Background(2) as background:
        for _ in range(200):
            with lock:
                waiting[0] += 1
                most[0] = max(most[0], waiting[0])
            background.run(work)
    assert most[0] <= 6


def test_what_has_not_begun_when_it_ends_is_not_begun() -> None:
    let_go, begun = threading.Event(), []

    def work(number: int) -> None:
        begun.append(number)
        let_go.wait()

    with Background(2) as background:
        futures = [background.run(work, number) for number in range(4)]
        wait_until(lambda: len(begun) == 2)
    cancelled = [future.cancelled() for future in futures]
    let_go.set()
    assert cancelled[2:] == [True, True]
    for future in futures[:2]:
        future.result()
    assert sorted(begun) == [0, 1]


def test_mapping_keeps_the_order() -> None:
    assert list(map_in_order(str, range(50), threads=3)) == [str(k) for k in range(50)]
