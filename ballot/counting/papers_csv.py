"""Papers as a CSV file with the columns section, papers, ranking.

    section,papers,ranking
    members,168216,Jeremy Corbyn
    members,3,Jeremy Corbyn > Owen Smith

Source: docs/spec/counting.md §9. Not here: opening the file; rolls of members.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from ballot.counting.errors import CsvRefused, PapersRefused
from ballot.counting.profile import Profile, Ranking, check_name, parse_profile

HEADER = ["section", "papers", "ranking"]


def parse_papers_csv(
    data: bytes, *, candidates: Sequence[str] | None = None, title: str = "", places: int = 1
) -> Profile:
    """Read a CSV of papers whole, or refuse it.

    candidates: the names in the order of the paper; without them, the names that occur are the
                candidates, in the order in which they first occur.
    Spec:   counting §9.
    Raises: CsvRefused, with the line and the reason.
    """
    positions = {name: position for position, name in enumerate(candidates or ())}
    papers: dict[str, dict[Ranking, int]] = {}
    line = 1
    for line, row in _rows(_text(data)):
        section, many, ranking = (cell.strip() for cell in row)
        _checked(line, section)
        key = _ranking(line, ranking, positions, closed=candidates is not None)
        rankings = papers.setdefault(section, {})
        rankings[key] = rankings.get(key, 0) + _many(line, many)
    try:
        return parse_profile(tuple(positions), papers, title=title, places=places)
    except PapersRefused as refusal:
        raise CsvRefused(line, refusal.reason) from None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CsvRefused(line, "the text is not UTF-8") from None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        if header != HEADER:
            raise CsvRefused(1, f"the first line is not {','.join(HEADER)}")
        for row in rows:
            if len(row) not in (0, len(HEADER)):
                raise CsvRefused(rows.line_num, f"{len(row)} cells instead of {len(HEADER)}")
            if row:
                yield rows.line_num, row
    except csv.Error as error:
        raise CsvRefused(rows.line_num, str(error)) from None


def _many(line: int, cell: str) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 15:
        raise CsvRefused(line, f"not a number of papers: {cell!r}")
    return int(cell)


def _ranking(line: int, cell: str, positions: dict[str, int], *, closed: bool) -> Ranking:
    """Read "A > B > C"; an empty cell is an unmarked paper. New names are added unless closed."""
    if not cell:
        return ()
    ranking: list[int] = []
    for name in (part.strip() for part in cell.split(">")):
        _checked(line, name)
        if closed and name not in positions:
            raise CsvRefused(line, f"{name} is not on the paper")
        position = positions.setdefault(name, len(positions))
        if position in ranking:
            raise CsvRefused(line, f"{name} is ranked twice")
        ranking.append(position)
    return tuple(ranking)


def _checked(line: int, name: str) -> None:
    try:
        check_name(name)
    except PapersRefused as refusal:
        raise CsvRefused(line, refusal.reason) from None
