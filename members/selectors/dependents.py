"""What later acts rest on an import, so that undoing it would pull the ground from under them.

An import touched the people it changed (their records name it) and those it added. Later changes
of them stand in the history, whoever made them; those of an import that was itself undone are
taken back already and stand in nobody's way. A decision on a standing that the import had brought
changed nothing and stands in no history, and is asked for by itself. Besides, whatever refers to
somebody whom it added (models.MemberReference) would be left referring to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from psycopg2 import sql

from members.models import Change, ImportBatch, MemberReference, Roll
from office.times import day_words

MOST_SHOWN: Final = 20
_ACTS_ALONE: Final = {"members_pair": sql.SQL("r.state <> 'open'")}

# The people an import touched, each with the last change it made of them; 0 where it added them.
_TOUCHED: Final = """
    touched AS MATERIALIZED (
        SELECT member_id, max(id) AS last_change FROM members_change
        WHERE batch_id = %(batch)s AND source = 'import' GROUP BY member_id
        UNION ALL
        SELECT id, 0 FROM members_member WHERE first_import_id = %(batch)s
    )
"""
_LATER: Final = """
    later AS MATERIALIZED (
        SELECT l.* FROM touched t JOIN members_change l
          ON l.member_id = t.member_id AND l.id > t.last_change
        LEFT JOIN members_importbatch b ON b.id = l.batch_id
        WHERE l.batch_id IS DISTINCT FROM %(batch)s AND b.state IS DISTINCT FROM 'undone'
    )
"""


@dataclass(frozen=True, slots=True)
class Dependent:
    """A later act, in words, and the page where it can be looked at ("" for none)."""

    words: str
    page: str = ""
    subject_id: int = 0


def dependents(batch: ImportBatch) -> list[Dependent]:
    """Later acts that rest on this import, at most so many: imports, rolls, then the others."""
    found = [*_later_imports(batch), *_rolls(batch), *_decided_standings(batch),
             *_referring(batch), *_later_changes(batch)]  # fmt: skip
    return found[:MOST_SHOWN]


def _later_imports(batch: ImportBatch) -> list[Dependent]:
    rows = _asked(
        f"""
        WITH {_TOUCHED}, {_LATER}
        SELECT batch_id, count(DISTINCT member_id) FROM later WHERE batch_id IS NOT NULL
        GROUP BY batch_id ORDER BY batch_id
        """,  # noqa: S608 - constants of this module.
        batch,
    )
    return [
        Dependent(f"Import {number} changed {_people(people)} that this one touched.",
                  "import", number)
        for number, people in rows
    ]  # fmt: skip


def _later_changes(batch: ImportBatch) -> list[Dependent]:
    rows = _asked(
        f"""
        WITH {_TOUCHED}, {_LATER}
        SELECT l.source, l.at, m.number, m.id FROM later l
        JOIN members_member m ON m.id = l.member_id
        WHERE l.batch_id IS NULL ORDER BY l.id LIMIT %(most)s
        """,  # noqa: S608
        batch,
    )
    return [
        Dependent(f"Number {number} was changed on {day_words(at)}: "
                  f"{Change.Source(source).label}.", "member", member_id)
        for source, at, number, member_id in rows
    ]  # fmt: skip


def _rolls(batch: ImportBatch) -> list[Dependent]:
    """Rolls frozen since, on which somebody it touched was judged.

    One that was withdrawn keeps its facts, and only needs that the people are still there.
    """
    rows = _asked(
        f"""
        WITH {_TOUCHED}
        SELECT r.id, r.name, r.version, count(*) FROM members_roll r
        JOIN members_verdict v ON v.roll_id = r.id
        JOIN touched t ON t.member_id = v.member_id
        WHERE r.register_version > %(version)s AND (r.state = %(frozen)s OR t.last_change = 0)
        GROUP BY r.id, r.name, r.version ORDER BY r.id
        """,  # noqa: S608
        batch,
        version=batch.register_version,
        frozen=Roll.State.FROZEN.value,
    )
    return [
        Dependent(f"{name}, roll {version}, was frozen with {_people(people)} that it touched.",
                  "roll", roll_id)
        for roll_id, name, version, people in rows
    ]  # fmt: skip


def _decided_standings(batch: ImportBatch) -> list[Dependent]:
    """People whose standing it changed and two officers decided: undoing would overrule them.

    Whether they decided before it or since is not asked: who decides may have begun before the
    import was applied and ended after, and a clock does not tell which came first.
    """
    rows = _asked(
        """
        SELECT DISTINCT m.number, m.id FROM members_change c
        JOIN members_keptstanding k ON k.member_id = c.member_id
        JOIN members_member m ON m.id = c.member_id
        WHERE c.batch_id = %(batch)s AND c.source = 'import' AND c.before ? 'standing'
        ORDER BY m.id LIMIT %(most)s
        """,
        batch,
    )
    return [
        Dependent(f"The standing of number {number}, which it changed, was decided by two "
                  "officers.", "member", member_id)
        for number, member_id in rows
    ]  # fmt: skip


def _referring(batch: ImportBatch) -> list[Dependent]:
    """What else refers to people whom it added, a sentence for each column that does.

    Their verdicts are told of by the rolls. A pair that nobody has decided is a search's finding
    and no act.
    """
    found = []
    acts = MemberReference.objects.filter(kind=MemberReference.Kind.ACT)
    for reference in acts.exclude(table="members_verdict").order_by("table", "column"):
        ((people,),) = _asked(
            sql.SQL(
                "SELECT count(DISTINCT m.id) FROM {} r JOIN members_member m ON m.id = r.{}"
                " WHERE m.first_import_id = %(batch)s AND {}"
            ).format(
                sql.Identifier(reference.table),
                sql.Identifier(reference.column),
                _ACTS_ALONE.get(reference.table, sql.SQL("true")),
            ),
            batch,
        )
        if people:
            found.append(Dependent(f"There are {reference.words} of {_people(people)} it added."))
    return found


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _asked(query: str | sql.Composed, batch: ImportBatch, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"batch": batch.pk, "most": MOST_SHOWN, **values})
        return list(cursor.fetchall())
