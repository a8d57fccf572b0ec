"""Nominations as the office sees them: what is missing of each paper, the bodies, their history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ballot.lifecycle import State
from ballot.models import Candidate, Contest, Election, NominatingBody, Nomination
from ballot.nominations import Paper, are_taken, gates_of, kinds_missing, papers_of
from ballot.showing.nominations import bodies_told, gate_sentence, ruling_word
from ballot.times import in_zone


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A candidate's papers in short."""

    candidate: Candidate
    consent: str
    total: str
    gates: tuple[str, ...]
    ruling: str


@dataclass(frozen=True, slots=True)
class ContestPapers:
    """The papers of a contest, and the kinds of bodies that its gates ask for in vain."""

    contest: Contest
    needs: tuple[str, ...]
    papers: tuple[PaperLine, ...]
    kinds_missing: tuple[str, ...]


def desk_nominations(election: Election, *, now: datetime) -> dict[str, Any]:
    """Everything that the desk's page of nominations shows."""
    ends = election.nominations_close_at
    return {
        "contests": [_contest(one) for one in election.contests.select_related("election")],
        "bodies": bodies_told(election),
        "are_taken": are_taken(election, now=now),
        "may_be_ruled_on": election.stage == State.NOMINATING,
        "ends": in_zone(ends, election.zone) if ends else "",
    }


def _contest(contest: Contest) -> ContestPapers:
    return ContestPapers(
        contest,
        tuple(gate.words for gate in gates_of(contest)),
        tuple(_line(paper) for paper in papers_of(contest)),
        tuple(kinds_missing(contest)),
    )


def _line(paper: Paper) -> PaperLine:
    return PaperLine(
        paper.candidate, _consent(paper), f"{len(paper.supporters):,}",
        tuple(gate_sentence(gate) for gate in paper.gates), ruling_word(paper),
    )


def _consent(paper: Paper) -> str:
    one = paper.candidate
    first = _answer(one.address, one.seat, one.consented_at)
    if not one.second:
        return first
    second = _answer(one.second_address, one.second_seat, one.second_consented_at)
    return f"{one.first}: {first}. {one.second}: {second}"


def _answer(
    address: str, seat: bytes | memoryview | None, consented_at: datetime | None
) -> str:
    if consented_at is not None:
        return "Consented" if address else "Consented on paper"
    if address and seat is None:
        return "To be asked anew: the link that was sent is dead"
    if address:
        return "Asked, and has not answered"
    return "Not asked for consent by a link"


def bodies_shown(election: Election) -> dict[str, Any]:
    """The list of bodies, and how many of them could be sent a link."""
    rows = list(election.nominating_bodies.all())
    return {
        "rows": rows,
        "kinds": bodies_told(election),
        "without_link": sum(1 for row in rows if row.seat is None and row.address),
        "without_address": sum(1 for row in rows if not row.address),
        "may_send": election.stage == State.NOMINATING,
    }


def body_shown(body: NominatingBody, *, now: datetime) -> dict[str, Any]:
    """What a body handed in, newest first, and whether it can be amended."""
    rows = Nomination.objects.filter(body=body).select_related("contest", "candidate", "taken_by")
    history = [
        {
            "when": in_zone(row.made_at, body.election.zone),
            "contest": row.contest.title,
            "whom": row.candidate.name if row.candidate else "Nobody any more",
            "how": f"Typed by {row.taken_by.name}" if row.taken_by else "By the body’s link",
        }
        for row in rows.order_by("-made_at", "-pk")
    ]
    shown = body.link_shown_at
    return {
        "history": history,
        "are_taken": are_taken(body.election, now=now),
        "link_shown": in_zone(shown, body.election.zone) if shown else "",
    }


def paper_shown(candidate: Candidate) -> dict[str, Any]:
    """A candidate's papers in full, with every ruling there was."""
    election = candidate.contest.election
    found = [one for one in papers_of(candidate.contest) if one.candidate.pk == candidate.pk]
    return {
        "paper": found[0] if found else None,
        "gates": [gate_sentence(gate) for gate in found[0].gates] if found else [],
        "consent": _consent(found[0]) if found else "",
        "rulings": rulings_shown(candidate.rulings.order_by("-pk"), zone=election.zone),
        "may_be_ruled_on": bool(found)
        and election.stage == State.NOMINATING,
    }


def rulings_shown(rulings: QuerySet[Any], *, zone: str) -> list[dict[str, str]]:
    """Each ruling with its hour on the election's clocks, who made it, and why."""
    return [
        {
            "when": in_zone(one.ruled_at, zone),
            "by": one.ruled_by.name,
            "word": "Valid" if one.is_valid else "Rejected",
            "reason": one.reason,
        }
        for one in rulings.select_related("ruled_by")
    ]
