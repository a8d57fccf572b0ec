"""Correcting a mistake on a live paper: a candidate's statement or photograph, and nothing else.

Names, their order and who stands are what ballots were sealed upon: where one of those is wrong,
the ballots that were cast mean something else than their electors thought, and no correction mends
that. The statement and the photograph stand beside the paper and are bound into no ballot.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.canonical import Json
from ballot.lifecycle import State
from ballot.models import Candidate, Election
from ballot.names import clean_text
from ballot.services.board import append_entry
from ballot.services.consent import require_words
from ballot.services.legible import legible
from ballot.services.moves import lock_election, require_state
from ballot.services.reasons import require_reason
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record

CORRECTED_IN: Final = (State.NOMINATED, State.FROZEN, State.POLLING, State.SUSPENDED)
LONGEST_STATEMENT: Final = 4000


@transaction.atomic
def correct_candidate(
    election_id: int,
    *,
    candidate: int,
    statement: str | None,
    without_photograph: bool,
    reason: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
) -> None:
    """Put a candidate's statement right, or take a wrong photograph off, and publish that.

    statement:          the whole statement as it shall read; None: it stays.
    without_photograph: whether the photograph is taken off.
    """
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, *CORRECTED_IN)
    row = candidate_of(election, candidate)
    before = (row.statement, row.photo)
    if statement is not None:
        row.statement = clean_statement(statement)
        require_words(row.statement, most=row.contest.statement_words)
    if without_photograph:
        row.photo = None
    if (row.statement, row.photo) == before:
        raise Refusal("correction.no-change", "Nothing would change. Say what is to be otherwise.")
    row.save(update_fields=["statement", "photo"])
    content = _content(row, before[0], lost_photograph=row.photo != before[1])
    append_entry(election, kind="candidate-corrected",
                 content={**content, "reason": require_reason(reason)}, now=now)
    record("correct_candidate", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now, parameters={"candidate": row.pk})


def candidate_of(election: Election, candidate: int) -> Candidate:
    """A candidate of this election who stands and is a person, or a refusal."""
    row = Candidate.objects.select_related("contest").filter(
        pk=candidate, contest__election=election, is_reopen_nominations=False,
        withdrawn_at__isnull=True,
    ).first()
    if row is None:
        raise Refusal("candidate.none", "There is no candidate at this address.", status=404)
    return row


def clean_statement(text: str) -> str:
    """A statement in normal form, which is published."""
    clean = legible(clean_text, text, what="The statement")
    if not clean or len(clean) > LONGEST_STATEMENT:
        raise Refusal(
            "correction.length",
            f"A corrected statement has 1 to {LONGEST_STATEMENT:,} characters.",
        )
    return clean


def _content(row: Candidate, before: str, *, lost_photograph: bool) -> dict[str, Json]:
    return {
        "candidate": row.name,
        "contest": row.contest.title,
        "photograph_taken_off": lost_photograph,
        "statement": None if row.statement == before else {
            "becomes": row.statement,
            "was": before,
        },
    }
