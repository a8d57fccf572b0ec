"""Fix the set of a bulk amendment from a list of membership numbers, before two officers decide it.

What can be amended goes into the set; every other line is kept with its reason. The set is never
changed: a second list makes a second set.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from members import selectors
from members.mapping import digest_of_set
from members.models import BulkAmendment, BulkRefused, Member
from members.rollfile import number_key
from members.services.amend_roll import require_reason
from office.refusal import Refusal
from office.services.audit import record

MOST_BYTES: Final = 16 * 1024 * 1024
"""As many numbers as there can be electors, and more."""
MOST_ROWS: Final = 1_000_000
_HEADINGS: Final = {"NUMBER", "MEMBERSHIPNUMBER", "MEMBERNUMBER", "MEMBERNO", "MEMBERSHIPNO"}


@transaction.atomic
def draft_bulk(
    roll_id: int,
    *,
    kind: str,
    reason: str,
    grounds: str,
    content: bytes,
    by: int | None,
    now: datetime,
) -> int:
    """Read a list of numbers, the first of each line, and keep the set; return its id."""
    require_reason(kind, reason)
    numbers = _numbers(content)
    known = _members(list(numbers))
    ids = sorted(set(known.values()))
    wrong = dict(selectors.amendments.cannot_be_amended(roll_id, kind=kind, members=ids))
    chosen = [member for member in ids if member not in wrong]
    if not chosen:
        raise Refusal(
            "amendment.nobody",
            "Nobody on this list can be amended so. Look at the numbers, and at the choice above.",
            status=400,
        )
    bulk = BulkAmendment.objects.create(
        roll_id=roll_id, kind=kind, reason=reason, grounds=grounds, people=len(chosen),
        digest=digest_of_set(f"{member:019d}" for member in chosen), made_by_id=by, made_at=now,
    )
    _keep(bulk, chosen)
    BulkRefused.objects.bulk_create(
        (
            BulkRefused(bulk=bulk, line=line, number=number[:64], why=why)
            for key, (line, number) in numbers.items()
            if (why := wrong.get(known[key]) if key in known else "unknown")
        ),
        batch_size=10_000,
    )
    record("draft_bulk", subject=("roll", str(roll_id)), by=by, now=now,
           parameters={"set": bulk.pk, "people": bulk.people, "kind": kind, "reason": reason})
    return bulk.pk


def _numbers(content: bytes) -> dict[str, tuple[int, str]]:
    """From the normal form of each number to the line it stands on and how it was typed."""
    if len(content) > MOST_BYTES:
        raise Refusal("amendment.too-large", "The list is larger than 16 MB.", status=413)
    try:
        text = content.decode("utf-8-sig")
        return _read(csv.reader(io.StringIO(text, newline="")))
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise Refusal(
            "amendment.unreadable",
            "The list cannot be read. Save it as CSV in UTF-8, a membership number at the "
            "beginning of each line.",
            status=400,
        ) from wrong


def _read(rows: Iterable[list[str]]) -> dict[str, tuple[int, str]]:
    """Row by row: sixteen million empty lines are no list of rows in memory."""
    found: dict[str, tuple[int, str]] = {}
    for line, row in enumerate(rows, start=1):
        if line > MOST_ROWS:
            raise Refusal(
                "amendment.too-large", f"The list has more than {MOST_ROWS:,} lines.", status=413
            )
        number = row[0].strip().replace("\x00", "") if row else ""
        key = number_key(number)
        if not key or (line == 1 and key in _HEADINGS):
            continue
        found.setdefault(key, (line, number))
    return found


def _members(keys: list[str]) -> dict[str, int]:
    rows = Member.objects.filter(number_key__in=keys).values_list("number_key", "pk")
    return dict(rows)


def _keep(bulk: BulkAmendment, members: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_bulkline (bulk_id, member_id)"
            " SELECT %s, unnest(%s::bigint[])",
            [bulk.pk, members],
        )
