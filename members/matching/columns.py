"""A membership list as columns of numbers, so that 654,006 records are compared as arrays.

Nothing is kept of a record but numbers: a text that is only ever asked "the same or not" is kept
as a hash of 64 bits; names, which are also asked "how alike", as places in one list of the
distinct names. A blank is 0 everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from members.rollfile.normal import email_key, fold, postcode_key

Longs = NDArray[np.int64]

_PHONE_DIGITS: Final = 9  # The last nine: +44 1990 123456 and 01990 123456 are one number.
_SHORTEST_PHONE: Final = 6
_NUMBERS: Final = (
    "ids", "family", "given", "born", "postcode", "district", "address", "email", "phone", "unit",
)  # fmt: skip
_INWARD: Final = 3  # The last three characters of a British postcode name the street.


class Record(NamedTuple):
    """What is compared of one record of the list."""

    id: int
    given_name: str
    family_name: str
    date_of_birth: date | None
    postcode: str
    address: str
    email: str
    phone: str
    unit: int | None


@dataclass(frozen=True, slots=True)
class Columns:
    """The list. family and given are places in `names`; born is written as year, month, day.

    All arrays have one length and are in the order of `ids`, which ascends.
    """

    ids: Longs
    family: Longs
    given: Longs
    born: Longs
    postcode: Longs
    district: Longs
    address: Longs
    email: Longs
    phone: Longs
    unit: Longs
    names: tuple[str, ...]


class Gathering:
    """Takes records as they come from the list, some thousands at a time."""

    def __init__(self) -> None:
        self._batches: list[Longs] = []
        self._names: dict[str, int] = {"": 0}
        self._as_written: dict[str, int] = {}

    def add(self, records: Iterable[Record]) -> None:
        rows = [self._numbers(record) for record in records]
        self._batches.append(np.array(rows, dtype=np.int64).reshape(-1, 10))

    def columns(self) -> Columns:
        """All that was added, in the order of ids."""
        table = np.concatenate([np.empty((0, 10), dtype=np.int64), *self._batches])
        self._batches.clear()
        table = table[np.argsort(table[:, 0], kind="stable")]
        columns = map(np.ascontiguousarray, table.T)
        named = dict(zip(_NUMBERS, columns, strict=True))
        return Columns(**named, names=tuple(self._names))

    def _numbers(self, record: Record) -> tuple[int, ...]:
        born = record.date_of_birth
        postcode = postcode_key(record.postcode) if record.postcode else ""
        return (
            record.id,
            self._name(record.family_name),
            self._name(record.given_name),
            born.year * 10_000 + born.month * 100 + born.day if born else 0,
            _hashed(postcode),
            _hashed(postcode[:-_INWARD].rstrip()),
            _hashed(fold(record.address)),
            _hashed(email_key(record.email)),
            _hashed(_phone_key(record.phone)),
            record.unit or 0,
        )

    def _name(self, written: str) -> int:
        """The place of a name among the distinct ones; folded once for each way to write it."""
        place = self._as_written.get(written)
        if place is None:
            place = self._names.setdefault(fold(written), len(self._names))
            self._as_written[written] = place
        return place


def _hashed(text: str) -> int:
    """A number for a text, of which only equality is asked.

    Two of a million different texts have one number with a chance of one in thirty million; what
    would follow is that a person looks at a pair of strangers.
    """
    return hash(text) if text else 0


def _phone_key(phone: str) -> str:
    digits = "".join(filter(str.isdigit, phone))
    return digits[-_PHONE_DIGITS:] if len(digits) >= _SHORTEST_PHONE else ""
