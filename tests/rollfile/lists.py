"""Lists as bytes for the tests of reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from members.rollfile import RefusedLine, RollFile, Row, open_roll

TODAY = date(2016, 8, 22)
SECTIONS = {
    "member": "member",
    "members": "member",
    "affiliated": "affiliated",
    "affiliated supporters": "affiliated",
}
HEADER = "number,title,given_name,family_name,email,postcode,section,unit,joined_on,paid_until,standing,date_of_birth"  # noqa: E501
LINE = "0012345,Ms,Carys,Fallowes,carys@example.org,QA1 2BD,member,North Aldermoor,2014-05-01,2016-12-31,good,1980-02-29"  # noqa: E501
PLACES = {name: place for place, name in enumerate(HEADER.split(","))}


def line(**cells: str) -> str:
    """A good line, but for what is given."""
    values = LINE.split(",")
    for name, value in cells.items():
        values[PLACES[name]] = value
    return ",".join(values)


def opened(content: bytes | str, *, chunk_bytes: int = 64, today: date = TODAY) -> RollFile:
    raw = content.encode() if isinstance(content, str) else content
    pieces: Iterator[bytes] = (
        raw[start : start + chunk_bytes] for start in range(0, len(raw), chunk_bytes)
    )
    return open_roll(pieces, sections=SECTIONS, today=today)


def read(*lines: str, header: str = HEADER) -> list[Row | RefusedLine]:
    return list(opened("\r\n".join([header, *lines, ""])))


def read_one(**cells: str) -> Row | RefusedLine:
    (only,) = read(line(**cells))
    return only
