"""Postal papers: envelopes, tellers' keys, papers that two tellers seal alike (§6.8 to §6.10)."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from ballot.canonical import transcript_hash
from ballot.sealing import native
from ballot.sealing.codes import CHARACTERS, make_code, voting_key
from ballot.sealing.errors import BallotRejected, CodeRejected, Malformed
from ballot.sealing.postal import (
    check_postal,
    envelope_hash,
    make_barcode,
    require_teller_key,
    seal_postal,
    sign_postal,
    teller_key,
)
from ballot.sealing.setting import Setting
from tests.vectors.make_sealing import ELECTION as VECTOR_ELECTION
from tests.vectors.make_sealing import HERE, setting

VECTORS = json.loads((HERE / "sealing.json").read_text(encoding="utf-8"))["postal"]
ELECTION = bytes(range(16))
SETTING = Setting(bytes([5]) * 32, native.write_point(native.base_times(77)))
PLACE: dict[str, Any] = {"number": 7, "setting": SETTING, "section": "member"}
CONTESTS = ("contest-1", "contest-2")
ANN, BOB = (teller_key(make_code(rng=os.urandom), election_id=ELECTION) for _ in range(2))
TELLERS = {1: ANN.credential, 2: BOB.credential}


def by_ann(*choices: int, **place: Any) -> Any:
    given = PLACE | {"contests": CONTESTS, "key": ANN, "other": BOB.credential} | place
    return seal_postal(choices, **given)


def by_bob(*choices: int) -> Any:
    return seal_postal(choices, **PLACE, contests=CONTESTS, key=BOB, other=ANN.credential)


def signatures(ballot: Any) -> list[tuple[int, bytes]]:
    return [
        (number, sign_postal(ballot, **PLACE, key=key, rng=os.urandom))
        for number, key in ((1, ANN), (2, BOB))
    ]


def test_two_tellers_who_read_the_same_seal_the_same_bytes():
    # sealing §6.9
    ann, bob = by_ann(3, 0), by_bob(3, 0)

    assert ann.to_bytes() == bob.to_bytes()
    check_postal(ann.to_bytes(), signatures(ann), **PLACE, contests=CONTESTS, tellers=TELLERS)


def test_another_reading_number_section_or_partner_shares_nothing_with_the_first():
    first = by_ann(3, 0)
    others = [
        by_ann(3, 1),
        by_ann(3, 0, number=8),
        by_ann(3, 0, section="registered"),
        by_ann(3, 0, other=voting_key(make_code(rng=os.urandom), election_id=ELECTION).credential),
    ]

    points = {vote.c1 for one in [first, *others] for vote in one.votes}
    assert len(points) == 2 * 5
    assert len({one.credential for one in [first, *others]}) == 5


def test_a_tellers_key_is_not_the_key_of_an_electors_code_of_the_same_characters():
    code = make_code(rng=os.urandom)

    teller = teller_key(code, election_id=ELECTION)

    assert teller.credential != voting_key(code, election_id=ELECTION).credential
    assert native.write_point(require_teller_key(teller.credential))[1:] == teller.credential


def test_a_key_that_is_no_point_is_no_tellers():
    with pytest.raises(Malformed) as refused:
        by_ann(3, 0, other=bytes([255]) * 32)

    assert refused.value.condition == "teller.key"


def test_a_paper_is_refused_without_two_different_tellers_of_the_board():
    # sealing §6.10
    ballot = by_ann(3, 0)
    ann, bob = signatures(ballot)
    given = PLACE | {"contests": CONTESTS, "tellers": TELLERS}

    check_postal(ballot.to_bytes(), [ann, bob], **given)
    for signed, condition in [
        ([ann], "teller.same"),
        ([ann, ann], "teller.same"),
        ([ann, (3, bob[1])], "teller.signature"),
        ([ann, (2, ann[1])], "teller.signature"),
        ([ann, (2, bytes(64))], "teller.signature"),
    ]:
        with pytest.raises(BallotRejected) as refused:
            check_postal(ballot.to_bytes(), signed, **given)
        assert refused.value.condition == condition


def test_the_tellers_signatures_hold_for_one_number_and_one_section_alone():
    ballot = by_ann(3, 0)
    signed = signatures(ballot)
    given = PLACE | {"contests": CONTESTS, "tellers": TELLERS}

    with pytest.raises(BallotRejected) as refused:
        check_postal(ballot.to_bytes(), signed, **given | {"number": 8})
    assert refused.value.condition == "teller.signature"
    with pytest.raises(BallotRejected) as refused:
        check_postal(ballot.to_bytes(), signed, **given | {"section": "registered"})
    assert refused.value.condition == "ballot.proof"


def test_a_barcode_has_letters_and_digits_alone_and_is_read_as_it_was_typed():
    # sealing §6.8
    codes = [make_barcode(rng=os.urandom) for _ in range(50)]

    assert all(code.isalnum() and code == code.upper() for code in codes)
    digest = transcript_hash("envelope", ELECTION, codes[0][:CHARACTERS].encode())
    typed = f" {codes[0][:4]}-{codes[0][4:].lower()}\r\n"
    assert envelope_hash(typed, election_id=ELECTION) == digest
    with pytest.raises(CodeRejected):
        envelope_hash(codes[0][:-1], election_id=ELECTION)


@pytest.mark.parametrize("case", VECTORS)
def test_a_postal_paper_of_the_vectors_is_sealed_by_either_teller(case: dict[str, Any]) -> None:
    keys = [teller_key(code, election_id=VECTOR_ELECTION) for code in case["codes"]]
    place = {"number": case["number"], "setting": setting(), "section": case["section"]}

    for key, other in (keys, keys[::-1]):
        ballot = seal_postal(
            case["choices"], **place, contests=case["contests"], key=key, other=other.credential
        )
        assert ballot.to_bytes().hex() == case["wire"]
    assert [key.credential.hex() for key in keys] == case["keys"]
    signed = list(enumerate(map(bytes.fromhex, case["signatures"]), 1))
    tellers = dict(enumerate((key.credential for key in keys), 1))
    check_postal(
        bytes.fromhex(case["wire"]), signed, **place, contests=case["contests"], tellers=tellers
    )
