"""The officer's dashboard: what is done, what comes now, what stops it, and what is under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ballot.ceremonies import ceremony_stands, not_proved
from ballot.destruction import destroyed_at
from ballot.differences import unexplained
from ballot.lifecycle import HELPDESK_NOTES, State, is_before
from ballot.models import Box, CountsDiffer, Election, IssuerRequest
from ballot.showing.business import (
    Figure,
    codes_made,
    next_step,
    order_of_business,
    proposal_of,
)
from ballot.showing.checkpoint import objections
from ballot.showing.retention import due_sentence
from ballot.showing.small_box import small_box_sentence
from ballot.showing.timetable import suspension_sentence
from ballot.showing.two_counts import differ_sentence
from ballot.times import in_zone
from ballot.turnout import figures_of, shows_turnout
from members.selectors import (
    contacts_are_frozen,
    contacts_freeze_at,
    electors_now,
    people_entered_twice,
)
from office.models import Dispatch, Job
from office.permissions import ACTS
from office.selectors import (
    acts_of,
    dispatch_for,
    latest_job,
    letter_counts,
    live_jobs,
    waiting_approvals,
)
from office.services.approvals import why_not

VOTING_CODE = "voting-code"
_ENDED_ILL = frozenset({Job.State.FAILED, Job.State.STOPPED})


@dataclass(frozen=True, slots=True)
class Line:
    """An election in a list."""

    election: Election
    state: str
    colour: str
    when: str
    has_result: bool


def colour_of(state: State) -> str:
    """The colour of a state's tag: blue before, green while ballots are taken, grey after."""
    if state == State.POLLING:
        return "green"
    if state == State.SUSPENDED:
        return "orange"
    if state == State.VOID:
        return "red"
    if state == State.DECLARED:
        return "purple"
    return "blue" if is_before(state, State.POLLING) else "grey"


def line(election: Election, *, now: datetime) -> Line:
    """An election with its state in words and the hour that matters now."""
    return Line(
        election,
        election.stage.words,
        colour_of(election.stage),
        when_now(election, now=now),
        has_result=election.stage.is_declared,
    )


def when_now(election: Election, *, now: datetime) -> str:
    """The hour that matters now: of the opening before it, of the close before that."""
    if is_before(election.stage, State.POLLING) and election.opens_at:
        hour = in_zone(election.opens_at, election.zone)
        return f"Opens {hour}" if now < election.opens_at else f"Was to open {hour}; not open yet"
    if election.stage in {State.POLLING, State.SUSPENDED} and election.closes_at:
        return f"Closes {in_zone(election.closes_at, election.zone)}"
    return ""


def dashboard_of(election: Election, *, person_id: int, now: datetime) -> dict[str, Any]:
    """Everything that the dashboard shows to this person."""
    may = acts_of(person_id, now=now)
    upcoming = next_step(election, now=now)
    subject = ("election", str(election.pk))
    dispatch = _dispatch(election)
    jobs = list(_jobs(subject, upcoming.act if upcoming else "", dispatch))
    approvals = list(
        waiting_approvals(now=now).filter(subject_kind=subject[0], subject_id=subject[1])
    ) if "see_approvals" in may else []
    waiting = [one for one in approvals if why_not(one, now=now) is None]
    differs = CountsDiffer.objects.filter(contest__election=election).exists()
    return {
        "acts": may,
        "line": line(election, now=now),
        "tasks": order_of_business(election, now=now),
        "next": upcoming,
        "next_is_yours": upcoming is not None and upcoming.act in may,
        "next_waits": proposal_of(upcoming, election, now=now) is not None,
        "approvals": waiting,
        "overtaken": len(approvals) - len(waiting),
        # Why one stopped may say who is tied: it is for those who may do its act.
        "jobs": [job for job in jobs if {"see_job", job.kind} & ACTS.keys() <= may],
        "next_runs": upcoming is not None and _runs(jobs, upcoming.act),
        "next_by_trustees": upcoming is not None
        and upcoming.act == "set_key" and ceremony_stands(election),
        "next_mixed": upcoming is not None
        and upcoming.act == "mix_box" and not election.demonstration
        and _server_has_mixed(election),
        "figures": list(_figures(election, dispatch)),
        "dispatch": dispatch if "see_letters" in may else None,
        "counts_differ": differ_sentence(election) if "see_two_counts" in may else "",
        "objections": objections(election),
        "dispute_sentence": _dispute_sentence(election),
        "requests_sentence": _requests_sentence(election) if "see_register" in may else "",
        "unproved_sentence": _unproved_sentence(election, now=now),
        "suspension_sentence": suspension_sentence(election, now=now),
        "small_box_sentence": small_box_sentence(election),
        "has_trustees": not is_before(election.stage, State.FROZEN),
        "twice_sentence": _twice_sentence(election) if "see_roll" in may else "",
        "contacts_sentence": _contacts_sentence(election) if "see_contact_changes" in may else "",
        "shows_turnout": shows_turnout(election) and "see_turnout" in may,
        "shows_watching": "see_observers_page" in may,
        "shows_attestations": election.stage != State.DRAFT and "see_observers_page" in may,
        "shows_incidents": election.stage != State.DRAFT and "see_incidents" in may,
        "shows_issuer": "see_register" in may,
        "shows_helpdesk": "reissue_code" in may and election.stage in HELPDESK_NOTES,
        "takes_amendments": election.roll is not None and "see_roll" in may,
        "shows_post": election.postal_papers and "see_post" in may
        and not is_before(election.stage, State.NOMINATING),
        "reads_papers": election.postal_papers and "read_papers" in may
        and not is_before(election.stage, State.NOMINATING),
        "sets_aside": election.stage == State.CLOSED and "set_aside_ballot" in may,
        "leads_from_mistakes": "correct_candidate" in may
        and not is_before(election.stage, State.NOMINATED)
        and is_before(election.stage, State.CLOSED),
        "takes_lots": election.stage == State.OPENED and "record_lot" in may
        and any(job.state in _ENDED_ILL for job in jobs) and not differs,
        "verifies": not is_before(election.stage, State.CLOSED)
        and election.stage != State.VOID and "see_register" in may,
        "releases": election.stage == State.COUNTED and "release_result" in may,
        "takes_recounts": election.stage == State.COUNTED and "ask_recount" in may,
        "shows_evidence": "see_two_counts" in may
        and differs,
        "keeping_sentence": due_sentence(election, now=now) if "archive_election" in may
        else "",
        "is_destroyed": destroyed_at(election) is not None,
        "is_public": election.stage != State.DRAFT,
        "has_roll": election.roll is not None,
        "may_set_up": "set_up_election" in may and election.stage == State.DRAFT,
    }


