"""Freeze the roll: judge everybody under one version of the rules, and enter those who may vote.

One transaction, the caller's where there is one. The membership list cannot change meanwhile:
its row in Register is locked. Who may vote is decided by members.services.judging, as in a dry
run. A roll whose figures do not add up is refused, whatever the reason: what is published is
applied − not eligible by reason = on the roll, and it must be true of the tables themselves.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from http import HTTPStatus

from django.db import connection, transaction
from django.db.models import Max

from members import selectors
from members.eligibility import Rules
from members.eligibility.deciding import ELIGIBLE
from members.mapping import rules_of_row
from members.models import EligibilityRules, Register, Roll
from members.services.history import lock_register
from members.services.judging import COLUMNS, judgement
from members.services.planning import by_hashing, give_memory
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def freeze_roll(
    rules_id: int, *, by: int, seconded_by: int, now: datetime, report: Report = silent
) -> int:
    """Freeze a roll under these rules and return its id: version n + 1 of the rules' name."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    row = EligibilityRules.objects.filter(pk=rules_id).first()
    if row is None:
        raise Refusal("rules.unknown", "There are no such rules.", status=HTTPStatus.NOT_FOUND)
    register = lock_register()
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
    _refuse_unless_it_adds_up(roll)
    roll.verdicts_hash = selectors.rolls.hash_of_verdicts(roll.pk)
    report(stage="Sealing the roll", done=0, total=roll.electors, unit="electors")
    roll.commitment = selectors.rolls.recompute_commitment(
        roll.pk, salt=bytes(roll.salt), electors=roll.electors, report=report
    )
    roll.save(update_fields=["members_judged", "electors", "verdicts_hash", "commitment"])
    record("freeze_roll", subject=("roll", str(roll.pk)), by=by, seconded_by=seconded_by, now=now,
           parameters={
               "rules": row.pk,
               "version": roll.version,
               "judged": roll.members_judged,
               "electors": roll.electors,
               "commitment": roll.commitment.hex(),
               "verdicts": roll.verdicts_hash,
           })  # fmt: skip
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
    judged = judgement(rules)
    with by_hashing(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO members_verdict (roll_id, {COLUMNS})"  # noqa: S608 - constants.
            f" SELECT %(roll)s, {COLUMNS} FROM ({judged.query}) judgement",
            {**judged.values, "roll": roll.pk},
        )
        judged_rows = int(cursor.rowcount)
        # Without this the planner takes a fresh table for a small one, and loops over its rows.
        cursor.execute("SELECT members_analyse()")
    return judged_rows


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


def _refuse_unless_it_adds_up(roll: Roll) -> None:
    """Count the tables again, each by itself, and refuse the roll where two of them disagree."""
    for what, one, other in selectors.rolls.sums_of_roll(roll.pk, electors=roll.electors):
        if one != other:
            raise Refusal(
                "roll.does-not-add-up",
                f"The roll was not frozen: {what} are {one:,} by one count and {other:,} by "
                "another. Nothing was kept. Report this before you try again.",
            )
