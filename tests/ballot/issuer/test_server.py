"""The server's side: it makes no code, takes keys and answers whole or not at all, and waits."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ballot.canonical import canonical, read_canonical
from ballot.issuance.answers import Answers, read_answers
from ballot.issuance.card import read_card
from ballot.issuance.keys import ROW, SignedSection, keys_head, read_keys
from ballot.models import Credential, IssuerFile, IssuerRequest, ReissueRequest
from ballot.sealing.issuing import make_issuer_key, replaced_message, sign_issue
from ballot.services.amend_roll import amend_roll
from ballot.services.as_published import told
from ballot.services.codes import issue_codes
from ballot.services.freeze_roll import withdraw_freeze
from ballot.services.reissue_code import confirm_reissue, reissue_code
from ballot.services.request_reissue import answer_reissue_request, request_reissue
from ballot.services.sealed_keys import opened
from ballot.services.set_up import edit_election
from ballot.services.take_answers import take_answers
from ballot.services.take_keys import hand_in_keys, take_keys
from ballot.services.verify_register import verify_register
from members.models import Member
from office.models import Letter
from tests.ballot.amending import amend, close, left_out, restore, strike
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    cast_wire,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    recorded,
    sealed,
)
from tests.ballot.issuer.outside import (
    Outside,
    Post,
    coded,
    exchange,
    hand_in,
    key_in,
    list_for,
    requests_for,
    with_issuer,
)

pytestmark = pytest.mark.django_db


def in_force(run: Run) -> int:
    return Credential.objects.filter(election=run.election_id, force="in-force").count()


def cast_with(run: Run, post: Post, place: int, *, letter: int = 0) -> None:
    entry = entries(run)[place]
    key = key_in(post.to(entry.email)[letter], run.election)
    assert cast_wire(run, sealed(run, entry, (0,), key=key))


# --- the notice ------------------------------------------------------------------------------


def test_the_issuer_is_settled_by_the_notice_and_stands_in_it(outside: Outside) -> None:
    run = with_issuer(outside, at="nominating", electors=3)

    assert content(run, "notice")["issuer"] == {
        "key": run.election.issuer["key"], "name": run.election.issuer["name"],
    }  # fmt: skip
    assert code_of_refusal(lambda: edit_election(run.election_id, issuer=None, **run.by)) == (
        "election.wrong-state"
    )


def test_without_an_issuer_the_board_says_so_and_everything_is_as_before() -> None:
    run = election(at="polling", electors=2)

    assert content(run, "notice")["issuer"] is None
    assert [one["signature"] for one in content(run, "credentials")["sections"]] == [None]
    assert code_of_refusal(lambda: list_for(run)) == "issuer.none"


@pytest.mark.parametrize("card", [b"", b"{}", b"not a card"])
def test_what_is_no_card_is_refused(outside: Outside, card: bytes) -> None:
    run = election()

    refused = code_of_refusal(lambda: edit_election(run.election_id, issuer=card, **run.by))
    edit_election(run.election_id, issuer=outside.init(), **run.by)

    assert refused == "issuer-file.form"
    assert run.election.issuer is not None


@pytest.mark.parametrize("part", ["reads", "key"])
def test_a_card_to_which_nothing_can_be_encrypted_is_refused_while_it_can_be_changed(
    outside: Outside, part: str
) -> None:
    run = election()
    card = replace(read_card(outside.init()), **{part: bytes(32)}).to_bytes()

    refused = code_of_refusal(lambda: edit_election(run.election_id, issuer=card, **run.by))

    assert refused == "issuer-card.key"
    assert run.election.issuer is None


# --- keys ------------------------------------------------------------------------------------


def test_the_server_makes_no_code_itself(outside: Outside) -> None:
    run = with_issuer(outside, electors=3)

    assert code_of_refusal(lambda: issue_codes(run.election_id, **run.by)) == (
        "codes.outside-issuer"
    )
    hand_in(run, outside.make(list_for(run)))

    assert in_force(run) == 3
    assert not Letter.objects.exists()
    assert recorded("give_to_issuer", subject=("election", str(run.election_id))) == [
        (run.officers[0], None)
    ]


def test_keys_of_two_sections_are_published_each_with_its_signature(outside: Outside) -> None:
    run = coded(outside, electors=5, sections=("member", "affiliated"))

    sections = content(run, "credentials")["sections"]

    assert [(one["section"], one["credentials"]) for one in sections] == [
        ("affiliated", 2), ("member", 3),
    ]  # fmt: skip
    assert all(len(one["signature"]) == 128 for one in sections)
    assert code_of_refusal(lambda: list_for(run)) == "issuer.keys-taken"


def rewritten(run: Run, keys: bytes, outside: Outside, change: str) -> bytes:
    """The issuer's file of keys with one thing changed."""
    read = read_keys(keys)
    rows, sections = read.rows.copy(), list(read.sections)
    named: dict[str, bytes] = {"election": read.election, "issuer": read.issuer}
    if change == "key of another":
        # Of two electors of different sections, wherever chance has put them in the file.
        section = {one.public_id.bytes: one.section.code for one in entries(run)}
        codes = [section[row[:16].tobytes()] for row in rows]
        other = next(at for at, code in enumerate(codes) if code != codes[0])
        rows[[0, other], 16:] = rows[[other, 0], 16:]
    elif change == "key of the server's":
        rows[0, 16:] = np.frombuffer(make_issuer_key(rng=os.urandom).public, np.uint8)
    elif change == "nobody's":
        rows[-1, :16] = 255
    elif change == "one left out":
        gone = rows[-1, :16].tobytes().hex()
        code = next(one.section.code for one in entries(run) if one.public_id.hex == gone)
        rows = rows[:-1]
        sections = [
            SignedSection(one.section, one.credentials - (one.section == code), one.signature)
            for one in sections
        ]
    elif change == "key twice":
        rows[0, 16:] = rows[1, 16:]
    elif change == "signature":
        first = sections[0].signature
        sections[0] = SignedSection(
            sections[0].section, sections[0].credentials, first[:-1] + bytes([first[-1] ^ 1])
        )
    elif change == "another election":
        named["election"] = bytes(16)
    elif change == "another issuer":
        named["issuer"] = make_issuer_key(rng=os.urandom).public
    return keys_head(**named, sections=sections) + rows.tobytes()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("key of another", "issuer.signature"),
        ("key of the server's", "issuer.signature"),
        ("nobody's", "issuer.not-the-roll"),
        ("one left out", "issuer.not-the-roll"),
        ("key twice", "issuer.key-twice"),
        ("signature", "issuer.signature"),
        ("another election", "issuer.other-election"),
        ("another issuer", "issuer.other-issuer"),
    ],
)
def test_keys_that_are_not_exactly_the_rolls_and_signed_are_refused_whole(
    outside: Outside, change: str, code: str
) -> None:
    run = with_issuer(outside, electors=4, sections=("member", "affiliated"))
    good = outside.make(list_for(run))

    assert code_of_refusal(lambda: hand_in(run, rewritten(run, good, outside, change))) == code

    assert in_force(run) == 0 and "credentials" not in kinds(run)
    assert not IssuerFile.objects.exists()
    hand_in(run, outside.make(list_for(run)))
    assert in_force(run) == 4