def _dispute_sentence(election: Election) -> str:
    """How many electors say that the ballot in their name was not theirs, until two officers have
    explained it or the contest is over; empty for none.
    """
    if election.stage.is_declared or election.stage == State.VOID:
        return ""
    said = sum(one.number for one in unexplained(election))
    if not said:
        return ""
    if said == 1:
        return "One elector says that the ballot cast in their name was not theirs."
    return f"{said:,} electors say that the ballots cast in their names were not theirs."


def _requests_sentence(election: Election) -> str:
    """How many requests the outside issuer has not answered; empty for none."""
    asked = election.issuer_requests.filter(state=IssuerRequest.State.OPEN).count()
    if not asked:
        return ""
    waits = "request waits" if asked == 1 else "requests wait"
    return (
        f"{asked:,} {waits} for the outside issuer. Give them the file of requests, and hand in "
        "their answers: until then a new code does not work."
    )


def _server_has_mixed(election: Election) -> bool:
    """Whether the server's own mix of every box stands, so that trustees are waited for."""
    boxes = Box.objects.filter(contest__election=election)
    mixed = boxes.filter(mixes__number__gte=1, mixes__trustee__isnull=True).distinct()
    return boxes.exists() and mixed.count() == boxes.count()


def _unproved_sentence(election: Election, *, now: datetime) -> str:
    """Whose share nobody has proved to be held though it is due; empty for none."""
    lacking = not_proved(election, now=now)
    if not lacking:
        return ""
    have = "has" if len(lacking) == 1 else "have"
    return (
        f"{', '.join(lacking)} {have} not proved to hold their share of the key. Ask them at once: "
        "fewer trustees than the quorum open no box."
    )


def _twice_sentence(election: Election) -> str:
    """How many people have two papers, until the register is verified; empty for none."""
    if election.roll is None or not is_before(election.stage, State.VERIFIED):
        return ""
    people = len(people_entered_twice(election.roll.pk))
    if not people:
        return ""
    are = "person is" if people == 1 else "people are"
    return (
        f"{people:,} {are} on the roll under more than one record. Before the register is "
        "verified, strike off all but one of each, on the page of the amendments."
    )


def _contacts_sentence(election: Election) -> str:
    """When contact details freeze: from then on a code is diverted by two people or by nobody."""
    at = contacts_freeze_at()
    if at is None and not is_before(election.stage, State.CLOSED):
        return ""
    if at is None:
        return "No hour is set from which a change of contact details takes two people."
    hour = in_zone(at, election.zone)
    if contacts_are_frozen():
        return f"Contact details have been frozen since {hour}: a change takes two people."
    return f"Contact details freeze on {hour}. From then on a change takes two people."


def _runs(jobs: list[Job], act: str) -> bool:
    return any(job.kind == act and job.finished_at is None for job in jobs)


def _dispatch(election: Election) -> Dispatch | None:
    """The dispatch of the voting codes, once they are made."""
    if election.roll is None:
        return None
    return dispatch_for(VOTING_CODE, reference=election.roll.public_id)


def _jobs(subject: tuple[str, str], act: str, dispatch: Dispatch | None) -> Iterator[Job]:
    """What is under way; and of the next step the last job, if it did not end well."""
    yield from live_jobs(subject=subject)
    if dispatch is not None:
        yield from live_jobs(subject=("dispatch", str(dispatch.pk)))
    last = latest_job(act, subject=subject) if act else None
    if last is not None and last.state in _ENDED_ILL:
        yield last


def _figures(election: Election, dispatch: Dispatch | None) -> Iterator[Figure]:
    if election.roll is None:
        return
    yield Figure("electors on the roll", f"{electors_now(election.roll.pk):,}")
    if destroyed_at(election) is None:
        is_over = is_before(State.SUSPENDED, election.stage)
        yield Figure("voting codes made" if is_over else "voting codes in force",
                     f"{codes_made(election):,}")  # fmt: skip
    if dispatch is not None:
        counts = letter_counts(dispatch.pk)
        yield Figure("letters handed over", f"{counts.handed_over:,}")
        if counts.held:
            yield Figure("letters held", f"{counts.held:,}")
    if shows_turnout(election):
        # The number that everybody is shown, and no newer one.
        figures = figures_of(election)
        if figures:
            yield Figure("ballots cast", f"{figures.ballots:,}")
