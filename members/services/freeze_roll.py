"""Freeze the roll: judge everybody under one version of the rules, and enter those who may vote.

One transaction, the caller's where there is one. The membership list cannot change meanwhile:
its row in Register is locked.

The rules are decided by the core and nowhere else. Each distinct value of a fact is judged
once (some thousands of days, a few standings and sections), each possible set of outcomes is
settled once, and SQL does no more than look the answers up: no second rule engine, and no
object for each of hundreds of thousands of people.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from http import HTTPStatus
from itertools import product
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from members import selectors
from members.eligibility import Outcome, Question, Rules, judge, settle
from members.eligibility.deciding import ELIGIBLE, Value, is_asked
from members.mapping import rules_of_row
from members.models import EligibilityRules, Register, Roll
from members.services.staging import give_memory
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record

# For each question: the column of the list that holds its fact, its SQL type, and the query for
# the distinct values.
_FACTS: Final[dict[Question, tuple[str, str, str]]] = {
    Question.LISTED: ("m.is_listed", "boolean", "SELECT DISTINCT is_listed FROM members_member"),
    Question.SECTION: ("c.code", "text", "SELECT code FROM members_section"),
    Question.UNIT: ("u.key", "text", "SELECT key FROM members_unit"),
    Question.STANDING: ("m.standing", "text", "SELECT DISTINCT standing FROM members_member"),
    Question.JOINED: ("m.joined_on", "date", "SELECT DISTINCT joined_on FROM members_member"),
    Question.PAID: ("m.paid_until", "date", "SELECT DISTINCT paid_until FROM members_member"),
    Question.AGE: ("m.date_of_birth", "date", "SELECT DISTINCT date_of_birth FROM members_member"),
}
# Facts that are not asked about are not kept with the verdict.
_KEPT_IF_ASKED: Final = {
    Question.STANDING: ("m.standing", "''"),
    Question.JOINED: ("m.joined_on", "NULL"),
    Question.PAID: ("m.paid_until", "NULL"),
    Question.AGE: ("m.date_of_birth", "NULL"),
}
_PEOPLE: Final = """
    members_member m
    JOIN members_section c ON c.id = m.section_id
    LEFT JOIN members_unit u ON u.id = m.unit_id
"""


@transaction.atomic
def freeze_roll(
    rules_id: int, *, by: int, seconded_by: int, now: datetime, report: Report = silent
) -> int:
    """Freeze a roll under these rules and return its id: version n + 1 of the rules' name."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    row = EligibilityRules.objects.filter(pk=rules_id).first()
    if row is None:
        raise Refusal("rules.unknown", "There are no such rules.", status=HTTPStatus.NOT_FOUND)
    register = Register.objects.select_for_update().get()
    give_memory()
    roll = _begin(row, register, by=by, now=now)
    rules = rules_of_row(row)
    report(stage="Judging who may vote", done=0, total=None, unit="members")
    roll.members_judged = _judge_everybody(roll, rules)
    _add_up(roll)
    report(stage="Entering the electors", done=0, total=None, unit="electors")
    roll.electors = _enter_electors(roll)
    if not roll.electors:
        raise Refusal(
            "roll.empty",
            "Under these rules nobody may vote. Look at the rules, and at the membership list.",
        )
    report(stage="Sealing the roll", done=0, total=roll.electors, unit="electors")
    roll.commitment = selectors.rolls.recompute_commitment(
        roll.pk, salt=bytes(roll.salt), electors=roll.electors, report=report
    )
    roll.save(update_fields=["members_judged", "electors", "commitment"])
    record(
        "freeze_roll",
        subject=("roll", str(roll.pk)),
        by=by,
        seconded_by=seconded_by,
        now=now,
        parameters={
            "rules": row.pk,
            "version": roll.version,
            "judged": roll.members_judged,
            "electors": roll.electors,
            "commitment": roll.commitment.hex(),
        },
    )
    return roll.pk


def _begin(row: EligibilityRules, register: Register, *, by: int, now: datetime) -> Roll:
    rolls = Roll.objects.filter(name=row.name)
    standing = rolls.filter(state=Roll.State.FROZEN).first()
    if standing is not None:
        raise Refusal(
            "roll.already-frozen",
            f"Version {standing.version} of this roll is frozen. Withdraw that freeze first.",
        )
    return Roll.objects.create(
        name=row.name,
        version=(rolls.aggregate(last=Max("version"))["last"] or 0) + 1,
        rules=row,
        register_version=register.version,
        electors=0,
        members_judged=0,
        salt=secrets.token_bytes(32),
        commitment=b"",
        frozen_by_id=by,
        frozen_at=now,
    )


