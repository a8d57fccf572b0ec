"""What an officer may not change of a candidate under the papers that others handed in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ballot.models import Candidate, Election
from ballot.nominations import papers_of
from ballot.services.consent import consent
from ballot.services.nominating_bodies import add_body, remove_body
from ballot.services.nomination_seats import ask_consent
from ballot.services.publish_candidates import publish_candidates
from ballot.services.set_up_candidate import add_candidate, edit_candidate
from ballot.services.withdraw_candidate import withdraw_candidate
from office.models import AuditRecord
from tests.ballot.factories import Run, code_of_refusal, now
from tests.ballot.services.nominating import (
    body,
    give,
    nominating,
    person,
    rule,
    take_bodies,
)

pytestmark = pytest.mark.django_db


def mend(run: Run, name: str, *, becomes: str = "", statement: str = "") -> None:
    edit_candidate(person(name).pk, name=becomes or name, statement=statement, **run.by)


def hand_in(name: str, statement: str) -> None:
    seat = bytes(person(name).seat or b"")
    consent(person(name).pk, seat=seat, statement=statement, agent_name="", agent_address="",
            now=now())


def consents(run: Run, name: str) -> None:
    ask_consent(person(name).pk, address="one@example.org", **run.by)
    hand_in(name, "I listen.")


def test_nobody_is_renamed_under_nominations_a_ruling_or_a_consent() -> None:
    run = nominating()
    give(run, "Barking", "Ash Amin")
    rule(run, "Birch Bell")
    mend(run, "Cedar Cox", becomes="Cedar Coxe")
    consents(run, "Cedar Coxe")

    for name in ("Ash Amin", "Birch Bell", "Cedar Coxe"):
        code = code_of_refusal(
            lambda one=name: mend(run, one, becomes="Bea", statement="I listen.")
        )
        assert code == "candidate.name-stands"
    mend(run, "Ash Amin", statement="Ash listens.")

    assert person("Ash Amin").statement == "Ash listens."
    renamed = AuditRecord.objects.filter(parameters__has_key="name_was").order_by("-pk")[0]
    assert renamed.parameters == {"name_was": "Cedar Cox", "name_is": "Cedar Coxe"}


def test_a_statement_consented_to_is_rewritten_by_the_candidate_alone() -> None:
    run = nominating()
    consents(run, "Ash Amin")

    code = code_of_refusal(lambda: mend(run, "Ash Amin", statement="I do not listen."))
    mend(run, "Ash Amin", statement="I listen.")
    hand_in("Ash Amin", "I do listen.")

    assert code == "candidate.consented"
    assert person("Ash Amin").statement == "I do listen."


def test_who_stands_again_after_withdrawing_is_asked_and_ruled_on_anew() -> None:
    run = nominating(gates="1 of CLP", candidates=("Ash Amin",))
    give(run, "Barking", "Ash Amin")
    consents(run, "Ash Amin")
    rule(run, "Ash Amin")
    withdraw_candidate(person("Ash Amin").pk, **run.by)

    add_candidate(run.contest.pk, name="Ash Amin", **run.by)

    ash = person("Ash Amin")
    assert (ash.consented_at, ash.seat, ash.withdrawn_at) == (None, None, None)
    assert code_of_refusal(lambda: rule(run, "Ash Amin")) == "ruling.no-consent"
    consents(run, "Ash Amin")
    assert papers_of(run.contest)[0].ruling is None
    early = code_of_refusal(lambda: publish_candidates(run.election_id, **run.by))
    rule(run, "Ash Amin")
    publish_candidates(run.election_id, **run.by)
    assert early == "election.not-ready"


def test_after_the_hour_neither_candidates_nor_bodies_change() -> None:
    run = nominating()
    barking = body("Barking").pk
    acts = [
        lambda: add_candidate(run.contest.pk, name="Dot Dyer", **run.by),
        lambda: mend(run, "Ash Amin", statement="Late."),
        lambda: add_body(run.election_id, kind="CLP", name="Dover", **run.by),
        lambda: take_bodies(run),
        lambda: remove_body(barking, **run.by),
    ]
    hours = Election.objects.filter(pk=run.election_id)
    hours.update(nominations_close_at=now() - timedelta(hours=1))

    assert [code_of_refusal(act) for act in acts] == ["nomination.ended"] * 5
    hours.update(nominations_close_at=None)
    for act in acts:
        act()

    assert Candidate.objects.filter(name="Dot Dyer").exists()
