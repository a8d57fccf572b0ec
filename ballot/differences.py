"""Differences that the verification finds and that two officers can explain in writing.

What can be explained is a difference between the records and the world outside: somebody says of a
ballot that it was not theirs, a paper that went out comes back. The records themselves are whole,
and what is counted does not depend on the answer.

What cannot be explained is a difference between the records: a mark without a ballot, a ballot that
the board lacks, a vote too few, a key that was never published, a roll that does not add up. A true
poll cannot give one, so that somebody has changed the database or lost a part of it; no sentence
mends that, and the verification refuses it (services/register_account.py, as_published.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count

from ballot.models import CastDispute, Election, Explanation
from office.selectors import waiting_approvals

DISPUTED: Final = "disputed"
WORDS: Final = {
    DISPUTED: (
        "elector who says that the ballot cast in their name was not theirs",
        "electors who say that the ballot cast in their name was not theirs",
    )
}
"""Each difference that can be explained, by its code on the board: what one is, and what many."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference in one section. explanation: empty until two officers have written it."""

    code: str
    section: str
    section_name: str
    number: int
    explanation: str

    @property
    def words(self) -> str:
        one, many = WORDS[self.code]
        return one if self.number == 1 else many


def differences(election: Election) -> list[Difference]:
    """Every difference, by section, with the explanation of just so many."""
    rows = (
        CastDispute.objects.filter(election=election)
        .values_list("roll_entry__section__code", "roll_entry__section__name")
        .annotate(number=Count("pk"))
        .order_by("roll_entry__section__code")
    )
    said = {
        (one.difference, one.section, one.number): one.explanation
        for one in Explanation.objects.filter(election=election).order_by("pk")
    }
    return [
        Difference(DISPUTED, code, name, number, said.get((DISPUTED, code, number), ""))
        for code, name, number in rows
    ]


def difference_subject(election: Election, code: str, section: str) -> tuple[str, str]:
    """The subject of a proposal to explain one difference: each has one of their own."""
    return "difference", f"{election.pk}:{code}:{section}"


def proposed(election: Election, *, now: datetime) -> dict[tuple[str, str], int]:
    """The explanations that wait for a second officer: of how many, by subject."""
    rows = waiting_approvals(now=now).filter(
        act="explain_difference", subject_kind="difference",
        subject_id__startswith=f"{election.pk}:",
    )
    return {(row.subject_kind, row.subject_id): row.parameters["number"] for row in rows}


def unproposed(election: Election, *, now: datetime) -> list[Difference]:
    """Those of which no explanation of just so many waits for a second officer either."""
    waits = proposed(election, now=now)
    return [
        one
        for one in unexplained(election)
        if waits.get(difference_subject(election, one.code, one.section)) != one.number
    ]


def unexplained(election: Election) -> list[Difference]:
    """Those that still stop the verification."""
    return [one for one in differences(election) if not one.explanation]
