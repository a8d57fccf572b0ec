"""How long the reports and the watch of contact details take, and what the watch finds.

    python -m benchmarks.roll_contacts [--rows 654006] [--changes 1000000]

Starts a PostgreSQL of its own, makes a list and a year of changes, and times each question that a
page asks and one whole watch. Then Croydon's and Alberta's patterns are replayed, and every flag of
them counted beside the false alarms of a normal month. `measure` does it in a database that is
there, empty or not: rows of (name, figure, goal).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

UNITS = 648
Figure = tuple[str, str, str]


def measure(rows: int = 654_006, changes: int = 1_000_000) -> list[Figure]:
    """Every figure of section 3, with its goal. Django is set up, and the database migrated."""
    return list(figures(rows, changes))


def figures(rows: int, changes: int) -> Iterator[Figure]:
    """The figures, each as soon as it is known; nothing of the changes made for them stays."""
    from django.db import connection, transaction  # noqa: PLC0415 - set up by the caller.

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM members_member")
        if not cursor.fetchone()[0]:
            _fill(cursor, rows)
    for part in (partial(_reports, changes), _watch):
        with transaction.atomic():
            yield from part()
            transaction.set_rollback(True)


def _fill(cursor: Any, rows: int) -> None:
    """So many people of 648 units, at four providers, each at an address of their own."""
    cursor.execute(
        "INSERT INTO members_importbatch (state, scope, file_name, size_bytes, sha256,"
        " uploaded_at, applied_at, rows_read, rows_new, rows_changed, rows_unchanged,"
        " rows_refused, members_gone, columns_dropped, units_new, samples, failure)"
        " VALUES ('applied', 'whole', 'bench', 0, '', now() - interval '2 years',"
        " now() - interval '2 years', %(n)s, %(n)s, 0, 0, 0, 0, '[]', '[]', '{}', '{}')"
        " RETURNING id",
        {"n": rows},
    )
    batch = cursor.fetchone()[0]
    cursor.execute(
        "INSERT INTO members_unit (name, key)"
        " SELECT 'Unit ' || n, 'unit ' || n FROM generate_series(0, %s) n",
        [UNITS - 1],
    )
    cursor.execute(
        """
        INSERT INTO members_member (number, number_key, title, given_name, family_name, name_key,
            email, address_1, address_2, address_3, address_4, postcode, country, section_id,
            unit_id, standing, phone, address_withheld, is_listed, first_import_id, last_import_id)
        SELECT n, n, '', 'Carys', 'F' || n, 'f' || n || ' carys',
               'f' || (n::bigint * 7919 %% 1000003) || '@mail' || n / 648 %% 4 || '.example',
               n || ' Row', '', '', '', 'QA' || n %% 99 || ' 1AA', '',
               (SELECT min(id) FROM members_section), u.id, 'good',
               '01990 ' || lpad(n::text, 6, '0'), false, true, %(batch)s, %(batch)s
        FROM generate_series(1, %(rows)s) n JOIN members_unit u ON u.key = 'unit ' || n %% 648
        """,
        {"batch": batch, "rows": rows},
    )
    cursor.execute("ANALYZE members_member")


def _reports(changes: int) -> Iterator[Figure]:
    """Each question of the pages over a year with so many changes."""
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from members.models.contacts import KIND_WORDS  # noqa: PLC0415
    from members.selectors import contact_reports  # noqa: PLC0415

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO members_change (member_id, at, source, batch_id, reason, before, after)
            SELECT m.id, now() - n * interval '30 seconds', 'import', m.first_import_id, '',
                   jsonb_build_object(CASE n %% 2 WHEN 0 THEN 'email' ELSE 'address_1' END, 'a'),
                   jsonb_build_object(CASE n %% 2 WHEN 0 THEN 'email' ELSE 'address_1' END, n)
            FROM generate_series(1, %(n)s) n
            JOIN members_member m ON m.id = (SELECT min(id) FROM members_member)
                + n::bigint * 7 %% (SELECT count(*) FROM members_member)
            """,
            {"n": changes},
        )
        written = cursor.rowcount
        cursor.execute("ANALYZE members_change, members_contactchange")
    yield f"{written:,} changes written and counted", f"{time.perf_counter() - began:.1f} s", ""
    since = timezone.now() - timedelta(days=366)
    for group in ("actor", "hour", "unit", "import", "source"):
        ask = partial(contact_reports.changed_by, group, since=since)
        yield _timed(f"changes of a year by {group}", ask)
    for kind in contact_reports.TOLERATED:
        yield _timed(f"people who share one {KIND_WORDS[kind]}",
                     partial(contact_reports.shared, kind))  # fmt: skip
    yield _timed("role and disposable addresses", contact_reports.odd_mailboxes)


