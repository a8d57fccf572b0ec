"""The exports on record, as the table of them on two pages takes them."""

from __future__ import annotations

from members import selectors
from members.services.export_members import column_words


def exports_on_record(*, most: int) -> list[dict[str, object]]:
    """The latest exports, the newest first, each with the names of its columns."""
    return [
        {"export": export, "columns": column_words(export)}
        for export in selectors.lookups.exports()[:most]
    ]
