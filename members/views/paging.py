"""Where the next page of a long table begins, as the address names it."""

from __future__ import annotations

from django.http import HttpRequest

_ROW_DIGITS = 19  # A database's bigint holds any number of fewer digits.


def row_named(request: HttpRequest, name: str = "after") -> int:
    """The row that the page before ended with; 0 for none."""
    after = request.GET.get(name, "")
    return int(after) if after.isdecimal() and len(after) < _ROW_DIGITS else 0
