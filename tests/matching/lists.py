"""Records and small lists for the tests of the search for doubles: functions with keywords."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np

from members.matching import Columns, Found, Gathering, Record, find_alike
from members.matching.scoring import Scoring

CARYS = Record(
    1, "Carys", "Fallowes", date(1980, 2, 29), "QA1 2BD", "4 Inkle Row", "carys@example.org",
    "01990 000001", 7,
)  # fmt: skip


def carys(number: int, **fields: Any) -> Record:
    return CARYS._replace(id=number, **fields)


def columns_of(records: Iterable[Record]) -> Columns:
    gathering = Gathering()
    gathering.add(records)
    return gathering.columns()


def found_in(*records: Record, **given: Any) -> Found:
    return find_alike(columns_of(records), **given)


def pairs_in(*records: Record, **given: Any) -> list[tuple[int, int]]:
    found = found_in(*records, **given)
    return list(zip(found.first.tolist(), found.second.tolist(), strict=True))


def score_of(one: Record, other: Record, *, among: Iterable[Record] = ()) -> float:
    columns = columns_of((one, other, *among))
    return float(Scoring(columns).score(np.array([0]), np.array([1])).score[0])
