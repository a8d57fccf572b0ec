"""The extensions of a poll, as its board tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ballot.canonical import read_canonical
from ballot.models import Election


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: from which hour to which the close moved, and the reason word for word."""

    closed_before_at: datetime
    closes_at: datetime
    reason: str


def extensions_of(election: Election) -> list[Extension]:
    """Every extension of this poll in order; the first is number 1 of its letters."""
    rows = election.entries.filter(ballot__isnull=True, kind="extension").order_by("number")
    told: list[Any] = [read_canonical(bytes(row.body))["content"] for row in rows]
    return [
        Extension(
            datetime.fromisoformat(one["closed_before_at"]),
            datetime.fromisoformat(one["closes_at"]),
            one["reason"],
        )
        for one in told
    ]
