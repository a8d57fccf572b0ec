"""A second, slow way of doing what the specification says, to hold the core's results against.

Written from docs/spec/sealing.md with Python's integers and hashlib alone: no line of the core.
"""

from __future__ import annotations

import hashlib

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
Point = tuple[int, int] | None  # None is infinity


def add(left: Point, right: Point) -> Point:
    if left is None:
        return right
    if right is None:
        return left
    (x1, y1), (x2, y2) = left, right
    if x1 == x2:
        if (y1 + y2) % P == 0:
            return None
        slope = 3 * x1 * x1 * pow(2 * y1, -1, P) % P
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P) % P
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(scalar: int, point: Point) -> Point:
    total: Point = None
    for bit in bin(scalar % N)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def lift(x: int, parity: int) -> Point:
    square = (x**3 + 7) % P
    y = pow(square, (P + 1) // 4, P)
    assert y * y % P == square, "no point has this x"
    return x, y if y % 2 == parity else P - y


def write(point: Point) -> bytes:
    assert point is not None
    return bytes([2 + point[1] % 2]) + point[0].to_bytes(32, "big")


def read(wire: bytes) -> Point:
    return lift(int.from_bytes(wire[1:], "big"), wire[0] - 2)


def frame(part: bytes | str | int) -> bytes:
    if isinstance(part, str):
        part = part.encode()
    if isinstance(part, int):
        part = part.to_bytes(8, "big")
    return len(part).to_bytes(8, "big") + part


def h(use: str, *parts: bytes | str | int) -> bytes:
    return hashlib.sha256(b"".join(frame(part) for part in ("hustings/v1/" + use, *parts))).digest()


def stream(seed: bytes, size: int) -> bytes:
    blocks = []
    for block in range(-(-size // 32)):
        counter = block.to_bytes(8, "big")
        blocks.append(hashlib.sha256(frame("hustings/v1/xof") + seed + counter).digest())
    return b"".join(blocks)[:size]


def reduced(seed: bytes) -> int:
    return int.from_bytes(stream(seed, 64), "big") % N


def tagged(tag: str, data: bytes) -> bytes:
    key = hashlib.sha256(tag.encode()).digest()
    return hashlib.sha256(key + key + data).digest()


def bip340_sign(message: bytes, secret: int, auxiliary: bytes) -> bytes:
    point = times(secret, G)
    assert point is not None
    d = secret if point[1] % 2 == 0 else N - secret
    masked = (d ^ int.from_bytes(tagged("BIP0340/aux", auxiliary), "big")).to_bytes(32, "big")
    x = point[0].to_bytes(32, "big")
    k = int.from_bytes(tagged("BIP0340/nonce", masked + x + message), "big") % N
    nonce = times(k, G)
    assert nonce is not None
    k = k if nonce[1] % 2 == 0 else N - k
    r = nonce[0].to_bytes(32, "big")
    e = int.from_bytes(tagged("BIP0340/challenge", r + x + message), "big") % N
    return r + ((k + e * d) % N).to_bytes(32, "big")


def xswiftec(u: int, t: int) -> int:
    """BIP 324's XSwiftEC, from its text."""
    u, t = u % P, t % P
    u = u or 1
    t = t or 1
    if (u**3 + t * t + 7) % P == 0:
        t = 2 * t % P
    c = pow(-3, (P + 1) // 4, P)
    x = (u**3 + 7 - t * t) * pow(2 * t, -1, P) % P
    y = (x + t) * pow(c * u, -1, P) % P
    for candidate in (
        (u + 4 * y * y) % P,
        (-x * pow(y, -1, P) - u) * pow(2, -1, P) % P,
        (x * pow(y, -1, P) - u) * pow(2, -1, P) % P,
    ):
        if pow(candidate**3 + 7, (P - 1) // 2, P) in (0, 1):
            return candidate
    raise AssertionError("one of the three is always on the curve")


def ellswift(octets: bytes) -> Point:
    u, t = int.from_bytes(octets[:32], "big"), int.from_bytes(octets[32:], "big")
    return lift(xswiftec(u, t), t % P % 2)
