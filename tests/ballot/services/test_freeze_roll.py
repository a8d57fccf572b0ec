"""Freezing the roll, and giving a freeze up before the opening."""

from __future__ import annotations

import pytest

from ballot.models import Credential
from ballot.services.freeze_roll import (
    freeze_roll,
    request_freeze,
    request_withdrawal,
    withdraw_freeze,
)
from members.models import RollEntry
from members.selectors import recompute_commitment
from office.kinds import Work, job_kind
from office.models import Job, Letter
from office.progress import silent
from tests.ballot.factories import (
    REASON,
    bring,
    code_of,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    recorded,
)

pytestmark = pytest.mark.django_db


def test_the_board_has_the_rolls_commitment_and_totals_and_nobodys_name() -> None:
    run = election(at="nominated", electors=5, sections=("member", "affiliated"))

    freeze_roll(run.election_id, **run.by_two)

    told = content(run, "roll")
    roll = run.election.roll
    assert roll is not None and roll.electors == 5
    assert told["commitment"] == recompute_commitment(roll.pk).hex()
    assert sum(total["people"] for total in told["totals"]) == 5
    assert "Fallowes" not in str(told) and "example.org" not in str(told)
    assert recorded("freeze_roll", subject=("election", str(run.election_id))) == [run.officers]


def test_two_officers_order_the_freeze_and_a_worker_is_asked_to_carry_it_out() -> None:
    run = election(at="nominated")

    request_freeze(run.election_id, **run.by_two)

    job = Job.objects.get(kind="freeze_roll")
    assert run.state == "nominated"
    assert (job.subject_kind, job.subject_id) == ("election", str(run.election_id))
    assert job.parameters == {"by": run.officers[0], "seconded_by": run.officers[1]}


def test_with_every_contest_unopposed_there_is_nothing_to_freeze_for() -> None:
    run = election(at="nominated", candidates=("Ash Amin",))
    other = election(at="nominated", title="Deputy")

    assert code_of_refusal(
        lambda: freeze_roll(run.election_id, **run.by_two)
    ) == "election.not-ready"
    freeze_roll(other.election_id, **other.by_two)

    assert (run.state, other.state) == ("nominated", "frozen")


def test_a_freeze_given_up_kills_its_codes_unsent_and_the_next_is_another_version() -> None:
    run = election(at="coded")
    first = run.election.roll
    old_codes = {code_of(entry) for entry in entries(run)}
    assert first is not None

    withdraw_freeze(run.election_id, reason=REASON, **run.by_two)
    assert run.election.roll is None
    assert set(Letter.objects.values_list("state", "enclosure")) == {("cancelled", None)}
    assert set(Credential.objects.values_list("force", flat=True)) == {"revoked"}
    bring(run, to="frozen")
    # The key stands; only the codes are made anew, for the new roll's entries.
    bring(run, to="coded")
    bring(run, to="polling")

    second = run.election.roll
    assert second is not None and (first.version, second.version) == (1, 2)
    assert RollEntry.objects.filter(roll=second).count() == 7
    assert old_codes.isdisjoint(code_of(entry) for entry in entries(run))
    steps = {"ceremony", "ceremony-message", "share-held"}
    assert [kind for kind in kinds(run) if kind not in steps] == [
        "notice", "candidates", "roll", "key", "credentials", "roll-withdrawn", "roll",
        "credentials", "opening",
    ]  # fmt: skip


def test_two_officers_order_the_withdrawal_and_a_worker_is_asked_to_carry_it_out() -> None:
    run = election(at="coded")

    short = code_of_refusal(
        lambda: request_withdrawal(run.election_id, reason="Why", **run.by_two)
    )
    request_withdrawal(run.election_id, reason=REASON, **run.by_two)

    job = Job.objects.get(kind="withdraw_freeze")
    assert short == "reason.length"
    assert run.state == "frozen" and not Letter.objects.filter(state="cancelled").exists()
    assert job.parameters == {
        "by": run.officers[0], "seconded_by": run.officers[1], "reason": REASON
    }
    job_kind("withdraw_freeze").function(
        Work(job.pk, job.kind, job.subject_kind, job.subject_id, job.parameters, None, silent)
    )
    assert run.state == "nominated"
    assert content(run, "roll-withdrawn")["reason"] == REASON


def test_a_code_of_a_roll_that_was_given_up_casts_nothing() -> None:
    from tests.ballot.factories import cast, cast_wire, key_of_elector, sealed

    run = election(at="coded")
    dead = key_of_elector(run, entries(run)[0])
    withdraw_freeze(run.election_id, reason=REASON, **run.by_two)
    bring(run, to="polling")
    entry = entries(run)[0]

    wire = sealed(run, entry, (0,), key=dead)
    assert code_of_refusal(lambda: cast_wire(run, wire)) == "ballot.code-not-in-force"

    assert not cast(run, entry, (0,)).is_repeat
