"""Boxes and mixes: a proof for every honest mix, and for no other (sealing §7 and §8)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballot.sealing import box as box_module
from ballot.sealing import generators as generators_module
from ballot.sealing import mix_check as mix_check_module
from ballot.sealing import mixing, native
from ballot.sealing import sums as sums_module
from ballot.sealing.box import Box, box_hash, join_boxes
from ballot.sealing.mix_check import check_mix
from ballot.sealing.mixing import mix
from ballot.sealing.native import ORDER
from ballot.sealing.scalars import read_scalars, write_scalars
from ballot.sealing.setting import BoxName
from ballot.sealing.shuffle import Mix, read_mix, statement_hash, weights
from ballot.sealing.workers import Stages
from tests.sealing import plain
from tests.sealing.making import box, refusal, rng, setting

NAMED = {"setting": setting(), "mixer": "server"}


def mixed(before, **changes):
    return mix(before, rng=rng(b"mix"), **NAMED | changes)


def check(before, made, **changes):
    return check_mix(before, made, rng=rng(b"check"), **NAMED | changes)


def opened(some, secret=777):
    """Give what the pairs hold, as (v + 1)·G, with the key's secret."""
    return sorted(
        native.add(c2.tobytes(), native.times(c1.tobytes(), -secret))
        for c1, c2 in zip(some.c1, some.c2, strict=True)
    )


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.binary(max_size=3))
def test_an_honest_mix_passes_and_holds_the_same_votes(choices, seed):
    before = box(choices)
    made = mix(before, rng=rng(seed), **NAMED)
    read = read_mix(made.to_bytes(), before=before)
    after = check(before, read)
    assert opened(after) == opened(before)
    assert not {row.tobytes() for row in after.c1} & {row.tobytes() for row in before.c1}


def test_mixes_follow_one_another():
    before = box(range(5))
    first = check(before, mixed(before))
    second = check(first, mixed(first, mixer="scrutineer"), mixer="scrutineer")
    assert opened(second) == opened(before)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_mix_by_workers_is_the_same_mix(monkeypatch, processes):
    for module in (box_module, generators_module, mix_check_module, mixing):
        monkeypatch.setattr(module, "FEWEST_FOR_WORKERS", 10)
        monkeypatch.setattr(module, "_BLOCK", 16)
    monkeypatch.setattr(generators_module, "_made", [])
    monkeypatch.setattr(sums_module, "FEWEST_FOR_BUCKETS", 20)
    before = box(list(range(50)))
    told = []
    made = mixed(before, processes=processes, progress=lambda *at: told.append(at))
    read = read_mix(made.to_bytes(), before=before, processes=processes)
    assert read.to_bytes() == made.to_bytes() == mixed(before).to_bytes()
    check(before, read, processes=processes, progress=lambda *at: told.append(at))
    assert told.count((50, 50)) >= 2


