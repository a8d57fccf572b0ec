"""A rehearsal: a whole election, through the services of the real one, from a profile of papers.

Officers use it to try their contest at full size. A synthetic roll is imported and frozen, codes
are made, every paper of the profile is sealed and cast through the casting service, and the box is
closed, verified, mixed, opened, counted and declared; at the end the count is compared with the
profile that went in. It belongs in a scratch database (management command `rehearse`), for it
holds the trustees' shares itself and reads the voting codes that no real election can read.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.sharedctypes import Synchronized
from typing import Any, Protocol

import numpy as np
from django.db import connections

from ballot.counting import count
from ballot.counting.errors import CountingError
from ballot.counting.profile import Profile, Ranking, Section, parse_profile
from ballot.counting.rules import EarlierStages, Rules
from ballot.counting.rules import Method as CountMethod
from ballot.counting.sheet import full_document
from ballot.models import Contest, Count, Election
from ballot.names import clean_line
from ballot.opened_papers import rules_of_count
from ballot.rehearsal_steps import acts_after_poll, freeze_with_key, import_list, keys_in_letters
from ballot.sealing.bulk import seal_ballots
from ballot.selectors import contest_codes, on_paper, ranking_space, setting_of
from ballot.services.cast_ballot import cast_ballot
from ballot.services.codes import issue_codes
from ballot.services.legible import LONGEST_LINE
from ballot.services.open_poll import open_poll
from ballot.services.polls import Poll, poll_at
from ballot.turnout import turnout_by_section
from members.services import add_section
from office.permissions import Role
from office.services.staff import make_staff

SEAL_AT_ONCE = 50_000


class NotRehearsable(ValueError):
    """A profile that cannot be rehearsed; the message is a sentence that says why."""


class Listener(Protocol):
    """Who is told how the rehearsal goes: `step` begins one, `report` says how far it is."""

    def step(self, words: str) -> None: ...

    def report(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        stage: str | None = None,
        unit: str | None = None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rehearsed.

    electors: how many on the roll; never fewer in a section than it has papers.
    """

    profile: Profile
    method: CountMethod
    electors: int
    quorum: int = 2
    trustees: int = 3
    mixers: int = 2
    processes: int = 1


@dataclass(slots=True)
class Outcome:
    """How it went: seconds by step, the sheet, and whether it is the profile's own count."""

    election_slug: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    ballots: int = 0
    sheet: dict[str, Any] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


@contextmanager
def _timed(outcome: Outcome, listener: Listener, words: str) -> Iterator[None]:
    listener.step(words)
    begun = time.monotonic()
    yield
    outcome.seconds[words] = time.monotonic() - begun


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
    with _timed(outcome, listener, "Cast the ballots"):
        # Two a core: for half of a cast a process waits for the disk.
        outcome.ballots = _cast(election, prepared.wires, 2 * plan.processes, listener)
    _finish(plan, election, prepared.officers, outcome, listener)
    _compare(plan, election, outcome)
    return outcome


def prepare_ballots(
    plan: Plan, *, listener: Listener, outcome: Outcome | None = None
) -> Prepared:
    """Go as far as the open poll, and seal every paper of the profile."""
    require_rehearsable(plan)
    outcome = outcome or Outcome()
    officers = _officers()
    with _timed(outcome, listener, "Import the roll"):
        _import_roll(plan, by=officers[0], listener=listener)
    with _timed(outcome, listener, "Set up and freeze"):
        election = _set_up(plan, officers, listener)
    with _timed(outcome, listener, "Make the codes"):
        issue_codes(election.pk, by=officers[0], now=_now(), processes=plan.processes,
                    report=listener.report)
    with _timed(outcome, listener, "Open the poll"):
        open_poll(election.pk, software={}, by=officers[0], seconded_by=officers[1], now=_now())
    election.refresh_from_db()
    with _timed(outcome, listener, "Seal the ballots"):
        wires = _seal(plan, election, listener)
    return Prepared(election, officers, wires)


