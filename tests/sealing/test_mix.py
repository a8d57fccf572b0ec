"""Boxes and mixes: a proof for every honest mix, and for no other (sealing §7 and §8)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballot.sealing import box as box_module
from ballot.sealing import generators as generators_module
from ballot.sealing import mix_check as mix_check_module
from ballot.sealing import mixing, native
from ballot.sealing import sums as sums_module
from ballot.sealing.box import Box, box_hash, join_boxes
from ballot.sealing.mixing import mix
from ballot.sealing.scalars import read_scalars
from ballot.sealing.setting import BoxName
from ballot.sealing.shuffle import read_mix
from tests.sealing import plain
from tests.sealing.making import box, refusal, rng, setting
from tests.sealing.mixes import NAMED, check, mixed, opened


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
