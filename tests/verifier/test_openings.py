"""Parts of an opening, and what comes out of a box (sealing §10)."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import pytest

from tests.verifier.given import failure, turned
from tests.verifier.making import NAME, Tally, rows_of, sealed_pairs
from tests.verifier.opening_making import commitment_to, make_key, make_part
from verifier.equality import Equality, check_equality
from verifier.group import GENERATOR, ORDER
from verifier.keys import check_key, read_key
from verifier.openings import Box, Opened, Part, check_part, open_box
from verifier.rankings import Space
from verifier.setting import Setting
from verifier.workers import Workers

TALLY = Tally()
KEY = read_key(TALLY.given["ceremony"]["key"])
BOX = Box(TALLY.setting, KEY, NAME, TALLY.rows(2))
PARTS = TALLY.given["tally"]["parts"]
WIRES = [bytes.fromhex(part["part"]) for part in PARTS]
N = 5


def check(wire: bytes, box: Box = BOX) -> Part:
    """Check a part that was committed to as it is."""
    return check_part(box, wire=wire, commitment=commitment_to(box, wire))


def test_the_parts_of_the_vectors_hold_and_give_their_profile() -> None:
    parts = [
        check_part(BOX, wire=wire, commitment=bytes.fromhex(part["commitment"]))
        for wire, part in zip(WIRES, PARTS, strict=True)
    ]

    opened = open_box(BOX, parts, Space(3, 3))

    given = TALLY.given["tally"]
    papers = {int(number): papers for number, papers in given["profile"].items()}
    assert opened == Opened(papers, given["rejected"])


@pytest.mark.parametrize(
    "case", TALLY.given["tally"]["refused_parts"], ids=lambda case: case["why"]
)
def test_the_false_parts_of_the_vectors_are_refused_by_their_condition(
    case: dict[str, Any],
) -> None:
    assert failure(check, bytes.fromhex(case["part"])).check == case["condition"]


PROOF = 33 + 33 * N
FLIPS = {
    "the box": (0, 0, "opening.box"),
    "the trustee, to another": (32, 1, "opening.proof"),
    "the trustee, to nobody": (32, 6, "key.trustee"),
    "the parity of a factor": (33 + 33 * 2, 0, "opening.proof"),
    "the prefix of a factor": (33 + 33 * 2, 7, "opening.point"),
    "the parity of T1": (PROOF, 0, "opening.proof"),
    "the prefix of T1": (PROOF, 7, "proof.point"),
    "the parity of T2": (PROOF + 33, 0, "opening.proof"),
    "the prefix of T2": (PROOF + 33, 7, "proof.point"),
    "the response": (PROOF + 97, 0, "opening.proof"),
}


@pytest.mark.parametrize("flip", FLIPS)
def test_a_turned_bit_of_a_part_is_refused_by_its_condition(flip: str) -> None:
    at, bit, condition = FLIPS[flip]
    check(WIRES[0])

    failed = failure(check, turned(WIRES[0], at, bit))

    assert failed.check == condition
    assert failed.where.startswith("box leader, member, part")


def test_an_unreadable_factor_is_named_by_its_row() -> None:
    assert failure(check, turned(WIRES[0], 33 + 33 * 2, 7)).where.endswith("part of Ann, row 3")


@pytest.mark.parametrize(
    ("wire", "condition"),
    [
        (b"", "opening.length"),
        (WIRES[0][:130], "opening.length"),
        (WIRES[0][:-1], "opening.length"),
        (WIRES[0][:33] + WIRES[0][66:], "opening.length"),
        (WIRES[0][:-32] + ORDER.to_bytes(32, "big"), "proof.scalar"),
    ],
)
def test_a_part_of_another_shape_is_refused(wire: bytes, condition: str) -> None:
    check(WIRES[0])

    failed = failure(
        lambda: check_part(BOX, wire=wire, commitment=commitment_to(BOX, wire, number=1))
    )

    assert failed.check == condition


def test_nothing_is_opened_of_an_empty_box() -> None:
    empty = Box(TALLY.setting, KEY, NAME, b"")

    assert failure(check, empty.hash + b"\1" + WIRES[0][-98:], empty).check == "shuffle.empty"


def test_a_part_that_was_not_committed_to_is_refused() -> None:
    commitment = bytes.fromhex(PARTS[0]["commitment"])
    check_part(BOX, wire=WIRES[0], commitment=commitment)

    for other in (turned(commitment, 0), bytes.fromhex(PARTS[1]["commitment"]), b""):
        failed = failure(lambda other=other: check_part(BOX, wire=WIRES[0], commitment=other))
        assert failed.check == "opening.commitment"
        assert failed.where == "box leader, member, part of Ann"


def test_a_proof_of_equality_has_98_bytes() -> None:
    said = Equality(GENERATOR, GENERATOR, GENERATOR)

    failed = failure(
        check_equality, said, bytes(97), use="x", statement=(), check="a.proof", where="here"
    )

    assert failed.check == "proof.length"


def test_a_key_of_another_election_opens_nothing() -> None:
    other, _ = make_key([1, 2], 2)

    assert failure(Box, TALLY.setting, other, NAME, BOX.rows).check == "opening.key"


# --- openings made here ---


def made(numbers: list[int], quorum: int, choices: list[int]) -> tuple[Box, dict[int, bytes]]:
    """Return a box of these choices, and each trustee's part of it."""
    key, shares = make_key(numbers, quorum)
    check_key(key, "the key")
    setting = Setting(bytes(32), key.encoded)
    rows = rows_of(sealed_pairs(random.Random(2), key.point, choices))
    box = Box(setting, key, NAME, rows)
    return box, {j: make_part(box, j, share) for j, share in shares.items()}


