"""The membership list as a file: bytes to rows, and every refused row with its reason.

The format is docs/import-format.md. This package knows neither the database nor the clock:
the day of reading and the names of the sections are arguments. It never holds more than one
row, and it never mends a value in silence: what it cannot read it refuses, with what to do.
"""

from __future__ import annotations

from members.rollfile.batches import Note
from members.rollfile.columns import COLUMNS, STANDINGS, Column, Header, read_header
from members.rollfile.dates import DateOrder
from members.rollfile.errors import FileRefused, FileTrouble, MappingRefused, Problem, Trouble
from members.rollfile.judging import RefusedLine, Row
from members.rollfile.looking import FileLook, look_at
from members.rollfile.mapping import ColumnMapping, mapping_from_json, mapping_to_json
from members.rollfile.normal import (
    email_key,
    name_key,
    number_key,
    postcode_key,
    unit_key,
)
from members.rollfile.reading import RollFile, open_roll
from members.rollfile.sniffing import Shape, sniff

__all__ = [
    "COLUMNS",
    "STANDINGS",
    "Column",
    "ColumnMapping",
    "DateOrder",
    "FileLook",
    "FileRefused",
    "FileTrouble",
    "Header",
    "MappingRefused",
    "Note",
    "Problem",
    "RefusedLine",
    "RollFile",
    "Row",
    "Shape",
    "Trouble",
    "email_key",
    "look_at",
    "mapping_from_json",
    "mapping_to_json",
    "name_key",
    "number_key",
    "open_roll",
    "postcode_key",
    "read_header",
    "sniff",
    "unit_key",
]
