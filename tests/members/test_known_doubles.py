"""The list whose doubles are known: the same each time, and what it says of itself is so."""

from __future__ import annotations

import csv
from pathlib import Path

from members import known_doubles
from members.known_doubles import KnownDouble, write_doubled_roll


def test_the_list_has_the_rows_and_the_doubles_asked_for(tmp_path: Path) -> None:
    out, key = tmp_path / "list.csv", tmp_path / "key.csv"

    known_doubles.main(
        ["--rows", "900", "--doubles", "60", "--out", str(out), "--key", str(key)]
    )

    with out.open(newline="") as file:
        numbers = [row["number"] for row in csv.DictReader(file)]
    with key.open(newline="") as file:
        pairs = list(csv.reader(file))
    assert 895 <= len(numbers) <= 900
    assert 55 <= len(pairs) <= 60
    assert all(first in numbers and second in numbers for first, second, _ in pairs)
    assert len({kind for *_, kind in pairs}) == 10


def test_the_same_seed_gives_the_same_list() -> None:
    def made(seed: int) -> tuple[bytes, list[KnownDouble]]:
        pairs: list[KnownDouble] = []
        pieces = write_doubled_roll(rows=300, doubles=20, seed=seed, pairs=pairs)
        return b"".join(pieces), pairs

    assert made(1) == made(1)
    assert made(1) != made(2)
