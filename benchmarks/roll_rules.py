"""How long a dry run and a freeze take over a whole list: the events of August 2016.

The rules are tried and frozen as the courts had it: kept out, let in (8 August), kept out again
(12 August). The freeze date is the day after which 130,000 in 654,006 have joined who are kept out
by nothing else. Each dry run is worked by the job's own function. What is measured is checked as
well: the same list under the same rules has the same hash, and the difference is those people.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from benchmarks.roll import Figure, Ground

LATE: Final = 130_000
DRY_RUN_S: Final = 15.0

_COME_LATE: Final = """
    SELECT joined_on FROM (
        SELECT joined_on, sum(count(*)) OVER (ORDER BY joined_on DESC) AS late
        FROM members_member
        WHERE is_listed AND merged_into_id IS NULL AND standing = 'good'
          AND paid_until >= '2016-08-22' AND date_of_birth <= '2002-09-21'
        GROUP BY joined_on
    ) AS days ORDER BY abs(late - %s) LIMIT 1
"""


def measure(ground: Ground) -> list[Figure]:
    """Try and freeze the three versions over the list that is there."""
    from benchmarks.meter import Meter  # noqa: PLC0415
    from benchmarks.roll import Figure, taken  # noqa: PLC0415
    from members.models import DryRun, Roll  # noqa: PLC0415

    officers = _officers()
    figures: list[Figure] = []
    rolls: list[Roll] = []
    moved: list[dict[str, int]] = []
    day = _freeze_date(ground.scaled(LATE))
    for words, joined_by in (("12 January", day), ("8 August", None), ("12 August", day)):
        rules_id = _rules(joined_by, officers[0])
        with Meter() as meter:
            run = DryRun.objects.get(pk=_try(rules_id, officers[0]))
        figures += taken(f"dry run, {words}", meter, below_s=DRY_RUN_S)
        if rolls:
            _withdraw(rolls[-1].pk, officers)
        with Meter() as meter:
            rolls.append(Roll.objects.get(pk=_freeze(rules_id, officers)))
        figures += taken(f"freeze, {words}", meter)
        _require(run.verdicts_hash == rolls[-1].verdicts_hash, "a dry run and its roll differ")
        if run.base_roll_id:
            moved.append(run.figures["roll"])
    _require_august(rolls, moved)
    return [
        *figures,
        *(Figure(f"electors of version {roll.version}", roll.electors) for roll in rolls),
        Figure("let in on 8 August", moved[0]["in"], "people", "≈ 130,000"),
        Figure("out again on 12 August", moved[1]["out"], "people", "the same"),
    ]


def _require_august(rolls: list[Any], moved: list[dict[str, int]]) -> None:
    first, second, third = rolls
    _require(first.verdicts_hash == third.verdicts_hash, "rolls 1 and 3 differ")
    _require(first.verdicts_hash != second.verdicts_hash, "rolls 1 and 2 are one")
    _require(moved[0]["in"] == moved[1]["out"] == second.electors - first.electors > 0,
             "the moves are not the difference")  # fmt: skip


def _require(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise SystemExit(f"The benchmark found a fault: {otherwise}.")


def _freeze_date(late: int) -> str:
    """The day before the first of so many late ones."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(_COME_LATE, [late])
        (first,) = cursor.fetchone()
    return date.fromordinal(first.toordinal() - 1).isoformat()


def _officers() -> tuple[int, int]:
    from django.utils import timezone  # noqa: PLC0415

    from office.models import StaffMember  # noqa: PLC0415

    first, second = (
        StaffMember.objects.get_or_create(
            email=f"rules{n}@example.org", defaults={"name": str(n), "joined_at": timezone.now()}
        )[0].pk
        for n in (1, 2)
    )
    return first, second


def _rules(joined_by: str | None, by: int) -> int:
    from django.utils import timezone  # noqa: PLC0415

    from members import services  # noqa: PLC0415

    body: dict[str, object] = {
        "format": 2, "joined_by": joined_by, "paid_up_on": "2016-08-22", "standings": ["good"],
        "minimum_age": 14, "age_on": "2016-09-21",
        "sections": ["member", "affiliated", "registered"], "units": [], "joined_by_in": {},
        "paid_up_on_in": {}, "grace_days": 0, "levy_sections": [],
    }  # fmt: skip
    return services.save_rules("August 2016", body=body, by=by, now=timezone.now())


def _try(rules_id: int, by: int) -> int:
    from django.utils import timezone  # noqa: PLC0415

    from members import services  # noqa: PLC0415

    run_id = services.request_dry_run(rules_id, by=by, now=timezone.now())
    services.work_dry_run(run_id, now=timezone.now())
    return run_id


def _freeze(rules_id: int, officers: tuple[int, int]) -> int:
    from django.utils import timezone  # noqa: PLC0415

    from members import services  # noqa: PLC0415

    by, second = officers
    return services.freeze_roll(rules_id, by=by, seconded_by=second, now=timezone.now())


def _withdraw(roll_id: int, officers: tuple[int, int]) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from members import services  # noqa: PLC0415

    by, second = officers
    services.withdraw_freeze(roll_id, by=by, seconded_by=second, now=timezone.now(),
                             reason="A court so ordered.")  # fmt: skip
