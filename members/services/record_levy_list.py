"""Note that somebody took away the list of an affiliate's people: names leave the house."""

from __future__ import annotations

from datetime import datetime

from office.services.audit import record


def record_levy_list(unit_id: int, *, by: int | None, now: datetime) -> None:
    """Write to the audit trail whose list was downloaded, and by whom."""
    record("list_levy", subject=("unit", str(unit_id)), by=by, now=now)
