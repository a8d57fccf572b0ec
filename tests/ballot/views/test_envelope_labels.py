"""The labels of postal envelopes: an act of its own, by role and state, fresh and written down."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ballot.lifecycle import State
from members.models import LookUp
from office.models import AuditRecord, StaffMember
from tests.ballot.factories import Run, election
from tests.ballot.posting_papers import Table, close
from tests.ballot.views.visitors import Visitor, at_every_state, visitors
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

ACT = "take_envelope_labels"


def labels(run: Run, first: int, count: int) -> str:
    return reverse("desk_envelope_labels", args=[run.election.slug, first, count])


def officer(run: Run, *, fresh: bool = True) -> Client:
    return sign_in(Client(), StaffMember.objects.get(pk=run.officers[0]), fresh=fresh)


def taken() -> int:
    return AuditRecord.objects.filter(act=ACT).count()


def answer_due(visitor: Visitor, state: State) -> tuple[int, int]:
    """The status by the permission table and the state, and how many records there are of it."""
    if not visitor.may(ACT):
        return (302 if visitor.person is None else 404), 0
    return (200, 1) if state in {State.POLLING, State.SUSPENDED} else (409, 0)


def test_labels_are_given_to_the_roles_of_the_table_while_there_is_a_poll_and_to_nobody_else() -> (
    None
):
    run = election(at="polling")
    path = labels(run, Table(run).issue(0, 1)[0].pk, 2)
    everybody, differing = visitors(), {}

    for state in at_every_state(run):
        for visitor in everybody:
            before = taken()
            answered = visitor.client.post(path).status_code, taken() - before
            if answered != answer_due(visitor, state):
                differing[state.value, visitor.name] = answered

    assert differing == {}


def test_they_take_a_form_and_a_fresh_proof_and_the_trail_says_who_took_how_many() -> None:
    run = election(at="polling")
    envelopes = Table(run).issue(0, 1, 2)
    path = labels(run, envelopes[0].pk, 2)

    looked = officer(run).get(path)
    stale = officer(run, fresh=False).post(path)
    assert looked.status_code == 405
    assert stale.status_code == 302 and "reauthenticate" in stale["Location"]
    assert taken() == 0 and not LookUp.objects.exists()
    shown = officer(run).post(path)

    assert "no-store" in shown.headers["Cache-Control"]
    assert [one.barcode in shown.text for one in envelopes] == [True, True, False]
    row = AuditRecord.objects.get(act=ACT)
    assert (row.by_id, row.subject_kind, row.subject_id) == (
        run.officers[0], "election", str(run.election_id)
    )
    assert row.parameters == {"first": envelopes[0].pk, "count": 2}
    assert LookUp.objects.get().hits == 2


def test_what_was_not_issued_has_no_label_and_after_the_close_the_page_offers_none() -> None:
    run = election(at="polling")
    first = Table(run).issue(0)[0].pk
    desk, page = officer(run), reverse("desk_post", args=[run.election.slug])

    assert labels(run, first, 1) in desk.get(page).text
    assert desk.post(labels(run, first + 1, 1)).status_code == 404
    close(run)

    assert labels(run, first, 1) not in desk.get(page).text
    assert desk.post(labels(run, first, 1)).status_code == 409
    assert taken() == 0
