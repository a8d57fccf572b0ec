"""Try a version of the rules over the list as it stands, without judging anybody by it.

It says who would come in and who would go out, beside the version before and beside the last
frozen roll. A worker does it; the page shows how far it is and then the figures, and survives
being closed. Nothing changes but the dry run's own rows.
"""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.db import transaction

from members.mapping import rules_of_row
from members.models import DryRun, DryRunMove, EligibilityRules, Roll
from members.services import dry_run_sets as sets
from members.services.history import lock_register
from members.services.judging import judgement
from members.services.planning import give_memory
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record
from office.services.jobs import open_job


@transaction.atomic
def request_dry_run(rules_id: int, *, by: int | None, now: datetime) -> int:
    """Have these rules tried in the background; return the dry run's id.

    They are compared with the version before them, over the same list, and with the last roll
    that was frozen under their name.
    """
    rules = EligibilityRules.objects.filter(pk=rules_id).first()
    if rules is None:
        raise Refusal("rules.unknown", "There are no such rules.", status=HTTPStatus.NOT_FOUND)
    earlier = EligibilityRules.objects.filter(name=rules.name, version__lt=rules.version)
    run = DryRun.objects.create(
        rules=rules,
        base_rules=earlier.order_by("-version").first(),
        base_roll=Roll.objects.filter(name=rules.name).order_by("-version").first(),
        asked_by_id=by,
        asked_at=now,
    )
    record("judge_roll", subject=("dry_run", str(run.pk)), by=by, now=now,
           parameters={"rules": rules.pk})
    open_job("dry_run", subject=("dry_run", str(run.pk)), by=by, now=now)
    return run.pk


@transaction.atomic
def work_dry_run(run_id: int, *, now: datetime, report: Report = silent) -> None:
    """Work a dry run to its end. One that is finished stays as it is."""
    run = DryRun.objects.select_for_update().get(pk=run_id)
    if run.finished_at:
        return
    # The list stands still meanwhile: both comparisons are about the same one.
    register = lock_register()
    give_memory()
    report(stage="Judging everybody under these rules", done=0, total=None, unit="records")
    rules = rules_of_row(run.rules)
    run.members_judged = sets.judge_everybody(rules)
    run.verdicts_hash = sets.hash_of_judged()
    run.register_version = register.version
    run.figures = _compared(run, report)
    if rules.joined_by:
        run.figures["joins"] = _joins(rules.joined_by)
    run.electors = run.figures["electors"]
    run.finished_at = now
    run.save(
        update_fields=["members_judged", "verdicts_hash", "register_version", "figures",
                       "electors", "finished_at"]
    )  # fmt: skip
    record("dry_run", subject=("dry_run", str(run.pk)), by=run.asked_by_id, now=now,
           parameters={"rules": run.rules_id, "electors": run.electors,
                       "verdicts": run.verdicts_hash})


def _compared(run: DryRun, report: Report) -> dict[str, Any]:
    """The figures of every comparison there is, and the moves kept of each."""
    figures: dict[str, Any] = {"electors": sets.electors_judged()}
    if run.base_roll:
        report(stage="Comparing with the frozen roll", done=0, total=None, unit="records")
        before = sets.frozen(run.base_roll.pk)
        figures["roll"] = sets.compare(run.pk, DryRunMove.Against.ROLL, before)
    if run.base_rules:
        report(stage="Comparing with the version before", done=0, total=None, unit="records")
        before = judgement(rules_of_row(run.base_rules))
        figures["rules"] = sets.compare(run.pk, DryRunMove.Against.RULES, before)
    return figures


def _joins(day: date) -> dict[str, Any]:
    return {"freeze_date": day.isoformat(), "days": sets.joins_around(day)}


@transaction.atomic
def record_moves_download(
    run_id: int, against: str, *, rows: int, by: int, now: datetime
) -> None:
    """Write down that the people of a dry run were taken out as a file: how many, never who."""
    record("download_moves", subject=("dry_run", str(run_id)), by=by, now=now,
           parameters={"against": against, "rows": rows})
