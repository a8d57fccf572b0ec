"""Who was given or shown the count before the declaration, and when they read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import models

from ballot.models import Candidate, Election
from ballot.times import in_zone
from office.models import AuditRecord

SEE_COUNT: Final = "see_count"
"""The act of the audit trail that an officer was shown the count, or its evidence."""


class CountPage(models.TextChoices):
    """Which page showed it, as the trail names it."""

    DECLARE = "declare", "Declare the result: the whole count sheet"
    TWO_COUNTS = "two-counts", "Two counts that differ: the figures"
    BOTH_RESULTS = "both-results", "Two counts that differ: both results, as a file"
    PAPERS = "papers", "Two counts that differ: the opened papers, as a file"
    LOT = "lot", "Record a lot: who is tied"
    INCIDENTS = "incidents", "The incidents book: the closest gap of the count"
    ATTESTATIONS = "attestations", "Agents and scrutineers: what was said of the count"


@dataclass(frozen=True, slots=True)
class OfficersLook:
    """That an officer was shown the count before the declaration."""

    at: str
    by: str
    page: str


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


def officers_looks(election: Election) -> list[OfficersLook]:
    """Every showing of the count to an officer before the declaration, the oldest first."""
    rows = AuditRecord.objects.filter(
        act=SEE_COUNT, subject_kind="election", subject_id=str(election.pk)
    ).order_by("pk")  # fmt: skip
    return [
        OfficersLook(in_zone(at, election.zone), name, CountPage(told["page"]).label)
        for at, name, told in rows.values_list("at", "by__name", "parameters")
    ]


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
