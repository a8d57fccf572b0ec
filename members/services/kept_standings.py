"""Whose standing an import has otherwise than was decided: shown in the preview, and kept."""

# ruff: noqa: S608
# The statement is put together from the constants of comparing; every value is a parameter.

from __future__ import annotations

from typing import Any

from members.models.people import Standing
from members.services import staging
from members.services.comparing import KEPT, SAMPLE_ROWS, SIDE_BY_SIDE


def sample_kept(batch_id: int) -> list[dict[str, Any]]:
    """A few people whose standing stays as it was decided, whatever the file has."""
    rows = staging.run(
        f"""
        SELECT s.line, s.number, concat_ws(' ', m.given_name, m.family_name),
               s.standing, m.standing
        FROM {SIDE_BY_SIDE} WHERE s.standing <> m.standing AND {KEPT}
        ORDER BY s.line LIMIT %(most)s
        """,
        batch_id,
        most=SAMPLE_ROWS,
    )
    words = dict(Standing.choices)
    return [
        {"line": line, "number": number, "name": name,
         "in_file": str(words.get(given, given)), "decided": str(words.get(kept, "not recorded"))}
        for line, number, name, given, kept in rows
    ]  # fmt: skip
