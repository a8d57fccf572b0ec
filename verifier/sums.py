"""Sums of many points, each with a number before it: what nearly all the time goes to (§11.1).

Two ideas. *Montgomery's*: a division costs as much as a hundred multiplications, but many at once
cost one division and three multiplications each; so additions are gathered and made side by side.
*Pippenger's*: cut the numbers into digits, throw each point into the bucket of its digit, add up
each bucket. (Splitting the numbers by the curve's endomorphism, too, would save less than a tenth.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import cast

from verifier.group import FIELD, ORDER, Anywhere, Point, multiply, negative, sum_of_doubles

WIDEST = 13
# Fewer points than these are multiplied one by one.
FEW = 20
# Multiples of a point are made as many at once.
AT_ONCE = 4096


def add_side_by_side(lefts: Sequence[Point], rights: Sequence[Point]) -> list[Anywhere]:
    """Return left + right for each pair. About 3.5 µs each where there are hundreds."""
    rises: list[int] = []
    runs: list[int] = []
    before: list[int] = []
    infinite: list[int] = []
    product = 1
    for (x1, y1), (x2, y2) in zip(lefts, rights, strict=True):
        rise, run = y2 - y1, x2 - x1
        if not run:
            if rise:
                infinite.append(len(runs))
            # A point and itself: the slope is the tangent's. For opposite points any slope will do.
            rise, run = 3 * x1 * x1, 2 * y1
        rises.append(rise)
        runs.append(run)
        before.append(product)
        product = product * run % FIELD
    sums = _third_points(lefts, rights, _quotients(rises, runs, before, product))
    for position in infinite:
        sums[position] = None
    return sums


def _quotients(rises: list[int], runs: list[int], before: list[int], product: int) -> list[int]:
    """Divide each rise by its run; before: the product of the runs before each; product: of all."""
    inverse = pow(product, -1, FIELD)
    quotients = []
    for rise, run, others in zip(reversed(rises), reversed(runs), reversed(before), strict=True):
        quotients.append(inverse * others % FIELD * rise % FIELD)
        inverse = inverse * run % FIELD
    quotients.reverse()
    return quotients


def _third_points(
    lefts: Sequence[Point], rights: Sequence[Point], slopes: list[int]
) -> list[Anywhere]:
    sums: list[Anywhere] = []
    for (x1, y1), (x2, _), slope in zip(lefts, rights, slopes, strict=True):
        x3 = (slope * slope - x1 - x2) % FIELD
        sums.append((x3, (slope * (x1 - x3) - y1) % FIELD))
    return sums


def add_columns(lefts: Sequence[Anywhere], rights: Sequence[Anywhere]) -> list[Anywhere]:
    """Return left + right for each pair, where some may be infinite."""
    return totals([[left, right] for left, right in zip(lefts, rights, strict=True)])


def totals(heaps: Iterable[Iterable[Anywhere]]) -> list[Anywhere]:
    """Return the sum of each heap, all heaps together: half of the points go in each turn."""
    finite = [[place for place in heap if place is not None] for heap in heaps]
    longest_first = sorted(range(len(finite)), key=lambda number: -len(finite[number]))
    added = _sums_of_columns(_rows([finite[number] for number in longest_first]))
    sums: list[Anywhere] = [None] * len(finite)
    for number, total in zip(longest_first, added, strict=False):
        sums[number] = total
    return sums


def _rows(heaps: list[list[Point]]) -> list[list[Point]]:
    """Lay heaps, the longest first, side by side as columns, and return the rows.

    So no row is longer than the one before it, and whole rows are added, whatever the heaps.
    """
    rows = []
    reaching = len(heaps)
    for depth in range(len(heaps[0]) if heaps else 0):
        while len(heaps[reaching - 1]) <= depth:
            reaching -= 1
        rows.append([heap[depth] for heap in heaps[:reaching]])
    return rows


def _sums_of_columns(rows: list[list[Point]]) -> list[Anywhere]:
    """Return the sum of each column, adding every other row to the one before it."""
    while len(rows) > 1:
        uppers, lowers = rows[::2], rows[1::2]
        lefts: list[Point] = []
        rights: list[Point] = []
        for upper, lower in zip(uppers, lowers, strict=False):
            lefts += upper[: len(lower)]
            rights += lower
        sums = add_side_by_side(lefts, rights)
        rest = iter(sums)
        halved: list[list[Anywhere]] = [
            [*islice(rest, len(lower)), *upper[len(lower) :]]
            for upper, lower in zip(uppers, lowers, strict=False)
        ]
        halved += [[*row] for row in uppers[len(lowers) :]]
        if not all(sums):
            # Somewhere two opposite points have met. That is rare, and the heaps are laid out anew.
            return totals(_columns(halved))
        rows = cast(list[list[Point]], halved)
    return [*rows[0]] if rows else []


def _columns(rows: list[list[Anywhere]]) -> list[list[Anywhere]]:
    return [[row[i] for row in rows if i < len(row)] for i in range(len(rows[0]))]


def multiples(base: Anywhere, count: int) -> Iterator[Anywhere]:
    """Yield base, 2·base, … count·base. About 4 µs each."""
    some: list[Anywhere] = [base]
    while len(some) < min(count, AT_ONCE):
        some += add_columns(some, [some[-1]] * len(some))
    step = some[-1]
    for start in range(0, count, len(some)):
        yield from some[: count - start]
        some = add_columns(some, [step] * len(some))


def weighted_columns(columns: Sequence[Sequence[Point]], factors: Sequence[int]) -> list[Anywhere]:
    """Return Σ factor·column, row by row, for short factors. About 4 µs a bit and row."""
    signed = [
        [negative(place) for place in column] if factor < 0 else column
        for column, factor in zip(columns, factors, strict=True)
    ]
    sums: list[Anywhere] = [None] * len(columns[0])
    for bit in reversed(range(max(abs(factor).bit_length() for factor in factors))):
        sums = add_columns(sums, sums)
        for column, factor in zip(signed, factors, strict=True):
            if abs(factor) >> bit & 1:
                sums = add_columns(sums, column)
    return sums


def weighted(places: Sequence[Point], factors: Sequence[int]) -> Anywhere:
    """Return Σ factor·place, by buckets. Some 0.15 ms a point of 256-bit factors, in thousands."""
    if len(places) < FEW:
        products = [multiply(factor, place) for factor, place in zip(factors, places, strict=True)]
        return totals([products])[0]
    numbers = [factor % ORDER for factor in factors]
    width = best_width(len(places))
    longest = max((number.bit_length() for number in numbers), default=0)
    heaps: list[list[Anywhere]] = []
    for shift in range(0, longest, width):
        heaps += _by_bit(_buckets(places, numbers, shift, width), width)
    return sum_of_doubles(totals(heaps))


def best_width(count: int) -> int:
    """Return the width of a digit that costs the fewest additions for this many points."""
    return min(range(2, WIDEST + 1), key=lambda width: (count + 2**width) / width)


def _buckets(places: Sequence[Point], numbers: list[int], shift: int, width: int) -> list[Anywhere]:
    """Return for each digit the sum of the points whose number has it at this place."""
    heaps: list[list[Point]] = [[] for _ in range(2**width)]
    mask = 2**width - 1
    for place, number in zip(places, numbers, strict=True):
        heaps[number >> shift & mask].append(place)
    heaps[0] = []
    return totals(heaps)


def _by_bit(buckets: list[Anywhere], width: int) -> list[list[Anywhere]]:
    """Return for each bit of a digit points whose sum is that of the buckets that have the bit.

    Straight from the buckets that would be half of them for each bit. So the digit is first cut in
    two, and the buckets added up by each half, which leaves few.
    """
    half = width // 2
    by_low = [buckets[low :: 2**half] for low in range(2**half)]
    by_high = [buckets[start : start + 2**half] for start in range(0, 2**width, 2**half)]
    added = totals(by_low + by_high)
    return _with_each_bit(added[: 2**half]) + _with_each_bit(added[2**half :])


def _with_each_bit(buckets: list[Anywhere]) -> list[list[Anywhere]]:
    bits = (len(buckets) - 1).bit_length()
    return [[place for d, place in enumerate(buckets) if d >> bit & 1] for bit in range(bits)]
