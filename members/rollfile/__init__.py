"""The membership list as a file: bytes to rows, and every refused row with its reason.

The format is docs/import-format.md. This package knows neither the database nor the clock:
the day of reading and the names of the sections are arguments. It never holds more than one
row, and it never mends a value in silence: what it cannot read it refuses, with what to do.
"""

from __future__ import annotations

from members.rollfile.columns import COLUMNS, STANDINGS, Column, Header, read_header
from members.rollfile.errors import FileRefused, FileTrouble, Problem, Trouble
from members.rollfile.judging import RefusedLine, Row
from members.rollfile.normal import (
    email_key,
    name_key,
    number_key,
    postcode_key,
    unit_key,
)
from members.rollfile.reading import RollFile, open_roll

__all__ = [
    "COLUMNS",
    "STANDINGS",
    "Column",
    "FileRefused",
    "FileTrouble",
    "Header",
    "Problem",
    "RefusedLine",
    "RollFile",
    "Row",
    "Trouble",
    "email_key",
    "name_key",
    "number_key",
    "open_roll",
    "postcode_key",
    "read_header",
    "unit_key",
]
