"""Elections with nominating bodies, for the tests of nominations."""

from __future__ import annotations

from typing import Any

from ballot.models import Candidate, NominatingBody
from ballot.services.nominate import nominate
from ballot.services.nominating_bodies import import_bodies
from ballot.services.rule_on_paper import rule_on_candidate
from tests.ballot.factories import Run, bring, election

BODIES = (
    "kind,name,members,mark,secretary,email\n"
    "MP,Mair Prys,1,,,mair@example.org\n"
    "MP,Ned Orr,1,,,\n"
    "CLP,Aberavon,412,,Cai Lloyd,aberavon@example.org\n"
    "CLP,Barking,608,,Bo Tate,barking@example.org\n"
    "CLP,Cardiff South,530,,,\n"
    "affiliate,Dockers,9000,union,Di Marsh,dockers@example.org\n"
)
WHY = "The papers are in order."


def nominating(*, at: str = "nominating", **contest: Any) -> Run:
    """An election that takes nominations, with six bodies of three kinds."""
    run = election(**contest)
    take_bodies(run)
    return bring(run, to=at)


def take_bodies(run: Run, content: str = BODIES) -> Any:
    return import_bodies(run.election_id, content=content.encode(), **run.by)


def body(name: str) -> NominatingBody:
    return NominatingBody.objects.get(name=name)


def person(name: str) -> Candidate:
    return Candidate.objects.get(name=name)


def give(run: Run, body_name: str, name: str | None, **other: Any) -> bool:
    """A body nominates somebody by its link, or nobody any more."""
    given = {
        "contest_id": run.contest.pk, "candidate_id": person(name).pk if name else None,
        "by": None, "now": run.by["now"], **other,
    }
    return nominate(body(body_name).pk, **given)


def rule(run: Run, name: str, *, is_valid: bool = True, reason: str = WHY) -> None:
    rule_on_candidate(person(name).pk, is_valid=is_valid, reason=reason, **run.by)
