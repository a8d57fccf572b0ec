"""Who was given the count before the declaration, and when they read it."""

from __future__ import annotations

from dataclasses import dataclass

from ballot.models import Candidate, Election
from ballot.times import in_zone


@dataclass(frozen=True, slots=True)
class Link:
    """A candidate's link, or that they have none; `looks` are the hours at which it was read."""

    candidate_id: int
    contest: str
    candidate: str
    handed_to: str
    embargo: str
    looks: tuple[str, ...]


def links_of(election: Election) -> list[Link]:
    """Every candidate on the paper, with the link in force."""
    candidates = Candidate.objects.defer("photo").filter(
        contest__election=election, contest__unopposed=False, is_reopen_nominations=False,
        position__isnull=False,
    )  # fmt: skip
    ordered = candidates.select_related("contest").order_by("contest__position", "position")
    return [_link(one, election) for one in ordered]


def _link(candidate: Candidate, election: Election) -> Link:
    given = candidate.releases.filter(ended_at__isnull=True).first()
    looks = [
        in_zone(look.looked_at, election.zone)
        for release in candidate.releases.all()
        for look in release.looks.all()
    ]
    return Link(
        candidate.pk, candidate.contest.title, candidate.name,
        given.name if given else "",
        in_zone(given.embargo_until, election.zone) if given else "",
        tuple(looks),
    )  # fmt: skip
