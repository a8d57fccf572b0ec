"""Write down that somebody took a copy of personal data away: who, what and when."""

from __future__ import annotations

from datetime import datetime

from office.services.audit import Plain, record


def note_download(name: str, *, by: int, now: datetime, **parameters: Plain) -> None:
    """Record a download. name: which list; parameters: how it was narrowed, in ids and dates."""
    record("download", subject=("list", name), by=by, now=now, parameters=parameters)
