"""Envelopes: to whom they are issued, and which of those that come is received."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from ballot.models import Election, Envelope, EnvelopeReceipt, RefusedCast, RegisterMark
from ballot.postal import papers_of
from ballot.services.issue_envelopes import electors_numbered, issue_envelopes
from ballot.services.receive_envelope import receive_envelope
from ballot.services.reissue_code import reissue_code
from members.models import Member
from office.models import Letter
from tests.ballot.factories import (
    bring,
    cast,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    now,
    recorded,
)
from tests.ballot.posting_papers import Table, close, polling

pytestmark = pytest.mark.django_db


def test_an_envelope_that_comes_is_a_mark_and_an_entry_and_no_ballot_is_taken_after_it():
    run, table = polling()
    first, second = entries(run)[:2]
    (envelope,) = table.issue(0)

    assert table.receive(envelope) == "received"

    assert code_of_refusal(lambda: cast(run, first, (0,))) == "ballot.by-post"
    assert not cast(run, second, (0,)).is_repeat
    marks = dict(RegisterMark.objects.values_list("roll_entry", "channel"))
    assert marks == {first.pk: "post", second.pk: "online"}
    assert RefusedCast.objects.count() == 1
    close(run)
    assert kinds(run).count("envelope") == kinds(run).count("ballot") == 1
    assert set(content(run, "envelope")) == {"credential", "envelope"}


def test_an_envelope_after_a_ballot_is_refused_and_recorded_and_the_ballot_stands():
    run, table = polling()
    envelope, good = table.issue(0, 1)
    cast(run, entries(run)[0], (0,))

    assert table.receive(envelope) == "refused"
    assert table.receive(good) == "received"

    assert RegisterMark.objects.get(roll_entry=entries(run)[0].pk).channel == "online"
    assert len(recorded("receive_envelope", subject=("election", str(run.election_id)))) == 2
    close(run)
    assert kinds(run).count("envelope") == 1


def test_of_two_envelopes_of_one_elector_one_is_received_and_a_scan_repeated_changes_nothing():
    _, table = polling()
    (lost,), (found,) = table.issue(0), table.issue(0)

    assert [table.receive(found), table.receive(found)] == ["received", "received"]
    assert table.receive(lost) == "refused"

    assert RegisterMark.objects.count() == 1
    assert EnvelopeReceipt.objects.count() == 2


def test_an_envelope_after_the_close_is_late_and_stays_unopened():
    run, table = polling()
    envelope, good = table.issue(0, 1)
    table.receive(good)
    close(run)

    assert table.receive(envelope) == "late"

    table.open()
    assert len(papers_of(run.election)) == 1


def test_a_barcode_that_is_none_or_of_nobody_is_refused():
    run, table = polling()
    (envelope,) = table.issue(0)
    other = envelope.barcode[:-1] + ("0" if envelope.barcode[-1] != "0" else "1")

    def scan(barcode: str) -> Callable[[], Any]:
        return lambda: receive_envelope(run.election_id, barcode=barcode, **run.by)

    assert code_of_refusal(scan(other)) == "envelope.barcode"
    assert code_of_refusal(scan("0" * 21)) == "envelope.unknown"
    assert scan(f"{envelope.barcode.lower()}\n")().outcome == "received"


def test_nobody_is_issued_an_envelope_who_has_voted_or_is_not_on_the_roll():
    run, _ = polling()
    first, second = entries(run)[:2]
    cast(run, first, (0,))

    def found(*numbers: str) -> Callable[[], Any]:
        return lambda: electors_numbered(run.election, numbers)

    def issue(*electors: Any) -> Callable[[], Any]:
        names = [str(one) for one in electors]
        return lambda: issue_envelopes(run.election_id, electors=names, **run.by_two)

    Election.objects.filter(pk=run.election_id).update(postal_papers=False)
    assert code_of_refusal(found(second.number)) == "envelope.not-offered"
    assert code_of_refusal(issue(second.public_id)) == "envelope.not-offered"
    Election.objects.filter(pk=run.election_id).update(postal_papers=True)
    assert code_of_refusal(found(second.number, first.number)) == "envelope.not-entitled"
    assert code_of_refusal(found(second.number, second.number)) == "envelope.not-entitled"
    assert code_of_refusal(found(second.number, "nobody")) == "envelope.not-entitled"
    assert code_of_refusal(found()) == code_of_refusal(issue()) == "envelope.numbers"
    for more in (first.public_id, second.public_id, uuid4()):
        assert code_of_refusal(issue(second.public_id, more)) == "envelope.entitled-no-more"
    assert found(second.number)() == [str(second.public_id)]
    assert len(issue(second.public_id)()) == 1
    assert content(run, "envelopes")["sections"][0]["envelopes"] == 1


def test_one_officer_issues_no_envelope():
    run, _ = polling()
    given: dict[str, Any] = {"electors": [str(entries(run)[0].public_id)], **run.by_two}

    def issue(**officers: Any) -> Callable[[], Any]:
        return lambda: issue_envelopes(run.election_id, **(given | officers))

    assert code_of_refusal(issue(seconded_by=None)) == "approval.two-officers"
    assert code_of_refusal(issue(seconded_by=run.officers[0])) == "approval.two-officers"
    assert not Envelope.objects.exists()
    assert len(issue()()) == 1


def test_each_elector_with_an_address_is_told_of_an_envelope_in_their_name_and_of_another():
    run = election(at="nominated")
    Member.objects.filter(number="1002").update(email="")
    table = Table(bring(run, to="polling"))
    first, second, third = entries(run)[:3]
    assert (third.number, third.email) == ("1002", "")
    table.issue(0, 1, 2)
    table.issue(1)

    told = Letter.objects.filter(purpose="envelope-issued").values_list("recipient", "attempt")

    assert sorted(told) == sorted(
        [(str(first.public_id), 1), (str(second.public_id), 1), (str(second.public_id), 2)]
    )


def test_who_voted_by_post_is_sent_no_new_code():
    run, table = polling()
    first, second = entries(run)[:2]
    (envelope,) = table.issue(0)
    table.receive(envelope)

    def again(entry: Any) -> Any:
        return reissue_code(run.election_id, recipient=entry.public_id, by=None, now=now())

    assert code_of_refusal(lambda: again(first)) == "reissue.has-voted"
    again(second)


def test_no_envelope_is_issued_before_two_tellers_are_named():
    run = election(at="polling")

    def issue() -> Any:
        electors = [str(entries(run)[0].public_id)]
        return issue_envelopes(run.election_id, electors=electors, **run.by_two)

    assert code_of_refusal(issue) == "teller.too-few"
    Table(run)
    assert len(issue()) == 1
