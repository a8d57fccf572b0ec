"""Many ballots at once: the same conditions, and every culprit named (sealing §6.5)."""

from __future__ import annotations

import numpy as np
import pytest

from ballot.sealing import batch as batch_module
from ballot.sealing import bulk as bulk_module
from ballot.sealing import claims as claims_module
from ballot.sealing import native
from ballot.sealing.ballot import (
    SealedBallot,
    check_ballot,
    seal_ballot,
    sign_ballot,
    vote_transcript,
)
from ballot.sealing.batch import check_ballots, check_read_ballots, read_ballots
from ballot.sealing.bulk import seal_ballots
from ballot.sealing.claims import Claims, false_claims
from ballot.sealing.codes import make_codes, voting_key
from ballot.sealing.native import ORDER
from tests.sealing import plain
from tests.sealing.making import ELECTION, place, refusal, rng, vote_over, voter, wires

TWO = {"contests": ["leader", "deputy"]}


def check(wire, **changes):
    return check_ballots(wire, rng=rng(b"weights"), **place(**changes))


def test_many_sealed_at_once_are_those_sealed_one_by_one():
    choices = np.array([[0, 5], [325, 0], [2**20 - 1, 7]], np.uint32)
    wire = wires(choices, **TWO)
    codes = make_codes(3, rng=rng(b"sealing" + b"codes"))
    keys = [voting_key(code, election_id=ELECTION) for code in codes]

    drawn = rng(b"sealing")
    scalars = [drawn(32) for _ in range(12)]  # r of one contest's rows, then the other's; then k
    auxiliary = [drawn(32) for _ in range(3)]
    for row, (paper, key) in enumerate(zip(wire, keys, strict=True)):
        order = [scalars[row], scalars[6 + row], scalars[3 + row], scalars[9 + row]]
        replay = iter([*order, auxiliary[row]])
        ballot = seal_ballot(
            choices[row].tolist(), key=key, rng=lambda _, r=replay: next(r), **place(**TWO)
        )
        assert ballot.to_bytes() == paper.tobytes()
        check_ballot(paper.tobytes(), **place(**TWO))


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("signatures", [True, False])
def test_good_ballots_pass_and_give_their_boxes(monkeypatch, processes, signatures):
    for module in (batch_module, bulk_module, claims_module):
        monkeypatch.setattr(module, "FEWEST_FOR_WORKERS", 10)
        monkeypatch.setattr(module, "_BLOCK", 8)
    rows = [[number % 6, number % 4] for number in range(40)]
    wire = wires(rows, processes=processes, **TWO)
    told = []
    checked = check_ballots(
        wire,
        rng=rng(),
        signatures=signatures,
        processes=processes,
        progress=lambda *at: told.append(at),
        **place(**TWO),
    )
    assert told[-1] == (40, 40)
    assert told == sorted(told)
    for number, contest in enumerate(["leader", "deputy"]):
        box = checked.box(contest)
        start = 32 + 131 * number
        assert box.to_bytes() == wire[:, start : start + 66].tobytes()
        assert box.name.parts() == (contest, 1, "member", "")


def test_every_culprit_is_named_as_the_check_at_intake_names_it():
    wire = wires([[row % 6, 1] for row in range(60)], **TWO)
    good = wire.copy()
    faults = {
        2: (32, 4),  # c1's prefix: no point
        9: (131, 255),  # a response over the order, with the bytes after it
        11: (0, 0),  # the credential
        17: (140, 1),  # a response
        18: (40, 1),  # c1: another point, or none
        25: (170, 1),  # the second contest's c1
        31: (357, 1),  # the signature's response
        32: (300, 1),  # the signature's R: another x, or none
        59: (262, 1),  # the second response's first byte
    }
    for row, (at, mask) in faults.items():
        wire[row, at] ^= mask
    wire[9, 131:163] = 255
    wire[11, :32] = np.frombuffer(bytes(31) + b"\x05", np.uint8)
    wire[40, 163:294] = wire[40, 32:163]  # the first vote in both places

    expected = []
    for row, paper in enumerate(wire):
        try:
            check_ballot(paper.tobytes(), **place(**TWO))
        except Exception as error:
            expected.append((row, error.condition))
    assert check(good, **TWO)
    refused = refusal(check, wire, **TWO)
    assert refused.condition == "ballots"
    assert list(refused.culprits) == expected
    assert [row for row, _ in expected] == sorted([*faults, 40])
    assert {condition for _, condition in expected} == {
        "ballot.point",
        "ballot.scalar",
        "ballot.credential",
        "ballot.repeated",
        "ballot.proof",
        "ballot.signature",
    }
    unsigned = refusal(
        check_ballots, wire, rng=rng(), signatures=False, **place(**TWO)
    )
    assert 31 not in dict(unsigned.culprits)


def test_a_component_of_an_earlier_ballot_is_refused_and_the_earlier_stands():
    wire = wires([1, 2, 3, 4])
    again = np.concatenate([wire, wire[1:2], wire[1:2]])
    check(wire)
    assert refusal(check, again).culprits == ((4, "ballot.repeated"), (5, "ballot.repeated"))


