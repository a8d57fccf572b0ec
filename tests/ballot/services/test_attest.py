"""Agents and scrutineers sign, object and report: who, about what, when, and upon which board."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ballot.attestations import LONGEST, open_now
from ballot.models import Attestation, Election
from ballot.services.attest import attest
from ballot.services.declare import declare
from ballot.services.moves import lock_election
from ballot.services.void_election import void_election
from office.models import AuditRecord, StaffMember
from office.permissions import Role
from tests.ballot.destroying import archived, destroyed
from tests.ballot.factories import (
    POINTS,
    RANKINGS,
    REASON,
    Run,
    bring,
    code_of_refusal,
    election,
    now,
    question,
    recorded,
)
from tests.ballot.posting_papers import Table
from tests.office.factories import staff

pytestmark = pytest.mark.django_db

REPORT = {"about": "election", "says": "reports", "words": REASON}


def attested(run: Run, person: StaffMember, **given: Any) -> None:
    said = {"about": "count", "says": "signed", "words": "", "by": person.pk, "now": now()}
    attest(run.election_id, **{**said, **given})


def refused(run: Run, person: StaffMember, **given: Any) -> str:
    return code_of_refusal(lambda: attested(run, person, **given))


def agent(**named: str) -> StaffMember:
    return staff(Role.CANDIDATES_AGENT, **named)


def scrutineer() -> StaffMember:
    return staff(Role.SCRUTINEER)


def test_each_part_can_be_signed_at_its_time_and_at_no_other() -> None:
    run = election(rankings=RANKINGS[:6])
    found = {}

    for point in POINTS:
        bring(run, to=point)
        if point == "polling":
            table = Table(run)
            envelope = table.issue(6)[0]
            assert open_now(run.election) == []
            table.receive(envelope)
        if point == "closed":
            table.open()
            table.both_read(1, (0,))
            table.account()
        found[point] = [part.value for part in open_now(run.election)]

    assert found == {
        "draft": [], "nominating": [],
        "nominated": ["paper"], "frozen": ["paper"], "keyed": ["paper"], "coded": ["paper"],
        "polling": ["post"], "closed": ["post"], "verified": ["post"], "mixed": ["post"],
        "opened": ["post"], "counted": ["post", "count"], "declared": ["election"],
    }


def test_a_signature_is_kept_with_name_role_and_the_board_as_it_stood() -> None:
    run, person = election(at="counted"), agent(name="Dee Hall")

    attested(run, person)
    StaffMember.objects.filter(pk=person.pk).update(name="Another", is_active=False)
    kept = Attestation.objects.get()

    assert (kept.name, kept.role, kept.by_id) == ("Dee Hall", "candidate’s agent", person.pk)
    # All that stood on the board by then, the count among it, and signed by the board.
    assert kept.checkpoint.size == run.election.entries.count()
    assert bytes(kept.checkpoint.root) == bytes(question(run).root)
    assert recorded("attest", subject=("election", str(run.election_id))) == [(person.pk, None)]
    assert AuditRecord.objects.get(act="attest").parameters == {
        "about": "count", "says": "signed", "entries": kept.checkpoint.size,
    }


def test_who_says_another_thing_later_has_said_both_and_an_objection_stops_nothing() -> None:
    run, person = election(at="counted"), agent()

    attested(run, person)
    attested(run, person, says="objects", words=REASON)
    attested(run, person)
    declare(run.election_id, **run.by_two)

    said = Attestation.objects.values_list("says", "words")
    assert list(said) == [("signed", ""), ("objects", REASON), ("signed", "")]
    assert run.state == "declared"


def test_nobody_signs_but_agents_and_scrutineers_nor_reports_but_scrutineers() -> None:
    run = election(at="counted")
    may = {Role.SCRUTINEER, Role.CANDIDATES_AGENT}

    for role in set(Role) - may:
        assert refused(run, staff(role)) == "attestation.not-yours"
    attested(run, agent())
    attested(run, scrutineer())
    bring(run, to="declared")
    for role in set(Role) - {Role.SCRUTINEER}:
        assert refused(run, staff(role), **REPORT) == "attestation.not-yours"
    attested(run, scrutineer(), **REPORT)

    assert Attestation.objects.filter(says="signed").count() == 2
    assert Attestation.objects.filter(says="reports").count() == 1


def test_who_is_scrutineer_and_agent_signs_as_both_and_reports_as_scrutineer() -> None:
    run, person = election(at="counted"), agent()
    person.groups.add(scrutineer().groups.get())

    attested(run, person)
    bring(run, to="declared")
    attested(run, person, **REPORT)

    roles = Attestation.objects.values_list("role", flat=True)
    assert list(roles) == ["candidate’s agent and scrutineer", "scrutineer"]


def test_what_is_not_due_is_refused_and_leaves_nothing() -> None:
    run, person = election(at="opened"), scrutineer()

    early = refused(run, person)
    bring(run, to="counted")
    others = [
        refused(run, person, **given)
        for given in ({"about": "paper"}, {"about": "post"}, REPORT)
    ]

    assert [early, *others] == ["attestation.not-open"] * 4
    assert not Attestation.objects.exists() and not AuditRecord.objects.filter(act="attest")
    attested(run, person)


def test_the_board_is_published_before_casts_are_shut_out_and_the_moment_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, person = election(at="counted"), agent()
    order: list[str] = []
    attested(run, person)

    def published(election_id: int, *, now: datetime) -> None:
        order.append("published")
        declare(election_id, **run.by_two)

    def locked(election_id: int) -> Election:
        order.append("locked")
        return lock_election(election_id)

    monkeypatch.setattr("ballot.services.attest.publish_board", published)
    monkeypatch.setattr("ballot.services.attest.lock_election", locked)

    assert refused(run, person) == "attestation.not-open"
    assert order == ["published", "locked"] and Attestation.objects.count() == 1


def test_an_objection_and_a_report_have_words_that_show_and_are_not_too_many() -> None:
    run, person = election(at="counted"), agent()

    assert refused(run, person, says="objects") == "attestation.words"
    assert refused(run, person, says="objects", words=" \n ") == "attestation.words"
    assert refused(run, person, words="a" * (LONGEST + 1)) == "attestation.words"
    assert refused(run, person, words="Post\u200broom") == "text.hidden-character"
    attested(run, person, says="objects", words="a" * LONGEST)


@pytest.mark.parametrize(
    "given",
    [{"says": "objects"}, {"says": "reports", "words": REASON},
     {"about": "election", "says": "signed"}],
)
def test_the_database_keeps_no_objection_without_words_and_no_report_on_a_part(
    given: dict[str, str],
) -> None:
    run, person = election(at="counted"), agent()
    row: dict[str, Any] = {
        "election": run.election, "about": "count", "says": "signed", "by": person, "name": "Ann",
        "role": "agent", "checkpoint": question(run), "attested_at": now(),
    }

    with pytest.raises(IntegrityError, match="attestation_says"), transaction.atomic():
        Attestation.objects.create(**{**row, **given})
    Attestation.objects.create(**row)


@pytest.mark.tables_owner
def test_the_scrutineer_reports_until_after_the_archive_and_it_outlasts_the_ballots() -> None:
    run, person = archived(), scrutineer()

    attested(run, person, **REPORT)
    destroyed(run)
    attested(run, person, **REPORT)

    assert Attestation.objects.filter(words=REASON).count() == 2


def test_a_void_election_is_reported_on_unless_no_notice_gave_it_a_board() -> None:
    run, draft = election(at="polling"), election(title="Deputy leader")
    for one in (run, draft):
        void_election(one.election_id, reason=REASON, **one.by_two)

    attested(run, scrutineer(), **REPORT)

    assert refused(draft, scrutineer(), **REPORT) == "attestation.not-open"
    assert Attestation.objects.get().election_id == run.election_id