def _timed(name: str, ask: Callable[[], object], goal: str = "< 2 s") -> Figure:
    began = time.perf_counter()
    ask()
    return name, f"{time.perf_counter() - began:.2f} s", goal


def _watch() -> Iterator[Figure]:
    """The false alarms of a normal month, and then the two thefts on top of it."""
    from django.utils import timezone  # noqa: PLC0415

    from members.models import ContactFlag  # noqa: PLC0415
    from members.services import flag_contacts  # noqa: PLC0415
    from office.models import StaffMember  # noqa: PLC0415

    now = timezone.now()
    honest, thief = (
        StaffMember.objects.create(email=f"{name}@bench.example", name=name, joined_at=now).pk
        for name in ("honest", "thief")
    )
    _normal_month(honest)
    yield _timed("one watch over a month", partial(flag_contacts, now=now), "")
    alarms = list(ContactFlag.objects.all())
    yield "false alarms in a normal month", str(len(alarms)), "≤ 5"
    for flag in alarms:
        yield f"  {flag.get_kind_display()}: {flag.subject}", f"{flag.people:,} people", ""
    _steal(thief)
    flag_contacts(now=now)
    croydon = ContactFlag.objects.filter(kind="unit", by_id=thief)
    found = {flag.subject: flag.people for flag in croydon}
    invented = ContactFlag.objects.filter(kind="domain", subject="invented.example").first()
    for kind, people in (("email", 40), ("address", 71), ("phone", 26)):
        yield f"Croydon: {kind} flagged", f"{found.get(kind, 0)} of {people}", "all"
    yield "Alberta: addresses flagged", f"{invented.people if invented else 0} of 200", "all"


def _normal_month(honest: int) -> None:
    """2 % of the list: movers, mailboxes, telephones; students; a provider; a secretary."""
    _change("import", None, "address_1 = m.id || ' New Street'", "m.id % 101 = 7")
    _change("import", None, "email = 'g' || (m.id * 6151 % 999983) || '@mail3.example'",
            "m.id % 139 = 9")  # fmt: skip
    _change("import", None, "phone = '01990 7' || m.id", "m.id % 307 = 11")
    _change("import", None, "address_1 = 'Hall, room ' || m.id",
            "m.id IN (SELECT id FROM members_member WHERE unit_id ="
            " (SELECT min(unit_id) FROM members_member) ORDER BY id LIMIT 60)")  # fmt: skip
    _change("import", None, "email = replace(email, '@', '@moved.')",
            "email LIKE '%@mail2.example' AND m.id % 20 = 3")  # fmt: skip
    _change("edit", honest, "phone = '01990 8' || m.id",
            "m.id IN (SELECT id FROM members_member WHERE unit_id ="
            " (SELECT max(unit_id) FROM members_member) ORDER BY id LIMIT 15)")  # fmt: skip


def _steal(thief: int) -> None:
    unit = ("m.id IN (SELECT id FROM members_member WHERE unit_id ="
            " (SELECT min(unit_id) + 9 FROM members_member) ORDER BY id LIMIT {})")  # fmt: skip
    _change("edit", thief, "email = 'c' || m.id * 31 || '@mail0.example'", unit.format(40))
    _change("edit", thief, "address_1 = m.id || ' Other Street'", unit.format(71))
    _change("edit", thief, "phone = '01990 9' || m.id", unit.format(26))
    _change("edit", thief, "email = 'k' || m.id * 613 || '@invented.example'",
            "m.id IN (SELECT id FROM members_member WHERE id % 3000 = 5 LIMIT 200)")  # fmt: skip


def _change(source: str, by: int | None, assignment: str, where: str) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from members.models import Change, ImportBatch  # noqa: PLC0415
    from members.services.history import tell_history  # noqa: PLC0415

    batch = ImportBatch.objects.order_by("pk")[0].pk if source == "import" else None
    tell_history(Change.Source(source), by=by, now=timezone.now(), batch_id=batch)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE members_member m SET {assignment} WHERE {where}")  # noqa: S608


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=654_006)
    parser.add_argument("--changes", type=int, default=1_000_000)
    given = parser.parse_args()
    from config.embedded.postgres import Postgres  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="hustings-bench-"))
    postgres = Postgres(folder / "postgres")
    try:
        postgres.start()
        postgres.make_database()
        os.environ |= {
            "DATABASE_URL": postgres.url(),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "HUSTINGS_DEVELOPMENT": "1",
            "HUSTINGS_VAR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        import django  # noqa: PLC0415 - the environment is set by now.
        from django.core.management import call_command  # noqa: PLC0415

        django.setup()
        call_command("migrate", verbosity=0)
        for name, figure, goal in figures(given.rows, given.changes):
            print(f"{name:60}{figure:>16}{goal:>10}", flush=True)
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