def _judge_everybody(roll: Roll, rules: Rules) -> int:
    """Write a verdict for every member there is, listed or not; return how many."""
    asked = [question for question in Question if is_asked(question, rules)]
    judged = {question: _judged(question, rules) for question in asked}
    joins, outcomes, values = [], [], dict[str, Any](roll=roll.pk)
    for question in asked:
        column, kind, _ = _FACTS[question]
        joins.append(
            f"LEFT JOIN unnest(%({question}_values)s::{kind}[], %({question}_outcomes)s::text[])"
            f" AS j_{question} (value, outcome) ON j_{question}.value = {column}"
        )
        outcomes.append(f"coalesce(j_{question}.outcome, %({question}_blank)s)")
        known = judged[question]
        values[f"{question}_values"] = list(known)
        values[f"{question}_outcomes"] = [str(outcome) for outcome in known.values()]
        values[f"{question}_blank"] = str(judge(question, None, rules))
    values["sets"], values["rules"] = _rulings(asked, judged, rules)
    kept = ", ".join(
        column if question in asked else blank
        for question, (column, blank) in _KEPT_IF_ASKED.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO members_verdict (
                roll_id, member_id, rule, is_listed, section_id, unit_id,
                standing, joined_on, paid_until, date_of_birth
            )
            SELECT %(roll)s, m.id, ruling.rule, m.is_listed, m.section_id, m.unit_id, {kept}
            FROM {_PEOPLE} {" ".join(joins)}
            LEFT JOIN unnest(%(sets)s::text[], %(rules)s::text[]) AS ruling (outcomes, rule)
                ON ruling.outcomes = concat_ws(',', {", ".join(outcomes)})
            """,  # noqa: S608 - put together from the constants above; every value is a parameter.
            values,
        )
        judged_rows = int(cursor.rowcount)
        # Without this the planner takes a fresh table for a small one, and loops over its rows.
        cursor.execute("SELECT members_analyse()")
    return judged_rows


def _judged(question: Question, rules: Rules) -> dict[Value, Outcome]:
    """Each distinct value of one fact, judged by the core."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS[question][2])
        found: Iterable[date | str | bool | None] = [value for (value,) in cursor.fetchall()]
    return {value: judge(question, value, rules) for value in found if value is not None}


def _rulings(
    asked: list[Question], judged: dict[Question, dict[Value, Outcome]], rules: Rules
) -> tuple[list[str], list[str]]:
    """Each set of outcomes that can occur, as SQL will write it, and the rule that decides it.

    At most 3 outcomes of 7 questions, so 2,187 sets, however many people there are. A set that
    were missing would give a verdict without a rule, which the table refuses.
    """
    choices = [
        sorted({*judged[question].values(), judge(question, None, rules)}) for question in asked
    ]
    sets, deciding = [], []
    for outcomes in product(*choices):
        whole = dict.fromkeys(Question, Outcome.NOT_ASKED) | dict(zip(asked, outcomes, strict=True))
        sets.append(",".join(outcomes))
        deciding.append(settle(whole))
    return sets, deciding


def _add_up(roll: Roll) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO members_rolltotal (roll_id, section_id, unit_id, rule, people)
            SELECT roll_id, section_id, unit_id, rule, count(*) FROM members_verdict
            WHERE roll_id = %s GROUP BY roll_id, section_id, unit_id, rule
            ORDER BY section_id, unit_id, rule
            """,
            [roll.pk],
        )


def _enter_electors(roll: Roll) -> int:
    """Copy name and address of everybody eligible, as they stand now, under a fresh pseudonym."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO members_rollentry (
                roll_id, public_id, member_id, section_id, unit_id, number, title, given_name,
                family_name, email, address_1, address_2, address_3, address_4, postcode, country
            )
            SELECT v.roll_id, gen_random_uuid(), m.id, m.section_id, m.unit_id, m.number, m.title,
                   m.given_name, m.family_name, m.email, m.address_1, m.address_2, m.address_3,
                   m.address_4, m.postcode, m.country
            FROM members_verdict v JOIN members_member m ON m.id = v.member_id
            WHERE v.roll_id = %s AND v.rule = %s
            """,
            [roll.pk, ELIGIBLE],
        )
        return int(cursor.rowcount)
