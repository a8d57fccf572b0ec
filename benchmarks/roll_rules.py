"""How long a dry run and a freeze take over a whole list: the events of August 2016.

    python -m benchmarks.roll_rules [--rows 654006]

Starts a PostgreSQL of its own with fsync on and fills the list by SQL: 130,000 in 654,006 joined
after 12 January 2016. Then the rules are tried and frozen as the courts had it: kept out, let in
(8 August), kept out again (12 August). Each dry run is worked by the job's own function. What is
measured is checked as well: the same list under the same rules has the same hash, and the
difference is those 130,000.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey

GOAL_DRY_RUN_S = 15.0
LATE_IN_A_THOUSAND = 130_000 / 654.006

_FILL = """
    INSERT INTO members_member (
        number, number_key, title, given_name, family_name, name_key, email, address_1, address_2,
        address_3, address_4, postcode, country, section_id, unit_id, joined_on, paid_until,
        standing, date_of_birth, phone, address_withheld, is_listed, first_import_id,
        last_import_id
    )
    SELECT n::text, n::text, '', 'Given', 'Family' || n, 'family' || n, n || '@example.org', '', '',
           '', '', 'QA1 2BD', '', (SELECT id FROM members_section WHERE code =
               CASE WHEN n % 50 < 39 THEN 'member' WHEN n % 50 < 46 THEN 'affiliated'
                    ELSE 'registered' END),
           (SELECT min(id) FROM members_unit) + n % 648,
           CASE WHEN n <= %(late)s THEN date '2016-01-13' + n % 190
                ELSE date '2016-01-12' - n % 9000 END,
           date '2016-12-31' + n % 300,
           CASE WHEN n > %(late)s AND n % 97 = 0 THEN 'arrears' ELSE 'good' END,
           date '1998-01-01' - n % 20000, '', false, true, %(batch)s, %(batch)s
    FROM generate_series(1, %(rows)s) n
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=654_006)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hustings-bench-"))
    postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    try:
        valkey.start()
        postgres.start()
        postgres.make_database()
        os.environ |= {
            "DATABASE_URL": postgres.url(),
            "REDIS_URL": valkey.url(),
            "HUSTINGS_DEVELOPMENT": "1",
            "HUSTINGS_VAR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        import django  # noqa: PLC0415 - the environment is set by now.
        from django.core.management import call_command  # noqa: PLC0415

        django.setup()
        call_command("migrate", verbosity=0)
        fill(given.rows)
        figures = measure(given.rows)
    finally:
        postgres.stop()
        valkey.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print_table(figures)
    print(json.dumps(figures))
    return 0


def fill(rows: int) -> None:
    """An invented list of so many rows, written by one statement."""
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from members.models import ImportBatch  # noqa: PLC0415

    batch = ImportBatch.objects.create(
        state="discarded", scope="whole", file_name="invented.csv", size_bytes=0, sha256="",
        uploaded_at=timezone.now(),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_unit (name, key) SELECT 'Unit ' || n, 'unit ' || n"
            " FROM generate_series(1, 648) n"
        )
        late = round(rows * LATE_IN_A_THOUSAND / 1000)
        cursor.execute(_FILL.replace(" % ", " %% "), {"rows": rows, "late": late,
                                                       "batch": batch.pk})  # fmt: skip
        cursor.execute("ANALYZE members_member")


def measure(rows: int) -> dict[str, Any]:
    """Try and freeze the three versions over the list that is there; seconds and figures."""
    from members.models import DryRun, Roll  # noqa: PLC0415

    officers = _officers()
    figures: dict[str, Any] = {"benchmark": "roll_rules", "rows": rows, "cores": os.cpu_count(),
                               "goal_dry_run_s": GOAL_DRY_RUN_S, "dry_runs_s": [],
                               "freezes_s": []}  # fmt: skip
    rolls: list[Roll] = []
    for joined_by in ("2016-01-12", None, "2016-01-12"):
        rules_id = _rules(joined_by, officers[0])
        seconds, run_id = _timed(lambda rules_id=rules_id: _try(rules_id, officers[0]))
        figures["dry_runs_s"].append(round(seconds, 2))
        run = DryRun.objects.get(pk=run_id)
        if rolls:
            _withdraw(rolls[-1].pk, officers)
        seconds, roll_id = _timed(lambda rules_id=rules_id: _freeze(rules_id, officers))
        figures["freezes_s"].append(round(seconds, 2))
        print(f"  tried in {figures['dry_runs_s'][-1]} s, frozen in {seconds:.2f} s", flush=True)
        rolls.append(Roll.objects.get(pk=roll_id))
        _require(run.verdicts_hash == rolls[-1].verdicts_hash, "a dry run and its roll differ")
        if run.base_roll_id:
            moved = run.figures["roll"]
            figures.setdefault("moved", []).append({"in": moved["in"], "out": moved["out"]})
    _require(rolls[0].verdicts_hash == rolls[2].verdicts_hash, "rolls 1 and 3 differ")
    _require(rolls[0].verdicts_hash != rolls[1].verdicts_hash, "rolls 1 and 2 are one")
    figures["electors"] = [roll.electors for roll in rolls]
    _require(figures["moved"][0]["in"] == figures["moved"][1]["out"] == figures["electors"][1]
             - figures["electors"][0], "the moves are not the difference")  # fmt: skip
    return figures


def print_table(figures: dict[str, Any]) -> None:
    print(f"\n{figures['rows']:,} records, {figures['cores']} cores, fsync on\n")
    print(f"{'rules':24}{'dry run s':>11}{'goal':>8}{'freeze s':>10}{'electors':>11}")
    for place, words in enumerate(("12 January", "High Court, 8 August", "Appeal, 12 August")):
        print(f"{words:24}{figures['dry_runs_s'][place]:11.2f}"
              f"{f'< {GOAL_DRY_RUN_S:.0f} s':>8}{figures['freezes_s'][place]:10.2f}"
              f"{figures['electors'][place]:11,}")  # fmt: skip
    print(f"\nin, then out: {figures['moved'][0]['in']:,}, {figures['moved'][1]['out']:,}\n")


def _require(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise SystemExit(f"The benchmark found a fault: {otherwise}.")


def _timed(act: Any) -> tuple[float, int]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, int(result)


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


if __name__ == "__main__":
    sys.exit(main())
