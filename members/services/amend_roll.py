"""Amend a frozen roll: one numbered amendment, of one person or of a set, beside the entries.

The entries of the roll are never changed. Who is added becomes an entry under a fresh pseudonym;
who is struck off keeps theirs, and is restored under it. What of names and addresses the roll
has to know is copied from the membership list as it stands, so that nothing personal travels in a
proposal. Set-based: a court's order may name a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from members import selectors
from members.models import Amendment, Roll
from members.selectors.amendment_chain import link_of
from members.selectors.amendments import CONTACT, WHY_NOT
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record

_COLUMNS: Final = ", ".join(CONTACT)
_OF_MEMBER: Final = ", ".join(f"m.{name}" for name in CONTACT)

_NEW_ENTRIES: Final = f"""
INSERT INTO members_rollentry (roll_id, public_id, member_id, section_id, unit_id, {_COLUMNS})
SELECT %(roll)s, gen_random_uuid(), m.id, m.section_id, m.unit_id, {_OF_MEMBER}
  FROM members_member m
 WHERE m.id = ANY(%(members)s) AND NOT EXISTS (
       SELECT FROM members_rollentry e WHERE e.roll_id = %(roll)s AND e.member_id = m.id)
"""  # noqa: S608 - the names of our own columns.

_ADDED: Final = f"""
INSERT INTO members_amendedentry (amendment_id, entry_id, change, {_COLUMNS})
SELECT %(amendment)s, e.id, CASE WHEN x.entry_id IS NULL THEN 'added' ELSE 'restored' END,
       {_OF_MEMBER}
  FROM members_rollentry e JOIN members_member m ON m.id = e.member_id
  LEFT JOIN members_struckentry x ON x.entry_id = e.id
 WHERE e.roll_id = %(roll)s AND e.member_id = ANY(%(members)s)
"""  # noqa: S608

_CORRECTED: Final = f"""
INSERT INTO members_amendedentry (amendment_id, entry_id, change, {_COLUMNS})
SELECT %(amendment)s, e.id, 'corrected', {_OF_MEMBER}
  FROM members_rollentry e JOIN members_member m ON m.id = e.member_id
 WHERE e.roll_id = %(roll)s AND e.member_id = ANY(%(members)s)
"""  # noqa: S608

_STRUCK: Final = f"""
INSERT INTO members_amendedentry (amendment_id, entry_id, change, {_COLUMNS})
SELECT %(amendment)s, e.id, 'struck',
       {', '.join(f'coalesce(l.{name}, e.{name})' for name in CONTACT)}
  FROM members_rollentry e
  LEFT JOIN LATERAL (
       SELECT l.* FROM members_amendedentry l JOIN members_amendment a ON a.id = l.amendment_id
        WHERE l.entry_id = e.id ORDER BY a.number DESC LIMIT 1) AS l ON true
 WHERE e.roll_id = %(roll)s AND e.member_id = ANY(%(members)s)
"""  # noqa: S608

_STATEMENTS: Final = {
    "add": (_NEW_ENTRIES, _ADDED),
    "remove": (_STRUCK,),
    "correct": (_CORRECTED,),
}


@transaction.atomic
def amend_roll(
    roll_id: int,
    *,
    kind: str,
    reason: str,
    grounds: str,
    members: Sequence[int],
    by: int,
    seconded_by: int | None,
    now: datetime,
    bulk_id: int | None = None,
) -> int:
    """Amend a roll by these members, all or none; return the amendment's id.

    Whether the election still allows it, and what becomes of codes and ballots, is for the
    caller to say: this knows rolls only.
    """
    second = demand_two_officers(by=by, seconded_by=seconded_by)
    require_reason(kind, reason)
    roll = _locked(roll_id)
    _require_applicable(roll, kind, members)
    last = selectors.amendments.last_amendment(roll_id)
    row = Amendment.objects.create(
        roll=roll, number=(last.number if last else 0) + 1, kind=kind, reason=reason,
        grounds=grounds, bulk_id=bulk_id, made_by_id=by, seconded_by_id=second, made_at=now,
    )
    values: dict[str, Any] = {"roll": roll_id, "amendment": row.pk, "members": list(members)}
    with connection.cursor() as cursor:
        for statement in _STATEMENTS[kind]:
            cursor.execute(statement, values)
    previous = bytes(last.commitment if last else roll.commitment)
    row.commitment = link_of(row, salt=bytes(roll.salt), previous=previous).commitment
    row.save(update_fields=["commitment"])
    record(
        "amend_roll", subject=("roll", str(roll_id)), by=by, seconded_by=second, now=now,
        parameters={"amendment": row.number, "kind": kind, "reason": reason,
                    "people": len(members)},
    )
    return row.pk


def _locked(roll_id: int) -> Roll:
    """The roll, so that its amendments are numbered one after another."""
    roll = (
        Roll.objects.select_for_update(no_key=True)
        .filter(pk=roll_id, state=Roll.State.FROZEN)
        .first()
    )
    if roll is None:
        raise Refusal("roll.not-frozen", "There is no such roll, or it is withdrawn already.")
    return roll


def require_reason(kind: str, reason: str) -> None:
    if kind not in _STATEMENTS or reason not in selectors.amendments.reasons_for(kind):
        raise Refusal(
            "amendment.reason", "Choose what is amended, and a reason that belongs to it.",
            status=400,
        )


def _require_applicable(roll: Roll, kind: str, members: Sequence[int]) -> None:
    if not members:
        raise Refusal("amendment.nobody", "The amendment names nobody.", status=400)
    wrong = selectors.amendments.cannot_be_amended(roll.pk, kind=kind, members=members)
    if wrong:
        found = sorted({WHY_NOT[why] for _, why in wrong})
        raise Refusal(
            "amendment.does-not-apply",
            f"This cannot be done for {len(wrong)} of {len(members)}: {'; '.join(found)}. "
            "Nothing was changed.",
        )