def require_rehearsable(plan: Plan) -> None:
    """Refuse, before anything is made, a profile that one contest's election cannot repeat.

    Raises: NotRehearsable.
    """
    profile = plan.profile
    if plan.mixers > 1 + plan.trustees:
        raise NotRehearsable("The server mixes once and each trustee once: name more trustees.")
    if not _voting(plan):
        raise NotRehearsable("There is no paper in it.")
    if profile.withdrawn:
        raise NotRehearsable("Candidates have withdrawn in it: leave them out of the file.")
    if len(profile.candidates) < 2:
        raise NotRehearsable("Only one candidate stands in it, and there would be no poll.")
    for name in profile.candidates:
        if name != clean_line(name) or len(name) > LONGEST_LINE:
            raise NotRehearsable(f"“{name}” cannot stand on a paper as it is written.")
    names = {_section_name(section.name) for section in _voting(plan)}
    if len(names) < len(_voting(plan)):
        raise NotRehearsable("Give its sections names that differ in their first letters.")
    try:
        count(profile, Rules(plan.method, ties=(EarlierStages(),)))
    except CountingError as refused:
        raise NotRehearsable(f"Its papers cannot be counted: {refused}") from refused


def _voting(plan: Plan) -> list[Section]:
    """The sections in which there is a paper."""
    return [one for one in plan.profile.sections if one.valid + one.blank]


def _now() -> datetime:
    return datetime.now(UTC)


def _officers() -> tuple[int, int]:
    made = [
        make_staff(f"officer-{number}@rehearsal.invalid", f"Rehearsal officer {number}",
                   Role.RETURNING_OFFICER)
        for number in (1, 2)
    ]
    return made[0].person.pk, made[1].person.pk


# --- the roll ---------------------------------------------------------------------------------


