"""Sharing work among processes."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import numpy as np
import pytest

from ballot.sealing import workers
from ballot.sealing.workers import Stages, WorkerLost, shared, spread


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_every_row_is_done_once_and_progress_ends_with_all(processes):
    done = shared((100,))
    told = []

    def work(start, stop):
        done[start:stop] += 1

    spread(work, 100, block=7, processes=processes, progress=lambda *at: told.append(at))
    assert done.tolist() == [1] * 100
    assert sorted(told)[-1] == (100, 100)
    assert len(told) == 15


def test_without_forks_one_process_does_it_all(monkeypatch):
    monkeypatch.delattr(os, "fork")
    mine = []
    spread(lambda start, stop: mine.append((start, stop)), 5, block=2, processes=4)
    assert mine == [(0, 2), (2, 4), (4, 5)]


@pytest.mark.parametrize("processes", [2, 3])
def test_a_worker_that_is_killed_or_fails_is_noticed(processes, capfd):
    here = os.getpid()

    def killed(start, stop):
        if start == 3 and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)

    def fails(start, stop):
        if start == 3:
            raise RuntimeError("a fault in the work")

    spread(lambda start, stop: None, 20, block=1, processes=processes)
    for work in (killed, fails):
        with pytest.raises(WorkerLost):
            spread(work, 20, block=1, processes=processes)
    assert "a fault in the work" in capfd.readouterr().err


def test_a_progress_that_raises_stops_the_workers(monkeypatch):
    forked, fork = [], os.fork

    def noted_fork():
        forked.append(fork())
        return forked[-1]

    def stop(done, count):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fork", noted_fork)
    with pytest.raises(KeyboardInterrupt):
        spread(lambda start, stop: None, 20, block=1, processes=2, progress=stop)
    assert len(forked) == 2
    for child in forked:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def test_a_child_serves_tickets_and_leaves_without_cleaning_up(monkeypatch):
    tickets_out, tickets_in = os.pipe()
    report_out, report_in = os.pipe()
    ticket = workers._TICKET.pack(1)
    os.write(tickets_in, ticket)
    os.close(tickets_in)
    left, done = [], []
    monkeypatch.setattr(os, "_exit", left.append)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    try:
        workers._work_in_child(
            lambda *at: done.append(at), [(0, 1), (1, 2)], tickets_out, report_in
        )
        assert (done, left) == ([(1, 2)], [0])
        assert os.read(report_out, 4) == ticket
    finally:
        for end in (tickets_out, report_out, report_in):
            os.close(end)


def test_a_child_that_fails_says_so_and_leaves_with_a_status(monkeypatch, capfd):
    tickets_out, tickets_in = os.pipe()
    os.write(tickets_in, workers._TICKET.pack(0))
    os.close(tickets_in)
    left = []
    monkeypatch.setattr(os, "_exit", left.append)
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def fails(start, stop):
        raise MemoryError("no room")

    try:
        workers._work_in_child(fails, [(0, 1)], tickets_out, tickets_out)
    finally:
        os.close(tickets_out)
    assert left == [1]
    assert "no room" in capfd.readouterr().err


def test_the_forked_side_serves_tickets_and_nothing_else(monkeypatch):
    class Served(Exception):
        pass

    def serve(work, blocks, tickets_out, report_in):
        served.append(blocks)
        os.close(report_in)
        raise Served

    def close(end):
        closed.append(end)
        with suppress(OSError):  # The parent's clean-up, which a child never comes to.
            really_close(end)

    served, closed, really_close = [], [], os.close
    monkeypatch.setattr(os, "fork", lambda: 0)
    monkeypatch.setattr(os, "close", close)
    monkeypatch.setattr(workers, "_work_in_child", serve)
    with pytest.raises(Served):
        spread(lambda start, stop: None, 3, block=1, processes=2)
    assert served == [[(0, 1), (1, 2), (2, 3)]]
    assert closed[0] not in (0, 1, 2)


def test_shared_arrays_are_zeroed_and_may_be_empty():
    assert shared((0, 64)).shape == (0, 64)
    assert shared((3,), np.int32).tolist() == [0, 0, 0]


def test_stages_share_one_progress():
    told = []
    stages = Stages(lambda *at: told.append(at), 10, 1, 4)
    stages.following()(1, 2)
    stages.following()(1, 4)
    stages.finish()
    assert told == [(1, 10), (4, 10), (10, 10)]
    silent = Stages(None, 10, 1)
    assert silent.following() is None
    silent.finish()
