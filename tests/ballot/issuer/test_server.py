"""The server's side: it makes no code, takes keys and answers whole or not at all, and waits."""

from __future__ import annotations

import os
from typing import Any

import pytest

from ballot.canonical import canonical, read_canonical
from ballot.issuance.answers import Answers, read_answers
from ballot.models import Credential, IssuerRequest, ReissueRequest
from ballot.sealing.issuing import make_issuer_key, replaced_message, sign_issue
from ballot.services.amend_roll import amend_roll
from ballot.services.as_published import told
from ballot.services.reissue_code import confirm_reissue, reissue_code
from ballot.services.request_reissue import answer_reissue_request, request_reissue
from ballot.services.sealed_keys import opened
from ballot.services.take_answers import take_answers
from ballot.services.verify_register import verify_register
from members.models import Member
from office.models import Letter
from tests.ballot.amending import amend, close, left_out, restore, strike
from tests.ballot.factories import REASON, bring, code_of_refusal, content, entries, kinds
from tests.ballot.issuer.outside import (
    Outside,
    Post,
    cast_with,
    coded,
    exchange,
    hand_in,
    key_in,
    list_for,
    requests_for,
    with_issuer,
)

pytestmark = pytest.mark.django_db


# --- amendments ------------------------------------------------------------------------------


def test_an_amendment_between_codes_and_opening_is_answered_in_the_clear_before_the_opening(
    outside: Outside, post: Post
) -> None:
    run = coded(outside, electors=3)
    strike(run, 0)
    amend(run, left_out(), "add", "left-out")

    assert code_of_refusal(lambda: bring(run, to="polling")) == "election.not-ready"
    taken = exchange(run, outside)
    bring(run, to="polling")

    assert (taken.issued, taken.revoked) == (1, 1)
    keys = content(run, "keys")
    assert keys["revoked"]["credentials"] == 1
    assert [one["credentials"] for one in keys["issued"]] == [1]
    outside.send(post)
    assert post.to(entries(run)[0].email) == []
    cast_with(run, post, 3)
    close(run)
    verify_register(run.election_id, **run.by)
    assert content(run, "reconciliation")["amended_keys"] == []


def test_during_the_poll_the_answers_are_sealed_and_the_board_is_silent_about_nobody(
    outside: Outside, post: Post
) -> None:
    run = bring(coded(outside, electors=4), to="polling")
    outside.send(post)
    cast_with(run, post, 0)

    strike(run, 0)  # Has voted: there is nothing to ask.
    exchange(run, outside)
    strike(run, 1)  # Has not.
    exchange(run, outside)

    voted, not_voted = told(run.election, "keys")
    assert voted.keys() == not_voted.keys() == {"sealed"}
    assert opened(voted) == {"issued": [], "revoked": None}
    assert opened(not_voted)["revoked"]["credentials"] == 1
    close(run)
    verify_register(run.election_id, **run.by)
    numbers = [one["entry"] for one in content(run, "reconciliation")["amended_keys"]]
    assert [kinds(run)[number] for number in numbers] == ["keys", "keys"]


def test_the_verification_waits_for_the_answers_and_says_so(outside: Outside) -> None:
    run = bring(coded(outside, electors=3), to="polling")
    strike(run, 0)
    amend(run, left_out(), "add", "left-out")
    close(run)

    assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == (
        "election.not-ready"
    )
    exchange(run, outside)
    # Nobody has voted: what it is refused for now is another thing.
    assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == (
        "register.no-ballot"
    )


def test_who_is_restored_gets_a_new_key_and_the_old_one_stays_dead(
    outside: Outside, post: Post
) -> None:
    run = bring(coded(outside, electors=3), to="polling")
    outside.send(post)
    strike(run, 0)
    restore(run, 0)
    assert code_of_refusal(lambda: cast_with(run, post, 0)) == "ballot.code-not-in-force"

    exchange(run, outside)
    outside.send(post)
    cast_with(run, post, 0, letter=1)
    cast_with(run, post, 1)
    close(run)
    verify_register(run.election_id, **run.by)

    (keys,) = [opened(one) for one in told(run.election, "keys")]
    assert keys["revoked"]["credentials"] == keys["issued"][0]["credentials"] == 1


def test_what_was_asked_for_somebody_struck_off_meanwhile_is_passed_over(
    outside: Outside,
) -> None:
    run = bring(coded(outside, electors=3), to="polling")
    recipient = entries(run)[0].public_id
    reissue_code(run.election_id, recipient=recipient, **run.by)
    answers = outside.answer(requests_for(run))
    strike(run, 0)

    taken = take_answers(run.election_id, content=answers, **run.by)

    assert (taken.reissued, taken.passed_over) == (0, 1)
    assert not Credential.objects.filter(roll_entry=entries(run)[0]).exclude(
        force="revoked"
    ).exists()
    assert exchange(run, outside).revoked == 1


# --- reissues --------------------------------------------------------------------------------


