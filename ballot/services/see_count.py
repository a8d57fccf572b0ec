"""Writing down that an officer is shown the count, or evidence of it, before the declaration.

One record of the audit trail a showing, made before the page is. Once the result is declared all of
it is public, and nothing is written.
"""

from __future__ import annotations

from datetime import datetime

from ballot.models import Election
from ballot.showing.release import SEE_COUNT, CountPage
from office.services.audit import record


def see_count(election: Election, page: CountPage, *, by: int, now: datetime) -> None:
    """Write down who is shown it, when, and on which page."""
    if not election.stage.is_declared:
        record(SEE_COUNT, subject=("election", str(election.pk)), by=by, now=now,
               parameters={"page": page.value})
