"""How many of the known doubles are found, and how long the queue is, on a small list.

At the size of the Labour Party of 2016 the same is printed by `make bench-roll`.
"""

from __future__ import annotations

import csv
from datetime import date

from members.known_doubles import KnownDouble, write_doubled_roll
from members.matching import Gathering, Record, find_alike
from members.rollfile import number_key

ROWS, DOUBLES = 12_000, 300


def the_list(pairs: list[KnownDouble]) -> tuple[Gathering, dict[str, int]]:
    """The list as the search reads it; rows that an import would refuse are left out."""
    pieces = write_doubled_roll(rows=ROWS, doubles=DOUBLES, seed=5, pairs=pairs)
    reader = csv.DictReader(b"".join(pieces).decode().splitlines())
    ids: dict[str, int] = {}
    units: dict[str, int] = {}
    gathering = Gathering()
    for place, row in enumerate(reader, start=1):
        key = number_key(row["number"] or "")
        if not key or key in ids or None in row or None in row.values():
            continue
        ids[key] = place
        email = row["email"] if "@" in row["email"] else ""
        gathering.add([
            Record(place, row["given_name"], row["family_name"], _day(row["date_of_birth"]),
                   row["postcode"], row["address_1"], email, row["phone"],
                   units.setdefault(row["unit"], len(units) + 1) if row["unit"] else None)
        ])  # fmt: skip
    return gathering, ids


def _day(text: str) -> date | None:
    is_day = len(text) == 10 and text[4] == "-" and text > "1910"
    return date.fromisoformat(text) if is_day else None


def test_98_of_100_known_doubles_are_found_in_a_queue_of_three_times_their_number() -> None:
    pairs: list[KnownDouble] = []
    gathering, ids = the_list(pairs)

    found = find_alike(gathering.columns())

    queue = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    known = {
        tuple(sorted((ids[first], ids[second]))): pair.kind
        for pair in pairs
        if (first := number_key(pair.first)) in ids and (second := number_key(pair.second)) in ids
    }
    missed = {pair: kind for pair, kind in known.items() if pair not in queue}
    assert len(known) > 0.97 * DOUBLES
    assert len(missed) <= 0.02 * len(known), missed
    assert len(queue) <= 3 * len(known)