def test_a_reissue_is_asked_for_once_waits_and_comes_into_force_by_confirmation(
    outside: Outside, post: Post
) -> None:
    run = bring(coded(outside, electors=2), to="polling")
    outside.send(post)
    first = entries(run)[0]
    for _ in range(2):
        reissue_code(run.election_id, recipient=first.public_id, **run.by)
    assert IssuerRequest.objects.count() == 1 and not Letter.objects.exists()

    answers = outside.answer(requests_for(run))
    assert take_answers(run.election_id, content=answers, **run.by).reissued == 1
    assert take_answers(run.election_id, content=answers, **run.by).passed_over == 1
    outside.send(post)
    new = key_in(post.to(first.email)[1], run.election)
    assert Credential.objects.get(public_key=new.credential).force == "waiting"
    cast_with(run, post, 1)
    assert "keys" not in kinds(run)

    confirm_reissue(run.election_id, credential=new.credential, now=run.by["now"])

    said = content(run, "reissue")
    assert len(said["signature"]) == 128 and len(said["revocations"]) == len(said["revoked"]) == 1
    cast_with(run, post, 0, letter=1)
    close(run)
    verify_register(run.election_id, **run.by)


def test_of_two_reissues_each_can_be_confirmed_after_the_other_only_by_the_newest_link(
    outside: Outside, post: Post
) -> None:
    run = bring(coded(outside, electors=2), to="polling")
    first = entries(run)[0]
    outside.send(post)
    for _ in range(2):
        reissue_code(run.election_id, recipient=first.public_id, **run.by)
        exchange(run, outside)
        outside.send(post)
    _, one, two = (key_in(mail, run.election) for mail in post.to(first.email))

    def confirm(key: Any) -> None:
        confirm_reissue(run.election_id, credential=key.credential, now=run.by["now"])

    assert code_of_refusal(lambda: confirm(one)) == "reissue.overtaken"
    confirm(two)
    reissue_code(run.election_id, recipient=first.public_id, **run.by)
    exchange(run, outside)
    outside.send(post)
    confirm(key_in(post.to(first.email)[3], run.election))
    assert len(told(run.election, "reissue")) == 2


def test_an_elector_who_asks_without_help_is_asked_for_too(outside: Outside) -> None:
    run = bring(coded(outside, electors=2), to="polling")
    first = entries(run)[0]

    request_reissue(run.election_id, number=first.number, proof=first.email, now=run.by["now"])
    answer_reissue_request(ReissueRequest.objects.get().pk, now=run.by["now"])

    assert [one.roll_entry_id for one in IssuerRequest.objects.all()] == [first.pk]
    assert exchange(run, outside).reissued == 1


def test_a_corrected_address_is_asked_for_and_the_issuer_is_shown_that_it_moved(
    outside: Outside, post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    run = coded(outside, electors=2)
    first = entries(run)[0]
    Member.objects.filter(pk=first.member_id).update(email="moved@example.net")
    amend_roll(run.election_id, member=first.member_id, kind="correct", reason="contact",
               grounds=REASON, **run.by_two)
    # Before the opening nobody could confirm a code: the request waits.
    exchange(run, outside)
    bring(run, to="polling")

    assert outside.run("answer", outside.given(requests_for(run))) == 1
    assert "(issuer-requests.moved)" in capsys.readouterr().err
    exchange(run, outside, "--with-new-addresses")
    outside.send(post)

    # The first code's letter waited still, and goes there too.
    assert len(post.to("moved@example.net")) == 2


# --- answers that do not hold -----------------------------------------------------------------


def changed(content: bytes, **changes: Any) -> bytes:
    value = read_canonical(content.strip())
    value["answers"][0].update(changes)
    return canonical(value) + b"\n"


def test_an_answer_whose_signature_does_not_hold_is_refused_with_its_whole_file(
    outside: Outside,
) -> None:
    run = bring(coded(outside, electors=3), to="polling")
    for place in (0, 1):
        reissue_code(run.election_id, recipient=entries(run)[place].public_id, **run.by)
    good = outside.answer(requests_for(run))
    first, second = (one.to_json() for one in read_answers(good).answers)
    key = make_issuer_key(rng=os.urandom)
    dead = first["revocations"][0]["credential"]
    forged = sign_issue(
        replaced_message(
            run.election.public_id.bytes, bytes.fromhex(dead),
            by=bytes.fromhex(first["credential"]),
        ), key=key, rng=os.urandom,
    )

    for wrong in (
        {"signature": second["signature"]},
        {"credential": make_issuer_key(rng=os.urandom).public.hex()},
        {"revocations": []},
        {"revocations": second["revocations"]},
        {"revocations": [{"credential": dead, "signature": forged.hex()}]},
    ):
        refused = code_of_refusal(
            lambda wrong=wrong: take_answers(
                run.election_id, content=changed(good, **wrong), **run.by
            )
        )
        assert refused == "issuer.signature"
    for other in ({"number": 10**9}, {"kind": "issue"}):
        assert code_of_refusal(
            lambda other=other: take_answers(
                run.election_id, content=changed(good, **other), **run.by
            )
        ) == "issuer.not-asked"
    assert Credential.objects.filter(force="waiting").count() == 0
    assert take_answers(run.election_id, content=good, **run.by).reissued == 2


def test_requests_and_answers_come_only_after_the_keys_and_lists_only_before(
    outside: Outside,
) -> None:
    run = with_issuer(outside, electors=2)
    early = Answers(
        run.election.public_id.bytes, bytes.fromhex(run.election.issuer["key"]), ()
    ).to_bytes()

    assert code_of_refusal(lambda: requests_for(run)) == "issuer.no-keys"
    assert code_of_refusal(
        lambda: take_answers(run.election_id, content=early, **run.by)
    ) == "issuer.no-keys"
    hand_in(run, outside.make(list_for(run)))
    assert take_answers(run.election_id, content=early, **run.by).passed_over == 0
    assert code_of_refusal(lambda: hand_in(run, b"x")) == "issuer.keys-taken"
