"""Ruling on a postal paper that tellers read apart, or doubt: the officer, before the agents.

Also on one that a teller has read whose other does not come back: any two read it then. Nothing is
rejected by that, since nobody doubted it yet; what was ruled on it before stands.

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
    if paper.waits_for_other:
        _require_no_rejection(rejected)
        rejected = paper.rulings[-1].rejected if paper.rulings else {}
    PostalRuling.objects.create(
        election=election, section_id=paper.section.section_id, number=number, turn=paper.turn,
        rejected=dict(rejected), agents=agents, decided_at=now,
    )
    record("rule_on_postal_paper", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"section": section, "number": number, "rejected": len(rejected),
                       "agents": agents})


def _require_no_rejection(rejected: Mapping[str, str]) -> None:
    if rejected:
        raise Refusal("ruling.one-teller", "One teller alone has read this paper, and does not "
                      "doubt it: it is not rejected now. Wait for the other, or end the turn; any "
                      "two tellers read it again then.")
