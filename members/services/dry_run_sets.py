"""The sets behind a dry run: everybody judged, compared with what was, and added up.

A table of one transaction, dropped at its end. A record that votes before and not after (or the
other way round) is a move; of somebody who has another record that votes, it is said that the
person still votes. Figures are counted by today's section and unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from members.eligibility import Rules
from members.eligibility.deciding import ELIGIBLE
from members.models import DryRunMove, Section, Unit
from members.selectors.rolls import VERDICTS_HASH
from members.services.judging import Judgement, judgement
from members.services.planning import by_hashing

JUDGED: Final = "members_dry_judged"
DAYS_AROUND: Final = 45


def judge_everybody(rules: Rules) -> int:
    """Judge every record under these rules into JUDGED; return how many there are."""
    judged = judgement(rules)
    with by_hashing(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {JUDGED}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {JUDGED} ON COMMIT DROP AS"  # noqa: S608 - our own names.
            " SELECT member_id, rule, entered_as_id, section_id, unit_id"
            f" FROM ({judged.query}) judgement",
            judged.values,
        )
        rows = int(cursor.rowcount)
        cursor.execute(f"ANALYZE {JUDGED}")
    return rows


def frozen(roll_id: int) -> Judgement:
    """The verdicts of a frozen roll, to compare with."""
    return Judgement("SELECT * FROM members_verdict WHERE roll_id = %(roll)s", {"roll": roll_id})


def hash_of_judged() -> str:
    """The hash of what was judged, as a roll frozen now would have it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {VERDICTS_HASH} FROM {JUDGED}")  # noqa: S608 - our own names.
        ((found,),) = cursor.fetchall()
    return str(found)


def electors_judged() -> int:
    """How many would be on the roll."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {JUDGED} WHERE rule = %s", [ELIGIBLE])  # noqa: S608
        ((found,),) = cursor.fetchall()
    return int(found)


@dataclass(frozen=True, slots=True)
class _Group:
    """So many records of one section and unit with one pair of verdicts."""

    section: str
    unit: str
    was: str
    becomes: str
    still_votes: bool
    people: int

    @property
    def kind(self) -> str:
        """What becomes of their votes: stays, in, out, shifts_in, shifts_out, or never."""
        before, after = self.was == ELIGIBLE, self.becomes == ELIGIBLE
        if before and after:
            return "stays"
        if before == after:
            return "never"
        direction = "in" if after else "out"
        return f"shifts_{direction}" if self.still_votes else direction


def compare(run_id: int, against: DryRunMove.Against, before: Judgement) -> dict[str, Any]:
    """Keep every record whose vote comes or goes, and give the figures of the comparison.

    They are totals, and by section, unit and reason.
    """
    groups = _groups(run_id, against, before)
    totals = _kinds(groups)
    return {
        "before": totals["stays"] + totals["out"] + totals["shifts_out"],
        "after": totals["stays"] + totals["in"] + totals["shifts_in"],
        **{kind: totals[kind] for kind in _KINDS},
        "sections": _by(groups, lambda group: group.section),
        "units": _by(groups, lambda group: group.unit),
        "reasons_in": _reasons(groups, "in", lambda group: group.was),
        "reasons_out": _reasons(groups, "out", lambda group: group.becomes),
    }


_KINDS: Final = ("stays", "in", "out", "shifts_in", "shifts_out")


# One pass over the records for the moves and for the figures. A record that was not on the list
# then has no verdict, which is no rule.
_COMPARE: Final = f"""
    WITH pairs AS MATERIALIZED (
        SELECT a.member_id, a.section_id, a.unit_id, coalesce(b.rule, '') AS was,
               a.rule AS becomes,
               CASE WHEN a.rule = %(eligible)s THEN b.entered_as_id ELSE a.entered_as_id END
                   IS NOT NULL AS still_votes
        FROM {JUDGED} a LEFT JOIN ({{before}}) b USING (member_id)
    ), moves AS (
        INSERT INTO members_dryrunmove
            (run_id, against, member_id, section_id, unit_id, was, becomes, still_votes)
        SELECT %(run)s, %(against)s, member_id, section_id, unit_id, was, becomes, still_votes
        FROM pairs WHERE (was = %(eligible)s) <> (becomes = %(eligible)s)
        ORDER BY member_id
    )
    SELECT section_id, unit_id, was, becomes, still_votes, count(*)
    FROM pairs GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 - our own names.


def _groups(run_id: int, against: DryRunMove.Against, before: Judgement) -> list[_Group]:
    sections = dict(Section.objects.values_list("pk", "name"))
    units = dict(Unit.objects.values_list("pk", "name"))
    with by_hashing(), connection.cursor() as cursor:
        cursor.execute(
            _COMPARE.format(before=before.query),
            {**before.values, "run": run_id, "against": str(against), "eligible": ELIGIBLE},
        )
        rows = cursor.fetchall()
    return [
        _Group(sections[section], units.get(unit, ""), was, becomes, still, people)
        for section, unit, was, becomes, still, people in rows
    ]


def _kinds(groups: Iterable[_Group]) -> Counter[str]:
    found: Counter[str] = Counter()
    for group in groups:
        found[group.kind] += group.people
    return found


def _by(groups: list[_Group], place: Callable[[_Group], str]) -> list[dict[str, Any]]:
    """The figures of each place, by name; one in which nobody votes before or after is left out."""
    places: dict[str, list[_Group]] = {}
    for group in groups:
        places.setdefault(place(group), []).append(group)
    rows = []
    for name in sorted(places):
        kinds = _kinds(places[name])
        if any(kinds[kind] for kind in _KINDS):
            rows.append({"name": name, **{kind: kinds[kind] for kind in _KINDS}})
    return rows


def _reasons(
    groups: list[_Group], kind: str, reason: Callable[[_Group], str]
) -> list[dict[str, Any]]:
    """How many come in, or go out, by what kept or keeps them out; the most first."""
    found: Counter[str] = Counter()
    for group in groups:
        if group.kind == kind:
            found[reason(group)] += group.people
    rows = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"rule": rule, "people": people} for rule, people in rows]


def joins_around(day: date) -> list[list[Any]]:
    """For each day of joining near the freeze date: how many records vote, and how many not."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT m.joined_on, count(*) FILTER (WHERE a.rule = %(eligible)s), count(*)
            FROM {JUDGED} a JOIN members_member m ON m.id = a.member_id
            WHERE m.joined_on BETWEEN %(first)s AND %(last)s GROUP BY m.joined_on
            """,  # noqa: S608 - our own names.
            {
                "eligible": ELIGIBLE,
                "first": day - timedelta(days=DAYS_AROUND),
                "last": day + timedelta(days=DAYS_AROUND),
            },
        )
        counted = {joined: (voting, every - voting) for joined, voting, every in cursor.fetchall()}
    days = [day + timedelta(days=offset) for offset in range(-DAYS_AROUND, DAYS_AROUND + 1)]
    return [[each.isoformat(), *counted.get(each, (0, 0))] for each in days]
