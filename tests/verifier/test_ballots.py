"""Sealed ballots: bytes, proofs, signatures, and what no two may share (sealing §6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verifier.given import failure, failures, turned, vectors
from tests.verifier.making import Tally, make_ballot
from verifier.ballots import Cast, Paper, ballot_bytes, check_ballots, tracker
from verifier.group import ORDER
from verifier.setting import Setting
from verifier.workers import Workers

GIVEN = vectors("sealing")
TALLY = Tally()


def paper_and_cast(case: dict[str, Any]) -> tuple[Paper, Cast]:
    setting = Setting(bytes.fromhex(case["fingerprint"]), bytes.fromhex(case["key"]))
    paper = Paper(setting, tuple(vote["contest"] for vote in case["votes"]))
    return paper, Cast(bytes.fromhex(case["wire"]), case["section"], case["unit"])


@pytest.mark.parametrize("case", GIVEN["ballots"], ids=lambda case: case["section"])
def test_the_ballots_of_the_vectors_hold_and_have_their_trackers(case: dict[str, Any]) -> None:
    paper, cast = paper_and_cast(case)

    check_ballots(paper, [cast])

    assert len(cast.wire) == ballot_bytes(len(paper.contests))
    assert tracker(paper.setting, cast, len(paper.contests)).hex() == case["tracker"]


@pytest.mark.parametrize("case", GIVEN["refused_ballots"], ids=lambda case: case["why"])
def test_the_false_ballots_of_the_vectors_are_refused_by_their_condition(
    case: dict[str, Any],
) -> None:
    paper, cast = paper_and_cast(GIVEN["ballots"][2])
    check_ballots(paper, [cast])

    failed = failure(check_ballots, paper, [Cast(bytes.fromhex(case["wire"]), cast.section)])

    assert failed.check == case["condition"]


PREFIX, X, LAST = 0, 1, 32
FLIPS = {
    "the credential": (5, 0, {"ballot.credential", "ballot.proof"}),
    "the parity of c1": (32 + PREFIX, 0, {"ballot.proof"}),
    "the prefix of c1": (32 + PREFIX, 7, {"ballot.point"}),
    "c1": (32 + LAST, 0, {"ballot.point", "ballot.proof"}),
    "the parity of c2": (65 + PREFIX, 0, {"ballot.proof"}),
    "c2": (65 + X, 3, {"ballot.point", "ballot.proof"}),
    "the parity of A": (98 + PREFIX, 0, {"ballot.proof"}),
    "A": (98 + LAST, 0, {"ballot.point", "ballot.proof"}),
    "the response": (131 + 31, 0, {"ballot.proof"}),
    "R of the signature": (163 + 2, 0, {"ballot.signature"}),
    "s of the signature": (163 + 63, 0, {"ballot.signature"}),
}


@pytest.mark.parametrize("flip", FLIPS)
def test_a_turned_bit_of_one_ballot_among_many_is_refused_and_the_ballot_named(flip: str) -> None:
    at, bit, checks = FLIPS[flip]
    casts = TALLY.casts
    check_ballots(TALLY.paper, casts)

    casts[3] = Cast(turned(casts[3].wire, at, bit), "member")
    failed = failure(check_ballots, TALLY.paper, casts)

    assert failed.check in checks
    assert failed.where.startswith("ballot 4")


def test_several_false_ballots_are_all_named_each_by_the_first_condition_it_breaks() -> None:
    casts = TALLY.casts
    casts[0] = Cast(casts[0].wire[:-1], "member")
    casts[1] = Cast(turned(turned(casts[1].wire, 162), 226), "member")
    casts[4] = Cast(turned(casts[4].wire, 226), "member")

    assert failures(check_ballots, TALLY.paper, casts) == [
        ("ballot.length", "ballot 1"),
        ("ballot.proof", "ballot 2, contest leader"),
        ("ballot.signature", "ballot 5"),
    ]


def test_a_false_proof_is_named_before_a_signature_that_cannot_be_read() -> None:
    (cast,) = TALLY.casts[:1]
    out_of_range = cast.wire[:-32] + ORDER.to_bytes(32, "big")

    assert failure(check_ballots, TALLY.paper, [Cast(out_of_range, "member")]).check == (
        "ballot.signature"
    )
    both = Cast(turned(out_of_range, 162), "member")
    assert failure(check_ballots, TALLY.paper, [both]).check == "ballot.proof"


@pytest.mark.parametrize(
    "other",
    [
        {"section": "affiliated"},
        {"unit": "branch"},
    ],
    ids=str,
)
def test_a_ballot_holds_in_its_own_section_and_unit_alone(other: dict[str, str]) -> None:
    (cast,) = TALLY.casts[:1]
    check_ballots(TALLY.paper, [cast])

    moved = Cast(cast.wire, **{"section": "member", **other})

    assert failure(check_ballots, TALLY.paper, [moved]).check == "ballot.proof"


def test_a_ballot_holds_in_its_own_election_and_contest_alone() -> None:
    setting, casts = TALLY.setting, TALLY.casts[:1]
    other_key = bytes([setting.key[0] ^ 1]) + setting.key[1:]
    check_ballots(TALLY.paper, casts)

    for paper in (
        Paper(Setting(bytes(32), setting.key), ("leader",)),
        Paper(Setting(setting.fingerprint, other_key), ("leader",)),
        Paper(setting, ("deputy",)),
    ):
        assert failure(check_ballots, paper, casts).check == "ballot.proof"


def test_the_same_ballot_again_is_refused_and_the_first_stands() -> None:
    casts = TALLY.casts
    check_ballots(TALLY.paper, casts)

    failed = failure(check_ballots, TALLY.paper, [*casts, casts[2]])

    assert (failed.check, failed.where) == ("ballot.repeated", "ballot 6")
    assert "ballot 3" in failed.why


def test_a_second_ballot_of_one_credential_is_refused_and_the_first_stands() -> None:
    first, second = (make_ballot(TALLY.paper, 77, [(choice, 1000 + choice)]) for choice in (3, 4))
    check_ballots(TALLY.paper, [second])

    failed = failure(check_ballots, TALLY.paper, [first, second])

    assert (failed.check, failed.where) == ("ballot.twice", "ballot 2")


def test_a_vote_under_a_known_randomness_repeats_its_c1_and_is_refused() -> None:
    first, second = (make_ballot(TALLY.paper, secret, [(secret, 1000)]) for secret in (5, 6))
    check_ballots(TALLY.paper, [second])

    failed = failure(check_ballots, TALLY.paper, [first, second])

    assert (failed.check, failed.where) == ("ballot.repeated", "ballot 2")


def test_two_votes_of_one_ballot_may_not_share_a_half() -> None:
    paper = Paper(TALLY.setting, ("leader", "deputy"))
    check_ballots(paper, [make_ballot(paper, 77, [(3, 1000), (3, 1001)])])

    failed = failure(check_ballots, paper, [make_ballot(paper, 77, [(3, 1000), (4, 1000)])])

    assert failed.check == "ballot.repeated"


def test_what_repeats_a_ballot_that_does_not_hold_stands() -> None:
    cast = TALLY.casts[0]
    false = Cast(turned(cast.wire, 226), "member")

    assert failures(check_ballots, TALLY.paper, [false, cast]) == [("ballot.signature", "ballot 1")]


def test_several_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.workers.SMALLEST_RANGE", 2)
    casts = TALLY.casts
    casts[1] = Cast(turned(casts[1].wire, 226), "member")
    casts[4] = Cast(casts[0].wire, "member")
    done: list[int] = []

    with Workers(2, done.append) as workers:
        found = failures(check_ballots, TALLY.paper, casts, workers)

    assert found == [("ballot.signature", "ballot 2"), ("ballot.repeated", "ballot 5")]
    assert found == failures(check_ballots, TALLY.paper, casts)
    assert sum(done) == 5
    assert len(done) == 2


def test_no_ballots_at_all_are_fine() -> None:
    check_ballots(TALLY.paper, [])


@pytest.mark.parametrize(
    ("fingerprint", "key", "check"),
    [
        (bytes(31), TALLY.setting.key, "setting.fingerprint"),
        (bytes(32), bytes(33), "setting.key"),
        (bytes(32), TALLY.setting.key[:-1], "setting.key"),
    ],
)
def test_an_election_that_may_not_be_is_refused(fingerprint: bytes, key: bytes, check: str) -> None:
    Setting(bytes(32), TALLY.setting.key)

    assert failure(Setting, fingerprint, key).check == check
