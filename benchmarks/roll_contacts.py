"""How long the reports and the watch of contact details take, and what the watch finds.

A year of changes is written, each question that a page asks is timed over it, and one whole watch
over a month. Then Croydon's and Alberta's patterns are replayed, and every flag of them counted
beside the false alarms of a normal month. Nothing of the changes made for it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from benchmarks.roll import Figure, Ground

CHANGES: Final = 1_000_000
REPORT_S: Final = 2.0
WATCH_S: Final = 30.0


def measure(ground: Ground) -> list[Figure]:
    """Every figure of contact details."""
    from django.db import transaction  # noqa: PLC0415 - settings are read by now.

    figures: list[Figure] = []
    for part in (partial(_reports, ground.scaled(CHANGES)), partial(_watch, ground)):
        with transaction.atomic():
            figures += part()
            transaction.set_rollback(True)
    return figures


def _reports(changes: int) -> Iterator[Figure]:
    """Each question of the pages over a year with so many changes."""
    from datetime import timedelta  # noqa: PLC0415

    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.meter import Meter  # noqa: PLC0415
    from benchmarks.roll import taken  # noqa: PLC0415
    from members.models.contacts import KIND_WORDS  # noqa: PLC0415
    from members.selectors import contact_reports  # noqa: PLC0415

    with Meter() as meter, connection.cursor() as cursor:
        cursor.execute(_YEAR, {"n": changes})
        written = cursor.rowcount
    yield from taken(f"{written:,} changes written and counted", meter)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_change, members_contactchange")
    since = timezone.now() - timedelta(days=366)
    for group in ("actor", "hour", "unit", "import", "source"):
        ask = partial(contact_reports.changed_by, group, since=since)
        yield from _asked(f"changes of a year by {group}", ask)
    for kind in contact_reports.TOLERATED:
        yield from _asked(f"people who share one {KIND_WORDS[kind]}",
                          partial(contact_reports.shared, kind))  # fmt: skip
    yield from _asked("role and disposable addresses", contact_reports.odd_mailboxes)


def _asked(name: str, ask: Callable[[], object]) -> list[Figure]:
    from benchmarks.meter import Meter  # noqa: PLC0415
    from benchmarks.roll import taken  # noqa: PLC0415

    with Meter() as meter:
        ask()
    return taken(name, meter, below_s=REPORT_S)


_YEAR: Final = """
    INSERT INTO members_change (member_id, at, source, batch_id, reason, before, after)
    SELECT m.id, now() - n * interval '30 seconds', 'import', m.first_import_id, '',
           jsonb_build_object(CASE n % 2 WHEN 0 THEN 'email' ELSE 'address_1' END, 'a'),
           jsonb_build_object(CASE n % 2 WHEN 0 THEN 'email' ELSE 'address_1' END, n)
    FROM generate_series(1, %(n)s) n
    JOIN (SELECT min(id) AS first, max(id) - min(id) + 1 AS span FROM members_member) AS ids
        ON true
    JOIN members_member m ON m.id = ids.first + n::bigint * 7 % ids.span
