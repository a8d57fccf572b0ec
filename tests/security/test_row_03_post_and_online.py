"""Row 3: post and online race for one elector. Prevents: exactly one of the two ever stands.

Each elector's ballot and envelope come at one moment, on connections of their own; then each comes
alone after the other, in both orders, and once more.
"""

from __future__ import annotations

import pytest

from ballot.models import EnvelopeReceipt, RefusedCast, RegisterMark, SealedBallot
from ballot.services.receive_envelope import receive_envelope
from office.refusal import Refusal
from tests.ballot.factories import Run, at_once, cast_wire, election, entries, sealed
from tests.ballot.posting_papers import Table

pytestmark = pytest.mark.django_db(transaction=True)

ELECTORS = 12


def scan(run: Run, barcode: str) -> str:
    return receive_envelope(run.election_id, barcode=barcode, **run.by).outcome.value


def cast(run: Run, wire: bytes) -> str:
    try:
        cast_wire(run, wire)
    except Refusal as refusal:
        return refusal.code
    return "cast"


def test_of_a_ballot_and_an_envelope_exactly_one_stands_however_they_race() -> None:
    run = election(at="polling", electors=ELECTORS)
    barcodes = [envelope.barcode for envelope in Table(run).issue(*range(ELECTORS))]
    wires = [sealed(run, entry, (0,)) for entry in entries(run)]

    for place, (wire, barcode) in enumerate(zip(wires, barcodes, strict=True)):
        pair = [lambda wire=wire: cast(run, wire), lambda barcode=barcode: scan(run, barcode)]
        outcomes = set(at_once(pair if place % 2 else pair[::-1]))
        assert outcomes in ({"cast", "refused"}, {"received", "ballot.by-post"})
        again = {scan(run, barcode), cast(run, wire)}
        assert again == outcomes

    received = EnvelopeReceipt.objects.filter(outcome="received").count()
    assert SealedBallot.objects.count() + received == RegisterMark.objects.count() == ELECTORS
    assert EnvelopeReceipt.objects.count() == ELECTORS
    assert RefusedCast.objects.count() == received
