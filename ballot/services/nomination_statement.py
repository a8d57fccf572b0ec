"""The statement of the nomination papers, for the board (docs/spec/bundle.md §8.1)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Sum

from ballot.canonical import Json
from ballot.models import Election, Ruling
from ballot.nominations import Paper, papers_of
from ballot.services.board import append_entry


def append_papers(election: Election, *, now: datetime) -> None:
    """Put on the board what was before the officer, and how they ruled; if anything was."""
    if not (
        election.nominating_bodies.exists()
        or Ruling.objects.filter(candidate__contest__election=election).exists()
    ):
        return
    contests = election.contests.order_by("position")
    content: dict[str, Json] = {
        "bodies": _bodies(election),
        "contests": [
            {"contest": one.title, "papers": [_paper(paper) for paper in papers_of(one)]}
            for one in contests
        ],
    }
    append_entry(election, kind="nominations", content=content, now=now)


def _bodies(election: Election) -> list[Json]:
    rows = election.nominating_bodies.order_by("kind", "mark").values("kind", "mark")
    return [
        {"bodies": row["bodies"], "kind": row["kind"], "mark": row["mark"],
         "members": row["of_members"]}
        for row in rows.annotate(bodies=Count("pk"), of_members=Sum("members"))
    ]


def _paper(paper: Paper) -> dict[str, Json]:
    return {
        "candidate": paper.candidate.name,
        "exempt": paper.is_exempt,
        "nominated_by": [
            {"kind": one.body.kind, "name": one.body.name} for one in paper.supporters
        ],
        "reason": paper.ruling.reason if paper.ruling else "",
        "rejected": [
            {"kind": one.body.kind, "name": one.body.name, "reason": ruling.reason}
            for one, ruling in paper.rejected
        ],
        "valid": paper.ruling.is_valid if paper.ruling else None,
    }
