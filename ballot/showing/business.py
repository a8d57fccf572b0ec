"""The officer's order of business: what is done, what comes now, and what stops it.

Read from the one table of steps (checklist) and the one table of states (lifecycle).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from ballot.checklist import RESUME, STEPS, Check, Step
from ballot.lifecycle import State, is_before
from ballot.models import Credential, Election, TurnoutCount
from ballot.selectors import contested
from office.models import Approval
from office.selectors import waiting_approval
from office.services.approvals import why_not

# Steps that leave the election where it stands: done when their own check says so.
WITHIN_FROZEN = frozenset({"set_key", "send_codes"})


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the order of business."""

    act: str
    title: str
    is_done: bool
    is_now: bool
    state: str
    colour: str


@dataclass(frozen=True, slots=True)
class Next:
    """The step that comes next, what still stops it, and what else officers may decide."""

    act: str
    title: str
    checks: tuple[Check, ...]
    instead: str

    @property
    def is_ready(self) -> bool:
        return all(check.is_met for check in self.checks)


def order_of_business(election: Election, *, now: datetime) -> list[Task]:
    """Every step from the notice to the declaration. A void election has none."""
    if election.stage == State.VOID:
        return []
    upcoming = next_step(election, now=now)
    return [_task(election, step, upcoming, now=now) for step in STEPS]


def next_step(election: Election, *, now: datetime) -> Next | None:
    """The first step of the election's state that is not done; none once it is declared."""
    for step in _steps_now(election, now=now):
        if not _is_done(election, step, now=now):
            # Within the frozen state the one check asks only whether anything is left to do.
            checks = () if step.act in WITHIN_FROZEN else tuple(step.checks(election, now))
            return Next(step.act, step.words, checks, step.instead)
    return None


def proposal_of(step: Next | None, election: Election, *, now: datetime) -> Approval | None:
    """The proposal of this step that waits for a second officer, and can be carried out."""
    if step is None:
        return None
    found = waiting_approval(step.act, subject=("election", str(election.pk)), now=now)
    return found if found is not None and why_not(found, now=now) is None else None


def is_unopposed(election: Election) -> bool:
    """Whether nothing is left to vote on: then the result is declared without a poll."""
    return election.contests.exists() and not contested(election)


def _steps_now(election: Election, *, now: datetime) -> Iterator[Step]:
    if _is_interrupted(election, now=now):
        yield RESUME
        return
    if election.stage in {State.NOMINATED, State.FROZEN} and is_unopposed(election):
        yield next(step for step in STEPS if step.act == "declare")
        return
    yield from (step for step in STEPS if election.stage in step.states)


def _is_interrupted(election: Election, *, now: datetime) -> bool:
    """Whether the poll is suspended and has time left; once its hour has passed it is closed."""
    closes_at = election.closes_at
    return election.stage == State.SUSPENDED and closes_at is not None and now < closes_at


def _is_done(election: Election, step: Step, *, now: datetime) -> bool:
    if election.stage in step.states and step.act in WITHIN_FROZEN:
        # Their one check asks whether anything is left to do.
        return not all(check.is_met for check in step.checks(election, now))
    return is_before(step.states[-1], election.stage)


def _task(election: Election, step: Step, upcoming: Next | None, *, now: datetime) -> Task:
    is_done = _is_done(election, step, now=now)
    is_now = upcoming is not None and upcoming.act == step.act
    if is_done and _was_skipped(election, step):
        state, colour = "Not needed", "grey"
    elif is_done:
        state, colour = "Done", "green"
    elif is_now:
        state, colour = "Now", "blue"
    else:
        state, colour = "Later", "grey"
    return Task(step.act, step.words, is_done, is_now, state, colour)


def _was_skipped(election: Election, step: Step) -> bool:
    """An election without a poll goes from the candidates to the declaration."""
    without_poll = ("publish_notice", "publish_candidates", "declare")
    return (
        election.fingerprint is None
        and step.act not in without_poll
        and election.stage.is_declared
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its name, ready to show."""

    name: str
    value: str


def codes_made(election: Election) -> int:
    """Electors for whom a code is in force."""
    in_force = Credential.Force.IN_FORCE
    return Credential.objects.filter(election=election, force=in_force).count()


def ballots_cast(election: Election) -> int:
    """Ballots cast so far, from the counters."""
    counts = TurnoutCount.objects.filter(election=election)
    return int(counts.aggregate(cast=Sum("ballots"))["cast"] or 0)
