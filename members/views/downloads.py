"""Tables as CSV files that a spreadsheet only shows and never runs (OWASP, CSV injection)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.http import StreamingHttpResponse

from members.services.export_members import KEPT_DAYS, in_a_file_name
from office.times import day_words, hour_words

_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
_ROWS_A_PIECE = 500


def csv_download(
    file_name: str, header: Sequence[str], rows: Iterable[Sequence[str]]
) -> StreamingHttpResponse:
    """The rows as a file to keep, in pieces: however long it is, a few hundred rows are held."""
    response = StreamingHttpResponse(
        _pieces(header, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def mark_of_download(person: str, *, now: datetime, purpose: str) -> str:
    """The line that says for whom a file was made, when, what for, and until when."""
    until = now + timedelta(days=KEPT_DAYS)
    return (
        f"Made for {person} on {hour_words(now)}. Purpose: {purpose} Not to be "
        f"passed on. To be destroyed by {day_words(until)}."
    )


def name_for(stem: str, person: str, *, now: datetime) -> str:
    """A file's name that says whose it is and when it was made."""
    return f"{stem}-{in_a_file_name(person)}-{now:%Y-%m-%d-%H%M}.csv"


def _pieces(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    # The mark at the beginning tells Excel that this is UTF-8.
    text.write("\ufeff")
    writer.writerow(header)
    for place, cells in enumerate(rows, start=1):
        writer.writerow(map(harmless, cells))
        if place % _ROWS_A_PIECE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it: one that it would run has an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_RUNS_IN_A_SPREADSHEET) else cell
