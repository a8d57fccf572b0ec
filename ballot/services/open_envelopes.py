"""Opening the postal envelopes: after the close, once the register agrees, by two officers.

From here on papers are read. What was marked by post is what was received, no elector has two
marks, and every receipt is on the board: whoever opens an envelope that should not be there could
never take its paper out again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Election
from ballot.postal import has_post, named_tellers
from ballot.selectors import contested
from ballot.services.moves import lock_election, require_state
from ballot.services.register_account import account, require_agreement
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def open_envelopes(
    election_id: int, *, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Let the envelopes be opened, and their papers be read."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, State.CLOSED)
    require_unopened(election)
    accounts = account(election)
    if any(one.envelopes for one in accounts) and len(named_tellers(election)) < 2:
        raise Refusal("teller.too-few", "No two tellers were named on the board before the close, "
                      "so nobody can read the papers. Let two officers declare the election void.")
    # A paper is looked for in each: there is something to open, if any came.
    to_open = [replace(one, postal=one.envelopes) for one in accounts]
    require_agreement(to_open, contests=len(contested(election)))
    Election.objects.filter(pk=election.pk).update(envelopes_opened_at=now)
    record("open_envelopes", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now)


def require_unopened(election: Election) -> None:
    """Refuse where there is no envelope to open, and once they are open."""
    if not has_post(election):
        raise Refusal("post.none", "No envelope was issued: there is nothing to open.")
    if election.envelopes_opened_at is not None:
        raise Refusal("post.opened", "The envelopes have been opened already.")
