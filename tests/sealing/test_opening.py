"""Opening a box: any quorum, nothing less, and every factor proved (sealing §10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from ballot.sealing import decoding as decoding_module
from ballot.sealing import native
from ballot.sealing import opening as opening_module
from ballot.sealing.box import Box
from ballot.sealing.decoding import open_box
from ballot.sealing.keys import KeyShare
from ballot.sealing.native import ORDER
from ballot.sealing.opening import (
    PartOpening,
    check_part,
    check_revealed,
    open_part,
    part_commitment,
    read_part,
    repeatable,
)
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import BoxName, Setting
from tests.sealing import plain
from tests.sealing.making import box, key, refusal, rng

SPACE = RankingSpace(3, 3)


class Opened:
    """An election's key, a box under it, and every trustee's part."""

    def __init__(self, choices, *, trustees=3, quorum=2, processes=1):
        self.key, self.shares = key(trustees, quorum)
        self.setting = Setting(bytes(32), self.key.public_key)
        self.box = box(choices, setting=self.setting)
        self.parts = [self.part(share, processes=processes) for share in self.shares]

    def part(self, share, **changes):
        named = {"setting": self.setting, "key": self.key, "rng": rng(b"open")} | changes
        return open_part(self.box, share=share, **named)

    def check(self, part, **changes):
        box = changes.pop("box", self.box)
        check_part(box, part, **{"setting": self.setting, "key": self.key} | changes)

    def open(self, parts, **changes):
        return open_box(self.box, parts, key=self.key, **{"space": SPACE} | changes)


@pytest.mark.parametrize(("trustees", "quorum"), [(1, 1), (3, 2), (5, 3), (9, 5)])
def test_any_quorum_opens_what_was_sealed(trustees, quorum):
    choices = [0, 15, 15, 3, 8, 0, 7]
    opened = Opened(choices, trustees=trustees, quorum=quorum)
    for part in opened.parts:
        opened.check(read_part(part.to_bytes(), box=opened.box))
    for chosen in list(combinations(opened.parts, quorum))[-12:]:
        result = opened.open(chosen)
        assert result.profile == Counter(choices)
        assert (result.rejected, result.papers) == (0, 7)


def test_one_short_of_a_quorum_opens_nothing():
    opened = Opened([1, 2], trustees=3, quorum=2)
    assert opened.open(opened.parts[:2])
    first = opened.parts[0]
    for parts in ([first], [first, first], opened.parts, [first, replace(first, number=7)]):
        assert refusal(opened.open, parts).condition == "opening.quorum"


def test_a_point_outside_the_table_is_one_rejected_paper():
    # sealing §4.2, §10.5: the count completes.
    choices = [0, 15, 16, 17, 2**20 - 1, 3]
    opened = Opened(choices)
    result = opened.open(opened.parts[:2])
    assert result.profile == {0: 1, 15: 1, 3: 1}
    assert (result.rejected, result.papers) == (3, 6)


def infinite_pair(opened):
    """Put a pair in the box whose opening is infinite: c1 = G, c2 = Y."""
    points = (native.G, opened.setting.point)
    c1, c2 = opened.box.c1.copy(), opened.box.c2.copy()
    c1[1], c2[1] = (np.frombuffer(point, np.uint8) for point in points)
    return Box(opened.box.name, c1, c2)


@pytest.mark.parametrize("most_terms", [120, 0])
def test_a_pair_that_opens_to_infinity_is_rejected_too(monkeypatch, most_terms):
    monkeypatch.setattr(decoding_module, "_MOST_TERMS", most_terms)
    opened = Opened([4, 5, 6], trustees=5, quorum=3)
    opened.box = infinite_pair(opened)
    opened.parts = [opened.part(share) for share in opened.shares]
    for chosen in ([0, 1, 2], [1, 3, 4], [2, 3, 4]):
        result = opened.open([opened.parts[number] for number in chosen])
        assert (result.profile, result.rejected) == ({4: 1, 6: 1}, 1)


def test_a_sum_that_is_infinite_on_the_way_is_no_trouble(monkeypatch):
    # Rows made so that doubling passes through infinity: they are added up one by one.
    monkeypatch.setattr(decoding_module, "_MOST_TERMS", 0)

    def points(*numbers):
        joined = b"".join(native.base_times(number) for number in numbers)
        return np.frombuffer(joined, np.uint8).reshape(-1, 64)

    # 2·a + 3·b, bit by bit: first a + b, infinite where b is -a.
    terms = [(2, points(5, 7, 9)), (3, points(1, ORDER - 7, 2)), (1, points(1, 7, 1))]
    total = decoding_module._combine_by_doubling(terms)
    expected = [native.base_times(14), bytes(64), native.base_times(25)]
    assert [row.tobytes() for row in total] == expected
    terms[2] = (1, points(1, 8, 1))
    assert decoding_module._combine_by_doubling(terms)[1].tobytes() == native.base_times(1)


@pytest.mark.parametrize("processes", [1, 2])
def test_workers_open_the_same(monkeypatch, processes):
    for module in (opening_module, decoding_module):
        monkeypatch.setattr(module, "FEWEST_FOR_WORKERS", 10)
        monkeypatch.setattr(module, "_BLOCK", 8)
    choices = [number % 16 for number in range(40)]
    opened = Opened(choices, processes=processes)
    told = []
    part = read_part(opened.parts[0].to_bytes(), box=opened.box, processes=processes)
    opened.check(part, processes=processes, progress=lambda *at: told.append(at))
    result = opened.open(
        [part, opened.parts[2]], processes=processes, progress=lambda *at: told.append(at)
    )
    assert result.profile == Counter(choices)
    assert told[-1] == (40, 40)
    assert opened.parts[1].to_bytes() == opened.part(opened.shares[1]).to_bytes()


def test_a_part_is_what_the_specification_says():
    # sealing §10.1 to §10.3, recomputed with slow arithmetic.
    opened = Opened([4, 9])
    share, part = opened.shares[0], opened.parts[0]
    rows = opened.box.rows()
    c1 = [plain.read(row[:33].tobytes()) for row in rows]
    factors = [plain.times(share.secret, point) for point in c1]
    box_hash = plain.h(
        "box", bytes(32), opened.key.public_key, "leader", 1, "member", "", 2, rows.tobytes()
    )
    public = plain.write(plain.times(share.secret, plain.G))
    seed = plain.h(
        "opening-weights",
        bytes(32),
        opened.key.public_key,
        box_hash,
        1,
        public,
        b"".join(plain.write(point) for point in factors),
    )
    stream = plain.stream(seed, 32)
    weights = [int.from_bytes(stream[:16], "big"), int.from_bytes(stream[16:], "big")]
    total = plain.add(*(plain.times(w, p) for w, p in zip(weights, c1, strict=True)))
    product = plain.times(share.secret, total)
    nonce_seed = plain.h(
        "proof-nonce",
        share.secret.to_bytes(32, "big"),
        rng(b"open")(32),
        "opening-challenge",
        seed,
        plain.write(total),
        plain.write(product),
    )
    nonce = int.from_bytes(plain.stream(nonce_seed, 32), "big")
    of_base, of_other = plain.times(nonce, plain.G), plain.times(nonce, total)
    said = [plain.write(point) for point in (total, product, of_base, of_other)]
    challenge = plain.reduced(plain.h("opening-challenge", seed, *said))
    response = (nonce + challenge * share.secret) % plain.N
    assert part.to_bytes() == (
        box_hash
        + b"\x01"
        + b"".join(plain.write(point) for point in factors)
        + said[2]
        + said[3]
        + response.to_bytes(32, "big")
    )


def test_without_randomness_the_same_part_comes_again_and_another_box_has_another_nonce():
    # sealing §10.2: what a computing fault changes in the statement changes the nonce, too.
    opened, other = Opened([4, 9]), Opened([4, 8])
    first, again, elsewhere = (
        one.part(one.shares[0], rng=repeatable) for one in (opened, opened, other)
    )
    opened.check(first)
    assert again.to_bytes() == first.to_bytes()
    assert opened.parts[0].proof.of_base != first.proof.of_base
    assert elsewhere.proof.of_base != first.proof.of_base


def test_a_proof_that_came_out_false_never_leaves(monkeypatch):
    # Two answers under one nonce would give the share away.
    opened = Opened([4, 9])
    prove = opening_module.prove_equality

    def faulty(*arguments, **named):
        return replace(prove(*arguments, **named), response=bytes(31) + b"\x01")

    opened.part(opened.shares[0], rng=repeatable)
    monkeypatch.setattr(opening_module, "prove_equality", faulty)
    refused = refusal(opened.part, opened.shares[0], rng=repeatable)
    assert (refused.condition, refused.evidence) == ("opening.proof", {"trustee": 1})


# --- Tampering (sealing §10.4) ---


def test_any_changed_bit_of_a_part_is_refused():
    opened = Opened([4, 9])
    data = opened.parts[0].to_bytes()
    opened.check(read_part(data, box=opened.box))

    def read_and_check(changed):
        opened.check(read_part(changed, box=opened.box))

    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
        refused = refusal(read_and_check, changed)
        assert refused.condition.split(".")[0] in ("opening", "proof", "key")


def test_one_false_factor_is_refused_though_all_others_are_true():
    opened = Opened([4, 9, 2])
    opened.check(opened.parts[0])
    for row in range(3):
        factors = opened.parts[0].factors.copy()
        more = native.add(factors[row].tobytes(), native.G)
        factors[row] = np.frombuffer(more, np.uint8)
        part = replace(opened.parts[0], factors=factors)
        assert refusal(opened.check, part).condition == "opening.proof"


def test_factors_swapped_or_made_with_another_share_are_refused():
    opened = Opened([4, 9, 2])
    first, second = opened.parts[:2]
    swapped = replace(first, factors=first.factors[[1, 0, 2]])
    passed_off = replace(second, number=1)
    borrowed = replace(first, proof=second.proof)
    for part in (swapped, passed_off, borrowed):
        assert refusal(opened.check, part).condition == "opening.proof"


def test_a_false_factor_proved_by_a_trustee_who_knows_the_weights_is_refused():
    # The weights come from the factors, so faults cannot be chosen to cancel out under them.
    opened = Opened([4, 9, 2])
    share = opened.shares[0]
    factors = opened.parts[0].factors.copy()
    for row, change in ((0, 1), (1, -1)):
        shifted = native.add(factors[row].tobytes(), native.times(native.G, change))
        factors[row] = np.frombuffer(shifted, np.uint8)
    fixed = opened.parts[0].box_hash
    trustee = opened.key.trustee(1)
    seed = opening_module._seed(opened.setting, fixed, 1, trustee.point, factors)
    drawn = opening_module._weights(seed, 3)
    total = opening_module.weighted_sum(opened.box.c1, drawn)
    product = native.secret_times_one(total, share.secret)
    statement = (seed, native.write_point(total), native.write_point(product))
    proof = opening_module.prove_equality(
        "opening-challenge", *statement, secret=share.secret, other=total, rng=rng()
    )
    part = PartOpening(fixed, 1, factors, proof)
    assert refusal(opened.check, part).condition == "opening.proof"
    honest = replace(part, factors=opened.parts[0].factors, proof=opened.parts[0].proof)
    opened.check(honest)


def test_a_part_is_of_one_box():
    opened = Opened([4, 9])
    other = box([4, 9], seed=b"other", setting=opened.setting)
    renamed = Box(BoxName("deputy", ("member",)), opened.box.c1, opened.box.c2)
    opened.check(opened.parts[0])
    for wrong in (other, renamed):
        assert refusal(opened.check, opened.parts[0], box=wrong).condition == "opening.box"
    assert opened.open(opened.parts[:2])
    astray = replace(opened.parts[1], box_hash=bytes(32))
    assert refusal(opened.open, [opened.parts[0], astray]).condition == "opening.box"
    shorter = Box(opened.box.name, opened.box.c1[:1], opened.box.c2[:1])
    refused = refusal(opened.check, opened.parts[0], box=shorter)
    assert refused.condition == "opening.count"
    assert refusal(
        opened.open, [replace(p, factors=p.factors[:1]) for p in opened.parts[:2]]
    ).condition == "opening.count"


def test_a_part_is_of_one_key_and_one_election():
    opened = Opened([4, 9])
    other_key, _ = key(3, 3)
    elsewhere = Setting(b"\x01" * 32, opened.key.public_key)
    other = Setting(bytes(32), other_key.public_key)
    assert refusal(opened.check, opened.parts[0], setting=elsewhere).condition == "opening.box"
    assert refusal(opened.check, opened.parts[0], setting=other).condition == "opening.key"
    assert refusal(opened.part, opened.shares[0], setting=other).condition == "opening.key"
    wrong = KeyShare(1, opened.key.public_key, opened.shares[1].secret)
    assert refusal(opened.part, wrong).condition == "opening.share"
    unknown = replace(opened.parts[0], number=9)
    assert refusal(opened.check, unknown).condition == "key.trustee"


def test_shapes_are_checked_first():
    opened = Opened([4, 9])
    data = opened.parts[0].to_bytes()
    read_part(data, box=opened.box)
    assert refusal(read_part, data[:-1], box=opened.box).condition == "opening.length"
    assert refusal(read_part, data + b"\x00", box=opened.box).condition == "opening.length"
    bad = data[:66] + b"\x05" + data[67:]
    refused = refusal(read_part, bad, box=opened.box)
    assert (refused.condition, refused.evidence["row"]) == ("opening.point", 1)
    high = data[:-32] + ORDER.to_bytes(32, "big")
    assert refusal(read_part, high, box=opened.box).condition == "proof.scalar"


def test_an_empty_box_is_not_opened():
    opened = Opened([4])
    part = opened.parts[0]
    opened.box = Box(opened.box.name, opened.box.c1[:0], opened.box.c2[:0])
    assert refusal(opened.part, opened.shares[0]).condition == "shuffle.empty"
    assert refusal(opened.check, part).condition == "shuffle.empty"
    assert "shuffle.empty" in str(refusal(opened.check, part))


def test_a_part_is_fixed_by_its_hash_before_any_is_revealed():
    # sealing §10.3
    opened = Opened([4, 9])
    data = opened.parts[0].to_bytes()
    named = {"setting": opened.setting, "number": 1}
    commitment = part_commitment(data, **named)
    check_revealed(data, commitment, **named)
    other = opened.part(opened.shares[0], rng=rng(b"another nonce")).to_bytes()
    assert refusal(check_revealed, other, commitment, **named).condition == "opening.commitment"
    renumbered = {"setting": opened.setting, "number": 2}
    refused = refusal(check_revealed, data, commitment, **renumbered)
    assert refused.condition == "opening.commitment"
    assert "trustee=2" in str(refused)


def test_a_trustee_s_secret_is_multiplied_in_constant_time_alone(monkeypatch):
    # sealing §11.3: neither the multiplication of one point nor a sum ever sees it.
    opened = Opened([4, 9])
    share = opened.shares[0]
    seen = []
    times, plus, total = native.times, native.times_plus_base, opening_module.weighted_sum

    def watched(call, at):
        def watch(*arguments, **named):
            seen.append(arguments[at])
            return call(*arguments, **named)

        return watch

    monkeypatch.setattr(native, "times", watched(times, 1))
    monkeypatch.setattr(native, "times_plus_base", watched(plus, 1))
    monkeypatch.setattr(opening_module, "weighted_sum", watched(total, 1))
    part = opened.part(share)
    weights = seen.pop(0)  # public, and what the sum then multiplies by, one after the other
    answer = int.from_bytes(part.proof.response, "big")
    challenge = seen[-1]
    # Last, the finished proof is checked: with its answer and its challenge, which are published.
    assert seen == [
        *(int.from_bytes(row.tobytes(), "big") for row in weights), challenge, answer, challenge
    ]
    opened.check(part)


def test_an_infinite_sum_has_a_name():
    assert refusal(opening_module._sure, None).condition == "opening.infinite"
    with pytest.raises(ArithmeticError):
        decoding_module._sure(None)
