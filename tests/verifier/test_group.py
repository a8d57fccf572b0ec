"""secp256k1: points and numbers, sums of many points, the generators (sealing §3, §11.1)."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.verifier.given import failure, vectors
from verifier.generators import decode, derive_generators
from verifier.group import (
    FIELD,
    GENERATOR,
    ORDER,
    Anywhere,
    Point,
    add,
    encode,
    multiply,
    negative,
    point,
    root,
    scalar,
)
from verifier.sums import (
    add_columns,
    add_side_by_side,
    best_width,
    multiples,
    totals,
    weighted,
    weighted_columns,
)

G = GENERATOR


def some(count: int, seed: int = 1) -> list[Point]:
    """Return k·G for random small k, so that some are alike."""
    rng = random.Random(seed)
    known = [place for place in multiples(G, 1000) if place is not None]
    return rng.choices(known, k=count)


def plain_sum(places: list[Anywhere]) -> Anywhere:
    total = None
    for place in places:
        total = add(total, place)
    return total


def test_the_generator_is_on_the_curve_and_has_the_order() -> None:
    x, y = G

    assert (y * y - x * x * x - 7) % FIELD == 0
    assert multiply(ORDER, G) is None
    assert multiply(ORDER - 1, G) == negative(G)


def test_multiples_are_what_adding_again_and_again_gives() -> None:
    total: Anywhere = None
    for k in range(1, 20):
        total = add(total, G)

        assert total == multiply(k, G)

    assert multiply(0, G) is None
    assert multiply(5, None) is None
    assert multiply(-3, G) == negative(multiply(3, G))
    assert add(G, negative(G)) is None
    assert negative(None) is None


@pytest.mark.parametrize(
    "encoded",
    [
        b"\x04" + encode(G)[1:],
        b"\x00" + encode(G)[1:],
        b"\x82" + encode(G)[1:],
        b"\x02" + FIELD.to_bytes(32, "big"),
        b"\x02" + (5).to_bytes(32, "big"),
        encode(G)[:-1],
        encode(G) + b"\x00",
        bytes(33),
        b"",
    ],
)
def test_only_the_33_bytes_of_a_point_are_read(encoded: bytes) -> None:
    assert point(encode(G), "a.point", "here") == G
    assert point(b"\x03" + encode(G)[1:], "a.point", "here") == negative(G)

    failed = failure(point, encoded, "a.point", "here")

    assert (failed.check, failed.where) == ("a.point", "here")


@pytest.mark.parametrize(
    "encoded", [ORDER.to_bytes(32, "big"), b"\xff" * 32, bytes(31), bytes(33), b""]
)
def test_only_a_number_below_the_order_is_read(encoded: bytes) -> None:
    assert scalar((ORDER - 1).to_bytes(32, "big"), "a.scalar", "here") == ORDER - 1

    assert failure(scalar, encoded, "a.scalar", "here").check == "a.scalar"


def test_points_are_added_side_by_side_whichever_they_are() -> None:
    twice, opposite = multiply(2, G), negative(G)
    assert twice is not None and opposite is not None

    assert add_side_by_side([G, G, G, twice], [twice, G, opposite, opposite]) == [
        multiply(3, G),
        twice,
        None,
        G,
    ]
    assert add_side_by_side([], []) == []
    assert add_columns([None, G, None, G], [None, None, G, opposite]) == [None, G, G, None]


def test_heaps_of_any_size_are_added_up() -> None:
    heaps: list[list[Anywhere]] = [[*some(size, size), None] for size in (0, 1, 2, 3, 7, 40)]
    opposite: list[Anywhere] = [G, negative(G)]

    assert totals([*heaps, opposite]) == [*map(plain_sum, heaps), None]


@pytest.mark.parametrize("count", [0, 1, 5, 19, 20, 60, 300])
@pytest.mark.parametrize("bits", [1, 31, 128, 256])
def test_a_weighted_sum_is_the_sum_of_the_products(count: int, bits: int) -> None:
    rng = random.Random(bits)
    places = some(count)
    factors = [rng.choice((rng.getrandbits(bits), 0, -1)) for _ in places]

    products = [multiply(factor, place) for factor, place in zip(factors, places, strict=True)]

    assert weighted(places, factors) == plain_sum(products)


def test_a_weighted_sum_that_comes_to_nothing_is_infinite() -> None:
    places = some(50)

    assert weighted([*places, *places], [7] * 50 + [-7] * 50) is None


@pytest.mark.parametrize(("count", "width"), [(30, 4), (1000, 7), (10_000, 10), (10**6, 13)])
def test_a_digit_is_wider_the_more_points_there_are(count: int, width: int) -> None:
    assert abs(best_width(count) - width) <= 1


def test_columns_are_put_together_row_by_row() -> None:
    left, right = some(9, 1), some(9, 2)

    assert weighted_columns([left, right], [6, -5]) == [
        add(multiply(6, x), multiply(-5, y)) for x, y in zip(left, right, strict=True)
    ]


@pytest.mark.parametrize("count", [1, 2, 5, 4096, 9000])
def test_multiples_come_in_order_across_the_chunks(count: int) -> None:
    found = list(multiples(G, count))

    assert len(found) == count
    assert [found[i] for i in (0, count // 2, -1)] == [
        multiply(k, G) for k in (1, count // 2 + 1, count)
    ]


@pytest.mark.parametrize(
    "case", vectors("sealing-ellswift")["cases"], ids=lambda case: case["t"][:8]
)
def test_elligator_swift_decodes_the_published_vectors(case: dict[str, Any]) -> None:
    t = int(case["t"], 16)

    x, y = decode(bytes.fromhex(case["u"] + case["t"]))

    assert x == int(case["x"], 16)
    assert y % 2 == t % FIELD % 2


def test_elligator_swift_decodes_the_cases_that_divide_by_nothing() -> None:
    """BIP 324: u = 0 stands for 1, t = 0 for 1, and t for 2t where u³ + t² + 7 = 0."""

    def decoded(u: int, t: int) -> int:
        return decode(u.to_bytes(32, "big") + t.to_bytes(32, "big"))[0]

    u, t = next((u, t) for u in range(1, 50) if (t := root((-(u**3) - 7) % FIELD)) is not None)

    assert decoded(0, 5) == decoded(1, 5)
    assert decoded(5, 0) == decoded(5, 1)
    assert decoded(u, t) == decoded(u, 2 * t % FIELD)
    assert decoded(FIELD + 3, FIELD + 4) == decoded(3, 4)


def test_the_generators_are_those_of_the_vectors() -> None:
    expected = vectors("sealing-tally")["generators"]

    assert [encode(place).hex() for place in derive_generators(3)] == expected
