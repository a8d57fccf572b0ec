"""The issuer in the notice, and the keys that come from it: exactly the roll's, and signed."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest

from ballot.issuance.card import read_card
from ballot.issuance.keys import ROW, SignedSection, keys_head, read_keys
from ballot.models import IssuerFile, IssuerRequest
from ballot.sealing.issuing import make_issuer_key
from ballot.services.codes import issue_codes
from ballot.services.freeze_roll import withdraw_freeze
from ballot.services.set_up import edit_election
from ballot.services.take_keys import hand_in_keys, take_keys
from office.models import Letter
from tests.ballot.amending import amend, left_out, strike
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    recorded,
)
from tests.ballot.issuer.outside import Outside, coded, hand_in, in_force, list_for, with_issuer

pytestmark = pytest.mark.django_db


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