def test_a_component_repeats_another_in_its_own_place_alone():
    # What is taken at intake holds here, or one elector could stop the election.
    wire = wires([1, 2, 3])
    begun = vote_transcript(place()["setting"], "leader", "member", "")

    def with_c2(row, at, randomness):
        vote = vote_over(
            wire[row, at : at + 33].tobytes(),
            randomness=randomness,
            begun=begun,
            credential=voter(randomness).credential,
        )
        ballot = sign_ballot([vote], key=voter(randomness), rng=rng(), **place())
        check_ballot(ballot.to_bytes(), **place())
        return np.frombuffer(ballot.to_bytes(), np.uint8)

    crossed, copied = with_c2(0, 32, 7), with_c2(1, 65, 8)
    assert check(np.vstack([wire, crossed]))
    assert check(np.vstack([crossed, wire]))
    for row in range(4):
        rows = np.insert(np.vstack([wire, crossed]), row, copied, axis=0)
        last = max(row, 1 + (row <= 1))
        assert refusal(check, rows).culprits == ((last, "ballot.repeated"),)


def test_a_refused_ballot_s_components_are_free_for_a_later_one():
    wire = wires([[1, 2], [3, 4], [5, 6]], **TWO)
    begun = [vote_transcript(place()["setting"], name, "member", "") for name in TWO["contests"]]

    def signed(votes, number):
        ballot = sign_ballot(votes, key=voter(number), rng=rng(), **place(**TWO))
        return np.frombuffer(ballot.to_bytes(), np.uint8)

    def over(c2, number, contest, randomness):
        key = voter(number)
        return vote_over(
            c2, randomness=randomness, begun=begun[contest], credential=key.credential
        )

    points = [native.write_point(native.base_times(secret)) for secret in range(2, 6)]
    copied = wire[0, 163 + 33 : 163 + 66].tobytes()
    refused = signed([over(points[0], 1, 0, 70), over(copied, 1, 1, 71)], 1)
    later = signed([over(points[1], 2, 0, 70), over(points[2], 2, 1, 72)], 2)
    rows = np.vstack([wire, refused, later])
    assert refusal(check, rows, **TWO).culprits == ((3, "ballot.repeated"),)
    assert check(np.vstack([wire, later]), **TWO)


def test_a_copy_with_a_false_proof_does_not_taint_the_ballot_it_copies():
    wire = wires([1, 2, 3])
    copied = wire[[0, 2, 1, 2]].copy()
    copied[1, :32] = wire[1, :32]  # another credential over the third paper's votes
    assert refusal(check, copied).culprits == ((1, "ballot.proof"),)


def test_points_alike_in_their_first_bytes_alone_are_no_repetition(monkeypatch):
    wire = wires([[1, 2], [3, 4]], **TWO)
    monkeypatch.setattr(
        batch_module, "_heads", lambda pairs: np.zeros((2, 2, pairs.shape[2]), np.uint64)
    )
    assert check(wire, **TWO)


def test_two_ballots_whose_faults_cancel_out_are_both_named():
    # Unweighted, the sum of the two would hold: the fresh weights tell them apart.
    wire = wires(list(range(20)))
    for row, change in ((4, 1), (13, -1)):
        response = int.from_bytes(wire[row, 131:163].tobytes(), "big") + change
        wire[row, 131:163] = np.frombuffer((response % ORDER).to_bytes(32, "big"), np.uint8)
    culprits = refusal(check_ballots, wire, rng=rng(), signatures=False, **place()).culprits
    assert culprits == ((4, "ballot.proof"), (13, "ballot.proof"))


def test_a_claim_that_is_false_passes_neither_alone_nor_together():
    # A batch is checked alone up to eight claims, and by one weighted sum above.
    point = plain.write
    for count in (3, 30):
        rows = []
        for number in range(1, count + 1):
            secret, nonce, challenge = number, 7 * number, 11 * number
            rows.append((nonce, secret, challenge, nonce + challenge * secret))
        claims = _claims(rows)
        assert false_claims(claims, rng=rng()) == []
        rows[1] = (*rows[1][:3], rows[1][3] + 1)
        assert false_claims(_claims(rows), rng=rng()) == [1]
    assert point(plain.G)


def _claims(rows):
    from ballot.sealing import native
    from ballot.sealing.scalars import write_scalars

    def points(column):
        joined = b"".join(native.base_times(row[column]) for row in rows)
        return np.frombuffer(joined, np.uint8).reshape(-1, 64)

    numbers = [write_scalars([row[column] for row in rows]) for column in (2, 3)]
    return Claims(points(0), points(1), *numbers)


def test_shapes_are_checked_first():
    wire = wires([1, 2])
    check(wire)
    assert refusal(check, wire[:, :-1]).condition == "ballot.length"
    assert refusal(check, wire.reshape(-1)).condition == "ballot.length"
    assert refusal(check, wire, **TWO).condition == "ballot.length"
    assert refusal(check, wire, section="").condition == "name"
    read = read_ballots(wire, contests=1)
    named = place(**TWO)
    assert refusal(check_read_ballots, read, rng=rng(), **named).condition == "ballot.columns"
    choices = np.zeros((3, 1), np.uint32)
    secrets = np.zeros((2, 32), np.uint8)
    assert (
        refusal(seal_ballots, choices, secrets=secrets, rng=rng(), **place()).condition
        == "ballot.columns"
    )


def test_no_ballots_at_all_are_checked_and_make_empty_boxes():
    checked = check(wires([1])[:0])
    assert len(checked.box("leader")) == 0


def test_a_parsed_ballot_has_its_parts():
    wire = wires([5])[0].tobytes()
    ballot = SealedBallot.parse(wire, contests=1)
    assert ballot.to_bytes() == wire
    assert ballot.credential == wire[:32]
    assert ballot.credential != voter().credential
