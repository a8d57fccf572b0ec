"""What a person's history tells of acts: decisions, appeals, requests, amendments, pairs, disputes.

Sources of members.selectors.history, which says how they are put together. What decisions rest on,
and what an appeal says, is read on their own pages, by whoever may.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from members.models import (
    AmendedEntry,
    Appeal,
    ContactDispute,
    ContactDraft,
    CorrectionRequest,
    Decision,
    Pair,
)
from members.selectors.history import MOST_OF_A_SORT, Event, tells
from office.times import day_words


@tells
def _decided(members: Sequence[int]) -> Iterable[Event]:
    rows = Decision.objects.filter(member_id__in=members)
    for row in rows.select_related("proposed_by", "approved_by")[:MOST_OF_A_SORT]:
        words, reason = row.get_kind_display(), row.get_reason_display()
        yield Event(row.proposed_at, f"Decision {row.pk} proposed: {words}",
                    _names(row.proposed_by), reason)  # fmt: skip
        if row.decided_at:
            yield Event(row.decided_at, f"Decision {row.pk} made: {words}",
                        _names(row.proposed_by, row.approved_by), reason)  # fmt: skip
        if row.ended_at:
            yield Event(row.ended_at, f"Decision {row.pk} ceased to stand")


@tells
def _appealed(members: Sequence[int]) -> Iterable[Event]:
    rows = Appeal.objects.filter(decision__member_id__in=members)
    for row in rows.select_related("lodged_by", "decided_by")[:MOST_OF_A_SORT]:
        what = f"against decision {row.decision_id}"
        lodged = _names(row.lodged_by) or "the member"
        yield Event(row.lodged_at, f"Appeal {what} lodged", lodged)
        if row.decided_at:
            yield Event(row.decided_at, f"Appeal {what} {row.get_outcome_display()}",
                        _names(row.decided_by), row.answer)  # fmt: skip


@tells
def _corrected(members: Sequence[int]) -> Iterable[Event]:
    rows = CorrectionRequest.objects.filter(member_id__in=members).select_related("settled_by")
    for row in rows[:MOST_OF_A_SORT]:
        what = f"Request for a correction ({row.detail_words})"
        yield Event(row.asked_at, f"{what} made", "the member", row.why)
        if row.settled_at:
            yield Event(row.settled_at, f"{what} {row.get_state_display()}",
                        _names(row.settled_by), row.answer)  # fmt: skip


@tells
def _drafted(members: Sequence[int]) -> Iterable[Event]:
    rows = ContactDraft.objects.filter(member_id__in=members).select_related("drafted_by")
    for row in rows.order_by("-pk")[:MOST_OF_A_SORT]:
        yield Event(row.drafted_at, f"Correction drafted for a second person (draft {row.pk})",
                    _names(row.drafted_by), row.reason)  # fmt: skip


@tells
def _disputed(members: Sequence[int]) -> Iterable[Event]:
    rows = ContactDispute.objects.filter(change__member_id__in=members).select_related("change")
    for row in rows.order_by("-pk")[:MOST_OF_A_SORT]:
        day = day_words(row.change.at)
        yield Event(row.said_at, f"Said of the change of {day}: this was not me", "the member")


@tells
def _amended(members: Sequence[int]) -> Iterable[Event]:
    rows = AmendedEntry.objects.filter(entry__member_id__in=members).select_related(
        "amendment__roll", "amendment__made_by", "amendment__seconded_by"
    )
    for row in rows.order_by("-pk")[:MOST_OF_A_SORT]:
        amendment = row.amendment
        yield Event(
            amendment.made_at,
            f"On {amendment.roll}: {row.get_change_display()} by amendment {amendment.number}",
            _names(amendment.made_by, amendment.seconded_by), amendment.get_reason_display(),
            roll_id=amendment.roll_id,
        )  # fmt: skip


@tells
def _paired(members: Sequence[int]) -> Iterable[Event]:
    rows = Pair.objects.exclude(state=Pair.State.OPEN).filter(
        Q(first_id__in=members) | Q(second_id__in=members)
    )
    for row in rows.select_related("first", "second", "settled_by").order_by("-pk")[
        :MOST_OF_A_SORT
    ]:
        found = "" if row.is_implied else _names(row.settled_by)
        yield Event(
            row.settled_at,
            f"Numbers {row.first.number} and {row.second.number}: {row.get_state_display()}",
            found, row.reason or ("Follows from other pairs" if row.is_implied else ""),
        )  # fmt: skip


def _names(*people: Any) -> str:
    return " and ".join(str(each.name) for each in people if each)
