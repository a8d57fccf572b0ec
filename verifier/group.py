"""secp256k1 (SEC 2): y² = x³ + 7 over the field of p, of prime order n and cofactor 1 (§3.1, §3.2).

A point is a pair (x, y) of numbers below p; infinity is None. Nothing here is secret, so nothing
here is constant in time. Sums of many points are in sums.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.failure import Failed

FIELD = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
POINT_BYTES = 33
SCALAR_BYTES = 32

Point = tuple[int, int]
Anywhere = Point | None
_Jacobian = tuple[int, int, int]

GENERATOR: Point = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def root(square: int) -> int | None:
    """Return a square root in the field, or None where there is none."""
    # p is 3 modulo 4, so this power is a root of whatever has one.
    candidate = pow(square, (FIELD + 1) // 4, FIELD)
    return candidate if candidate * candidate % FIELD == square % FIELD else None


def point_at(x: int, *, odd: bool) -> Point | None:
    """Return the point with this x whose y is odd, or even; None, if x is of no point."""
    if x >= FIELD:
        return None
    y = root(x * x * x + 7)
    if y is None:
        return None
    # No y is 0 (the order is odd), so exactly one of y and p - y is odd.
    return (x, y if y & 1 == odd else FIELD - y)


def point(encoded: bytes, check: str, where: str) -> Point:
    """Read a point of 33 bytes: 02 or 03, then x. Infinity has no form (§3.1).

    Raises: Failed, under the name of the check that reads it.
    """
    if len(encoded) == POINT_BYTES and encoded[0] in (2, 3):
        found = point_at(int.from_bytes(encoded[1:], "big"), odd=encoded[0] == 3)
        if found is not None:
            return found
    raise Failed(check, where, "This is no point of the group.")


def scalar(encoded: bytes, check: str, where: str) -> int:
    """Read a number below the group's order, of 32 bytes (§3.2).

    Raises: Failed, under the name of the check that reads it.
    """
    number = int.from_bytes(encoded, "big")
    if len(encoded) != SCALAR_BYTES or number >= ORDER:
        raise Failed(check, where, "This is no number below the group's order.")
    return number


def encode(place: Point) -> bytes:
    """Write a point in its 33 bytes."""
    x, y = place
    return bytes([2 + (y & 1)]) + x.to_bytes(32, "big")


def negative(place: Anywhere) -> Anywhere:
    """Return the point that gives infinity when added."""
    return None if place is None else (place[0], FIELD - place[1])


def add(left: Anywhere, right: Anywhere) -> Anywhere:
    """Add two points, whichever they are."""
    if left is None or right is None:
        return left or right
    return _affine(_plus((*left, 1), right))


def multiply(factor: int, place: Anywhere) -> Anywhere:
    """Return factor·place. About a millisecond and a half."""
    digits = reversed(bin(factor % ORDER)[2:])
    return sum_of_doubles([place if digit == "1" else None for digit in digits])


def sum_of_doubles(places: Sequence[Anywhere]) -> Anywhere:
    """Return Σ 2ᵏ·(place k), by doubling from the last one on."""
    total: _Jacobian = (1, 1, 0)
    for place in reversed(places):
        total = _doubled(total)
        if place is not None:
            total = _plus(total, place)
    return _affine(total)


# Jacobian coordinates: (X, Y, Z) stands for (X/Z², Y/Z³), and Z = 0 for infinity, so that a chain
# of operations needs one division, at its end. The formulas are dbl-2009-l and madd of the
# Explicit-Formulas Database (Bernstein and Lange).


def _affine(place: _Jacobian) -> Anywhere:
    X, Y, Z = place
    if not Z:
        return None
    inverse = pow(Z, -1, FIELD)
    square = inverse * inverse % FIELD
    return X * square % FIELD, Y * square * inverse % FIELD


def _doubled(place: _Jacobian) -> _Jacobian:
    X, Y, Z = place
    B = Y * Y % FIELD
    D = 4 * X * B % FIELD
    E = 3 * X * X % FIELD
    X3 = (E * E - 2 * D) % FIELD
    return X3, (E * (D - X3) - 8 * B * B) % FIELD, 2 * Y * Z % FIELD


def _plus(place: _Jacobian, right: Point) -> _Jacobian:
    X, Y, Z = place
    x, y = right
    if not Z:
        return x, y, 1
    square = Z * Z % FIELD
    H = (x * square - X) % FIELD
    R = (y * square * Z - Y) % FIELD
    if not H:
        return _doubled(place) if not R else (1, 1, 0)
    H2 = H * H % FIELD
    H3 = H * H2 % FIELD
    V = X * H2 % FIELD
    X3 = (R * R - H3 - 2 * V) % FIELD
    return X3, (R * (V - X3) - Y * H3) % FIELD, Z * H % FIELD
