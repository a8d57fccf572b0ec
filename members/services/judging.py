"""Judge everybody on the list under some rules, as one set: for a freeze and for a dry run alike.

The rules are decided by the core and nowhere else. Each distinct value of a fact (with its
section, where sections may have days of their own) is judged once: some thousands of days, a
few standings and sections. Each possible set of outcomes is settled once. SQL does no more than
look the answers up: no second rule engine, and no object for each of hundreds of thousands of
people. What the core cannot see a record at a time, which of a person's eligible records is
entered, is one step over those people alone; tests compare it with decide_person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any, Final

from django.db import connection

from members.eligibility import Outcome, Question, Rules, judge, settle
from members.eligibility.deciding import BY_SECTION, ELIGIBLE, Value, is_asked
from members.mapping import ENTERED_ELSEWHERE, NEVER_ON_THE_LIST


@dataclass(frozen=True, slots=True)
class _Fact:
    """Where the list has a fact.

    column, kind: the expression to look up, and its SQL type.
    values:       the query for its distinct values.
    blank:        what stands in SQL for a value that was never recorded: a join finds no NULL.
    A fact of BY_SECTION is looked up with the section before it, as one number.
    """

    column: str
    kind: str
    values: str
    blank: str


def _of_members(column: str, kind: str, blank: str) -> _Fact:
    values = f"SELECT DISTINCT {column} FROM members_member m"  # noqa: S608 - a constant.
    return _Fact(f"coalesce(m.{column}, '{blank}'::{kind})", kind, values, blank)


_EACH_SECTION: Final = 10_000_000
_BLANK: Final = 5_000_000
_DAY_NOUGHT: Final = date(2000, 1, 1)


def _by_section(column: str, as_number: str) -> _Fact:
    """A fact whose limit depends on the section: looked up by both as one number.

    One key and not two, because the planner, who knows nothing of an array's values, may join by
    the section alone and compare the other half of the key row by row. A number and not a text,
    because hundreds of thousands of dates take seconds to write out.
    """
    values = f"SELECT DISTINCT {column} FROM members_member"  # noqa: S608 - a constant.
    key = f"m.section_id * {_EACH_SECTION} + coalesce({as_number}, {_BLANK})"
    return _Fact(key, "bigint", values, "")


def _as_number(value: Value) -> int:
    """A day, or an answer, as the list's column is written in a key; see _by_section."""
    if value is None:
        return _BLANK
    return (value - _DAY_NOUGHT).days if isinstance(value, date) else int(value)


_FACTS: Final[dict[Question, _Fact]] = {
    Question.LISTED: _Fact(
        "m.is_listed", "boolean", "SELECT DISTINCT is_listed FROM members_member", ""
    ),
    Question.SECTION: _Fact("c.code", "text", "SELECT code FROM members_section", ""),
    Question.UNIT: _Fact(
        "coalesce(u.key, '')", "text", "SELECT key FROM members_unit UNION ALL SELECT NULL", ""
    ),
    Question.STANDING: _of_members("standing", "text", ""),
    Question.JOINED: _by_section("joined_on", "m.joined_on - date '2000-01-01'"),
    Question.PAID: _by_section("paid_until", "m.paid_until - date '2000-01-01'"),
    Question.LEVY: _by_section("levy_confirmed", "m.levy_confirmed::integer"),
    Question.AGE: _of_members("date_of_birth", "date", "infinity"),
}
_NUMBERS: Final = {outcome: number for number, outcome in enumerate(Outcome)}
_OUTCOMES: Final = len(_NUMBERS)

# Facts that are not asked about are not kept with the verdict.
_KEPT_IF_ASKED: Final = {
    Question.STANDING: ("standing", "m.standing", "''"),
    Question.JOINED: ("joined_on", "m.joined_on", "NULL::date"),
    Question.PAID: ("paid_until", "m.paid_until", "NULL::date"),
    Question.LEVY: ("levy_confirmed", "m.levy_confirmed", "NULL::boolean"),
    Question.AGE: ("date_of_birth", "m.date_of_birth", "NULL::date"),
}


@dataclass(slots=True)
class Judgement:
    """A query for the verdict on every record of the list, with its parameters.

    Its columns: member_id, rule, entered_as_id, is_listed, section_id, unit_id, standing,
    joined_on, paid_until, levy_confirmed, date_of_birth. A record that got no rule, which the
    core would have to have forgotten, has NULL there, and no table of ours takes it.
    """

    query: str = ""
    values: dict[str, Any] = field(default_factory=dict)


COLUMNS: Final = (
    "member_id, rule, entered_as_id, is_listed, section_id, unit_id, standing, joined_on, "
    "paid_until, levy_confirmed, date_of_birth"
)

