"""What is read of nominations: who nominates whom now, how far each has come, how it grew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from ballot.gates import Body, Gate, GateStanding, kinds_named, read_gates
from ballot.lifecycle import State
from ballot.models import Candidate, Contest, Election, NominatingBody, Nomination, Ruling
from ballot.times import local_time


@dataclass(frozen=True, slots=True)
class Paper:
    """A candidate's papers as they stand: who nominates them, what was ruled, and the gates.

    supporters: nominations that count. rejected: those that the newest ruling rejects, with it.
    ruling:     the newest on the whole, or none yet.
    """

    candidate: Candidate
    supporters: tuple[Nomination, ...]
    rejected: tuple[tuple[Nomination, Ruling], ...]
    ruling: Ruling | None
    gates: tuple[GateStanding, ...]

    @property
    def is_exempt(self) -> bool:
        """Whether the newest ruling lets them stand without the nominations that others need."""
        return self.ruling is not None and self.ruling.is_exempt

    @property
    def meets_gates(self) -> bool:
        return self.is_exempt or all(gate.is_met for gate in self.gates)

    @property
    def consents(self) -> tuple[tuple[str, datetime | None], ...]:
        """Whose consent the papers need, and since when each has consented.

        Of who stands alone, if they were asked by a link; of a joint ticket both people, always.
        """
        one = self.candidate
        if one.second:
            return (one.first, one.consented_at), (one.second, one.second_consented_at)
        return ((one.name, one.consented_at),) if one.address else ()

    @property
    def awaiting(self) -> tuple[str, ...]:
        """Who has not consented, of those whose consent the papers need."""
        return tuple(name for name, at in self.consents if at is None)


def gates_of(contest: Contest) -> tuple[Gate, ...]:
    """What a candidate needs, as the notice fixed it."""
    return read_gates(contest.gates)


def bodies_of(election: Election) -> list[Body]:
    """Every nominating body as gates see it."""
    rows = election.nominating_bodies.values_list("kind", "members", "mark")
    return [Body(kind, members, mark) for kind, members, mark in rows]


def newest_nominations(contest: Contest) -> list[Nomination]:
    """Of each body what it nominates now, in order of kind and name; taken back: left out."""
    newest = Nomination.objects.filter(contest=contest).order_by("body_id", "-number")
    rows = newest.distinct("body_id").select_related("body", "candidate").defer("candidate__photo")
    return sorted(
        (row for row in rows if row.candidate_id is not None),
        key=lambda row: (row.body.kind.casefold(), row.body.name.casefold()),
    )


def papers_of(contest: Contest) -> list[Paper]:
    """The papers of everybody who has not withdrawn, rejected or not, by name."""
    everybody = bodies_of(contest.election)
    gates = [(gate, gate.needed(everybody)) for gate in gates_of(contest)]
    nominations = newest_nominations(contest)
    ruled = newest_rulings(nominations)
    people = contest.candidates.filter(withdrawn_at__isnull=True, is_reopen_nominations=False)
    papers = []
    for candidate in sorted(people.defer("photo"), key=lambda one: (one.name.casefold(), one.pk)):
        theirs = [one for one in nominations if one.candidate_id == candidate.pk]
        lost = {one.pk: ruled[one.pk] for one in theirs
                if one.pk in ruled and not ruled[one.pk].is_valid}
        counting = tuple(one for one in theirs if one.pk not in lost)
        papers.append(Paper(
            candidate,
            counting,
            tuple((one, lost[one.pk]) for one in theirs if one.pk in lost),
            _ruling_on(candidate),
            tuple(gate.standing(_seen(counting), needed) for gate, needed in gates),
        ))
    return papers


def _ruling_on(candidate: Candidate) -> Ruling | None:
    """The newest ruling. Of who withdrew and stands again, papers were not found valid by it."""
    newest = candidate.rulings.order_by("-pk").first()
    since = candidate.stands_again_since
    if newest is not None and newest.is_valid and since is not None and newest.ruled_at <= since:
        return None
    return newest


def newest_rulings(nominations: Iterable[Nomination]) -> dict[int, Ruling]:
    """The newest ruling on each of these nominations that has one, by the nomination's id."""
    rows = Ruling.objects.filter(nomination__in=list(nominations)).order_by("pk")
    return {int(row.nomination_id or 0): row for row in rows}


def _seen(nominations: Iterable[Nomination]) -> list[Body]:
    return [Body(one.body.kind, one.body.members, one.body.mark) for one in nominations]


def kinds_missing(contest: Contest) -> list[str]:
    """Kinds that the gates ask for and of which no body is on the list."""
    there = {body.kind.casefold() for body in bodies_of(contest.election)}
    return sorted(kinds_named(gates_of(contest)) - there)


def are_taken(election: Election, *, now: datetime) -> bool:
    """Whether bodies and candidates can hand in and amend now."""
    return election.stage == State.NOMINATING and not has_ended(election, now=now)


def has_ended(election: Election, *, now: datetime) -> bool:
    """Whether the hour of nominations has passed, and who stands is not published yet."""
    ends = election.nominations_close_at
    return election.stage == State.NOMINATING and ends is not None and ends <= now


def by_day(contest: Contest, kind: str) -> list[tuple[date, dict[int, int]]]:
    """How many bodies of a kind nominated each candidate at the end of each day, on the election's
    clocks: from the first nomination to the last. What was ruled later changes no earlier day.
    """
    zone = contest.election.zone
    rows = Nomination.objects.filter(contest=contest, body__kind=kind).order_by("made_at", "pk")
    made = rows.values_list("made_at", "body_id", "candidate_id")
    now: dict[int, int | None] = {}
    days = []
    for day, of_day in groupby(made, key=lambda row: local_time(row[0], zone).date()):
        now |= {body: candidate for _, body, candidate in of_day}
        days.append((day, dict(Counter(one for one in now.values() if one is not None))))
    return days


def kinds_of(election: Election) -> list[str]:
    """The kinds of bodies on the list, in the order of the alphabet."""
    rows = NominatingBody.objects.filter(election=election).order_by("kind")
    return list(rows.values_list("kind", flat=True).distinct())
