"""The sum of many points, each with a number of its own: multi-scalar multiplication by buckets.

Source: Pippenger's method.  The numbers are cut into windows of bits; in each window the points
of one digit are added up (a bucket, one call of the library), and the buckets are put together.
For public numbers alone: the time depends on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ballot.sealing import native
from ballot.sealing.native import Points
from ballot.sealing.scalars import Limbs, read_scalars
from ballot.sealing.workers import Octets, Progress, shared, spread

FEWEST_FOR_BUCKETS: Final = 150
_ADDITION, _CALL = 0.3, 3.0  # µs: only their proportion matters, to choose the window.


def weighted_sum(
    points: Points,
    numbers: Octets,
    *,
    processes: int = 1,
    progress: Progress | None = None,
) -> bytes | None:
    """Add up points (N, 64), each times its number (N, width); None if that is infinite.

    Spec: sealing §11.1.  Cost: 6.5 to 10 µs a point for 32 bytes a number, a half for 16.
    """
    return weighted_sums([points], numbers, processes=processes, progress=progress)[0]


def weighted_sums(
    sets: Sequence[Points],
    numbers: Octets,
    *,
    processes: int = 1,
    progress: Progress | None = None,
) -> list[bytes | None]:
    """Add up several sets of points with the same numbers, sorting the numbers once."""
    if len(numbers) < FEWEST_FOR_BUCKETS:
        scalars = read_scalars(numbers, numbers.shape[1])
        return [_weighted_one_by_one(points, scalars) for points in sets]
    limbs = Limbs(numbers)
    window = _best_window(len(numbers), limbs.bits)
    windows = -(-limbs.bits // window)
    partial = shared((windows, len(sets), 64))

    def sum_windows(start: int, stop: int) -> None:
        for k in range(start, stop):
            _sum_window(sets, limbs.digit(k, window), partial[k])

    spread(sum_windows, windows, block=1, processes=processes, progress=progress)
    return [_put_together(partial[:, number], window) for number in range(len(sets))]


def plain_sum(points: Points) -> bytes | None:
    """Add up points; None if the sum is infinite."""
    out = np.zeros((1, 64), np.uint8)
    finite = native.add_runs(np.ascontiguousarray(points), [0], [len(points)], out)
    return out.tobytes() if finite[0] else None


def _best_window(count: int, bits: int) -> int:
    return min(
        range(4, 17), key=lambda w: -(-bits // w) * (count * _ADDITION + (_CALL + 0.6) * 2**w)
    )


def _weighted_one_by_one(points: Points, scalars: list[int]) -> bytes | None:
    return native.add(
        *(
            native.times(point.tobytes(), scalar)
            for point, scalar in zip(points, scalars, strict=True)
        )
    )


def _put_together(windows: Points, window: int) -> bytes | None:
    """Add up the windows' sums, each times its power of two, from the top (Horner)."""
    total: bytes | None = None
    for row in windows[::-1]:
        total = native.add(native.times(total, 2**window), _read_row(row))
    return total


def _sum_window(sets: Sequence[Points], digits: NDArray[np.uint32], out: Octets) -> None:
    """Add up, for each set, the points times this window's digits, into a row of `out`."""
    # A stable sort of 16-bit keys is a radix sort: linear.
    order = np.argsort(digits.astype(np.uint16), kind="stable")
    sizes = np.bincount(digits)
    order, sizes = order[sizes[0] :], sizes[1:]
    filled = np.flatnonzero(sizes)
    sizes = sizes[filled]
    starts = (np.cumsum(sizes) - sizes).tolist()
    for number, points in enumerate(sets):
        # Gathered first, so that the library reads memory in order.
        buckets = np.zeros((len(filled), 64), np.uint8)
        finite = native.add_runs(points[order], starts, sizes.tolist(), buckets)
        there = np.frombuffer(finite, np.uint8) == 1
        total = _sum_buckets(buckets[there], filled[there] + 1)
        if total is not None:
            out[number] = np.frombuffer(total, np.uint8)


def _sum_buckets(buckets: Points, digits: NDArray[np.int64]) -> bytes | None:
    """Add up buckets times their digits: by the digits' upper and lower halves, then bit by bit.

    Two additions a bucket, in few calls.
    """
    if len(digits) == 0:
        return None
    half = max(1, int(digits.max()).bit_length() // 2)
    upper = _sum_by_digit(buckets, digits >> half)
    lower = _sum_by_digit(buckets, digits & (1 << half) - 1)
    return native.add(native.times(_sum_bits(*upper), 1 << half), _sum_bits(*lower))


def _sum_by_digit(
    points: Points, digits: NDArray[np.int64]
) -> tuple[Points, NDArray[np.int64]]:
    """Add up the points of each digit; give the finite sums with their digits, zero left out."""
    order = np.argsort(digits.astype(np.uint16), kind="stable")
    sizes = np.bincount(digits)
    order, sizes = order[sizes[0] :], sizes[1:]
    filled = np.flatnonzero(sizes)
    sizes = sizes[filled]
    sums = np.zeros((len(filled), 64), np.uint8)
    starts = (np.cumsum(sizes) - sizes).tolist()
    finite = native.add_runs(points[order], starts, sizes.tolist(), sums)
    there = np.frombuffer(finite, np.uint8) == 1
    return sums[there], filled[there] + 1


def _sum_bits(points: Points, digits: NDArray[np.int64]) -> bytes | None:
    """Add up a few points times small numbers, bit by bit from the top."""
    total: bytes | None = None
    for bit in range(int(digits.max(initial=0)).bit_length() - 1, -1, -1):
        chosen = points[digits >> bit & 1 == 1]
        total = native.add(total, total, plain_sum(chosen) if len(chosen) else None)
    return total


def _read_row(row: Octets) -> bytes | None:
    return row.tobytes() if row.any() else None
