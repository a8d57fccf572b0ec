"""The lists of nobody: the same each time, of the size asked for, and with every quirk."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from members import synthetic
from members.rollfile import COLUMNS, RefusedLine, Row, Trouble, open_roll
from tests.rollfile.lists import TODAY

SECTIONS = {name: name for name in ("member", "affiliated", "registered")}


def whole(rows: int, seed: int = 1) -> bytes:
    return b"".join(synthetic.write_roll(rows=rows, seed=seed))


def test_the_same_seed_gives_the_same_list_and_another_gives_another() -> None:
    assert whole(300) == whole(300)
    assert whole(300) != whole(300, seed=2)


def test_a_list_has_the_documented_header_and_the_rows_asked_for() -> None:
    rows = list(csv.reader(io.StringIO(whole(300).decode(), newline="")))

    assert rows[0] == [column.name for column in COLUMNS]
    assert len(rows) == 301


def test_nobody_in_a_list_can_be_written_to() -> None:
    for cells in csv.DictReader(io.StringIO(whole(1000).decode(), newline="")):
        domain = (cells["email"] or "").rpartition("@")[2]
        assert domain.split(".")[-2:-1] in ([], ["example"]) or domain in ("NULL", "-")


def test_a_large_list_meets_every_refusal_that_one_row_can_have() -> None:
    many = synthetic.Quirks(refused=200)
    pieces = synthetic.write_roll(rows=4_000, seed=1, quirks=many)
    rows = list(open_roll(pieces, sections=SECTIONS, today=TODAY))
    met = {p.trouble for row in rows if isinstance(row, RefusedLine) for p in row.problems}

    # The rest need the whole list, the database, a mapping, or what lists here do not have.
    assert met == set(Trouble) - {
        Trouble.NUMBER_REPEATED, Trouble.ROW_REPEATED, Trouble.SECTION_MISSING,
        Trouble.DATE_TOO_EARLY, Trouble.TOO_LONG, Trouble.NUMBER_DECIMAL, Trouble.TWO_PEOPLE,
        Trouble.DATE_UNLIKE, Trouble.DATE_WITHOUT_CENTURY, Trouble.WORD_UNKNOWN,
    }  # fmt: skip
    good = [row for row in rows if isinstance(row, Row)]
    assert len(good) > 3_000
    assert {row.standing for row in good} > {"good", "arrears", "deceased"}
    assert any("’" in row.family_name for row in good)
    assert any(row.number == row.number_key for row in good)
    emails = [row.email for row in good if row.email]
    assert len(set(emails)) < len(emails)


def test_the_command_writes_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"

    assert synthetic.main(["--rows", "20", "--seed", "4", "--out", str(path)]) == 0

    assert path.read_bytes() == whole(20, seed=4)
