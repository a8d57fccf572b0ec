"""Ruling on a postal paper that tellers read apart, or doubt: the officer, before the agents.

Also on one that a teller has read whose other does not come back: any two read it then.

A ruling says in which contests the paper is rejected, and why; then both tellers read it again, and
seal a rejection where it says so. What the paper says is written down nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from ballot.models import PostalRuling, Reason
from ballot.selectors import contest_codes
from ballot.services.moves import lock_election
from ballot.services.read_papers import paper_at, require_open
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def rule_on_postal_paper(
    election_id: int,
    *,
    section: str,
    number: int,
    rejected: Mapping[str, str],
    agents: int,
    by: int,
    now: datetime,
) -> None:
    """Decide on a paper, so that it is read again.

    rejected: from a contest's code to a Reason; empty where it is good in every contest.
    agents:   how many candidates' agents were there.
    """
    election = lock_election(election_id)
    require_open(election)
    paper = paper_at(election, section, number)
    if not (paper.needs_ruling or paper.waits_for_other):
        raise Refusal("ruling.none-due", "Nobody doubts this paper, no two tellers differ on it, "
                      "and none waits for another: there is nothing to rule on.")
    if set(rejected) - set(contest_codes(election)) or set(rejected.values()) - set(Reason.values):
        raise Refusal("ruling.malformed", "Choose a reason for each contest in which the paper is "
                      "rejected.", status=400)
    PostalRuling.objects.create(
        election=election, section_id=paper.section.section_id, number=number, turn=paper.turn,
        rejected=dict(rejected), agents=agents, decided_at=now,
    )
    record("rule_on_postal_paper", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"section": section, "number": number, "rejected": len(rejected),
                       "agents": agents})
