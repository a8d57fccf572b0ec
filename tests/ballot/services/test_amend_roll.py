"""Amendments of the frozen roll: who is added or corrected, until when, and on what grounds."""

from __future__ import annotations

from typing import Any

import pytest

from ballot.acts import amend_parameters
from ballot.models import Credential
from ballot.services.amend_roll import (
    PURPOSE_CORRECTED,
    amend_roll,
    amend_roll_in_bulk,
    request_bulk,
)
from ballot.services.codes import PURPOSE_ADDED, PURPOSE_AGAIN
from ballot.services.register_account import account
from ballot.services.reissue_code import MOST_CODES, confirm_reissue, reissue_code
from ballot.services.sealed_keys import opened
from ballot.services.set_aside_ballots import set_aside_ballots
from ballot.services.verify_register import verify_register
from ballot.turnout import turnout_by_section
from members.models import Amendment, Member, RollEntry
from members.selectors import electors_now
from members.services import add_section
from office.models import Letter
from tests.ballot.amending import amend, close, drafted, entry_of, left_out, restore, strike
from tests.ballot.factories import (
    REASON,
    bring,
    cast,
    cast_all,
    cast_wire,
    code_of_refusal,
    content,
    election,
    entries,
    key_of_elector,
    now,
    recorded,
    sealed,
)

pytestmark = pytest.mark.django_db


# --- added -----------------------------------------------------------------------------------


def test_somebody_added_after_the_opening_gets_a_code_votes_and_is_counted() -> None:
    run = election(at="polling", electors=3, rankings=((0,),) * 3)
    member = left_out()

    amend(run, member, "add", "left-out")

    entry = entry_of(member)
    told = content(run, "amendment")
    assert (told["number"], told["kind"], told["reason"]) == (1, "add", "left-out")
    assert told["changes"] == [{"change": "added", "people": 1, "section": "member"}]
    assert told["electors"] == {"member": 4}
    assert told["previous"] == content(run, "roll")["commitment"] == told["roll"]
    assert [one["credentials"] for one in opened(told["keys"])["issued"]] == [1]
    assert recorded("amend_roll", subject=("election", str(run.election_id))) == [run.officers]
    assert [(one.issued, one.ballots) for one in turnout_by_section(run.election)] == [(4, 0)]

    cast_wire(run, sealed(run, entry, (0,), key=key_of_elector(run, entry, purpose=PURPOSE_ADDED)))
    cast_all(run)
    close(run)
    bring(run, to="declared")

    (section,) = content(run, "declaration")["sections"]
    assert section == {
        "ballots": 4, "code": "member", "counted": 4, "issued": 4, "marks": 4, "set_aside": 0,
    }  # fmt: skip
    (told,) = content(run, "reconciliation")["sections"]
    assert (told["frozen"], told["added"], told["struck"], told["electors"], told["issued"]) == (
        3, 1, 0, 4, 4
    )


def test_somebody_added_before_the_codes_are_made_gets_one_with_the_others() -> None:
    run = election(at="frozen", electors=2)
    member = left_out()

    amend(run, member, "add", "left-out")
    assert content(run, "amendment")["keys"] == {"issued": [], "revoked": None}
    bring(run, to="polling")

    assert content(run, "credentials")["sections"][0]["credentials"] == 3
    cast(run, entry_of(member), (0,))
    assert len(content(run, "opening")["amendments"]) == 1


def test_somebody_added_between_the_codes_and_the_opening_is_written_to_with_the_others() -> None:
    run = election(at="coded", electors=2)
    member = left_out()

    amend(run, member, "add", "left-out")

    entry = entry_of(member)
    assert Letter.objects.get(recipient=str(entry.public_id)).purpose == "voting-code"
    bring(run, to="polling")
    cast(run, entry, (0,))
    close(run)
    verify_register(run.election_id, **run.by)


def test_one_person_is_never_given_two_papers() -> None:
    run = election(at="polling", electors=2)
    here = entries(run)[0].member_id
    twin = left_out()
    assert code_of_refusal(lambda: amend(run, here, "add", "left-out")) == (
        "amendment.does-not-apply"
    )
    Member.objects.filter(pk=twin).update(merged_into=here)

    assert code_of_refusal(lambda: amend(run, twin, "add", "left-out")) == (
        "amendment.does-not-apply"
    )
    strike(run, 0)
    assert code_of_refusal(lambda: amend(run, twin, "add", "left-out")) == (
        "amendment.does-not-apply"
    )
    Member.objects.filter(pk=twin).update(merged_into=None)
    amend(run, twin, "add", "left-out")

    assert electors_now(run.election.roll_id or 0) == 2


def test_nobody_amends_or_sets_aside_without_a_second_officer() -> None:
    run = election(at="polling", electors=2)
    member = entries(run)[0].member_id
    bulk = drafted(run, "1000")
    for second in (None, run.officers[0]):
        by: Any = {**run.by, "seconded_by": second}
        acts: list[Any] = [
            lambda by=by: amend_roll(run.election_id, member=member, kind="remove",
                                     reason="died", grounds=REASON, **by),
            lambda by=by: amend_roll_in_bulk(run.election_id, bulk=bulk.pk,
                                             digest=bytes(bulk.digest).hex(), **by),
            lambda by=by: request_bulk(run.election_id, bulk=bulk.pk, digest="", **by),
            lambda by=by: set_aside_ballots(run.election_id, digest="", **by),
        ]
        assert [code_of_refusal(act) for act in acts] == ["approval.two-officers"] * 4

    assert not Amendment.objects.exists()


