"""Envelopes at the same moment as one another, and as the close, each on a connection of its own.

Of an envelope and a ballot at once see tests/security/test_row_03_post_and_online.py.
"""

from __future__ import annotations

import pytest

from ballot.models import EnvelopeReceipt, RegisterMark
from ballot.services.close_poll import close_poll_early
from ballot.services.receive_envelope import receive_envelope
from tests.ballot.factories import (
    REASON,
    Run,
    at_once,
    election,
    kinds,
)
from tests.ballot.posting_papers import Table

pytestmark = pytest.mark.django_db(transaction=True)

def _outcome(run: Run, barcode: str) -> str:
    return receive_envelope(run.election_id, barcode=barcode, **run.by).outcome.value


def test_the_same_envelope_scanned_at_two_desks_at_once_is_received_once():
    run = election(at="polling", electors=3)
    (envelope,) = Table(run).issue(0)

    outcomes = at_once([lambda: _outcome(run, envelope.barcode)] * 4)

    assert outcomes == ["received"] * 4
    assert RegisterMark.objects.count() == EnvelopeReceipt.objects.count() == 1


def test_an_envelope_at_the_moment_of_the_close_is_on_the_board_or_is_late():
    run = election(at="polling", electors=3)
    (envelope,) = Table(run).issue(0)

    outcome, closed = at_once([
        lambda: _outcome(run, envelope.barcode),
        lambda: str(close_poll_early(run.election_id, reason=REASON, **run.by_two)),
    ])  # fmt: skip

    assert closed == "None" and outcome in {"received", "late"}
    assert kinds(run).count("envelope") == RegisterMark.objects.count() == (outcome == "received")
