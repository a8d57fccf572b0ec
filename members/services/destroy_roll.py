"""Destroy a roll's personal data once its day has come, and write the certificate.

The one place where history is removed. It switches the append-only triggers off for the length of
its transaction, which the tables' owner alone can do: neither the web nor a worker signs in as
that (config's database_access), so that this is a command that an operator runs. The order is the
officers': a day that two of them set. PostgreSQL's clock says whether it has come.

What stays: the totals, the commitment, the pseudonyms that the board and the box are made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import ForeignKey
from psycopg2 import sql

from members.models import Destruction, Member, Roll, RollEntry, Verdict
from members.models.people import Contact
from office.refusal import Refusal
from office.services.audit import record

GONE_KEPT: Final = timedelta(days=365)
"""Somebody who left the list is kept so long after the last change, and then deleted, if no roll
that is not destroyed yet was drawn up while they were on it."""


@transaction.atomic
def destroy_roll(roll_id: int, *, now: datetime) -> Destruction:
    """Empty the entries, delete the verdicts, and delete the people nothing is kept for.

    Destroying a roll twice gives the first certificate.
    """
    roll = Roll.objects.select_for_update().get(pk=roll_id)
    if hasattr(roll, "destruction"):
        return roll.destruction
    due_on = _day_that_has_come(roll)
    rows: dict[str, int] = {}
    with _without_triggers(RollEntry, Verdict, Roll):
        rows[RollEntry._meta.db_table] = _empty_entries(roll)
        rows[Verdict._meta.db_table] = _count(
            "DELETE FROM members_verdict WHERE roll_id = %s", roll.pk
        )
        _count("UPDATE members_roll SET salt = '' WHERE id = %s", roll.pk)
    for table, count in _delete_the_gone(now=now).items():
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


def _empty_entries(roll: Roll) -> int:
    """Take name, number, addresses and the member away; pseudonym, section and unit stay."""
    texts = [field.name for field in Contact._meta.fields]
    emptied = sql.SQL(", ").join(
        sql.SQL("{} = ''").format(sql.Identifier(column)) for column in texts
    )
    return _count(
        sql.SQL("UPDATE members_rollentry SET {}, member_id = NULL WHERE roll_id = %s").format(
            emptied
        ),
        roll.pk,
    )


def _delete_the_gone(*, now: datetime) -> dict[str, int]:
    """Delete whoever left the list long ago and stands on no roll, with all that refers to them."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.gone")
        cursor.execute(
            """
            CREATE TEMPORARY TABLE gone ON COMMIT DROP AS
            SELECT m.id FROM members_member m
            WHERE NOT m.is_listed
              AND NOT EXISTS (SELECT 1 FROM members_verdict v WHERE v.member_id = m.id)
              AND NOT EXISTS (SELECT 1 FROM members_rollentry e WHERE e.member_id = m.id)
              AND NOT EXISTS (
                  SELECT 1 FROM members_change c WHERE c.member_id = m.id AND c.at > %s
              )
            """,
            [now - GONE_KEPT],
        )
        # Whom somebody kept is merged into stays with them.
        cursor.execute(
            "DELETE FROM gone USING members_member kept WHERE kept.merged_into_id = gone.id"
            " AND NOT EXISTS (SELECT 1 FROM gone too WHERE too.id = kept.id)"
        )
    rows = {}
    references = [f for f in _references_to_members() if f.model is not Member]
    with _without_triggers(Member, *{field.model for field in references}):
        for field in references:
            rows[field.model._meta.db_table] = _count(
                sql.SQL("DELETE FROM {} WHERE {} IN (SELECT id FROM gone)").format(
                    sql.Identifier(field.model._meta.db_table), sql.Identifier(field.column)
                )
            )
        rows[Member._meta.db_table] = _count(
            "DELETE FROM members_member WHERE id IN (SELECT id FROM gone)"
        )
    return rows


def _references_to_members() -> Iterator[Any]:
    """Every column of every table that names a member: a new table cannot be forgotten."""
    for relation in Member._meta.related_objects:
        if isinstance(relation.field, ForeignKey):
            yield relation.field


@contextmanager
def _without_triggers(*models: Any) -> Iterator[None]:
    """Have no trigger of ours fire on these tables until the end of the block."""
    with connection.cursor() as cursor:
        # A table with a check that still waits for the end of the transaction cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND c.relname = ANY (%s)",
            [[model._meta.db_table for model in models]],
        )
        triggers = [tuple(map(sql.Identifier, names)) for names in cursor.fetchall()]
        for names in triggers:
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(*names))
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for names in triggers:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER {}").format(*names))


def _count(statement: str | sql.Composed, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
