"""The versions of a declared result: the first, and every correction with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from ballot.models import Declaration, Election
from ballot.times import in_zone


@dataclass(frozen=True, slots=True)
class Version:
    """One version, ready to show; of the first the reason is empty."""

    number: int
    when: str
    reason: str
    is_newest: bool


def versions_of(election: Election) -> tuple[Version, ...]:
    """Every version, the newest first."""
    rows = list(election.declarations.order_by("-version"))
    return tuple(_version(row, election, newest=rows[0]) for row in rows)


def _version(row: Declaration, election: Election, *, newest: Declaration) -> Version:
    when = in_zone(row.declared_at, election.zone)
    return Version(row.version, when, row.content.get("reason", ""), row == newest)
