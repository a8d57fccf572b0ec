"""Which records are one person's, and which of them stands for the others.

Member.merged_into has a depth of one: it names the record that stands, and that one names nobody.
Written in one statement, because the database checks it after each. Nothing else of a member is
touched: a merge deletes and overwrites nothing, and the history keeps who merged whom and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import BigIntegerField, Case, F, Q, Value, When
from django.db.models.functions import Cast

from members.models import Change, Member, Pair, Register
from members.services.history import tell_history


def records_of(member_ids: Iterable[int]) -> dict[int, int]:
    """Every record of the persons to whom these records belong, with the one that stands for it."""
    ids = list(member_ids)
    standing = {
        merged_into or pk
        for pk, merged_into in Member.objects.filter(pk__in=ids).values_list("pk", "merged_into")
    }
    records = Member.objects.filter(Q(pk__in=standing) | Q(merged_into__in=standing))
    return {pk: merged or pk for pk, merged in records.values_list("pk", "merged_into")}


def stand(
    standing: Mapping[int, int],
    *,
    by: int | None,
    now: datetime,
    reason: str,
    seconded_by: int | None = None,
) -> None:
    """Have each record stand for itself, or name the record that stands for it.

    standing: from each record's id to the id of the one that stands. The caller has locked the
    list; its version grows, so that what was compared before is compared again.
    """
    tell_history(Change.Source.MERGE, by=by, seconded_by=seconded_by, now=now, reason=reason)
    whens = [When(pk=pk, then=Value(None if pk == kept else kept))
             for pk, kept in standing.items()]  # fmt: skip
    # Where all of them are NULL, the database cannot tell of what type.
    merged_into = Cast(Case(*whens), output_field=BigIntegerField())
    Member.objects.filter(pk__in=standing).update(merged_into=merged_into)
    Register.objects.update(version=F("version") + 1)


def decided_among(records: Iterable[int], *, state: str) -> list[Pair]:
    """The pairs with both sides among these records that were decided so."""
    ids = list(records)
    return list(Pair.objects.filter(first__in=ids, second__in=ids, state=state).order_by("pk"))
