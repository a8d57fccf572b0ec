"""Papers by post, from the envelope to the box: what is taken, what is refused, what is counted."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from ballot.models import Election, Envelope, EnvelopeReceipt, RefusedCast, RegisterMark, Teller
from ballot.postal import Kind, named_tellers, papers_of, post_by_section
from ballot.sealing.ballot import seal_ballot
from ballot.sealing.codes import VotingKey, key_of_secret, voting_key
from ballot.sealing.postal import make_barcode, sign_postal
from ballot.selectors import contest_codes, setting_of
from ballot.services.close_poll import close_poll_early
from ballot.services.issue_envelopes import electors_numbered, issue_envelopes
from ballot.services.name_tellers import name_tellers
from ballot.services.open_envelopes import open_envelopes
from ballot.services.read_papers import Read
from ballot.services.receive_envelope import receive_envelope
from ballot.services.reissue_code import reissue_code
from ballot.services.rule_on_postal_paper import rule_on_postal_paper
from ballot.services.verification_sums import verification_of
from ballot.services.verify_register import verify_register
from ballot.showing.results import result_of
from members.models import Member
from office.models import Letter, StaffMember
from tests.ballot.factories import (
    REASON,
    Run,
    boxes,
    bring,
    cast,
    code_of,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    no_triggers,
    now,
    recorded,
)
from tests.ballot.posting_papers import Table

pytestmark = pytest.mark.django_db


def polling(**given: Any) -> tuple[Run, Table]:
    run = election(at="polling", **given)
    return run, Table(run)


def close(run: Run) -> None:
    close_poll_early(run.election_id, reason=REASON, **run.by_two)


def opened(received: int = 2, **given: Any) -> tuple[Run, Table]:
    """The envelopes of the first electors are received and opened; the others have cast."""
    run, table = polling(**given)
    for envelope in table.issue(*range(received)):
        table.receive(envelope)
    for entry in entries(run)[received:]:
        cast(run, entry, (0, 1))
    close(run)
    table.open()
    return run, table


# --- envelopes ---


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
    assert recorded("receive_envelope", subject=("envelope", str(envelope.pk)))
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


# --- tellers ---


def test_no_envelope_is_issued_before_two_tellers_are_named():
    run = election(at="polling")

    def issue() -> Any:
        electors = [str(entries(run)[0].public_id)]
        return issue_envelopes(run.election_id, electors=electors, **run.by_two)

    assert code_of_refusal(issue) == "teller.too-few"
    Table(run)
    assert len(issue()) == 1


def test_who_is_a_teller_no_more_is_left_out_and_those_after_keep_their_numbers():
    run, table = polling()
    table.seat("Cy Moss")
    StaffMember.objects.get(pk=table.people[0]).groups.clear()

    name_tellers(run.election_id, **run.by)

    assert [one["number"] for one in content(run, "tellers")["tellers"]] == [2, 3]
    assert named_tellers(run.election) == {2, 3}
    StaffMember.objects.get(pk=table.people[1]).groups.clear()
    assert code_of_refusal(lambda: name_tellers(run.election_id, **run.by)) == "teller.too-few"


def test_tellers_are_asked_for_at_the_opening_only_if_an_envelope_came():
    run = election(at="polling")
    for entry in entries(run):
        cast(run, entry, (0, 1))
    Envelope.objects.create(election=run.election, roll_entry_id=entries(run)[0].pk,
                            barcode=make_barcode(rng=os.urandom))
    close(run)

    open_envelopes(run.election_id, **run.by_two)

    assert run.election.envelopes_opened_at is not None


def test_two_tellers_who_read_the_same_settle_a_paper_and_two_who_differ_do_not():
    _, table = opened()

    assert table.both_read(1, (0, 1)).agrees
    table.read(0, 2, (0,))
    apart = table.read(1, 2, (1,))

    assert apart.needs_ruling and not apart.agrees


def test_a_teller_reads_a_paper_once_and_only_with_the_partner_who_reads_it_too():
    _, table = opened()
    table.read(0, 1, (0,))

    assert code_of_refusal(lambda: table.read(0, 1, (0,))) == "reading.twice"
    assert code_of_refusal(lambda: table.read(0, 3, (0,))) == "reading.no-paper"
    alone = table.sealed(1, 1, table.choices((0,)), "member")
    with_oneself = Read("member", 1, 2, Kind.SEALED, alone.wire, alone.signature)
    assert code_of_refusal(lambda: table.hand_in(1, with_oneself)) == "reading.partner"
    assert table.hand_in(1, alone).agrees


def test_a_paper_that_is_signed_by_another_or_sealed_for_another_is_refused():
    _, table = opened()
    right = table.sealed(0, 1, table.choices((0,)), "member")
    bobs = table.sealed(1, 1, table.choices((0,)), "member")
    second = table.sealed(0, 2, table.choices((0,)), "member")

    for wire, signature in [(right.wire, bobs.signature), (right.wire, second.signature),
                            (right.wire[:-1], right.signature)]:
        lie = Read("member", 1, 2, Kind.SEALED, wire, signature)
        refused = code_of_refusal(lambda lie=lie: table.hand_in(0, lie))
        assert refused == "reading.not-sealed-rightly"
    assert not table.hand_in(0, right).agrees


def test_a_paper_signed_with_a_key_that_the_board_does_not_name_is_refused():
    run, table = opened()
    ann = Teller.objects.filter(election=run.election, number=1)
    own, foreign = table.keys[0], key_of_secret(12345)

    def holds(key: VotingKey) -> None:
        table.keys[0] = key
        with no_triggers():
            ann.update(key=key.credential)

    holds(foreign)
    refused = code_of_refusal(lambda: table.read(0, 1, (0,)))
    holds(own)
    table.both_read(1, (0,))
    table.both_read(2, (0,))
    with no_triggers():
        ann.update(key=foreign.credential)
    table.account()

    assert refused == "reading.not-sealed-rightly"
    assert kinds(run).count("postal-paper") == 2


def sealed_under(table: Table, key: VotingKey, *, number: int, by: int) -> Read:
    """Paper `number`, read as a first preference for the first name, under a key of one's choice.

    The same key gives the same bytes, whoever hands it in.
    """
    place: dict[str, Any] = {"setting": setting_of(table.run.election), "section": "member"}
    contests = contest_codes(table.run.election)
    stream = hashlib.shake_256(key.credential).digest(4096)
    ballot = seal_ballot(table.choices((0,)), **place, contests=contests, key=key,
                         rng=io.BytesIO(stream).read)  # fmt: skip
    signature = sign_postal(ballot, number=number, **place, key=table.keys[by], rng=os.urandom)
    return Read("member", number, 2 - by, Kind.SEALED, ballot.to_bytes(), signature)


def test_a_paper_under_an_elector_s_key_is_refused_at_the_reading_and_can_be_read_again():
    run, table = opened()
    mine = voting_key(code_of(entries(run)[1]), election_id=run.election.public_id.bytes)
    nobodys = key_of_secret(12345)

    lie = sealed_under(table, mine, number=1, by=0)
    assert code_of_refusal(lambda: table.hand_in(0, lie)) == "post.copied"

    for who in (0, 1):
        table.hand_in(who, sealed_under(table, nobodys, number=1, by=who))
    table.both_read(2, (0,))
    table.account()
    verify_register(run.election_id, **run.by)


def test_a_paper_that_repeats_another_is_refused_at_the_reading_and_can_be_read_again():
    run, table = opened()
    key = key_of_secret(12345)
    for who in (0, 1):
        table.hand_in(who, sealed_under(table, key, number=1, by=who))

    for who in (0, 1):
        again = sealed_under(table, key, number=2, by=who)
        assert code_of_refusal(lambda again=again, who=who: table.hand_in(who, again)) == (
            "post.copied"
        )

    table.both_read(2, (0,))
    table.account()
    assert kinds(run).count("postal-paper") == 2


def test_a_doubtful_paper_waits_for_a_ruling_and_is_then_read_again_and_rejected():
    run, table = opened()
    table.hand_in(0, Read("member", 1, 2, Kind.DOUBTFUL, doubt="uncertain"))
    assert code_of_refusal(lambda: table.read(1, 1, (0,))) == "reading.waits"

    rejected = {"contest-1": "uncertain"}
    rule_on_postal_paper(
        run.election_id, section="member", number=1, rejected=rejected, agents=2, **run.by
    )

    assert table.both_read(1, None).agrees
    table.both_read(2, (0,))
    table.account()
    assert content(run, "post")["rejected"] == [
        {"contest": "contest-1", "papers": 1, "reason": "uncertain"}
    ]


def test_nothing_is_ruled_on_that_nobody_doubts_nor_for_a_reason_that_is_none():
    run, table = opened()
    table.both_read(1, (0,))
    table.read(0, 2, (0,))
    table.read(1, 2, (1,))

    def rule(number: int, **rejected: str) -> Callable[[], Any]:
        told = {name.replace("_", "-"): why for name, why in rejected.items()}
        return lambda: rule_on_postal_paper(run.election_id, section="member", number=number,
                                     rejected=told, agents=0, **run.by)

    assert code_of_refusal(rule(1)) == "ruling.none-due"
    assert code_of_refusal(rule(2, contest_1="no reason")) == "ruling.malformed"
    assert code_of_refusal(rule(2, contest_9="unmarked")) == "ruling.malformed"
    rule(2)()


def test_a_paper_whose_second_teller_does_not_come_back_is_read_by_another_pair_after_a_ruling():
    run, table = polling()
    table.seat("Cy Moss")
    name_tellers(run.election_id, **run.by)
    (envelope,) = table.issue(0)
    table.receive(envelope)
    cast(run, entries(run)[1], (0, 1))
    close(run)
    table.open()
    table.read(0, 1, (0,))

    def with_cy(who: int, other: int) -> Callable[[], Any]:
        return lambda: table.hand_in(who, Read("member", 1, other, Kind.EMPTY))

    assert code_of_refusal(with_cy(2, 1)) == "reading.partner"
    rule_on_postal_paper(
        run.election_id, section="member", number=1, rejected={}, agents=0, **run.by
    )

    with_cy(0, 3)()
    assert with_cy(2, 1)().agrees


def test_no_paper_is_read_before_two_officers_have_opened_the_envelopes():
    run, table = polling()
    (envelope,) = table.issue(0)
    table.receive(envelope)
    close(run)

    assert code_of_refusal(lambda: table.read(0, 1, (0,))) == "post.not-opened"
    table.open()
    table.read(0, 1, (0,))
    assert code_of_refusal(table.open) == "post.opened"


# --- into the boxes ---


def test_the_register_is_not_verified_before_the_postal_papers_are_in_the_account():
    run, table = opened()
    verify: Callable[[], Any] = lambda: verify_register(run.election_id, **run.by)  # noqa: E731

    assert code_of_refusal(verify) == "election.not-ready"
    table.both_read(1, (0,))
    assert code_of_refusal(table.account) == "post.not-settled"
    for who in (0, 1):
        table.hand_in(who, Read("member", 2, 2 - who, Kind.EMPTY))
    table.account()
    assert code_of_refusal(table.account) == "post.accounted"
    verify()
    sums = [one for section in verification_of(run.election) for one in section.sums]
    assert [one.what for one in sums if not one.holds] == []
    assert "= 5 ballots cast online + 2 envelopes received" in sums[2].parts
    assert "+ 1 postal papers in the boxes = 6 counted" in sums[3].parts

    told = content(run, "reconciliation")["sections"][0]
    assert (told["marks"], told["ballots"], told["counted"]) == (7, 5, 6)
    assert [box.ballots for box in boxes(run)] == [6]


def test_an_envelope_that_comes_after_the_account_is_late_and_stops_nothing():
    run, table = polling()
    good, late = table.issue(0, 1)
    table.receive(good)
    for entry in entries(run)[2:]:
        cast(run, entry, (0, 1))
    close(run)
    table.open()
    table.both_read(1, (0,))
    table.account()

    assert table.receive(late) == "late"

    verify_register(run.election_id, **run.by)
    assert [one.late for one in post_by_section(run.election)] == [1]
    assert content(run, "post")["sections"][0]["late"] == 0


def test_postal_and_online_ballots_are_mixed_opened_and_counted_as_one():
    run, table = opened()
    table.both_read(1, (2, 1))
    table.both_read(2, ())
    table.account()

    bring(run, to="declared")

    assert content(run, "profile")["papers"] == 7
    assert content(run, "post")["sections"] == [
        {"empty": 0, "issued": 2, "late": 0, "papers": 2, "received": 2, "refused": 0,
         "section": "member"}
    ]


def test_a_teller_keeps_the_key_that_they_made_first():
    run, _ = polling()
    teller = run.election.tellers.get(number=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Teller.objects.filter(pk=teller.pk).update(key=bytes(32))

    Teller.objects.filter(pk=teller.pk).update(name="Ann Lee-Ray")
    assert bytes(run.election.tellers.get(number=1).key or b"") == bytes(teller.key or b"")


def test_the_result_s_turnout_counts_who_voted_by_post():
    run, table = opened()
    table.both_read(1, (0,))
    table.both_read(2, (0, 1))
    table.account()
    bring(run, to="declared")

    shown = result_of(run.election.declarations.get(), names={"member": "Members"})

    assert shown.turnout_total is not None
    assert (shown.turnout_total.ballots, shown.by_post) == ("7", "2 of them by post.")