@pytest.mark.parametrize("kind", ["add", "remove"])
def test_an_amendment_needs_grounds_and_a_reason_that_belongs_to_it(kind: str) -> None:
    run = election(at="polling", electors=2)
    member = entries(run)[0].member_id

    assert code_of_refusal(lambda: amend(run, member, kind, "contact")) == "amendment.reason"
    assert code_of_refusal(
        lambda: amend_roll(run.election_id, member=member, kind="remove", reason="died",
                           grounds="short", **run.by_two)
    ) == "reason.length"
    assert code_of_refusal(lambda: amend(run, 10**9, kind, "court-order")) == (
        "amendment.does-not-apply"
    )


def test_a_section_nobody_of_which_was_there_at_the_freeze_adds_up_on_the_board() -> None:
    run = election(at="nominated", electors=3)
    add_section("youth", name="Young members", by=None, now=now())
    bring(run, to="polling")
    cast(run, entries(run)[1], (0,))

    amend(run, left_out(section="youth"), "add", "left-out")
    strike(run, 0, "died")
    restore(run, 0)

    assert content(run, "amendment")["electors"] == {"member": 3, "youth": 1}
    close(run)
    verify_register(run.election_id, **run.by)
    assert sorted(one.electors for one in account(run.election)) == [1, 3]


def test_after_the_close_nobody_new_is_added_and_no_address_corrected() -> None:
    run = election(at="polling", electors=3)
    cast_all(run)
    close(run)
    member = left_out()

    assert code_of_refusal(lambda: amend(run, member, "add", "left-out")) == (
        "amendment.poll-closed"
    )
    here = entries(run)[0].member_id
    assert code_of_refusal(lambda: amend(run, here, "correct", "contact")) == (
        "amendment.poll-closed"
    )
    strike(run, 0)

    verify_register(run.election_id, **run.by)
    assert code_of_refusal(lambda: strike(run, 1)) == "election.wrong-state"


# --- corrected -------------------------------------------------------------------------------


def test_a_corrected_address_gets_a_new_code_by_reissue_until_the_elector_has_cast() -> None:
    run = election(at="polling", electors=2)
    first, second = entries(run)
    cast(run, second, (0,))
    Member.objects.filter(pk__in=[first.member_id, second.member_id]).update(
        email="new@example.org"
    )

    amend(run, first.member_id, "correct", "contact")
    amend(run, second.member_id, "correct", "contact")

    again = Letter.objects.get(purpose=PURPOSE_AGAIN)
    assert again.recipient == str(first.public_id)
    from ballot.letters import render
    from office.purposes import LetterToSend

    letter = LetterToSend(again.pk, PURPOSE_AGAIN, again.dispatch.reference, again.recipient,
                          again.attempt, b"0" * 21)
    assert render([letter])[again.pk].to == "new@example.org"
    assert RollEntry.objects.get(pk=first.pk).email == first.email
    # Both are told at the address that the roll had before.
    for entry, number in ((first, 1), (second, 2)):
        notice = Letter.objects.get(purpose=PURPOSE_CORRECTED, recipient=str(entry.public_id))
        letter = LetterToSend(notice.pk, PURPOSE_CORRECTED, notice.dispatch.reference,
                              notice.recipient, notice.attempt, None)
        told = render([letter])[notice.pk]
        assert (notice.attempt, told.to) == (number, entry.email)
        assert "new@example.org" not in told.text and "If you did not" in told.text


def test_the_correction_of_two_officers_passes_the_limit_of_codes() -> None:
    run = election(at="polling", electors=1)
    (entry,) = entries(run)
    for _ in range(MOST_CODES - 1):
        reissue_code(run.election_id, recipient=entry.public_id, by=None, now=now())
    assert code_of_refusal(
        lambda: reissue_code(run.election_id, recipient=entry.public_id, by=None, now=now())
    ) == "reissue.too-many"
    Member.objects.filter(pk=entry.member_id).update(email="new@example.org")

    amend(run, entry.member_id, "correct", "contact")

    fresh = key_of_elector(run, entry, purpose=PURPOSE_AGAIN)
    confirm_reissue(run.election_id, credential=fresh.credential, now=now())
    cast_wire(run, sealed(run, entry, (0,), key=fresh))
    assert Credential.objects.count() == MOST_CODES + 1


def test_a_record_that_changed_after_it_was_read_is_not_copied_onto_the_roll() -> None:
    run = election(at="polling", electors=2)
    first, second = entries(run)
    Member.objects.filter(pk=first.member_id).update(email="asked@example.org")
    given = amend_parameters(
        run.election, first.member_id, kind="correct", reason="contact", grounds=REASON
    )
    Member.objects.filter(pk=first.member_id).update(email="thief@example.org")

    assert code_of_refusal(
        lambda: amend_roll(run.election_id, member=first.member_id, **given, **run.by_two)
    ) == "amendment.changed-meanwhile"

    assert not Amendment.objects.exists()
    Member.objects.filter(pk=first.member_id).update(email="asked@example.org")
    amend_roll(run.election_id, member=first.member_id, **given, **run.by_two)
    assert Amendment.objects.count() == 1
    assert second.email == entries(run)[1].email
