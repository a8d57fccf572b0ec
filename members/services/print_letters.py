"""Note that somebody took the letters to print: names and addresses leave the desk with them."""

from __future__ import annotations

from datetime import datetime

from members import selectors
from office.services.audit import record


def record_printing(*, by: int, now: datetime) -> None:
    """Write down who took the letters of people without an e-mail address, and how many."""
    record(
        "print_letters",
        subject=("letters", "by-post"),
        by=by,
        now=now,
        parameters={
            "decisions": sum(1 for _ in selectors.decisions.notices_by_post()),
            "appeals": sum(1 for _ in selectors.decisions.outcomes_by_post()),
        },
    )