""".replace(" % ", " %% ")


def _watch(ground: Ground) -> Iterator[Figure]:
    """The false alarms of a normal month, and then the two thefts on top of it."""
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.meter import Meter  # noqa: PLC0415
    from benchmarks.roll import Figure, taken  # noqa: PLC0415
    from members.models import ContactFlag  # noqa: PLC0415
    from members.services import flag_contacts  # noqa: PLC0415
    from office.models import StaffMember  # noqa: PLC0415

    now = timezone.now()
    honest, thief = (
        StaffMember.objects.create(email=f"{name}@bench.example", name=name, joined_at=now).pk
        for name in ("honest", "thief")
    )
    _long_ago()
    with Meter() as meter:
        _normal_month(honest)
    yield from taken("the changes of a normal month", meter)
    with Meter() as meter:
        flag_contacts(now=now)
    yield from taken("one watch over a month", meter, below_s=WATCH_S)
    alarms = ContactFlag.objects.count()
    yield Figure("false alarms in a normal month", alarms, "flags", "≤ 5", alarms <= 5)
    _steal(thief, ground)
    flag_contacts(now=now)
    croydon = ContactFlag.objects.filter(kind="unit", by_id=thief)
    found = {flag.subject: flag.people for flag in croydon}
    invented = ContactFlag.objects.filter(kind="domain", subject="invented.example").first()
    for kind, people in (("email", 40), ("address", 71), ("phone", 26)):
        yield _share(f"Croydon: changed {kind} flagged", found.get(kind, 0), people)
    yield _share("Alberta: invented addresses flagged", invented.people if invented else 0, 200)


def _share(name: str, flagged: int, people: int) -> Figure:
    from benchmarks.roll import Figure  # noqa: PLC0415

    return Figure(name, flagged, "people", f"{people}", flagged == people)


def _long_ago() -> None:
    """The list was imported long before the month that is watched: none of it is new."""
    from datetime import timedelta  # noqa: PLC0415

    from django.db.models import F  # noqa: PLC0415

    from members.models import ImportBatch  # noqa: PLC0415

    ImportBatch.objects.filter(state="applied").update(
        applied_at=F("applied_at") - timedelta(days=730)
    )


# The mail domain of most of the list, and one of its units, of some hundreds, by its place.
_PROVIDER: Final = """(SELECT split_part(email, '@', 2) FROM members_member
    WHERE email <> '' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)"""
_OF_UNIT: Final = """m.id IN (SELECT id FROM members_member WHERE unit_id = (
    SELECT unit_id FROM members_member WHERE unit_id IS NOT NULL
    GROUP BY 1 ORDER BY count(*) DESC, 1 OFFSET {unit} LIMIT 1) ORDER BY id LIMIT {people})"""


def _normal_month(honest: int) -> None:
    """2 % of the list: movers, mailboxes, telephones; students; a provider; a secretary."""
    _change("import", None, "address_1 = m.id || ' New Street'", "m.id % 101 = 7")
    _change("import", None, f"email = 'g' || (m.id * 6151 % 999983) || '@' || {_PROVIDER}",
            "m.id % 139 = 9")  # fmt: skip
    _change("import", None, "phone = '01990 7' || m.id", "m.id % 307 = 11")
    _change("import", None, "address_1 = 'Hall, room ' || m.id",
            _OF_UNIT.format(unit=0, people=60))  # fmt: skip
    _change("import", None, "email = replace(email, '@', '@moved.')",
            "email LIKE '%@example.net' AND m.id % 20 = 3")  # fmt: skip
    _change("edit", honest, "phone = '01990 8' || m.id", _OF_UNIT.format(unit=3, people=15))


def _steal(thief: int, ground: Ground) -> None:
    _change("edit", thief, f"email = 'c' || m.id * 31 || '@' || {_PROVIDER}",
            _OF_UNIT.format(unit=9, people=40))  # fmt: skip
    _change("edit", thief, "address_1 = m.id || ' Other Street'",
            _OF_UNIT.format(unit=9, people=71))  # fmt: skip
    _change("edit", thief, "phone = '01990 9' || m.id", _OF_UNIT.format(unit=9, people=26))
    _change("edit", thief, "email = 'k' || m.id * 613 || '@invented.example'",
            _SPREAD.format(step=max(ground.scaled(3000), 1)))  # fmt: skip


# Two hundred people, as far apart on the list as it allows.
_SPREAD: Final = """m.id IN (SELECT id FROM (
    SELECT id FROM members_member ORDER BY id) AS every WHERE id % {step} = 1 LIMIT 200)"""


def _change(source: str, by: int | None, assignment: str, where: str) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from members.models import Change, ImportBatch  # noqa: PLC0415
    from members.services.history import tell_history  # noqa: PLC0415

    batch = ImportBatch.objects.order_by("pk")[0].pk if source == "import" else None
    tell_history(Change.Source(source), by=by, now=timezone.now(), batch_id=batch)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE members_member m SET {assignment} WHERE {where}")  # noqa: S608
