"""Refused rows go out as a file and come back the same, whatever stands in them."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rollfile import COLUMNS, RefusedLine, Row, open_roll
from members.rollfile.mending import MENDING_HEADER, protected, unprotected

SECTIONS = {"member": "member"}


def read(*rows: list[str], header: tuple[str, ...] = MENDING_HEADER) -> list[Row | RefusedLine]:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return list(open_roll([text.getvalue().encode()], sections=SECTIONS, today=date(2016, 8, 22)))


def row(**cells: str) -> list[str]:
    plain = {"number": "1", "family_name": "Fallowes", "section": "member", **cells}
    return [plain.get(name, "") for name in MENDING_HEADER]


@given(st.text(alphabet="'=+-@\t\rab", max_size=6))
def test_a_protected_cell_comes_back_as_it_was_and_is_never_run(cell: str) -> None:
    assert unprotected([protected(cell)]) == [cell]
    assert not protected(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("phone", ["+44 1632 960001", "01632 960001", "'+44", "-"])
def test_a_phone_number_goes_round_and_comes_back(phone: str) -> None:
    (first,) = read(row(phone=protected(phone)))

    assert isinstance(first, Row)
    assert first.phone == ("" if phone == "-" else phone)


def test_in_any_other_file_an_apostrophe_is_the_senders_own() -> None:
    names = tuple(column.name for column in COLUMNS)

    (first,) = read(row(phone="'+44")[: len(names)], header=names)

    assert isinstance(first, Row)
    assert first.phone == "'+44"


def test_a_refused_row_carries_its_cells_as_they_stood() -> None:
    cells = row(joined_on="1/2/14", title="  Dr ", email="@")[: len(COLUMNS)]

    (first,) = read(cells, header=tuple(column.name for column in COLUMNS))

    assert isinstance(first, RefusedLine)
    assert list(first.cells) == cells


@pytest.mark.parametrize("cells", [["1", "Zed"], ["1", "Zed", "member", "x", "y"]])
def test_a_row_of_another_width_carries_what_stands_under_the_columns(cells: list[str]) -> None:
    (first,) = read(cells, header=("number", "family_name", "section"))

    assert isinstance(first, RefusedLine)
    kept = dict(zip((column.name for column in COLUMNS), first.cells, strict=True))
    assert (kept["number"], kept["family_name"]) == ("1", "Zed")
    assert kept["section"] == ("member" if len(cells) > 2 else "")
    assert kept["email"] == ""