_QUERY: Final = """
    WITH judged AS MATERIALIZED (
        SELECT m.id AS member_id, m.merged_into_id, c.precedence, ruling.rule, m.is_listed,
               m.section_id, m.unit_id, {kept}
        FROM members_member m
        JOIN members_section c ON c.id = m.section_id
        LEFT JOIN members_unit u ON u.id = m.unit_id
        {joins}
        LEFT JOIN unnest(%(sets)s::integer[], %(rules)s::text[]) AS ruling (outcomes, rule)
            ON ruling.outcomes = {outcomes}
        WHERE NOT ({never})
    ),
    -- The people with several records, and the one of them that is entered.
    persons AS (
        SELECT id AS member_id, merged_into_id AS person_id FROM members_member
        WHERE merged_into_id IS NOT NULL
        UNION
        SELECT merged_into_id, merged_into_id FROM members_member WHERE merged_into_id IS NOT NULL
    ),
    entered AS (
        SELECT DISTINCT ON (persons.person_id) persons.person_id, judged.member_id
        FROM persons JOIN judged USING (member_id)
        WHERE judged.rule = %(eligible)s
        ORDER BY persons.person_id, judged.precedence, judged.member_id
    ),
    elsewhere AS (
        SELECT persons.member_id, entered.member_id AS entered_as_id
        FROM persons JOIN entered USING (person_id)
        WHERE persons.member_id <> entered.member_id
    )
    SELECT judged.member_id,
           CASE WHEN elsewhere.member_id IS NOT NULL AND judged.rule = %(eligible)s
                THEN %(entered_elsewhere)s ELSE judged.rule END AS rule,
           elsewhere.entered_as_id, judged.is_listed, judged.section_id, judged.unit_id,
           judged.standing, judged.joined_on, judged.paid_until, judged.levy_confirmed,
           judged.date_of_birth
    FROM judged LEFT JOIN elsewhere USING (member_id)
"""


def judgement(rules: Rules) -> Judgement:
    """The verdict on every record that was ever on the list, as a query to write from."""
    asked = [question for question in _FACTS if is_asked(question, rules)]
    made = Judgement()
    joins, outcomes, occurring = [], [], []
    for place, question in enumerate(asked):
        join, found = _look_up(question, rules, made.values)
        joins.append(join)
        outcomes.append(f"j_{question}.outcome * {_OUTCOMES**place}")
        occurring.append(found)
    made.values["sets"], made.values["rules"] = _rulings(asked, occurring)
    made.values |= {"eligible": ELIGIBLE, "entered_elsewhere": ENTERED_ELSEWHERE}
    kept = ", ".join(
        f"{column if question in asked else blank} AS {name}"
        for question, (name, column, blank) in _KEPT_IF_ASKED.items()
    )
    made.query = _QUERY.format(
        joins=" ".join(joins), outcomes=" + ".join(outcomes), kept=kept, never=NEVER_ON_THE_LIST
    )
    return made


def _look_up(question: Question, rules: Rules, values: dict[str, Any]) -> tuple[str, list[Outcome]]:
    """The join that finds a record's outcome of one question, and the outcomes that occur."""
    fact = _FACTS[question]
    judged = list(_judged(question, rules))
    values[f"{question}_values"] = [
        section * _EACH_SECTION + _as_number(value) if question in BY_SECTION
        else _in_sql(value, fact)
        for value, section, _ in judged
    ]
    values[f"{question}_outcomes"] = [_NUMBERS[outcome] for _, _, outcome in judged]
    arrays = f"%({question}_values)s::{fact.kind}[], %({question}_outcomes)s::integer[]"
    join = f"LEFT JOIN unnest({arrays}) AS j_{question} (value, outcome) ON j_{question}.value = "
    return join + fact.column, sorted({outcome for _, _, outcome in judged})


def _judged(question: Question, rules: Rules) -> Iterator[tuple[Value, int, Outcome]]:
    """Each distinct value of one fact, of each section where that matters, judged by the core."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS[question].values)
        found: list[Value] = [value for (value,) in cursor.fetchall()]
        cursor.execute("SELECT id, code FROM members_section")
        sections: list[tuple[int, str]] = cursor.fetchall()
    for section, code in sections if question in BY_SECTION else sections[:1]:
        for value in found:
            yield value, section, judge(question, value, rules, section=code)


def _in_sql(value: Value, fact: _Fact) -> str | bool:
    """A value as the join looks for it."""
    if value is None:
        return fact.blank
    return value if isinstance(value, bool) else str(value)


def _rulings(
    asked: list[Question], occurring: list[list[Outcome]]
) -> tuple[list[int], list[str]]:
    """Each set of outcomes that can occur, as SQL will number it, and the rule that decides it.

    The outcome of each question is one digit of the number. At most 4 outcomes of 8 questions, in
    practice some hundreds of sets, however many people there are. A set that were missing would
    give a verdict without a rule.
    """
    sets, deciding = [], []
    for outcomes in product(*occurring):
        whole = dict.fromkeys(Question, Outcome.NOT_ASKED) | dict(zip(asked, outcomes, strict=True))
        sets.append(sum(_NUMBERS[each] * _OUTCOMES**at for at, each in enumerate(outcomes)))
        deciding.append(settle(whole))
    return sets, deciding