@pytest.mark.parametrize(
    ("numbers", "quorum"), [([1], 1), ([1, 2, 3], 2), ([2, 5, 9], 3), ([1, 3, 4, 8, 9], 3)]
)
def test_any_quorum_finds_the_same_papers(numbers: list[int], quorum: int) -> None:
    box, wires = made(numbers, quorum, [0, 15, 3, 15, 16, 2**40])
    parts = {j: check(wire, box) for j, wire in wires.items()}

    for some in combinations(parts.values(), quorum):
        assert open_box(box, some, Space(3, 3)) == Opened({0: 1, 3: 1, 15: 2}, 2)


def test_another_number_of_parts_than_a_quorum_is_refused() -> None:
    box, wires = made([1, 2, 3], 2, [1, 2])
    one, two, three = (check(wire, box) for wire in wires.values())
    open_box(box, [one, two], Space(3, 3))

    for parts in ([one], [one, one], [one, two, three], [one, two, two], []):
        assert failure(open_box, box, parts, Space(3, 3)).check == "opening.quorum"


def test_parts_of_another_box_are_not_put_together() -> None:
    box, wires = made([1, 2], 2, [1, 2])
    other = Box(box.setting, box.key, NAME, box.rows[66:] + box.rows[:66])
    parts = [check(wire, box) for wire in wires.values()]
    open_box(box, parts, Space(3, 3))

    assert failure(open_box, other, parts, Space(3, 3)).check == "opening.box"


def test_a_paper_sealed_as_infinity_is_rejected() -> None:
    box, wires = made([1, 2], 2, [-1, 0])

    opened = open_box(box, [check(wire, box) for wire in wires.values()], Space(3, 3))

    assert opened == Opened({0: 1}, 1)


@pytest.mark.parametrize("row", [0, 5])
def test_a_trustee_who_gives_one_false_factor_is_found(row: int) -> None:
    box, wires = made([1, 2], 2, [0, 1, 2, 3, 4, 5])
    _, shares = make_key([1, 2], 2)
    check(wires[2], box)

    assert failure(check, make_part(box, 2, shares[2], cheat=row), box).check == "opening.proof"


def test_a_sum_that_comes_to_infinity_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    check(WIRES[0])

    # No part can be made so that its own weights cancel it; here they are all nothing.
    monkeypatch.setattr("verifier.openings.stream", lambda seed, start, length: bytes(length))

    assert failure(check, WIRES[0]).check == "opening.infinite"


def test_several_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.workers.SMALLEST_RANGE", 2)
    done: list[int] = []

    with Workers(2, done.append) as workers:
        parts = [
            check_part(BOX, wire=wire, commitment=commitment_to(BOX, wire), workers=workers)
            for wire in WIRES
        ]
        opened = open_box(BOX, parts, Space(3, 3), workers)

    assert opened == open_box(BOX, parts, Space(3, 3))
    assert sum(done) == 3 * N
