"""Delete who left the membership list long ago, with all that refers to them.

Which tables refer to members is read from the models, and so is what refers to those: a new table
cannot be forgotten. Of somebody nothing is kept for, everything goes: their record, its history,
decisions and appeals, what they asked for and were given, and who looked them up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import F, ForeignKey, Model
from psycopg2 import sql

from members.models import (
    ContactFlag,
    LookUp,
    Member,
    Register,
    RollEntry,
    SearchWord,
    UndoneMember,
    Verdict,
)
from members.services.history import lock_register
from members.services.history_off import count_changed, without_triggers

GONE_KEPT: Final = timedelta(days=365)
"""Somebody who left the list is kept so long after the last change, and then deleted, if no roll
that is not destroyed yet names them and nothing that they asked for waits: an appeal, a correction,
or the file of what is held of them."""

KEPT_FOR: Final = (RollEntry, Verdict)
"""Rows of a roll go with the roll; whom one still names is kept."""

_GONE: Final = """
CREATE TEMPORARY TABLE gone ON COMMIT DROP AS
SELECT m.id FROM members_member m
WHERE NOT m.is_listed
  AND NOT EXISTS (SELECT 1 FROM members_verdict v WHERE v.member_id = m.id)
  AND NOT EXISTS (SELECT 1 FROM members_verdict v WHERE v.entered_as_id = m.id)
  AND NOT EXISTS (SELECT 1 FROM members_rollentry e WHERE e.member_id = m.id)
  AND NOT EXISTS (SELECT 1 FROM members_bulkline l WHERE l.member_id = m.id)
  AND NOT EXISTS (
      SELECT 1 FROM members_change c WHERE c.member_id = m.id AND c.at > %s
  )
  AND NOT EXISTS (
      SELECT 1 FROM members_appeal a JOIN members_decision d ON d.id = a.decision_id
      WHERE d.member_id = m.id AND a.outcome = ''
  )
  AND NOT EXISTS (
      SELECT 1 FROM members_accessrequest a
      WHERE a.member_id IN (m.id, m.merged_into_id) AND a.destroyed_at IS NULL
  )
  AND NOT EXISTS (
      SELECT 1 FROM members_correctionrequest c WHERE c.member_id = m.id AND c.state = 'waiting'
  )
"""
# Whose decision still gives somebody kept their standing stays, and so does whom somebody kept is
# merged into.
_STAY: Final = (
    """
    DELETE FROM gone USING members_decision d JOIN members_keptstanding k ON k.decision_id = d.id
     WHERE d.member_id = gone.id AND NOT EXISTS (SELECT 1 FROM gone too WHERE too.id = k.member_id)
    """,
    """
    DELETE FROM gone USING members_member kept
     WHERE kept.merged_into_id = gone.id
       AND NOT EXISTS (SELECT 1 FROM gone too WHERE too.id = kept.id)
    """,
)
_THEIR_WORDS: Final = """
CREATE TEMPORARY TABLE gone_word ON COMMIT DROP AS
SELECT DISTINCT word FROM members_searchrow CROSS JOIN LATERAL unnest(words) AS word
WHERE member_id IN (SELECT id FROM gone)
"""
_DROP_WORDS: Final = """
DELETE FROM members_searchword w USING gone_word g
WHERE w.word = g.word
  AND NOT EXISTS (SELECT 1 FROM members_searchrow r WHERE r.words @> ARRAY[w.word])
"""
# What a flag names may be an address of the gone. One that nobody has seen again for so long is
# about changes of that time.
_DROP_FLAGS: Final = """
DELETE FROM members_contactflag
WHERE seen_at <= %s
   OR change_id IN (SELECT id FROM members_change WHERE member_id IN (SELECT id FROM gone))
"""
_FORGET_SEARCHES: Final = (
    "UPDATE members_lookup SET words_mac = '' WHERE words_mac <> '' AND at <= %s"
)
_FORGET_UNDONE: Final = "DELETE FROM members_undonemember WHERE at <= %s"
_LET_GO: Final = "UPDATE {table} SET {column} = NULL WHERE {column} IN ({chosen})"
_REFERRING: Final = "SELECT {key} FROM {table} WHERE {column} IN ({chosen})"


def delete_the_gone(*, now: datetime) -> dict[str, int]:
    """Delete them; returns how many rows of each table went. In the caller's transaction.

    An import that is previewed meanwhile is compared again: the list's version grows.
    """
    lock_register()
    limit = now - GONE_KEPT
    with connection.cursor() as cursor:
        cursor.execute(_GONE, [limit])
        for statement in _STAY:
            cursor.execute(statement)
        cursor.execute(_THEIR_WORDS)
    rows: Counter[str] = Counter()
    with without_triggers(Member, UndoneMember, *_all_that_refer(Member)):
        rows[ContactFlag._meta.db_table] += count_changed(_DROP_FLAGS, limit)
        _delete(Member, sql.SQL("SELECT id FROM gone"), rows)
        rows[SearchWord._meta.db_table] += count_changed(_DROP_WORDS)
        rows[LookUp._meta.db_table] += count_changed(_FORGET_SEARCHES, limit)
        rows[UndoneMember._meta.db_table] += count_changed(_FORGET_UNDONE, limit)
    # Not to outlive the work for as long as the caller's transaction does.
    count_changed("DROP TABLE gone, gone_word")
    if rows[Member._meta.db_table]:
        Register.objects.update(version=F("version") + 1)
    return dict(rows)


def references_to(model: type[Model]) -> Iterator[Any]:
    """Every column that names a row of this table, those that have no name backwards too."""
    for other in apps.get_models():
        for column in other._meta.concrete_fields:
            if isinstance(column, ForeignKey) and column.related_model is model:
                yield column


def _all_that_refer(model: type[Model]) -> set[type[Model]]:
    """The tables that are written when rows of this one go."""
    found: set[type[Model]] = set()
    for column in references_to(model):
        if column.model is not model and column.model not in KEPT_FOR:
            found |= {column.model, *_all_that_refer(column.model)}
    return found


def _delete(model: type[Model], chosen: sql.Composable, rows: Counter[str]) -> None:
    """Delete the chosen rows after what refers to them.

    Who refers to a member goes. Of what refers to those rows in turn, whatever cannot do without
    them goes, and the rest is kept without the reference.
    """
    for column in references_to(model):
        if column.model in KEPT_FOR or (model is Member and column.model is Member):
            continue
        if column.null and model is not Member:
            count_changed(_statement(_LET_GO, column, chosen))
        else:
            _delete(column.model, _statement(_REFERRING, column, chosen), rows)
    table = model._meta.db_table
    statement = sql.SQL("DELETE FROM {} WHERE {} IN ({})").format(
        sql.Identifier(table), _key(model), chosen
    )
    rows[table] += count_changed(statement)


def _statement(words: str, column: Any, chosen: sql.Composable) -> sql.Composed:
    return sql.SQL(words).format(
        key=_key(column.model), table=sql.Identifier(column.model._meta.db_table),
        column=sql.Identifier(column.column), chosen=chosen,
    )  # fmt: skip


def _key(model: type[Model]) -> sql.Identifier:
    return sql.Identifier(str(model._meta.pk.column))
