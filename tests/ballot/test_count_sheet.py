"""The tables of a count sheet: points of sections, and what becomes of very many sections."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from ballot.counting import count, parse_profile, parse_rules
from ballot.counting.document import full_document
from ballot.counting.sheet import csv_text
from ballot.showing.count_sheet import MOST_TABLES, CountTables

NAMES = ["Ann", "Bob", "Cid"]


def counted(sections: int, **rules: Any) -> Any:
    """Sections of different sizes, of which the first has two papers."""
    papers = {
        f"Riding {n:03d}": {(0,): 1 + n, (1,): n, (2, 1): 1 + n % 3} for n in range(sections)
    }
    return count(parse_profile(NAMES, papers), parse_rules({"method": "av", **rules}))


def tables(sections: int, **rules: Any) -> CountTables:
    sheet: dict[str, Any] = full_document(counted(sections, **rules))
    return CountTables("Leader", 1, sheet, NAMES, sheet["elected"])


def points(cells: Any) -> Fraction:
    return Fraction(cells.share.removesuffix(" points"))


@pytest.mark.parametrize(("floor", "first"), [(0, 100), (3, 2)])
def test_every_table_of_a_section_sums_to_what_the_section_is_worth(floor: int, first: int) -> None:
    worth = {f"Riding {n:03d}": 100 for n in range(4)}
    rules = {"points": worth, "floor": floor} if floor else {"points": worth}

    made = tables(4, **rules).by_section()

    for place, table in enumerate(made):
        for stage in range(len(table.stages)):
            told = [row.cells[stage] for row in table.rows if row.cells[stage].share]
            assert sum(map(points, told)) == (100 if place else first)
    assert len(made) == 4 and len(made[0].stages) == 2


def test_of_more_sections_than_anybody_reads_the_page_says_where_they_are() -> None:
    few, many = tables(MOST_TABLES), tables(MOST_TABLES + 1, points=100)

    assert len(few.by_section()) == MOST_TABLES and few.sections_elsewhere == ""
    assert many.by_section() == ()
    assert many.sections_elsewhere == (
        f"The votes and points of each of the {MOST_TABLES + 1} sections stand in the CSV file."
    )
    assert tables(1, ties=[{"lot": [2, 1, 0]}]).by_section() == ()


def test_points_of_canada_s_kind_sum_at_every_stage_to_a_hundred_a_riding() -> None:
    made = counted(338, points=100)

    stages = full_document(made)["stages"]
    lines = [line.split(",") for line in csv_text(made).splitlines()[1:]]

    assert isinstance(stages, list) and len(stages) == 2
    for number, stage in enumerate(stages, start=1):
        assert sum(map(Fraction, stage["weighted"].values())) == 33_800
        told = [Fraction(line[6]) for line in lines
                if line[0] == str(number) and line[1] != "Total" and line[6]]
        assert sum(told) == 33_800
