"""The officer's ruling on a candidate's papers, or on one nomination: valid or not, and why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Candidate, Nomination, Ruling
from ballot.nominations import Paper, newest_nominations, papers_of
from ballot.services.joint_tickets import require_on_one_ticket
from ballot.services.moves import lock_election, require_state
from ballot.services.reasons import require_reason
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def rule_on_candidate(
    candidate_id: int,
    *,
    is_valid: bool,
    reason: str,
    by: int | None,
    now: datetime,
    is_exempt: bool = False,
) -> None:
    """Rule on a candidate's papers. A later ruling stands in place of this one, which is kept.

    Valid are papers that meet every gate, with the consent of who was asked for it; of a joint
    ticket with that of both, who stand on no other.
    is_exempt: the rules let this person stand without nominations; the reason says which rule.
    """
    candidate = Candidate.objects.select_related("contest").get(pk=candidate_id)
    require_state(lock_election(candidate.contest.election_id), State.NOMINATING)
    found = [one for one in papers_of(candidate.contest) if one.candidate.pk == candidate_id]
    if not found:
        raise Refusal("ruling.nobody", f"{candidate} has withdrawn, or is nobody to rule on.")
    if is_valid:
        _require_whole(found[0], is_exempt=is_exempt)
    made = Ruling.objects.create(
        candidate=candidate, is_valid=is_valid, is_exempt=is_valid and is_exempt,
        reason=require_reason(reason), ruled_at=now, ruled_by_id=by,
    )
    record("rule_on_paper", subject=("ruling", str(made.pk)), by=by, now=now)


def _require_whole(paper: Paper, *, is_exempt: bool) -> None:
    one, name = paper.candidate, paper.candidate.name
    if one.second:
        require_on_one_ticket(one.contest, one.first, one.second, but=one.pk)
    if paper.awaiting:
        who = " and ".join(paper.awaiting)
        raise Refusal("ruling.no-consent", f"{who} {'has' if len(paper.awaiting) == 1 else 'have'} "
                      "not consented to stand. Ask them, by a new link if theirs is lost.")
    missed = "; ".join(one.gate.words for one in paper.gates if not one.is_met)
    if missed and not is_exempt:
        raise Refusal("ruling.gate-not-met", f"{name} has not what the notice asks for: {missed}.")


@transaction.atomic
def rule_on_nomination(
    nomination_id: int, *, is_valid: bool, reason: str, by: int | None, now: datetime
) -> None:
    """Say that a body's nomination does not count, and why; or that it counts after all.

    Only of what the body nominates now: what it amended since is no paper any more.
    """
    nomination = Nomination.objects.select_related("contest", "body").get(pk=nomination_id)
    require_state(lock_election(nomination.contest.election_id), State.NOMINATING)
    if nomination.pk not in {one.pk for one in newest_nominations(nomination.contest)}:
        raise Refusal("ruling.amended", f"{nomination.body} has amended this nomination, or taken "
                      "it back. Rule on what it nominates now.")
    made = Ruling.objects.create(
        nomination=nomination, is_valid=is_valid, reason=require_reason(reason), ruled_at=now,
        ruled_by_id=by,
    )
    record("rule_on_paper", subject=("ruling", str(made.pk)), by=by, now=now)
