"""Files to take away: whole in memory, with a name; a table as CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")


def file_to_keep(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    """An answer that a browser keeps under this name, and does not show."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def csv_to_keep(rows: Iterable[Sequence[str | int]], name: str) -> HttpResponse:
    """Rows for a spreadsheet, the head first.

    A text that a spreadsheet would run as a formula is set behind an apostrophe (OWASP, CSV
    injection).
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return file_to_keep(text.getvalue(), "text/csv; charset=utf-8", name)


def _harmless(cell: str | int) -> str | int:
    runs = isinstance(cell, str) and cell.startswith(_RUNS_IN_A_SPREADSHEET)
    return f"'{cell}" if runs else cell
