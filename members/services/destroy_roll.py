"""Destroy a roll's personal data once its day has come, and write the certificate.

The one place where history is removed. It switches the append-only triggers off for the length of
its transaction (services.history_off), which the tables' owner alone can do, so that this is a
command that an operator runs. The order is the officers': a day that two of them set.
PostgreSQL's clock says whether it has come.

What stays: the totals, the commitments, the pseudonyms that the board and the box are made of,
and of each amendment its number, its kind and its reason.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Model
from psycopg2 import sql

from members.models import (
    AmendedEntry,
    Amendment,
    BulkAmendment,
    BulkLine,
    BulkRefused,
    Destruction,
    DryRunMove,
    Roll,
    RollEntry,
    Verdict,
)
from members.models.people import Contact
from members.services.delete_the_gone import delete_the_gone
from members.services.history_off import count_changed, without_triggers
from office.refusal import Refusal
from office.services.audit import record

_BLANK: Final = sql.SQL(", ").join(
    sql.SQL("{} = ''").format(sql.Identifier(field.name)) for field in Contact._meta.fields
)
# Name, number and addresses go, and so does the member; pseudonym, section and unit stay. The
# grounds of an amendment are words of officers, which may name somebody.
_OF_A_ROLL: Final[dict[type[Model], str | sql.Composed]] = {
    RollEntry: sql.SQL("UPDATE members_rollentry SET {}, member_id = NULL WHERE roll_id = %s")
    .format(_BLANK),
    AmendedEntry: sql.SQL(
        "UPDATE members_amendedentry SET {} WHERE entry_id IN"
        " (SELECT id FROM members_rollentry WHERE roll_id = %s)"
    ).format(_BLANK),
    Verdict: "DELETE FROM members_verdict WHERE roll_id = %s",
    Amendment: "UPDATE members_amendment SET grounds = '' WHERE roll_id = %s",
    BulkAmendment: "UPDATE members_bulkamendment SET grounds = '' WHERE roll_id = %s",
    BulkLine: "DELETE FROM members_bulkline WHERE bulk_id IN"
    " (SELECT id FROM members_bulkamendment WHERE roll_id = %s)",
    BulkRefused: "DELETE FROM members_bulkrefused WHERE bulk_id IN"
    " (SELECT id FROM members_bulkamendment WHERE roll_id = %s)",
    DryRunMove: "DELETE FROM members_dryrunmove WHERE run_id IN"
    " (SELECT d.id FROM members_dryrun d JOIN members_roll r"
    " ON d.base_roll_id = r.id OR r.rules_id IN (d.rules_id, d.base_rules_id) WHERE r.id = %s)",
    Roll: "UPDATE members_roll SET salt = '' WHERE id = %s",
}  # fmt: skip


@transaction.atomic
def destroy_roll(roll_id: int, *, now: datetime) -> Destruction:
    """Empty all that the roll holds of people, and delete the people nothing is kept for.

    Destroying a roll twice gives the first certificate.
    """
    roll = Roll.objects.select_for_update().get(pk=roll_id)
    if hasattr(roll, "destruction"):
        return roll.destruction
    due_on = _day_that_has_come(roll)
    rows: dict[str, int] = {}
    with without_triggers(*_OF_A_ROLL):
        for model, statement in _OF_A_ROLL.items():
            rows[model._meta.db_table] = count_changed(statement, roll.pk)
    for table, count in delete_the_gone(now=now).items():
        rows[table] = rows.get(table, 0) + count
    assert roll.destroy_ordered_by, "The database demands both with the day."
    assert roll.destroy_seconded_by, "The database demands both with the day."
    certificate = Destruction.objects.create(
        roll=roll,
        due_on=due_on,
        destroyed_at=now,
        ordered_by=roll.destroy_ordered_by,
        seconded_by=roll.destroy_seconded_by,
        rows=rows,
    )
    record("destroy_roll", subject=("roll", str(roll_id)), by=None, now=now,
           parameters={"certificate": certificate.pk, **rows})
    return certificate


def _day_that_has_come(roll: Roll) -> date:
    """The day that two officers set, refused where it has not come."""
    if roll.destroy_on is None:
        raise Refusal("roll.no-destruction-day", "No day has been set for this roll's destruction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()::date >= %s", [roll.destroy_on])
        (has_come,) = cursor.fetchone() or (False,)
    if not has_come:
        raise Refusal(
            "roll.destruction-not-due",
            f"This roll is kept until {roll.destroy_on:%d/%m/%Y}, as two officers ordered.",
        )
    return roll.destroy_on