def test_a_mix_is_what_the_specification_says():
    # sealing §8.1 to §8.3, recomputed with slow arithmetic.
    before = box([1, 0, 2])
    made = mixed(before)
    proof, count = made.proof, 3
    drawn = mixing._draw(count, rng(b"mix"))
    fresh = {
        name: read_scalars(getattr(drawn, name))
        for name in ("encryption", "permutation", "chain", "for_weights", "for_chain")
    }

    def slow(points):
        return [plain.read(row.tobytes()) for row in native.write_points(points)]

    def sum_of(pairs):
        total = None
        for scalar, point in pairs:
            total = plain.add(total, plain.times(scalar, point))
        return total

    a, b = slow(before.c1), slow(before.c2)
    y = plain.times(777, plain.G)
    bases = [
        plain.ellswift(plain.stream(plain.h("generators"), 64 * 4)[64 * i : 64 * i + 64])
        for i in range(4)
    ]
    for i, j in enumerate(drawn.order):
        r = fresh["encryption"][i]
        assert slow(made.after.c1)[i] == plain.add(a[j], plain.times(r, plain.G))
        assert slow(made.after.c2)[i] == plain.add(b[j], plain.times(r, y))
        blinded = plain.times(fresh["permutation"][j], plain.G)
        assert slow(proof.permutation)[j] == plain.add(blinded, bases[i + 1])
    seed = plain.h(
        "mix-weights",
        bytes(32),
        plain.write(y),
        "leader",
        1,
        "member",
        "",
        "server",
        count,
        before.to_bytes(),
        made.after.to_bytes(),
        native.write_points(proof.permutation).tobytes(),
    )
    u = [int.from_bytes(plain.stream(seed, 60)[20 * i : 20 * i + 20], "big") for i in range(3)]
    in_order = [u[j] for j in drawn.order]
    link = bases[0]
    for i in range(count):
        previous = link
        link = sum_of([(fresh["chain"][i], plain.G), (in_order[i], previous)])
        assert slow(proof.chain)[i] == link
        drawn_link = [(fresh["for_chain"][i], plain.G), (fresh["for_weights"][i], previous)]
        assert slow(proof.chain_commitments)[i] == sum_of(drawn_link)
    omega, prime = drawn.once, fresh["for_weights"]
    after = (slow(made.after.c1), slow(made.after.c2))
    commitments = [
        plain.times(omega[0], plain.G),
        plain.times(omega[1], plain.G),
        sum_of([(omega[2], plain.G), *zip(prime, bases[1:], strict=True)]),
        sum_of([(-omega[3], plain.G), *zip(prime, after[0], strict=True)]),
        sum_of([(-omega[3], y), *zip(prime, after[1], strict=True)]),
    ]
    assert [plain.write(point) for point in commitments] == [
        native.write_point(point) for point in proof.commitments
    ]
    gamma = plain.reduced(
        plain.h(
            "mix-challenge",
            seed,
            native.write_points(proof.chain).tobytes(),
            native.write_points(proof.chain_commitments).tobytes(),
            *(plain.write(point) for point in commitments),
        )
    )
    total = 0
    for weight, one in zip(in_order, fresh["chain"], strict=True):
        total = (one + weight * total) % plain.N
    r, encryption = fresh["permutation"], fresh["encryption"]
    secrets = [
        sum(r),
        total,
        sum(x * one for x, one in zip(u, r, strict=True)),
        sum(x * one for x, one in zip(in_order, encryption, strict=True)),
    ]
    assert list(proof.responses) == [
        (w + gamma * secret) % plain.N for w, secret in zip(omega, secrets, strict=True)
    ]
    assert read_scalars(proof.s_weights) == [
        (w + gamma * x) % plain.N for w, x in zip(prime, in_order, strict=True)
    ]
    assert read_scalars(proof.s_chain) == [
        (w + gamma * x) % plain.N
        for w, x in zip(fresh["for_chain"], fresh["chain"], strict=True)
    ]


# --- Tampering with a finished mix (sealing §8.4, §8.5) ---


def test_any_changed_byte_of_a_mix_is_refused():
    before = box([3, 1])
    data = mixed(before).to_bytes()
    check(before, read_mix(data, before=before))

    def read_and_check(changed):
        check(before, read_mix(changed, before=before))

    for at in range(0, len(data), 7):
        changed = data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
        assert refusal(read_and_check, changed).condition.startswith("shuffle.")


@pytest.mark.parametrize(
    "change",
    [
        {"mixer": "scrutineer"},
        {"setting": setting(secret=778)},
        {"setting": setting(fingerprint=b"\x01" * 32)},
    ],
)
def test_a_mix_holds_for_its_own_mixer_key_and_election_alone(change):
    before = box([3, 1])
    made = mixed(before)
    check(before, made)
    refused = refusal(check, before, made, **change)
    if "setting" in change:  # the box itself is another one there
        assert refused.condition == "shuffle.input"
        hashed = box_hash(before, setting=change["setting"])
        made = Mix(hashed, made.after, made.proof)
        refused = refusal(check, before, made, **change)
    assert refused.condition == "shuffle.sum"
    assert "shuffle.c1" in refused.evidence["equations"]


def test_a_box_of_another_name_is_another_box():
    before = box([3, 1])
    other = Box(BoxName("leader", ("affiliated",)), before.c1, before.c2)
    made = mixed(before)
    check(before, made)
    assert refusal(check, other, made).condition == "shuffle.input"
    renamed = Mix(made.before_hash, replace(made.after, name=other.name), made.proof)
    assert refusal(check, before, renamed).condition == "shuffle.input"


def test_the_box_taken_must_be_the_one_before():
    first, second = box([3, 1]), box([3, 1], seed=b"others")
    made = mixed(first)
    check(first, made)
    assert refusal(check, second, made).condition == "shuffle.input"
    swapped = Box(first.name, first.c1[::-1].copy(), first.c2[::-1].copy())
    assert refusal(check, swapped, made).condition == "shuffle.input"


def test_dropping_or_adding_a_pair_is_seen_in_the_counts():
    before = box([3, 1, 2])
    made = mixed(before)
    after = made.after
    check(before, made)
    fewer = Box(after.name, after.c1[:2], after.c2[:2])
    more = Box(after.name, np.tile(after.c1, (2, 1)), np.tile(after.c2, (2, 1)))
    for tampered in (fewer, more):
        changed = Mix(made.before_hash, tampered, made.proof)
        assert refusal(check, before, changed).condition == "shuffle.count"
    for size in (-1, 1):
        data = made.to_bytes()
        wrong = data[:size] if size < 0 else data + b"\x00"
        assert refusal(read_mix, wrong, before=before).condition == "shuffle.length"
    shorter = box([3, 1])
    assert refusal(read_mix, made.to_bytes(), before=shorter).condition == "shuffle.length"
    assert refusal(check, shorter, made).condition == "shuffle.count"