def _electors_by_section(plan: Plan) -> dict[str, int]:
    """Electors a section: its papers, and its share of those who do not vote."""
    papers = {
        section.name: section.valid + section.blank for section in _voting(plan)
    }
    spare = max(plan.electors - sum(papers.values()), 0)
    total = sum(papers.values())
    electors = {name: number + spare * number // total for name, number in papers.items()}
    first = next(iter(electors))
    electors[first] += max(plan.electors - sum(electors.values()), 0)
    return electors


def _import_roll(plan: Plan, *, by: int, listener: Listener) -> None:
    electors = _electors_by_section(plan)
    codes = _section_codes(plan)
    for name in electors:
        add_section(codes[name], name=_section_name(name), by=by, now=_now())
    listener.report(total=sum(electors.values()), unit="rows")
    import_list(_roll_file(electors, codes), file_name="rehearsal.csv", by=by, now=_now(),
                report=listener.report)


def _section_name(name: str) -> str:
    """A section's name in the rehearsal: the standard sections have theirs already."""
    return clean_line(f"{name[:48]} (rehearsal)")


def _section_codes(plan: Plan) -> dict[str, str]:
    """A code for each section, by its place: its name may be of any script and length."""
    return {
        section.name: f"rehearsal-{place}"
        for place, section in enumerate(plan.profile.sections, start=1)
    }


def _roll_file(electors: Mapping[str, int], codes: Mapping[str, str]) -> Iterator[bytes]:
    """A list of people who do not exist, in the documented form."""
    yield b"number,given_name,family_name,email,postcode,section,joined_on,standing\n"
    number = 0
    for name, size in electors.items():
        code = codes[name]
        for first in range(0, size, 10_000):
            lines = [
                f"R{number + place + 1:07d},Elector,Number {number + place + 1},"
                f"r{number + place + 1}@rehearsal.invalid,,{code},2015-01-01,good"
                for place in range(min(10_000, size - first))
            ]
            number += len(lines)
            yield ("\n".join(lines) + "\n").encode()


# --- the election -----------------------------------------------------------------------------


def _set_up(plan: Plan, officers: tuple[int, int], listener: Listener) -> Election:
    sections = [_section_codes(plan)[section.name] for section in _voting(plan)]
    title = plan.profile.title or "Leader"
    return freeze_with_key(
        title=f"Rehearsal: {title}"[:LONGEST_LINE], sections=sections, officers=officers,
        post=title[:LONGEST_LINE], method=plan.method.value, candidates=plan.profile.candidates,
        trustees=tuple(f"Trustee {number}" for number in range(1, plan.trustees + 1)),
        quorum=plan.quorum, mixes_wanted=plan.mixers, report=listener.report,
    )


# --- sealing and casting ----------------------------------------------------------------------


def _seal(plan: Plan, election: Election, listener: Listener) -> list[np.ndarray]:
    """Every paper of the profile, sealed with a code of its section, in pieces of 50,000."""
    contest = election.contests.get()
    names = [candidate.name for candidate in contest.candidates.order_by("position")]
    places = {name: place for place, name in enumerate(names)}
    space = ranking_space(contest)
    total = sum(section.valid + section.blank for section in _voting(plan))
    done = 0
    sealed = []
    codes = _section_codes(plan)
    listener.report(done=0, total=total, unit="ballots")
    for section in _voting(plan):
        choices = np.concatenate(
            [np.zeros(section.blank, dtype=np.uint32)]
            + [
                np.full(papers, space.index([places[plan.profile.candidates[c]] for c in ranking]),
                        dtype=np.uint32)
                for ranking, papers in section.papers
            ]
        )
        code = codes[section.name]
        secrets = keys_in_letters(election, code, len(choices), plan.processes)
        for first in range(0, len(choices), SEAL_AT_ONCE):
            piece = slice(first, first + SEAL_AT_ONCE)
            sealed.append(
                seal_ballots(
                    choices[piece].reshape(-1, 1), setting=setting_of(election),
                    contests=contest_codes(election), section=code, secrets=secrets[piece],
                    rng=os.urandom, processes=plan.processes,
                )
            )
            done += len(choices[piece])
            listener.report(done=done, total=total)
    return sealed


def _cast(
    election: Election, wires: list[np.ndarray], processes: int, listener: Listener
) -> int:
    """Cast every ballot through the service, from so many processes."""
    total = sum(len(piece) for piece in wires)
    listener.report(done=0, total=total, unit="ballots")
    poll = poll_at(election.slug)
    done: Synchronized[int] = multiprocessing.Value("q", 0)
    # A connection must not be shared over a fork: each process opens its own.
    connections.close_all()
    forked = multiprocessing.get_context("fork")
    workers = [
        forked.Process(target=_cast_share, args=(poll, wires, number, processes, done))
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        time.sleep(0.5)
        listener.report(done=done.value, total=total)
    if done.value != total or any(worker.exitcode for worker in workers):
        raise RuntimeError(f"only {done.value} of {total} ballots were cast")
    return total


def _cast_share(
    poll: Poll, wires: list[np.ndarray], number: int, of: int, done: Synchronized[int]
) -> None:
    # What this process inherited is the parent's; psycopg2 forgets it without ending its session.
    connections.close_all()
    cast = 0
    for piece in wires:
        for row in piece[number::of]:
            cast_ballot(poll, wire=row.tobytes())
            cast += 1
            if cast % 200 == 0:
                with done.get_lock():
                    done.value += 200
    with done.get_lock():
        done.value += cast % 200
    connections.close_all()


# --- close to declaration -----------------------------------------------------------------------


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
        with _timed(outcome, listener, words):
            act()


def _compare(plan: Plan, election: Election, outcome: Outcome) -> None:
    """The declared sheet against a count of the profile itself, and turnout by section.

    Everything is compared: each stage in each box, and what was left blank or rejected there.
    """
    contest = Contest.objects.get(election=election)
    outcome.sheet = Count.objects.get(contest=contest).sheet
    counted = count(_by_box(plan, contest), rules_of_count(contest))
    # Through JSON, as the sheet has been.
    wanted = json.loads(json.dumps(full_document(counted)))
    for part, expected in wanted.items():
        found = outcome.sheet.get(part)
        if found != expected:
            outcome.differences.append(f"{part}: {found} instead of {expected}")
    cast = {one.name: one.ballots for one in turnout_by_section(election)}
    for section in _voting(plan):
        papers = section.valid + section.blank
        ballots = cast.get(_section_name(section.name))
        if ballots != papers:
            outcome.differences.append(
                f"{section.name}: {ballots} ballots instead of {papers}"
            )


def _by_box(plan: Plan, contest: Contest) -> Profile:
    """The profile as it would be opened: names in the paper's order, small sections pooled."""
    names = [candidate.name for candidate in on_paper(contest)]
    places = [names.index(name) for name in plan.profile.candidates]
    codes = _section_codes(plan)
    by_code = {codes[section.name]: section for section in _voting(plan)}
    boxes: dict[str, Counter[Ranking]] = {}
    for box in contest.boxes.order_by("number"):
        papers = boxes[box.label] = Counter()
        for code in box.sections.values_list("code", flat=True):
            papers[()] += by_code[code].blank
            for ranking, number in by_code[code].papers:
                papers[tuple(places[candidate] for candidate in ranking)] += number
    return parse_profile(names, boxes, title=contest.title)
