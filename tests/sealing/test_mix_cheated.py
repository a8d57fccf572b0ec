"""A mixer who cheats with secrets of their own, and proves what is false, is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ballot.sealing import mixing, native
from ballot.sealing.box import Box, box_hash
from ballot.sealing.native import ORDER
from ballot.sealing.scalars import read_scalars, write_scalars
from ballot.sealing.shuffle import Mix, statement_hash, weights
from ballot.sealing.workers import Stages
from tests.sealing import plain
from tests.sealing.making import box, refusal, rng, setting
from tests.sealing.mixes import check


def cheat(before, *, alter=None, order=None, after_chain=None):
    """Make a mix as a mixer might who replaces outputs, or commits to no permutation."""
    secrets = mixing._draw(len(before), rng(b"cheat"))
    if order is not None:
        secrets = replace(secrets, order=np.array(order))
    prover = mixing._prover(secrets, setting(), 1, None)
    after, permutation = prover.encrypt(before, None)
    if alter is not None:
        after, permutation = alter(after, permutation, secrets, prover)
    statement = statement_hash(before, after, permutation, setting=setting(), mixer="server")
    stages = Stages(None, 1, 1, 1, 1)
    proof = prover.prove(statement, after, permutation, stages)
    if after_chain is not None:
        proof = after_chain(proof, prover, statement)
    return Mix(box_hash(before, setting=setting()), after, proof)


def replaced(points, row, point):
    changed = points.copy()
    changed[row] = np.frombuffer(point, np.uint8)
    return changed


def test_the_harness_makes_honest_mixes_when_it_does_not_cheat():
    before = box(range(6))
    check(before, cheat(before))


def test_one_vote_replaced_is_refused_by_the_equations_of_the_pairs():
    before = box(range(6))

    def alter(after, permutation, secrets, prover):
        other = box([5], seed=b"stuffed")
        c1 = replaced(after.c1, 2, other.c1[0].tobytes())
        c2 = replaced(after.c2, 2, other.c2[0].tobytes())
        return Box(after.name, c1, c2), permutation

    refused = refusal(check, before, cheat(before, alter=alter))
    assert refused.condition == "shuffle.c1"
    assert refused.evidence["equations"] == ("shuffle.c1", "shuffle.c2")


def test_a_changed_vote_with_its_randomness_kept_is_refused_by_its_half_alone():
    before = box(range(6))

    def alter(after, permutation, secrets, prover):
        more = native.add(after.c2[2].tobytes(), native.G)
        return Box(after.name, after.c1, replaced(after.c2, 2, more)), permutation

    refused = refusal(check, before, cheat(before, alter=alter))
    assert refused.evidence["equations"] == ("shuffle.c2",)


def test_all_votes_replaced_are_refused():
    before = box(range(6))

    def alter(after, permutation, secrets, prover):
        return box([5] * 6, seed=b"stuffed"), permutation

    refused = refusal(check, before, cheat(before, alter=alter))
    assert refused.evidence["equations"] == ("shuffle.c1", "shuffle.c2")


def test_two_outputs_swapped_after_the_commitment_are_refused():
    before = box(range(6))

    def alter(after, permutation, secrets, prover):
        order = [1, 0, 2, 3, 4, 5]
        return Box(after.name, after.c1[order], after.c2[order]), permutation

    refused = refusal(check, before, cheat(before, alter=alter))
    assert refused.evidence["equations"] == ("shuffle.c1", "shuffle.c2")


def test_one_vote_doubled_over_another_is_refused_by_the_product():
    # Output 1 repeats the vote of output 0; the commitment is made to fit, as no permutation is.
    before = box(range(4))
    order = [2, 2, 0, 1]

    def alter(after, permutation, secrets, prover):
        blinding = read_scalars(secrets.permutation)
        rows = []
        for column in range(4):
            bases = [prover.bases[1 + i].tobytes() for i in range(4) if order[i] == column]
            rows.append(native.add(native.base_times(blinding[column]), *bases))
        return after, np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 64)

    refused = refusal(check, before, cheat(before, alter=alter, order=order))
    assert refused.condition == "shuffle.product"
    assert refused.evidence["equations"] == ("shuffle.product", "shuffle.c1", "shuffle.c2")


def test_outputs_that_add_votes_up_are_refused_by_the_product_alone(monkeypatch):
    # Every sum holds for any matrix whose rows and columns add up to one, if the votes are put
    # together by its inverse: here two votes become two thirds of one and one third of the
    # other.  Only the product tells.
    before = box(range(4))
    matrix = [[2, -1, 0, 0], [-1, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    third = pow(3, -1, ORDER)
    inverse = [[2 * third, third, 0, 0], [third, 2 * third, 0, 0], *matrix[2:]]

    def combine(row, points):
        pairs = zip(row, points, strict=True)
        return native.add(*(native.times(point.tobytes(), times) for times, point in pairs))

    def alter(after, permutation, secrets, prover):
        fresh, blinding = read_scalars(secrets.encryption), read_scalars(secrets.permutation)
        c1, c2, committed = [], [], []
        for number, row in enumerate(inverse):
            c1.append(native.add(combine(row, before.c1), native.base_times(fresh[number])))
            again = native.times(setting().point, fresh[number])
            c2.append(native.add(combine(row, before.c2), again))
            column = [line[number] for line in matrix]
            blinded = native.base_times(blinding[number])
            committed.append(native.add(blinded, combine(column, prover.bases[1:5])))
        arrays = [
            np.frombuffer(b"".join(column), np.uint8).reshape(-1, 64)
            for column in (c1, c2, committed)
        ]
        return Box(after.name, arrays[0], arrays[1]), arrays[2]

    def in_order(prover, u):
        weight = read_scalars(u, 20)
        return [sum(a * b for a, b in zip(row, weight, strict=True)) for row in matrix]

    check(before, cheat(before))
    monkeypatch.setattr(mixing._Prover, "_in_order", in_order)
    refused = refusal(check, before, cheat(before, alter=alter))
    assert refused.evidence["equations"] == ("shuffle.product",)


def test_commitments_to_more_than_one_vote_a_row_are_refused_by_the_sum():
    # Twice the generator where it should stand once: its sum shows.
    before = box(range(4))

    def alter(after, permutation, secrets, prover):
        twice = native.add(permutation[0].tobytes(), prover.bases[1].tobytes())
        return after, replaced(permutation, 0, twice)

    refused = refusal(check, before, cheat(before, alter=alter))
    assert refused.condition == "shuffle.sum"
    assert refused.evidence["equations"] == ("shuffle.sum", "shuffle.commitment")


def test_a_broken_chain_is_refused_by_the_chain_wherever_it_breaks():
    before = box(range(5))
    for link in range(5):

        def break_one(proof, prover, statement, link=link):
            from ballot.sealing.shuffle import challenge

            u = weights(statement, 5)
            sums, _ = prover._chain(u)
            false = native.add(proof.chain_commitments[link].tobytes(), native.G)
            proof = replace(
                proof, chain_commitments=replaced(proof.chain_commitments, link, false)
            )
            return prover._respond(proof, u, sums[-1:], challenge(statement, proof))

        refused = refusal(check, before, cheat(before, after_chain=break_one))
        assert refused.condition == "shuffle.chain"
        assert refused.evidence["equations"] == ("shuffle.chain",)


def test_two_links_whose_faults_cancel_out_are_still_refused():
    before = box(range(5))

    def break_two(proof, prover, statement):
        s_chain = read_scalars(proof.s_chain)
        s_chain[1], s_chain[3] = (s_chain[1] + 1) % ORDER, (s_chain[3] - 1) % ORDER
        return replace(proof, s_chain=write_scalars(s_chain))

    refused = refusal(check, before, cheat(before, after_chain=break_two))
    assert refused.evidence["equations"] == ("shuffle.chain",)


@pytest.mark.parametrize("number", range(4))
def test_a_changed_response_is_refused_by_its_own_equation(number):
    before = box(range(5))

    def change(proof, prover, statement):
        responses = list(proof.responses)
        responses[number] = (responses[number] + 1) % ORDER
        return replace(proof, responses=tuple(responses))

    equations = refusal(check, before, cheat(before, after_chain=change)).evidence["equations"]
    assert equations == [
        ("shuffle.sum",),
        ("shuffle.product",),
        ("shuffle.commitment",),
        ("shuffle.c1", "shuffle.c2"),
    ][number]


def test_weights_have_no_limit_to_their_number_and_are_all_different():
    # Threats: per-index challenges above 100,000.
    seed = bytes(range(32))
    u = weights(seed, 150_000)
    assert u.shape == (150_000, 20)
    assert len({row.tobytes() for row in u}) == 150_000
    assert u[140_000].tobytes() == plain.stream(seed, 20 * 140_001)[-20:]
