"""Amendments of the frozen roll: codes, casts, the board, and the sums that must agree."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from ballot.acts import amend_parameters
from ballot.canonical import canonical
from ballot.models import Blob, Credential, Election, Entry, SetAside
from ballot.services.amend_roll import (
    BULK_JOB,
    PURPOSE_CORRECTED,
    amend_roll,
    amend_roll_in_bulk,
    request_bulk,
)
from ballot.services.as_published import told as told_of
from ballot.services.close_poll import close_poll_early
from ballot.services.codes import PURPOSE_ADDED, PURPOSE_AGAIN, issue_codes
from ballot.services.register_account import account
from ballot.services.reissue_code import MOST_CODES, confirm_reissue, reissue_code
from ballot.services.sealed_keys import opened
from ballot.services.set_aside_ballots import digest_due, set_aside_ballots
from ballot.services.set_up import edit_election
from ballot.services.verify_register import verify_register
from ballot.struck_ballots import set_aside_due, struck_ballots
from ballot.turnout import turnout_by_section
from members.models import Amendment, Member, RollEntry
from members.selectors import electors_now
from members.selectors.amendments import entry_ids_as_of
from members.services import add_section, draft_bulk
from members.services.draft_bulk import MOST_ROWS
from office.models import Job, Letter
from office.refusal import Refusal
from office.services.approvals import approve_act, propose_act
from office.services.working import work_job
from tests.ballot.factories import (
    REASON,
    Run,
    boxes,
    bring,
    cast,
    cast_all,
    cast_wire,
    code_of_refusal,
    content,
    election,
    entries,
    key_of_elector,
    kinds,
    no_triggers,
    now,
    recorded,
    sealed,
)
from tests.members.factories import imported, person

pytestmark = pytest.mark.django_db

RULES = ("ballot_of_excluded", "ballot_of_dead", "ballot_of_resigned")


def left_out(number: str = "5001", **cells: str) -> int:
    """A member who joined the list after the freeze."""
    imported(
        person(number=number, email=f"e{number}@example.org", unit="",
               **{"section": "member", **cells}),
        scope="part",
    )
    return Member.objects.get(number=number).pk


def amend(run: Run, member: int, kind: str, reason: str) -> None:
    amend_roll(run.election_id, member=member, kind=kind, reason=reason, grounds=REASON,
               **run.by_two)


def strike(run: Run, place: int, reason: str = "excluded") -> None:
    amend(run, entries(run)[place].member_id, "remove", reason)


def restore(run: Run, place: int) -> None:
    amend(run, entries(run)[place].member_id, "add", "reinstated")


def with_rule(run: Run, rule: str) -> Run:
    """The draft with one rule for every case, brought to the polling."""
    edit_election(run.election_id, **run.by, **dict.fromkeys(RULES, rule))
    return bring(run, to="polling")


def entry_of(member: int) -> RollEntry:
    return RollEntry.objects.select_related("section").get(member_id=member)


def close(run: Run) -> None:
    close_poll_early(run.election_id, reason=REASON, **run.by_two)


def set_aside(run: Run) -> None:
    due = set_aside_due(run.election)
    set_aside_ballots(run.election_id, digest=digest_due(due), **run.by_two)


def only(run: Run) -> Any:
    (section,) = account(run.election)
    return section


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


# --- struck off ------------------------------------------------------------------------------


def test_who_is_struck_off_before_casting_cannot_cast_and_the_key_is_dead() -> None:
    run = election(at="polling", electors=3)
    entry = entries(run)[0]
    wire = sealed(run, entry, (0,))

    strike(run, 0)

    assert code_of_refusal(lambda: cast_wire(run, wire)) == "ballot.code-not-in-force"
    assert opened(content(run, "amendment")["keys"])["revoked"]["credentials"] == 1
    assert not Letter.objects.get(recipient=str(entry.public_id)).enclosure
    assert code_of_refusal(
        lambda: reissue_code(run.election_id, recipient=entry.public_id, **run.by)
    ) == "reissue.not-on-roll"
    cast(run, entries(run)[1], (0,))
    close(run)
    verify_register(run.election_id, **run.by)
    (told,) = content(run, "reconciliation")["sections"]
    assert (told["frozen"], told["struck"], told["electors"], told["issued"]) == (3, 1, 2, 2)


def test_until_the_register_is_verified_the_board_does_not_tell_whether_the_struck_had_voted(
    client: Client,
) -> None:
    run = election(at="polling", electors=3)
    cast(run, entries(run)[0], (0,))
    strike(run, 0)
    strike(run, 1)

    voted, not_voted = told_of(run.election, "amendment")
    assert {name for name in voted if voted[name] != not_voted[name]} == {
        "number", "previous", "commitment", "set", "electors", "keys"
    }
    assert voted["keys"].keys() == not_voted["keys"].keys() == {"sealed"}
    keys = opened(not_voted["keys"])["revoked"]["keys"]
    assert opened(voted["keys"])["revoked"] is None
    urls = [
        reverse("blob", args=[run.election.slug, named])
        for named in (voted["keys"]["sealed"], not_voted["keys"]["sealed"], keys["sha256"])
    ]
    assert {client.get(url).status_code for url in urls} == {404}

    cast(run, entries(run)[2], (0,))
    close(run)
    verify_register(run.election_id, **run.by)

    published = content(run, "reconciliation")["amended_keys"]
    assert [one.pop("amendment") for one in published] == [voted["number"], not_voted["number"]]
    assert [sha256(canonical(one)).hexdigest() for one in published] == [
        one["keys"]["sealed"] for one in (voted, not_voted)
    ]
    assert published[0]["revoked"] is None
    assert published[1]["revoked"] == {"credentials": 1, "keys": keys}
    assert client.get(urls[2]).status_code == 200


def test_every_amendment_after_the_opening_seals_its_keys_with_a_salt_of_its_own() -> None:
    run = election(at="polling", electors=3)
    amend(run, left_out(), "add", "left-out")
    strike(run, 0)
    restore(run, 0)
    cast(run, entries(run)[1], (0,))
    cast(run, entries(run)[2], (0,))
    close(run)
    strike(run, 1)
    keys = [one["keys"] for one in told_of(run.election, "amendment")]
    assert all(one.keys() == {"sealed"} for one in keys) and len(keys) == 4

    verify_register(run.election_id, **run.by)

    salts = [one["salt"] for one in content(run, "reconciliation")["amended_keys"]]
    assert all(re.fullmatch("[0-9a-f]{64}", salt) for salt in salts)
    assert len(set(salts)) == 4


def test_keys_of_an_amendment_that_the_database_lost_or_changed_stop_the_verification() -> None:
    run = election(at="polling", electors=3)
    cast(run, entries(run)[2], (0,))
    strike(run, 0)
    close(run)
    named = bytes.fromhex(content(run, "amendment")["keys"]["sealed"])

    for statement, code in (
        ("UPDATE ballot_blobchunk SET content = set_byte(content, 20, 90) WHERE blob_id = %s",
         "blob.not-as-named"),
        ("UPDATE ballot_blob SET sha256 = sha256(sha256) WHERE id = %s", "amendment.keys-lost"),
    ):  # fmt: skip
        with no_triggers(), connection.cursor() as cursor:
            cursor.execute(statement, [Blob.objects.get(sha256=named).pk])
        assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == code


def test_who_is_struck_off_and_reinstated_before_casting_votes_with_a_new_code() -> None:
    run = election(at="polling", electors=2)
    entry = entries(run)[0]
    old = sealed(run, entry, (0,))
    strike(run, 0)

    restore(run, 0)

    assert content(run, "amendment")["changes"][0]["change"] == "restored"
    assert code_of_refusal(lambda: cast_wire(run, old)) == "ballot.code-not-in-force"
    fresh = key_of_elector(run, entry, purpose=PURPOSE_ADDED)
    cast_wire(run, sealed(run, entry, (1,), key=fresh))
    close(run)
    verify_register(run.election_id, **run.by)
    assert only(run).electors == 2


def test_struck_off_and_restored_before_the_codes_are_published_there_is_one_code() -> None:
    run = election(at="keyed", electors=2)
    issue_codes(run.election_id, **run.by)
    strike(run, 0)
    restore(run, 0)

    bring(run, to="polling")

    in_force = Credential.objects.filter(force="in-force").values_list("roll_entry_id", flat=True)
    assert sorted(in_force) == sorted(entry.pk for entry in entries(run))


@pytest.mark.parametrize("reason", ["excluded", "died", "resigned", "not-entitled", "court-order"])
def test_by_the_rule_that_it_stands_the_ballot_of_somebody_struck_off_is_counted(
    reason: str,
) -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "stands")
    cast_all(run)

    strike(run, 0, reason)
    close(run)

    assert set_aside_due(run.election) == []
    verify_register(run.election_id, **run.by)
    (told,) = content(run, "reconciliation")["sections"]
    assert (told["electors"], told["struck_voted"], told["issued"]) == (2, 1, 3)
    assert (told["ballots"], told["set_aside"], told["counted"]) == (3, 0, 3)


@pytest.mark.parametrize("reason", ["excluded", "died", "resigned", "duplicate", "court-order"])
def test_by_the_rule_that_it_is_set_aside_the_ballot_waits_for_two_officers_and_is_not_counted(
    reason: str,
) -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "set-aside")
    receipts = cast_all(run)
    strike(run, 0, reason)
    close(run)
    with pytest.raises(Refusal, match="has been set aside: not yet"):
        verify_register(run.election_id, **run.by)

    set_aside(run)

    told = content(run, "set-aside")["ballots"]
    assert [(one["tracker"], one["reason"], one["amendment"]) for one in told] == [
        (receipts[0].tracker.hex(), reason, 1)
    ]
    named = Entry.objects.get(number=told[0]["entry"])
    assert named.kind == "ballot"
    bring(run, to="declared")
    (told,) = content(run, "reconciliation")["sections"]
    assert (told["ballots"], told["set_aside"], told["counted"]) == (3, 1, 2)
    assert [box.ballots for box in boxes(run)] == [2]
    assert content(run, "declaration")["sections"][0]["set_aside"] == 1


def test_a_reinstatement_lets_the_ballot_stand_that_was_set_aside() -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "set-aside")
    receipts = cast_all(run)
    strike(run, 0)
    close(run)
    set_aside(run)

    restore(run, 0)

    stands = content(run, "ballots-stand")["ballots"]
    assert [one["tracker"] for one in stands] == [receipts[0].tracker.hex()]
    assert struck_ballots(run.election) == []
    verify_register(run.election_id, **run.by)
    assert [box.ballots for box in boxes(run)] == [3]
    assert list(SetAside.objects.values_list("is_set_aside", flat=True)) == [True, False]


def test_what_two_officers_were_shown_is_what_is_set_aside_or_nothing() -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "set-aside")
    cast_all(run)
    strike(run, 0)
    close(run)
    shown = digest_due(set_aside_due(run.election))
    strike(run, 1)

    def decide(digest: str) -> None:
        set_aside_ballots(run.election_id, digest=digest, **run.by_two)

    assert code_of_refusal(lambda: decide(shown)) == "set-aside.other-ballots"
    decide(digest_due(set_aside_due(run.election)))
    assert code_of_refusal(lambda: decide(digest_due([]))) == "set-aside.other-ballots"
    assert len(content(run, "set-aside")["ballots"]) == 2


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


# --- what the turnout tells ------------------------------------------------------------------


def test_until_the_register_is_verified_the_turnout_does_not_tell_who_had_voted() -> None:
    told = []
    for place in (0, 1):
        run = election(at="frozen", electors=4, title=f"Leader {place}")
        strike(run, 3, "died")
        bring(run, to="polling")
        cast(run, entries(run)[0], (0,))
        cast(run, entries(run)[2], (0,))
        strike(run, place, "not-entitled")
        during = [(one.issued, one.ballots) for one in turnout_by_section(run.election)]
        restore(run, place)
        again = [(one.issued, one.ballots) for one in turnout_by_section(run.election)]
        strike(run, place, "not-entitled")
        close(run)
        closed = [(one.issued, one.ballots) for one in turnout_by_section(run.election)]
        told.append((during, again, closed))
        if set_aside_due(run.election):
            set_aside(run)
        verify_register(run.election_id, **run.by)
        # The account by section says it, of all who were struck off together.
        verified = [(one.issued, one.ballots) for one in turnout_by_section(run.election)]
        assert verified == [(3 if place == 0 else 2, 2)]

    assert told[0] == told[1] == ([(3, 2)], [(3, 2)], [(3, 2)])


# --- in bulk ---------------------------------------------------------------------------------


def drafted(run: Run, *numbers: str, kind: str = "remove", reason: str = "court-order") -> Any:
    bulk = draft_bulk(
        run.election.roll_id or 0, kind=kind, reason=reason, grounds=REASON,
        content="\n".join(numbers).encode(), **run.by,
    )
    from members.models import BulkAmendment

    return BulkAmendment.objects.get(pk=bulk)


def carry_out(run: Run, bulk: Any, digest: str = "") -> None:
    amend_roll_in_bulk(run.election_id, bulk=bulk.pk, digest=digest or bytes(bulk.digest).hex(),
                       **run.by_two)


def test_a_court_order_of_a_thousand_is_one_amendment_one_entry_and_codes_for_those_named() -> None:
    run = election(at="polling", electors=1100, sections=("member", "affiliated"))
    cast(run, entries(run)[0], (0,))
    everybody = [entry.number for entry in entries(run)]
    out = drafted(run, "number", *everybody[:1000], "nobody-1")

    carry_out(run, out)

    told = content(run, "amendment")
    assert kinds(run).count("amendment") == 1
    assert told["changes"] == [
        {"change": "struck", "people": 500, "section": "affiliated"},
        {"change": "struck", "people": 500, "section": "member"},
    ]
    # One has voted, and keeps the ballot and the code.
    assert opened(told["keys"])["revoked"]["credentials"] == 999
    assert electors_now(run.election.roll_id or 0) == 100
    back = drafted(run, *everybody[:1000], kind="add")
    carry_out(run, back)
    told = content(run, "amendment")
    assert sum(one["credentials"] for one in opened(told["keys"])["issued"]) == 999
    assert Letter.objects.filter(purpose=PURPOSE_ADDED).count() == 999
    close(run)
    verify_register(run.election_id, **run.by)
    assert [one.electors for one in account(run.election)] == [550, 550]
    assert entry_ids_as_of(run.election.roll_id or 0, 1) == {
        entry.pk for entry in entries(run)[1000:]
    }


def test_a_set_is_carried_out_once_and_only_as_it_was_approved() -> None:
    run = election(at="polling", electors=3)
    bulk = drafted(run, "1000", "1001")
    other = drafted(run, "1000")

    assert code_of_refusal(lambda: carry_out(run, bulk, "00")) == "amendment.other-set"
    carry_out(run, bulk)
    # The job of a worker that died after its commit comes again: there is nothing left to do.
    carry_out(run, bulk)
    assert kinds(run).count("amendment") == 1
    # One of the other set is no longer on the roll: nothing of it is done.
    assert code_of_refusal(lambda: carry_out(run, other)) == "amendment.does-not-apply"

    assert Amendment.objects.count() == 1


def test_a_second_list_approved_while_the_first_is_under_way_goes_on_waiting() -> None:
    run = election(at="polling", electors=3)
    first, second = drafted(run, "1000"), drafted(run, "1001")
    given = {"act": "amend_roll_in_bulk", "subject": ("election", str(run.election_id))}
    waiting = []
    for bulk in (first, second):
        approval = propose_act(
            **given, **run.by, parameters={"bulk": bulk.pk, "digest": bytes(bulk.digest).hex()}
        )
        waiting.append(approval)
        if bulk == first:
            approve_act(approval.pk, by=run.officers[1], now=now())

    refused = code_of_refusal(
        lambda: approve_act(waiting[1].pk, by=run.officers[1], now=now())
    )

    assert refused == "amendment.under-way"
    waiting[1].refresh_from_db()
    assert waiting[1].state == "waiting"
    for approval in (None, waiting[1]):
        if approval:
            approve_act(approval.pk, by=run.officers[1], now=now())
        (job,) = Job.objects.filter(kind=BULK_JOB, state="open")
        work_job(job.pk)
    assert [row.bulk_id for row in Amendment.objects.order_by("number")] == [first.pk, second.pk]


def test_a_list_of_more_than_a_million_lines_is_refused_without_being_held() -> None:
    run = election(at="polling", electors=2)
    refused = code_of_refusal(lambda: drafted(run, *[""] * MOST_ROWS, "1000"))

    assert refused == "amendment.too-large"
    assert drafted(run, *[""] * 9, "1000").people == 1


@pytest.mark.tables_owner
def test_the_lines_that_name_nobody_are_kept_with_their_reasons() -> None:
    run = election(at="polling", electors=2)
    strike(run, 1)

    bulk = drafted(run, "1000", "1001", "77", "")

    assert bulk.people == 1
    assert [(row.line, row.number, row.why) for row in bulk.refused.all()] == [
        (2, "1001", "not-on-roll"), (3, "77", "unknown")
    ]
    assert code_of_refusal(lambda: drafted(run, "77")) == "amendment.nobody"
    for table in ("bulkamendment", "bulkline", "bulkrefused"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM members_{table}")


# --- what was changed behind the services' back ------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE members_amendedentry SET email = 'x@example.org'", "roll.not-as-amended"),
        ("UPDATE members_amendment SET reason = 'died'", "roll.not-as-amended"),
        ("DELETE FROM members_amendedentry", "roll.not-as-amended"),
        ("UPDATE ballot_election SET ballot_of_excluded = 'stands'", "set-aside.rule-changed"),
        ("DELETE FROM ballot_setaside", "election.not-ready"),
    ],
)
def test_tampering_with_amendments_or_what_was_set_aside_is_found(
    statement: str, code: str
) -> None:
    run = with_rule(election(electors=3, rankings=((0,),) * 3), "set-aside")
    cast_all(run)
    strike(run, 0)
    close(run)
    set_aside(run)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with no_triggers(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == code


def test_a_code_of_somebody_on_the_roll_that_was_taken_makes_the_sum_wrong() -> None:
    run = election(at="polling", electors=3)
    cast(run, entries(run)[0], (0,))
    close(run)
    Credential.objects.filter(roll_entry=entries(run)[1].pk).update(force="revoked")

    assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == (
        "register.roll-does-not-add-up"
    )


def test_an_entry_smuggled_into_the_roll_is_found() -> None:
    run = election(at="polling", electors=3)
    cast(run, entries(run)[0], (0,))
    close(run)
    RollEntry.objects.create(
        roll_id=run.election.roll_id, member_id=left_out(), family_name="Nobody", number="9",
        section=entries(run)[0].section,
    )

    assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == (
        "roll.not-as-frozen"
    )
    assert Election.objects.get(pk=run.election_id).state == "closed"
