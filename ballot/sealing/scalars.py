"""Numbers below the group's order: drawing them, reading and writing many, cutting into digits.

A single scalar is an int; many on the wire are an array (N, 32) of big-endian bytes, or narrower
where the numbers are (weights of 16 bytes, shuffle challenges of 20).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ballot.sealing.native import ORDER
from ballot.sealing.workers import Octets

Rng = Callable[[int], bytes]

WEIGHT: Final = 16  # Bytes of a checker's fresh weight: a false equation passes once in 2**128.


def random_scalars(rng: Rng, count: int) -> list[int]:
    """Draw numbers from 1 below the order, each as likely as any other (sealing §3.3).

    32 bytes at a time; what falls outside (once in 2**127) is passed over and drawn again.
    """
    drawn: list[int] = []
    while len(drawn) < count:
        numbers = read_scalars(np.frombuffer(rng(32 * (count - len(drawn))), np.uint8))
        drawn += [number for number in numbers if 0 < number < ORDER]
    return drawn


def random_rows(rng: Rng, count: int) -> Octets:
    """Draw as random_scalars does, the same numbers from the same bytes, as rows (count, 32)."""
    rows = np.frombuffer(rng(32 * count), np.uint8).reshape(count, 32)
    # Only what begins with eight bytes of ones, or of zeros, can lie outside: hardly ever any.
    head = rows[:, :8]
    unsure = np.flatnonzero((head == 255).all(axis=1) | (head == 0).all(axis=1))
    outside = [row for row in unsure if not 0 < int.from_bytes(rows[row].tobytes(), "big") < ORDER]
    if not outside:
        return rows
    kept = np.delete(rows, outside, axis=0)
    return np.concatenate([kept, random_rows(rng, len(outside))])


def random_scalar(rng: Rng) -> int:
    """Draw one number from 1 below the order (sealing §3.3)."""
    return random_scalars(rng, 1)[0]


def read_scalars(rows: Octets, width: int = 32) -> list[int]:
    """Read big-endian numbers of `width` bytes, without a check of their range."""
    stream = np.ascontiguousarray(rows).tobytes()
    return [
        int.from_bytes(stream[at : at + width], "big") for at in range(0, len(stream), width)
    ]


def write_scalars(numbers: Iterable[int], width: int = 32) -> Octets:
    """Write numbers as rows of `width` big-endian bytes."""
    stream = b"".join([number.to_bytes(width, "big") for number in numbers])
    return np.frombuffer(stream, np.uint8).reshape(-1, width)


def first_too_large(numbers: Sequence[int]) -> int | None:
    """Say which number, first, is not below the order; None if all are."""
    if not numbers or max(numbers) < ORDER:
        return None
    return next(row for row, number in enumerate(numbers) if number >= ORDER)


class Limbs:
    """Many numbers as 64-bit limbs, least significant first, to be cut into windows of bits."""

    def __init__(self, rows: Octets) -> None:
        count, width = rows.shape
        self.bits = 8 * width
        padded = np.zeros((count, -(-width // 8) * 8 + 8), np.uint8)
        padded[:, :width] = rows[:, ::-1]
        self._limbs = np.ascontiguousarray(padded.view("<u8").T)

    def digit(self, number: int, window: int) -> NDArray[np.uint32]:
        """Give digit `number` of every number, in base 2**window (window up to 31)."""
        limb, shift = divmod(number * window, 64)
        digit = self._limbs[limb] >> np.uint64(shift)
        if shift + window > 64:
            digit = digit | self._limbs[limb + 1] << np.uint64(64 - shift)
        return np.asarray(digit & np.uint64(2**window - 1), np.uint32)
