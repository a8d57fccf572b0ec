"""Signatures of Ed25519 (RFC 8032 §5.1), as they stand under the board's checkpoints.

The equation is checked without the cofactor, by encoding S·B - k·A and comparing it with R, as Go
and OpenSSL do; so this program and theirs accept the same signatures. About 10 ms each.
"""

from __future__ import annotations

from hashlib import sha512

from verifier.failure import Failed

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, FIELD) % FIELD
ROOT_OF_MINUS_1 = pow(2, (FIELD - 1) // 4, FIELD)
KEY_BYTES = 32
SIGNATURE_BYTES = 64

# Extended homogeneous coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, x·y = T/Z (RFC 8032 §5.1.4).
_Point = tuple[int, int, int, int]
_NEUTRAL: _Point = (0, 1, 1, 0)


def check_signature(
    public_key: bytes, message: bytes, signature: bytes, check: str, where: str
) -> None:
    """Check one signature, R 32 | S 32, by a public key of 32 bytes.

    Raises: Failed, under the name of the check.
    """
    A = _decode(public_key)
    S = int.from_bytes(signature[32:], "little")
    if A is None or len(signature) != SIGNATURE_BYTES or S >= ORDER:
        raise Failed(check, where, "This is no key, or no signature, of Ed25519.")
    hashed = sha512(signature[:32] + public_key + message).digest()
    k = int.from_bytes(hashed, "little") % ORDER
    R = _plus(_multiply(S, _BASE), _multiply(k, _negative(A)))
    if _encode(R) != signature[:32]:
        raise Failed(check, where, "The signature is not by this key over these bytes.")


def _decode(encoded: bytes) -> _Point | None:
    """Read a point: y with the sign of x in the top bit (RFC 8032 §5.1.3)."""
    number = int.from_bytes(encoded, "little")
    y, odd = number & (2**255 - 1), number >> 255
    if len(encoded) != KEY_BYTES or y >= FIELD:
        return None
    x = _root((y * y - 1) * pow(D * y * y + 1, -1, FIELD) % FIELD)
    if x is None or (x == 0 and odd):
        return None
    x = x if x & 1 == odd else FIELD - x
    return x, y, 1, x * y % FIELD


def _root(square: int) -> int | None:
    candidate = pow(square, (FIELD + 3) // 8, FIELD)
    for x in (candidate, candidate * ROOT_OF_MINUS_1 % FIELD):
        if x * x % FIELD == square:
            return x
    return None


def _encode(place: _Point) -> bytes:
    X, Y, Z, _ = place
    inverse = pow(Z, -1, FIELD)
    return (Y * inverse % FIELD | (X * inverse % FIELD & 1) << 255).to_bytes(32, "little")


def _plus(left: _Point, right: _Point) -> _Point:
    """Add two points; the formulas of RFC 8032 §5.1.4 are complete, and so double as well."""
    X1, Y1, Z1, T1 = left
    X2, Y2, Z2, T2 = right
    A = (Y1 - X1) * (Y2 - X2) % FIELD
    B = (Y1 + X1) * (Y2 + X2) % FIELD
    C = 2 * D * T1 * T2 % FIELD
    E, F, G, H = B - A, 2 * Z1 * Z2 - C, 2 * Z1 * Z2 + C, B + A
    return E * F % FIELD, G * H % FIELD, F * G % FIELD, E * H % FIELD


def _negative(place: _Point) -> _Point:
    X, Y, Z, T = place
    return FIELD - X, Y, Z, FIELD - T


def _multiply(factor: int, place: _Point) -> _Point:
    total = _NEUTRAL
    for bit in bin(factor)[2:]:
        total = _plus(total, total)
        if bit == "1":
            total = _plus(total, place)
    return total


def _base() -> _Point:
    base = _decode((4 * pow(5, -1, FIELD) % FIELD).to_bytes(32, "little"))
    assert base is not None, "RFC 8032: y of the base is 4/5."
    return base


_BASE = _base()