@pytest.mark.parametrize("content", [b"", b"{}\n", b"x" * 70_000])
def test_what_is_no_file_of_keys_is_refused_at_once(outside: Outside, content: bytes) -> None:
    run = with_issuer(outside, electors=2)

    def handed() -> None:
        hand_in_keys(run.election_id, content=content, **run.by)

    assert code_of_refusal(handed) == "issuer-file.form"
    assert not IssuerFile.objects.exists()


def test_a_file_whose_rows_are_out_of_order_is_refused(outside: Outside) -> None:
    run = with_issuer(outside, electors=2)
    good = outside.make(list_for(run))
    swapped = good[: -2 * ROW] + good[-ROW:] + good[-2 * ROW : -ROW]

    assert code_of_refusal(lambda: hand_in(run, swapped)) == "issuer-keys.order"


def test_a_file_that_waits_is_read_by_nobody_who_has_the_database_alone(outside: Outside) -> None:
    run = with_issuer(outside, electors=2)
    keys = outside.make(list_for(run))

    hand_in_keys(run.election_id, content=keys, **run.by)

    kept = bytes(IssuerFile.objects.get().content)
    assert keys[-32:] not in kept and b"issuer" not in kept


def test_no_file_outlives_the_taking_of_the_keys(outside: Outside) -> None:
    run = with_issuer(outside, electors=2)
    hand_in_keys(run.election_id, content=outside.make(list_for(run)), **run.by)
    # One that came while the first was looked at: no worker is called for it.
    first = IssuerFile.objects.get()
    IssuerFile.objects.create(
        election_id=run.election_id, content=first.content, handed_in_at=first.handed_in_at
    )

    take_keys(run.election_id, **run.by)

    assert not IssuerFile.objects.exists()


def test_an_amendment_before_the_keys_needs_a_new_list_and_who_has_a_code_keeps_it(
    outside: Outside,
) -> None:
    run = with_issuer(outside, electors=3)
    old = outside.make(list_for(run))
    amend(run, left_out(), "add", "left-out")

    assert code_of_refusal(lambda: hand_in(run, old)) == "issuer.not-the-roll"
    hand_in(run, outside.make(list_for(run)))

    assert in_force(run) == 4
    assert not IssuerRequest.objects.exists()
    assert bring(run, to="polling").state == "polling"


def test_a_withdrawn_freeze_withdraws_what_was_asked_and_the_next_roll_has_new_keys(
    outside: Outside,
) -> None:
    run = coded(outside, electors=3)
    strike(run, 0)
    withdraw_freeze(run.election_id, reason=REASON, **run.by_two)

    assert IssuerRequest.objects.get().state == "withdrawn"
    bring(run, to="frozen")
    hand_in(run, outside.make(list_for(run)))
    assert in_force(run) == 3
    assert bring(run, to="polling").state == "polling"


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
