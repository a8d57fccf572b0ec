"""How long a membership list takes to preview and to apply, beside a bare COPY of the same file.

    python benchmarks/roll_import.py [--rows 654006] [--workbook-rows 200000] [--freeze]

Starts a PostgreSQL of its own with fsync on, makes a synthetic list, and has it imported by the
very jobs that a worker runs, each in a process of its own: the list when it is new, the same list
again, and the list with two rows in a hundred changed. The bare COPY puts the same file, without
the rows whose width COPY refuses, into a table of text with the same indexes as the members'.

Then a workbook (.xlsx) of the first rows of the list, answered with what its headers propose, is
looked at and previewed; making it takes longer than reading it.

Peak memory is that of the worker and of its largest child (as the kernel kept it) and the
database's (private memory of the largest backend, looked at ten times a second). CPU seconds are
the worker's with its children's, and the database's with all that it runs meanwhile: on a machine
that others use they say more than the clock. Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.installation import installation  # noqa: E402
from config.embedded.postgres import Postgres  # noqa: E402
from members.rollfile import COLUMNS  # noqa: E402

GOALS = {"preview": 45.0, "apply": 45.0}
GOAL_AGAIN_S = 30.0
GOAL_WORKBOOK_S = 120.0
GOAL_RATIO = 4.0
GOAL_PEAK_MB = 500
WORKBOOK_ROWS = 200_000

Measured = tuple[str, dict[str, Any]]
"""The name of a measurement, and what it came to."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=654_006)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workbook-rows", type=int, default=WORKBOOK_ROWS)
    parser.add_argument("--freeze", action="store_true", help="freeze a roll of them as well")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--upload", help=argparse.SUPPRESS)
    parser.add_argument("--freeze-now", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work or given.upload or given.freeze_now:
        return _as_a_worker(given)
    with installation() as (folder, postgres):
        figures = _measure(given, folder, postgres)
    print(json.dumps(figures))
    return 0


def _measure(given: argparse.Namespace, folder: Path, postgres: Postgres) -> dict[str, Any]:
    print(f"Making a list of {given.rows:,} rows …", flush=True)
    began = time.perf_counter()
    listing, changed = folder / "list.csv", folder / "changed.csv"
    command = [sys.executable, "-m", "members.synthetic", "--rows", str(given.rows)]
    _run([*command, "--seed", str(given.seed), "--out", str(listing)])
    made_s = time.perf_counter() - began
    _change_two_in_a_hundred(listing, changed)
    _manage("migrate", "--verbosity", "0")
    rows = [("bare COPY", _bare_copy(listing, folder / "bare.csv", postgres))]
    for name, path in (("new list", listing), ("same again", listing), ("2 % changed", changed)):
        batch = _child("--upload", str(path))["batch"]
        for act in ("preview", "apply"):
            did = _watched(postgres, "--work", str(batch))
            rows.append((f"{name}: {act}", did))
            print(f"  {name}: {act} {did['seconds']:.1f} s, CPU {did['worker_cpu_s']:.1f} s and "
                  f"{did['database_cpu_s']:.1f} s in the database", flush=True)  # fmt: skip
    if given.workbook_rows:
        workbook = folder / "list.xlsx"
        _make_workbook(listing, workbook, min(given.workbook_rows, given.rows))
        batch = _child("--upload", str(workbook))["batch"]
        rows.append(("workbook: preview", _watched(postgres, "--work", str(batch))))
    if given.freeze:
        rows.append(("freeze", _watched(postgres, "--freeze-now")))
    _print_table(given, listing, rows)
    return _figures(given, listing, made_s, rows)


def _print_table(given: argparse.Namespace, listing: Path, rows: list[Measured]) -> None:
    size_mb = listing.stat().st_size / 1e6
    print(f"\n{given.rows:,} rows, {size_mb:.1f} MB, {os.cpu_count()} cores, fsync on, "
          f"load {os.getloadavg()[0]:.1f}\n")  # fmt: skip
    heads = ("seconds", "goal", "rows/s", "× COPY", "worker CPU s", "database CPU s",
             "worker MB", "backend MB")  # fmt: skip
    print(f"{'':22}" + "".join(f"{head:>16}" for head in heads))
    bare_s = rows[0][1]["seconds"]
    for name, did in rows:
        seconds, goal = did["seconds"], _goal_s(given, name)
        size = given.workbook_rows if name.startswith("workbook") else given.rows
        shown = (f"{seconds:.2f}", f"< {goal:.0f}" if goal else "",
                 f"{min(size, given.rows) / seconds:,.0f}",
                 f"{seconds / bare_s:.1f}", f"{did['worker_cpu_s']:.2f}",
                 f"{did['database_cpu_s']:.2f}", did["peak_mb"] or "",
                 did["backend_mb"] or "")  # fmt: skip
        print(f"{name:22}" + "".join(f"{each:>16}" for each in shown))
    print(f"{'goals':22}{'':48}{f'< {GOAL_RATIO:.0f}':>16}{'':32}"
          + f"{f'< {GOAL_PEAK_MB}':>16}" * 2)  # fmt: skip
    for name, did in rows:
        if did["counts"]:
            counts = (f"{key} {value:,}" for key, value in did["counts"].items())
            print(f"{name:22}" + ", ".join(counts))
    print()


def _goal_s(given: argparse.Namespace, name: str) -> float | None:
    """The goal of one measurement; none for a list of another size."""
    if name == "workbook: preview":
        return GOAL_WORKBOOK_S if given.workbook_rows == WORKBOOK_ROWS else None
    if given.rows != 654_006:
        return None
    is_again = name.startswith("2 % changed")
    return GOAL_AGAIN_S if is_again else GOALS.get(name.rpartition(" ")[2])


def _make_workbook(listing: Path, workbook: Path, rows: int) -> None:
    """The first rows of the list as .xlsx, without those of another width or another date.

    A workbook whose dates contradict one another is asked about, and rightly.
    """
    import xlsxwriter  # noqa: PLC0415 - a package of the tests.

    book = xlsxwriter.Workbook(str(workbook), {"constant_memory": True})
    sheet = book.add_worksheet("Members")
    with listing.open(newline="") as source:
        reader = csv.reader(source)
        names = next(reader)
        whole = (cells for cells in reader if len(cells) == len(names) and _has_one_date(cells))
        sheet.write_row(0, 0, names)
        for place, cells in zip(range(1, rows + 1), whole, strict=False):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(place, column, cell)
    book.close()


def _has_one_date(cells: list[str]) -> bool:
    """Whether each day of the row is written year first, or not at all."""
    days = (cells[13], cells[14], cells[16])
    return all(not day[:1].isdigit() or day[4:5] == "-" for day in days)


def _figures(
    given: argparse.Namespace, listing: Path, made_s: float, rows: list[Measured]
) -> dict[str, Any]:
    bare_s = rows[0][1]["seconds"]
    figures: dict[str, Any] = {
        "benchmark": "roll_import",
        "rows": given.rows,
        "size_bytes": listing.stat().st_size,
        "cores": os.cpu_count(),
        "synthetic_s": round(made_s, 2),
        "bare_copy_s": round(bare_s, 2),
        "goal_preview_s": GOALS["preview"],
        "goal_apply_s": GOALS["apply"],
        "goal_again_s": GOAL_AGAIN_S,
        "goal_workbook_s": GOAL_WORKBOOK_S,
        "goal_ratio_to_copy": GOAL_RATIO,
        "goal_peak_mb": GOAL_PEAK_MB,
        "peak_worker_mb": max(did["peak_mb"] for _, did in rows),
        "peak_backend_mb": max(did["backend_mb"] for _, did in rows),
    }
    for name, did in rows[1:]:
        key = name.replace(": ", "_").replace(" % ", "_percent_").replace(" ", "_")
        figures[f"{key}_s"] = round(did["seconds"], 2)
        figures[f"{key}_ratio_to_copy"] = round(did["seconds"] / bare_s, 2)
        for whose in ("worker_cpu_s", "database_cpu_s"):
            figures[f"{key}_{whose}"] = round(did[whose], 2)
        figures[f"{key}_counts"] = did["counts"]
    return figures


def _change_two_in_a_hundred(listing: Path, changed: Path) -> None:
    """The same list a month later: every fiftieth member has paid for another year."""
    with listing.open(newline="") as source, changed.open("w", newline="") as target:
        writer = csv.writer(target, lineterminator="\r\n")
        for place, cells in enumerate(csv.reader(source)):
            if place and place % 50 == 0 and len(cells) == len(COLUMNS):
                cells[14] = "2018-03-31"
            writer.writerow(cells)


def _bare_copy(listing: Path, filtered: Path, postgres: Postgres) -> dict[str, Any]:
    import psycopg2  # noqa: PLC0415 - only the parent needs it.

    with listing.open(newline="") as source, filtered.open("w", newline="") as target:
        reader = csv.reader(source)
        writer = csv.writer(target)
        names = next(reader)
        writer.writerows(cells for cells in reader if len(cells) == len(names))
    connection = psycopg2.connect(postgres.url())
    with connection, connection.cursor() as cursor:
        columns = ", ".join(f"{name} text" for name in names)
        cursor.execute(f"CREATE TABLE bare (id bigserial PRIMARY KEY, {columns})")
        cursor.execute('CREATE INDEX ON bare (number COLLATE "C")')
        cursor.execute('CREATE INDEX ON bare (family_name COLLATE "C", id)')
    began, database_s, own_s = time.perf_counter(), _database_cpu_s(postgres), time.process_time()
    with connection, connection.cursor() as cursor, filtered.open() as file:
        cursor.copy_expert(f"COPY bare ({', '.join(names)}) FROM STDIN (FORMAT csv)", file)
    did = {
        "seconds": time.perf_counter() - began,
        "worker_cpu_s": time.process_time() - own_s,
        "database_cpu_s": _database_cpu_s(postgres) - database_s,
        "peak_mb": 0,
        "backend_mb": 0,
        "counts": {},
    }
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")
    connection.close()
    return did


# --- the worker's side ------------------------------------------------------------------------


def _as_a_worker(given: argparse.Namespace) -> int:
    import django  # noqa: PLC0415 - the environment is set by now.

    django.setup()
    if given.upload:
        told = _upload(Path(given.upload))
    elif given.freeze_now:
        told = _freeze()
    else:
        told = _work(given.work)
    told["peak_mb"] = max(used.ru_maxrss // 1024 for used in _usage())
    print(json.dumps(told))
    return 0


def _usage() -> list[resource.struct_rusage]:
    """What this process used, and what its children did that have ended: all of them have."""
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


def _cpu_s() -> float:
    return sum(used.ru_utime + used.ru_stime for used in _usage())


def _upload(path: Path) -> dict[str, Any]:
    from django.utils import timezone  # noqa: PLC0415

    from members import services  # noqa: PLC0415

    with path.open("rb") as file:
        pieces = iter(lambda: file.read(1 << 16), b"")
        batch = services.upload_import(
            pieces, file_name=path.name, scope="whole", by=None, now=timezone.now()
        )
    return {"batch": batch}


def _work(batch_id: int) -> dict[str, Any]:
    """Work the open jobs of this import, as many as lead to its preview or its application."""
    from django.utils import timezone  # noqa: PLC0415

    from members import services  # noqa: PLC0415
    from members.management.commands.import_members import proposal  # noqa: PLC0415
    from members.models import ImportBatch  # noqa: PLC0415
    from office.selectors import live_jobs  # noqa: PLC0415
    from office.services.working import work_job  # noqa: PLC0415

    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.state == "previewed":
        # Whatever it changes: so many people lose their standing that it takes two to apply.
        by, seconded_by = _officers()
        services.request_apply(batch_id, by=by, seconded_by=seconded_by, now=timezone.now())
    began, cpu_s = time.perf_counter(), _cpu_s()
    while jobs := list(live_jobs(subject=("import", str(batch_id)))):
        work_job(jobs[0].pk)
        jobs[0].refresh_from_db()
        batch.refresh_from_db()
        if jobs[0].state != "done":
            raise SystemExit(f"the job ended as {jobs[0].state}: {jobs[0].error}")
        if batch.state == "mapping":
            body = proposal(services.kept_look(batch))
            body["dates"] = {name: order or "iso" for name, order in body["dates"].items()}
            for table in ("standings", "sections"):
                body[table] = {word: ours or "" for word, ours in body[table].items()}
            services.map_import(batch_id, source_name="Benchmark", body=body, by=None,
                                now=timezone.now())  # fmt: skip
    taken = time.perf_counter() - began
    names = ("rows_new", "rows_changed", "rows_unchanged", "rows_refused", "members_gone")
    return {"seconds": taken, "worker_cpu_s": _cpu_s() - cpu_s,
            "counts": {name: getattr(batch, name) for name in names}}  # fmt: skip


def _officers() -> tuple[int, int]:
    from django.utils import timezone  # noqa: PLC0415

    from office.models import StaffMember  # noqa: PLC0415

    first, second = (
        StaffMember.objects.get_or_create(
            email=f"{n}@example.org", defaults={"name": str(n), "joined_at": timezone.now()}
        )[0].pk
        for n in (1, 2)
    )
    return first, second


def _freeze() -> dict[str, Any]:
    from django.utils import timezone  # noqa: PLC0415

    from members import services  # noqa: PLC0415
    from members.models import Roll  # noqa: PLC0415

    now = timezone.now()
    body = {
        "format": 1,
        "joined_by": "2016-01-12",
        "paid_up_on": "2016-08-22",
        "standings": ["good"],
        "minimum_age": 14,
        "age_on": "2016-09-21",
        "sections": ["member", "affiliated", "registered"],
        "units": [],
    }
    officers = _officers()
    rules = services.save_rules("Benchmark", body=body, by=officers[0], now=now)
    began, cpu_s = time.perf_counter(), _cpu_s()
    roll = services.freeze_roll(rules, by=officers[0], seconded_by=officers[1], now=now)
    taken = time.perf_counter() - began
    frozen = Roll.objects.get(pk=roll)
    counts = {"judged": frozen.members_judged, "electors": frozen.electors}
    return {"seconds": taken, "worker_cpu_s": _cpu_s() - cpu_s, "counts": counts}


def _child(*arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_run([sys.executable, __file__, *arguments]).splitlines()[-1])
    return told


def _manage(*arguments: str) -> None:
    _run([sys.executable, str(ROOT / "manage.py"), *arguments])


def _run(command: list[str]) -> str:
    """Run a command of our own and return what it printed; its complaints are seen at once."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603
    return done.stdout


def _watched(postgres: Postgres, *arguments: str) -> dict[str, Any]:
    """Run a worker, and look meanwhile how much memory the database's backends hold."""
    peak, cpu_s = 0, _database_cpu_s(postgres)
    over = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.1):
            peak = max(peak, _largest_backend_kb(postgres))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        told = _child(*arguments)
    finally:
        over.set()
        watcher.join()
    return {**told, "backend_mb": peak // 1024,
            "database_cpu_s": _database_cpu_s(postgres) - cpu_s}  # fmt: skip


def _database_cpu_s(postgres: Postgres) -> float:
    """CPU seconds of the server: its own, of its processes, and of those that have ended."""
    assert postgres.process is not None
    own, ticks = postgres.process.pid, 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # Fields 4 and 14 to 17 of proc(5): the parent; user and system time, own and children's.
        if stat.parent.name == str(own):
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == str(own):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _largest_backend_kb(postgres: Postgres) -> int:
    assert postgres.process is not None
    own = postgres.process.pid
    largest = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except (OSError, ValueError):
            continue
        if lines.get("PPid", "").strip() == str(own):
            largest = max(largest, int(lines.get("RssAnon", "0 kB").split()[0]))
    return largest


if __name__ == "__main__":
    sys.exit(main())
