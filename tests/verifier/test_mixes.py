"""Boxes and mixes (sealing §7, §8)."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.verifier.given import failure, turned
from tests.verifier.making import NAME, Tally, make_mix, rows_of, sealed_pairs
from verifier.boxes import BoxName, box_hash, box_rows, pairs_in
from verifier.generators import derive_generators
from verifier.group import ORDER
from verifier.mixes import check_mix
from verifier.workers import Workers

TALLY = Tally()
SETTING = TALLY.setting
GENERATORS = derive_generators(12)
MIXES = [bytes.fromhex(mix["mix"]) for mix in TALLY.given["tally"]["mixes"]]
N = 5


def check(before: bytes, wire: bytes, mixer: str = "server", **changes: Any) -> bytes:
    given = {"setting": SETTING, "name": NAME, "generators": GENERATORS, **changes}
    return check_mix(mixer=mixer, before=before, wire=wire, **given)


def test_the_boxes_of_the_vectors_have_their_hashes() -> None:
    assert box_rows(TALLY.casts, 0) == TALLY.rows(0)
    for number, box in enumerate(TALLY.given["tally"]["boxes"]):
        assert box_hash(SETTING, NAME, TALLY.rows(number)).hex() == box["hash"]


def test_the_mixes_of_the_vectors_hold_one_after_the_other() -> None:
    assert check(TALLY.rows(0), MIXES[0]) == TALLY.rows(1)
    assert check(TALLY.rows(1), MIXES[1], "Siân") == TALLY.rows(2)


@pytest.mark.parametrize(
    "case", TALLY.given["tally"]["refused_mixes"], ids=lambda case: case["why"]
)
def test_the_false_mixes_of_the_vectors_are_refused_by_their_condition(
    case: dict[str, Any],
) -> None:
    assert failure(check, TALLY.rows(0), bytes.fromhex(case["mix"])).check == case["condition"]


# Where each field of a mix of five begins (§8.4).
AFTER = 32
C = AFTER + 66 * N
CHAIN = C + 33 * N
T_HAT = CHAIN + 33 * N
S_PRIME = T_HAT + 33 * N
S_HAT = S_PRIME + 32 * N
T = S_HAT + 32 * N
S = T + 33 * 5
FLIPS = {
    "the box before": (0, 0, "shuffle.input"),
    "the parity of a c1 after": (AFTER + 66 * 2, 0, "shuffle.sum"),
    "the prefix of a c1 after": (AFTER + 66 * 2, 7, "shuffle.point"),
    "the parity of a c2 after": (AFTER + 66 * 2 + 33, 0, "shuffle.sum"),
    "the parity of a c": (C + 33, 0, "shuffle.sum"),
    "the prefix of a c": (C + 33, 5, "shuffle.point"),
    "the parity of a link": (CHAIN + 33, 0, "shuffle.sum"),
    "the prefix of a link": (CHAIN + 33, 5, "shuffle.point"),
    "the parity of a link's commitment": (T_HAT + 33 * 4, 0, "shuffle.sum"),
    "the prefix of a link's commitment": (T_HAT + 33 * 4, 2, "shuffle.point"),
    "a response s'": (S_PRIME + 32 * 3 - 1, 0, "shuffle.commitment"),
    "a response ŝ": (S_HAT + 32 * 3 - 1, 0, "shuffle.chain"),
    **{f"the parity of t {k}": (T + 33 * k, 0, "shuffle.sum") for k in range(5)},
    **{f"the prefix of t {k}": (T + 33 * k, 1, "shuffle.point") for k in range(5)},
    "s1": (S + 31, 0, "shuffle.sum"),
    "s2": (S + 63, 0, "shuffle.product"),
    "s3": (S + 95, 0, "shuffle.commitment"),
    "s4": (S + 127, 0, "shuffle.c1"),
}


@pytest.mark.parametrize("flip", FLIPS)
def test_a_turned_bit_of_a_mix_is_refused_by_its_equation(flip: str) -> None:
    at, bit, condition = FLIPS[flip]

    failed = failure(check, TALLY.rows(0), turned(MIXES[0], at, bit))

    assert failed.check == condition
    assert failed.where.startswith("box leader, member, mix by server")


def test_a_false_response_is_named_by_its_row() -> None:
    failed = failure(check, TALLY.rows(0), turned(MIXES[0], S_HAT + 32 * 3 - 1))

    assert failed.where == "box leader, member, mix by server, row 3"


@pytest.mark.parametrize("at", [S_PRIME, S_HAT, S, S + 96])
def test_a_response_that_is_the_order_is_refused(at: int) -> None:
    wire = MIXES[0][:at] + ORDER.to_bytes(32, "big") + MIXES[0][at + 32 :]

    assert failure(check, TALLY.rows(0), wire).check == "shuffle.scalar"


@pytest.mark.parametrize(
    ("changes", "condition"),
    [
        ({"mixer": "Siân"}, "shuffle.sum"),
        ({"name": BoxName("deputy", ("member",))}, "shuffle.input"),
        ({"name": BoxName("leader", ("member",), "branch")}, "shuffle.input"),
        ({"name": BoxName("leader", ("affiliated", "member"))}, "shuffle.input"),
        ({"mixer": ""}, "name"),
        ({"before": TALLY.rows(1)}, "shuffle.input"),
        ({"before": TALLY.rows(0)[:-1]}, "box.length"),
        ({"before": TALLY.rows(0)[:-66]}, "shuffle.length"),
        ({"before": b""}, "shuffle.empty"),
        ({"generators": GENERATORS[1:]}, "shuffle.sum"),
    ],
)
def test_a_mix_holds_for_its_own_box_and_mixer_alone(
    changes: dict[str, Any], condition: str
) -> None:
    given = {"before": TALLY.rows(0), "wire": MIXES[0]}
    check(**given)

    assert failure(check, **{**given, **changes}).check == condition


# --- mixes that were made to deceive ---

PAIRS = sealed_pairs(random.Random(3), SETTING.key_point, range(8))


def test_an_honest_mix_made_here_holds() -> None:
    check(rows_of(PAIRS), make_mix(SETTING, PAIRS))
    check(rows_of(PAIRS[:1]), make_mix(SETTING, PAIRS[:1]))


@pytest.mark.parametrize("cheat", ["c1", "c2", "commitment", "chain"])
def test_a_mixer_who_cheats_at_one_place_is_found_by_its_equation(cheat: str) -> None:
    failed = failure(check, rows_of(PAIRS), make_mix(SETTING, PAIRS, cheat=cheat))

    assert failed.check == f"shuffle.{cheat}"


def test_several_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.workers.SMALLEST_RANGE", 3)
    before = rows_of(PAIRS)
    good, false = make_mix(SETTING, PAIRS), make_mix(SETTING, PAIRS, cheat="chain")
    done: list[int] = []

    with Workers(2, done.append) as workers:
        assert check(before, good, workers=workers) == check(before, good)
        assert failure(check, before, false, workers=workers).where.endswith("row 3")
        unreadable = turned(good, 32 + 66 * 7, 7)
        assert failure(check, before, unreadable, workers=workers).where.endswith("c1 after, row 8")

    assert done[:2] == [4, 4]


# --- names and shapes of boxes ---


@pytest.mark.parametrize(
    ("contest", "sections", "unit", "condition"),
    [
        ("", ("member",), "", "name"),
        ("x" * 65, ("member",), "", "name"),
        ("e\u0301", ("member",), "", "name"),
        ("\ud800", ("member",), "", "name"),
        ("leader", ("",), "", "name"),
        ("leader", ("member",), "u" * 65, "name"),
        ("leader", (), "", "name.sections"),
        ("leader", ("b", "a"), "", "name.sections"),
        ("leader", ("a", "a"), "", "name.sections"),
    ],
)
def test_a_box_whose_name_may_not_be_is_refused(
    contest: str, sections: tuple[str, ...], unit: str, condition: str
) -> None:
    assert BoxName("é" * 32, ("a", "b"), "Sir Fôn").parts == ("é" * 32, 2, "a", "b", "Sir Fôn")

    assert failure(BoxName, contest, sections, unit).check == condition


def test_an_empty_box_has_a_hash_of_its_own() -> None:
    assert pairs_in(b"", "here") == 0
    assert box_hash(SETTING, NAME, b"") != box_hash(SETTING, BoxName("leader", ("a",)), b"")
