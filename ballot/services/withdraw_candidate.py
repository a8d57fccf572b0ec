"""A candidate withdraws: before the opening the name leaves the paper, after it the votes follow
the rule of the notice (docs/spec/bundle.md §8.3).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.lifecycle import AFTER_OPENING, BEFORE_OPENING, State
from ballot.models import Candidate, Contest, Election, Entry, VotesOfWithdrawn
from ballot.selectors import on_paper
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, require_state
from ballot.services.publish_candidates import append_statement, settle_unopposed
from office.refusal import Refusal
from office.services.audit import record

WHO: Final = ("first", "second", "both")
"""Who of a joint ticket withdraws; the other has withdrawn with them."""


@transaction.atomic
def withdraw_candidate(
    candidate_id: int, *, by: int | None, now: datetime, who: str | None = None
) -> None:
    """Record a withdrawal, at any time until a trustee begins to open a box.

    Once the candidates were named it is an entry of its own. Before the opening the new statement
    follows it, and a contest with one candidate left, and no RON, is unopposed. After the opening
    the name stays on the paper, and the count passes it over if the notice says so.

    who: of a joint ticket one of `WHO`, which the board says; of who stands alone None.
    """
    candidate = Candidate.objects.select_related("contest").get(pk=candidate_id)
    election = lock_election(candidate.contest.election_id)
    require_state(election, *BEFORE_OPENING, *AFTER_OPENING)
    if candidate.is_reopen_nominations:
        raise Refusal("candidate.not-a-person", "“Re-open nominations” cannot withdraw.")
    _require_who(candidate, who)
    if election.stage in AFTER_OPENING:
        _require_in_time(election, candidate)
    changed = Candidate.objects.filter(pk=candidate_id, withdrawn_at=None).update(withdrawn_at=now)
    if not changed:
        raise Refusal("candidate.withdrawn", f"{candidate.name} has withdrawn already.")
    if election.stage not in {State.DRAFT, State.NOMINATING}:
        _publish(election, candidate, who, now=now)
    record("withdraw_candidate", subject=("candidate", str(candidate_id)), by=by, now=now,
           parameters={"who": who} if who else {})


def _require_who(candidate: Candidate, who: str | None) -> None:
    if candidate.second and who not in WHO:
        raise Refusal("withdrawal.who", "Say who of the two withdraws.", status=400)
    if not candidate.second and who is not None:
        raise Refusal("candidate.no-second", "This candidate stands alone.", status=404)


def _publish(
    election: Election, candidate: Candidate, who: str | None, *, now: datetime
) -> None:
    content = {"candidate": candidate.name, "contest": candidate.contest.title}
    content |= {"who": who} if who else {}
    append_entry(election, kind="withdrawal", content=content, now=now)
    if election.stage in BEFORE_OPENING:
        settle_unopposed(election)
        append_statement(election, kind="candidates", now=now)


def _require_in_time(election: Election, candidate: Candidate) -> None:
    """Refuse what the count could not honour: too late, of nobody on the paper, or of the last.

    What is in a box may be known once a trustee has begun to open it, and nobody is to choose
    by it whether their votes pass on.
    """
    if Entry.objects.filter(election=election, ballot__isnull=True,
                            kind="opening-commitment").exists():
        raise Refusal("candidate.box-opening", "The trustees have begun to open the boxes: a "
                      "withdrawal changes nothing in the count any more. Who is elected and does "
                      "not take the post says so after the declaration.")
    if candidate.position is None:
        raise Refusal("candidate.not-on-paper", f"{candidate.name} is not on the paper.")
    passes_on = candidate.contest.votes_of_withdrawn == VotesOfWithdrawn.PASS_ON
    if passes_on and _left(candidate.contest) == [candidate.pk]:
        raise Refusal("candidate.nobody-left", "Nobody would be left to vote for. Let two "
                      "officers declare the election void, and begin another: nominations open "
                      "with it.")


def _left(contest: Contest) -> list[int]:
    return [one.pk for one in on_paper(contest) if one.withdrawn_at is None]
