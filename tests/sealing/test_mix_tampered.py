"""A finished mix that was tampered with is refused (sealing §8.4, §8.5)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ballot.sealing.box import Box, box_hash
from ballot.sealing.native import ORDER
from ballot.sealing.scalars import write_scalars
from ballot.sealing.setting import BoxName
from ballot.sealing.shuffle import Mix, read_mix
from tests.sealing.making import box, refusal, setting
from tests.sealing.mixes import check, mixed


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
