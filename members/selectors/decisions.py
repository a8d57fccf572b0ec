"""What standing decisions and appeals can be asked, at the desk and, in figures, by anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from members.models import Appeal, Decision, Member
from members.models.decisions import Kind, Reason
from members.selectors.people import PAGE_ROWS
from office.selectors import waiting_approvals


def standing_decision(member_id: int) -> Decision | None:
    """The decision that stands on a person now, if one does."""
    return (
        Decision.objects.filter(
            member_id=member_id, decided_at__isnull=False, ended_at__isnull=True
        )
        .exclude(kind=Kind.REINSTATEMENT)
        .first()
    )


def holding_records(records: Iterable[int], *, now: datetime) -> list[Decision]:
    """The decisions that stand on one of these records, or are proposed and wait, oldest first.

    A decision on a person stands on each record that was theirs when it was made (KeptStanding).
    """
    ids = list(records)
    waiting = waiting_approvals(now=now).filter(
        act="decide_standing", subject_kind="member", subject_id__in=[str(pk) for pk in ids]
    )
    proposed = [approval.parameters["decision"] for approval in waiting]
    on_them = Q(member__in=ids) | Q(kept__member__in=ids, kept__against="")
    stands = Q(decided_at__isnull=False, ended_at__isnull=True) & ~Q(kind=Kind.REINSTATEMENT)
    found = Decision.objects.filter((on_them & stands) | Q(pk__in=proposed))
    return list(found.distinct().order_by("pk"))


def _rows() -> QuerySet[Decision]:
    return Decision.objects.select_related(
        "member", "section", "proposed_by", "approved_by", "appeal"
    )


def decision(decision_id: int) -> Decision | None:
    return _rows().filter(pk=decision_id).first()


def decisions(*, before: int = 0) -> list[Decision]:
    """One page of decisions and proposals, the newest first, paged by key."""
    rows = _rows().order_by("-pk")
    return list(rows.filter(pk__lt=before)[:PAGE_ROWS] if before else rows[:PAGE_ROWS])


def decisions_of(member_id: int) -> QuerySet[Decision]:
    """Every decision and proposal on a person, the newest first."""
    return _rows().filter(member_id=member_id).order_by("-pk")


def made_decisions_of(member_id: int) -> QuerySet[Decision]:
    """The decisions that were made on a person: what they may know of."""
    return decisions_of(member_id).filter(decided_at__isnull=False)


def open_appeals() -> QuerySet[Appeal]:
    """Appeals that wait for their outcome, the oldest first."""
    rows = Appeal.objects.select_related("decision__member", "decision__section")
    return rows.filter(outcome="").order_by("pk")


def person_of(member: Member) -> int:
    """The record that stands for the person."""
    return member.merged_into_id or member.pk


def notices_by_post() -> Iterator[Decision]:
    """Decisions whose member is told by post, the oldest first."""
    rows = _rows().filter(notice=Decision.Notice.POST).order_by("pk")
    return rows.iterator(chunk_size=500)


def outcomes_by_post() -> Iterator[Appeal]:
    """Decided appeals of people without an e-mail address, the oldest first."""
    rows = Appeal.objects.select_related("decision__member").exclude(outcome="")
    return rows.filter(decision__member__email="").order_by("pk").iterator(chunk_size=500)


# --- figures for everybody -------------------------------------------------------------------

EVENTS: Final = ("proposed", "approved", "appealed", "upheld")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of what: each event is counted in the week in which it happened."""

    proposed: int = 0
    approved: int = 0
    appealed: int = 0
    upheld: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in EVENTS))


@dataclass(frozen=True, slots=True)
class WeekTotal:
    """The figures of one week (its Monday, on the party's clocks), section, kind and reason."""

    week: date
    section: str
    kind: str
    reason: str
    counts: Counts


def totals() -> list[WeekTotal]:
    """Decisions and appeals in figures, by week, section, kind and reason. No names."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH event (at, what, decision_id) AS (
                SELECT proposed_at, 'proposed', id FROM members_decision
                UNION ALL
                SELECT decided_at, 'approved', id FROM members_decision
                WHERE decided_at IS NOT NULL
                UNION ALL
                SELECT lodged_at, 'appealed', decision_id FROM members_appeal
                UNION ALL
                SELECT decided_at, 'upheld', decision_id FROM members_appeal
                WHERE outcome = 'upheld'
            )
            SELECT date_trunc('week', event.at AT TIME ZONE %s)::date AS week,
                   section.name, decision.kind, decision.reason,
                   count(*) FILTER (WHERE what = 'proposed'),
                   count(*) FILTER (WHERE what = 'approved'),
                   count(*) FILTER (WHERE what = 'appealed'),
                   count(*) FILTER (WHERE what = 'upheld')
            FROM event
            JOIN members_decision decision ON decision.id = event.decision_id
            JOIN members_section section ON section.id = decision.section_id
            GROUP BY week, section.precedence, section.name, decision.kind, decision.reason
            ORDER BY week, section.precedence, decision.kind, decision.reason
            """,
            [timezone.get_default_timezone_name()],
        )
        return [
            WeekTotal(week, section, Kind(kind).label, Reason(reason).label, Counts(*counts))
            for week, section, kind, reason, *counts in cursor.fetchall()
        ]


def added_up(rows: Iterable[WeekTotal], name: str) -> dict[object, Counts]:
    """Figures added up over everything but one field of WeekTotal, in the order of the rows."""
    sums: dict[object, Counts] = {}
    for row in rows:
        key = getattr(row, name)
        sums[key] = sums.get(key, Counts()) + row.counts
    return sums
