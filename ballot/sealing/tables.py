"""Many multiples of one point, from tables of its multiples: no doubling, additions alone.

A table cuts a scalar into windows of w bits.  Window k holds (d + 1)·2**(wk)·B for every digit d,
so that no entry is infinite; the ones too many, the same for every scalar, are taken off by one
correction.  A multiplication is then one row of points to be added up in one call of the library.
Look-ups are not constant in time (they touch memory by the scalar's digits): the machine that
mixes must do nothing else, which docs/spec/sealing.md §11.3 says to those who run one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ballot.sealing import native
from ballot.sealing.native import Points
from ballot.sealing.scalars import Limbs
from ballot.sealing.workers import Octets, shared, spread

BITS: Final = 256
ROWS_AT_ONCE: Final = 256  # As many rows of 22 to 43 points as fit the processor's second cache.
_KEPT: Final = 4  # Tables kept by this process: G, the chain's base, and two elections' keys.
_ADDITION, _ENTRY = 0.3, 3.0  # µs: only their proportion matters, to choose the window.
_tables: dict[bytes, FixedBase] = {}


class FixedBase:
    """Tables of one point's multiples (sealing §11.2)."""

    def __init__(self, base: bytes, window: int, *, processes: int = 1) -> None:
        self.window = window
        self.windows = -(-BITS // window)
        self._first = np.arange(self.windows, dtype=np.int64) << window
        steps = [base]  # 2**(wk)·B for each window k
        for _ in range(1, self.windows):
            steps.append(_sure(native.times(steps[-1], 2**window)))
        self.rows = shared((self.windows << window, 64))
        spread(
            lambda start, _: self._fill(start, steps[start]),
            self.windows,
            block=1,
            processes=processes,
        )
        self.correction = _sure(
            native.times(base, -sum(2 ** (window * k) for k in range(self.windows)))
        )

    def _fill(self, number: int, step: bytes) -> None:
        """Fill window `number` with step, 2·step, …: each half from the one before."""
        size = 1 << self.window
        table = self.rows[number * size : (number + 1) * size]
        multiples(step, table)

    def where(self, scalars: Octets) -> NDArray[np.int64]:
        """Give, for each scalar (N, 32), the rows of this table to be added up (N, windows)."""
        limbs = Limbs(scalars)
        where = np.empty((len(scalars), self.windows), np.int64)
        for k in range(self.windows):
            where[:, k] = limbs.digit(k, self.window)
        return where + self._first


def multiples(step: bytes, out: Points) -> None:
    """Fill `out` with 1, 2, 3, … times a point, doubling the filled part until it is full."""
    out[0] = np.frombuffer(step, np.uint8)
    filled = 1
    while filled < len(out):
        more = min(filled, len(out) - filled)
        terms = np.empty((more, 2, 64), np.uint8)
        terms[:, 0], terms[:, 1] = out[:more], out[filled - 1]
        native.add_rows(terms, out[filled : filled + more])
        filled += more


def fixed_base(base: bytes, uses: int, *, processes: int = 1) -> FixedBase:
    """Give the tables of a point, made for about so many uses, or those that are there already."""
    window = min(
        range(4, 14),
        key=lambda w: -(-BITS // w) * (uses * _ADDITION + (_ENTRY * 2**w)),
    )
    table = _tables.pop(base, None)
    if table is None or table.window < window:
        table = FixedBase(base, window, processes=processes)
    while len(_tables) >= _KEPT:
        del _tables[next(iter(_tables))]
    _tables[base] = table
    return table


def add_products(
    products: Sequence[tuple[FixedBase, Octets]], points: Points | None, out: Points
) -> None:
    """Compute for each row the sum of table products, and of a point, into `out`.

    products: tables, each with its scalars (N, 32), of which no sum may come out infinite.
    Cost:     as many additions as the tables have windows, and an inversion, a row.
    """
    size = min(ROWS_AT_ONCE, len(out))
    taken = [np.empty((size, table.windows, 64), np.uint8) for table, _ in products]
    correction = np.frombuffer(
        _sure(native.add(*(table.correction for table, _ in products))), np.uint8
    )
    columns = [native.addresses(rows) for rows in taken]
    columns.append(np.full((size, 1), correction.ctypes.data, np.uintp))
    terms = np.concatenate(columns, axis=1)
    # Addresses keep nothing alive: what they point at has a name here until the end.
    points = None if points is None else np.ascontiguousarray(points)
    lying = None if points is None else native.addresses(points)
    for start in range(0, len(out), size):
        stop = min(start + size, len(out))
        for (table, scalars), rows in zip(products, taken, strict=True):
            # Gathered first, so that the processor fetches many rows of the table at once.
            where = table.where(scalars[start:stop])
            np.take(table.rows, where, axis=0, out=rows[: stop - start], mode="clip")
        chosen = terms[: stop - start]
        if lying is not None:
            chosen = np.concatenate([chosen, lying[start:stop, None]], axis=1)
        native.add_addressed(chosen, out[start:stop])


def _sure(point: bytes | None) -> bytes:
    if point is None:
        raise ArithmeticError("A sum of points is infinite.")
    return point
