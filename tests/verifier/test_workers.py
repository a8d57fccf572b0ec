"""Long work in ranges, by one process or several."""

from __future__ import annotations

import os

import pytest

from tests.verifier.given import failure
from verifier.failure import Failed
from verifier.workers import Workers


def total(rows: range) -> int:
    return sum(rows)


def fail_at_7(rows: range) -> int:
    if 7 in rows:
        raise Failed("a.check", "row 7", "It is seven.")
    return len(rows)


def die(rows: range) -> int:
    os._exit(1)


def sums(workers: Workers, count: int) -> list[int]:
    return list(workers.over(count, lambda rows: rows, total))


@pytest.mark.parametrize("count", [0, 1, 255, 256, 1000, 100_000])
def test_ranges_together_are_all_rows(count: int) -> None:
    done: list[int] = []

    assert sum(sums(Workers(3, done.append), count)) == sum(range(count))

    assert sum(done) == count
    assert max(done, default=0) <= 16_384


def test_small_work_is_one_range_and_large_work_as_many_for_each_process() -> None:
    assert len(sums(Workers(2), 256)) == 1
    assert len(sums(Workers(2), 10_000)) == 2
    assert len(sums(Workers(2), 40_000)) == 4


def test_ranges_are_as_small_as_is_asked_for() -> None:
    done: list[int] = []

    assert sum(sums(Workers(1, done.append, largest=1024), 5000)) == sum(range(5000))

    assert done == [1000] * 5


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_fails_in_a_range_is_raised_with_its_name_and_place(
    jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verifier.workers.SMALLEST_RANGE", 2)
    with Workers(jobs) as workers:
        assert list(workers.over(6, lambda rows: rows, fail_at_7))

        failed = failure(lambda: list(workers.over(20, lambda rows: rows, fail_at_7)))

    assert (failed.check, failed.where, failed.why) == ("a.check", "row 7", "It is seven.")
    assert str(failed) == "a.check: row 7: It is seven."


def test_results_come_in_order_though_more_ranges_wait_than_there_are_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("verifier.workers.LARGEST_RANGE", 5)
    monkeypatch.setattr("verifier.workers.SMALLEST_RANGE", 5)

    with Workers(2) as workers:
        assert sums(workers, 100) == [sum(range(i, i + 5)) for i in range(0, 100, 5)]


def test_a_process_that_dies_is_not_passed_over() -> None:
    with Workers(2) as workers, pytest.raises(Exception, match="terminated abruptly"):
        list(workers.over(1000, lambda rows: rows, die))
