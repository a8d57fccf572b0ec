"""Row 22: a web process killed in the middle of a cast. Prevents half-states.

Killed (SIGKILL) before the statement, between the statement and its commit, and between the
commit and the answer. The elector's page sends the same bytes again.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from django.db import connection, connections

from ballot.models import RegisterMark, SealedBallot, SealedVote, TurnoutCount
from ballot.services import cast_ballot
from tests.ballot.factories import cast_wire, election, entries, sealed

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = ("before", "uncommitted", "unanswered")


def killed(act: Callable[[], object]) -> None:
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            act()
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("point", POINTS)
def test_a_cast_is_whole_or_not_there_and_the_same_bytes_settle_which(
    point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(at="polling", electors=2)
    wire = sealed(run, entries(run)[0], (0,))

    def die(*given: object, **named: object) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""

    def act() -> None:
        if point == "before":
            # Checked and found good, and not yet written.
            monkeypatch.setattr(cast_ballot, "tracker_hash", die)
        if point == "uncommitted":
            connection.set_autocommit(False)
        cast_wire(run, wire)

    killed(act)
    there = 1 if point == "unanswered" else 0
    assert SealedBallot.objects.count() == SealedVote.objects.count() == there
    assert RegisterMark.objects.count() == there
    assert sum(TurnoutCount.objects.values_list("ballots", flat=True)) == there
    receipt = cast_wire(run, wire)

    assert receipt.is_repeat is bool(there)
    assert SealedBallot.objects.count() == RegisterMark.objects.count() == 1
    assert bytes(SealedBallot.objects.get().tracker) == receipt.tracker
