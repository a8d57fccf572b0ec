"""What two officers decided of the close of a poll, as its board tells it: later, or early."""

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


@dataclass(frozen=True, slots=True)
class EarlyClose:
    """When a poll was closed before its hour, and the reason word for word."""

    closed_at: datetime
    reason: str


def closed_early(election: Election) -> EarlyClose | None:
    """How this poll was closed early; None where it was not."""
    entry = election.entries.filter(ballot__isnull=True, kind="close").first()
    told: Any = read_canonical(bytes(entry.body)) if entry else None
    if not told or not told["content"]["early"]:
        return None
    return EarlyClose(datetime.fromisoformat(told["at"]), told["content"]["reason"])
