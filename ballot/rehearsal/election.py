"""The election of a rehearsal, from the officers' accounts to its declaration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ballot.models import Election
from ballot.rehearsal.ballots import cast_all, seal_papers
from ballot.rehearsal.comparing import compare
from ballot.rehearsal.outcome import Listener, Outcome, now, timed
from ballot.rehearsal.plan import Plan, require_rehearsable, section_codes, voting
from ballot.rehearsal.roll import import_roll
from ballot.rehearsal_steps import acts_after_poll, freeze_with_key
from ballot.services.codes import issue_codes
from ballot.services.legible import LONGEST_LINE
from ballot.services.open_poll import open_poll
from office.permissions import Role
from office.services.staff import make_staff


@dataclass(frozen=True, slots=True)
class Prepared:
    """An open poll and everybody's sealed ballots, not yet cast."""

    election: Election
    officers: tuple[int, int]
    wires: list[np.ndarray]


def rehearse(plan: Plan, *, listener: Listener) -> Outcome:
    """Run the whole election in the database that Django is connected to."""
    outcome = Outcome()
    prepared = prepare_ballots(plan, listener=listener, outcome=outcome)
    election = prepared.election
    outcome.election_slug = election.slug
    with timed(outcome, listener, "Cast the ballots"):
        # Two a core: for half of a cast a process waits for the disk.
        outcome.ballots = cast_all(election, prepared.wires, 2 * plan.processes, listener)
    _finish(plan, election, prepared.officers, outcome, listener)
    compare(plan, election, outcome)
    return outcome


def prepare_ballots(
    plan: Plan, *, listener: Listener, outcome: Outcome | None = None
) -> Prepared:
    """Go as far as the open poll, and seal every paper of the profile."""
    require_rehearsable(plan)
    outcome = outcome or Outcome()
    officers = _officers()
    with timed(outcome, listener, "Import the roll"):
        import_roll(plan, by=officers[0], listener=listener)
    with timed(outcome, listener, "Set up and freeze"):
        election = _set_up(plan, officers, listener)
    with timed(outcome, listener, "Make the codes"):
        issue_codes(election.pk, by=officers[0], now=now(), processes=plan.processes,
                    report=listener.report)
    with timed(outcome, listener, "Open the poll"):
        open_poll(election.pk, software={}, by=officers[0], seconded_by=officers[1], now=now())
    election.refresh_from_db()
    with timed(outcome, listener, "Seal the ballots"):
        wires = seal_papers(plan, election, listener)
    return Prepared(election, officers, wires)


def _officers() -> tuple[int, int]:
    made = [
        make_staff(f"officer-{number}@rehearsal.invalid", f"Rehearsal officer {number}",
                   Role.RETURNING_OFFICER)
        for number in (1, 2)
    ]
    return made[0].person.pk, made[1].person.pk


def _set_up(plan: Plan, officers: tuple[int, int], listener: Listener) -> Election:
    sections = [section_codes(plan)[section.name] for section in voting(plan)]
    title = plan.profile.title or "Leader"
    return freeze_with_key(
        title=f"Rehearsal: {title}"[:LONGEST_LINE], sections=sections, officers=officers,
        post=title[:LONGEST_LINE], method=plan.method.value, candidates=plan.profile.candidates,
        trustees=tuple(f"Trustee {number}" for number in range(1, plan.trustees + 1)),
        quorum=plan.quorum, mixes_wanted=plan.mixers, report=listener.report,
    )


def _finish(
    plan: Plan,
    election: Election,
    officers: tuple[int, int],
    outcome: Outcome,
    listener: Listener,
) -> None:
    for words, act in acts_after_poll(
        election, officers, processes=plan.processes, report=listener.report
    ):
        with timed(outcome, listener, words):
            act()