@pytest.mark.parametrize(
    "column", ["permutation", "chain", "chain_commitments", "s_weights", "s_chain"]
)
def test_every_column_has_as_many_rows_as_the_box(column):
    before = box([3, 1, 2])
    made = mixed(before)
    check(before, made)
    short = replace(made.proof, **{column: getattr(made.proof, column)[:-1]})
    changed = Mix(made.before_hash, made.after, short)
    assert refusal(check, before, changed).condition == "shuffle.count"


@pytest.mark.parametrize("column", ["commitments", "responses"])
def test_a_proof_has_five_commitments_and_four_responses(column):
    before = box([3, 1])
    made = mixed(before)
    check(before, made)
    short = replace(made.proof, **{column: getattr(made.proof, column)[:-1]})
    changed = Mix(made.before_hash, made.after, short)
    assert refusal(check, before, changed).condition == "shuffle.count"


def test_scalars_out_of_range_are_refused_when_read_and_when_checked():
    before = box([3, 1])
    made = mixed(before)
    check(before, made)
    large = write_scalars([ORDER, 1])
    for change in (
        {"s_weights": large},
        {"s_chain": large},
        {"responses": (1, 2, 3, ORDER)},
    ):
        changed = Mix(made.before_hash, made.after, replace(made.proof, **change))
        assert refusal(check, before, changed).condition == "shuffle.scalar"
        assert refusal(read_mix, changed.to_bytes(), before=before).condition == "shuffle.scalar"


def test_what_is_no_point_is_named_with_its_place():
    before = box([3, 1])
    data = mixed(before).to_bytes()
    read_mix(data, before=before)
    bad = data[:98] + b"\x05" + data[99:]  # the second pair's c1
    refused = refusal(read_mix, bad, before=before)
    assert refused.condition == "shuffle.point"
    assert refused.evidence == {"column": 0, "row": 1}


def test_an_empty_box_is_neither_mixed_nor_checked():
    empty = box([1])
    empty = Box(empty.name, empty.c1[:0], empty.c2[:0])
    made = mixed(box([1]))
    assert refusal(mixed, empty).condition == "shuffle.empty"
    assert refusal(check, empty, made).condition == "shuffle.empty"
    assert len(box_hash(empty, setting=setting())) == 32


# --- Cheating with the mixer's own secrets: the proof is made for a false statement ---


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


# --- Boxes ---


def test_a_box_is_read_row_by_row():
    # sealing §7.2
    first = box([1, 2, 3])
    again = Box.parse(first.name, first.rows())
    assert again.to_bytes() == first.to_bytes()
    bad = first.rows()
    bad[1, 33] = 7
    refused = refusal(Box.parse, first.name, bad)
    assert (refused.condition, refused.evidence) == ("box.point", {"column": 1, "row": 1})
    assert refusal(Box.parse, first.name, bad[:, 1:]).condition == "box.length"
    assert refusal(Box.parse, first.name, bad.reshape(-1)).condition == "box.length"


def test_a_box_hash_binds_all_it_should():
    first = box([1, 2])
    hashes = {
        box_hash(first, setting=setting()),
        box_hash(first, setting=setting(secret=8)),
        box_hash(first, setting=setting(fingerprint=b"x" * 32)),
        box_hash(Box(BoxName("deputy", ("member",)), first.c1, first.c2), setting=setting()),
        box_hash(Box(BoxName("leader", ("m", "n")), first.c1, first.c2), setting=setting()),
        box_hash(Box(BoxName("leader", ("member",), "u"), first.c1, first.c2), setting=setting()),
        box_hash(Box(first.name, first.c1[::-1], first.c2[::-1]), setting=setting()),
        box_hash(Box(first.name, first.c1[:1], first.c2[:1]), setting=setting()),
    }
    assert len(hashes) == 8


def test_sections_are_pooled_in_the_order_given():
    # sealing §7.1
    one = box([1, 2], name=BoxName("leader", ("b",)))
    two = box([3], seed=b"two", name=BoxName("leader", ("a",)))
    pooled = join_boxes(BoxName("leader", ("a", "b")), [one, two])
    assert pooled.to_bytes() == one.to_bytes() + two.to_bytes()
    for name in (
        BoxName("deputy", ("a", "b")),
        BoxName("leader", ("a", "b"), "unit"),
        BoxName("leader", ("a",)),
        BoxName("leader", ("a", "c")),
    ):
        assert refusal(join_boxes, name, [one, two]).condition == "box.name"
