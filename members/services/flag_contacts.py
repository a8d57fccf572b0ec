"""Look for patterns of tampering among the changes of the last weeks, and flag what is found.

After each import, and once a day. Found again, an open flag is brought up to date. One that was
looked at within the window is raised anew only when it has grown by half since; one that was
looked at before the window began spoke of other changes, and hides nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from members.models import ContactFlag
from members.selectors.flag_hands import WINDOW_DAYS
from members.services.contact_patterns import GATHER, GATHERED, PATTERNS, VALUES
from members.services.planning import by_hashing, give_memory
from office.progress import Report, silent
from office.services.audit import record

SUBJECT: Final = ("register", "1")


@transaction.atomic
def flag_contacts(*, now: datetime, report: Report = silent) -> int:
    """Look for every pattern, and return how many flags were raised that were not there."""
    give_memory()
    since = now - timedelta(days=WINDOW_DAYS)
    zone = timezone.get_default_timezone_name()
    values: dict[str, Any] = {"since": since, "zone": zone, **VALUES}
    report(stage="Looking for patterns", done=0, total=len(PATTERNS), unit="questions")
    with connection.cursor() as cursor:
        # One watch at a time: two would raise the same flag.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('flag_contacts', 0))")
        found: list[tuple[str, tuple[Any, ...]]] = []
        _gather(cursor, since)
        with by_hashing():
            for place, (kind, statement) in enumerate(PATTERNS, start=1):
                cursor.execute(statement, values)
                found += [(kind, row) for row in cursor.fetchall()]
                report(done=place)
        cursor.execute(f"DROP TABLE {GATHERED}")
        raised = sum(_flag(kind, row, since=since, now=now) for kind, row in found)
    if raised:
        record("flag_contacts", subject=SUBJECT, by=None, now=now, parameters={"raised": raised})
    return raised


def _gather(cursor: CursorWrapper, since: datetime) -> None:
    """What was written lately, once for all patterns.

    Of changes that have just been written, as after an import, the planner knows nothing: joined
    otherwise than by hashing, the whole list may be gone through once for each of them.
    """
    with by_hashing():
        cursor.execute(GATHER, {"since": since})
    cursor.execute(f"ANALYZE {GATHERED}")


def _flag(kind: str, row: tuple[Any, ...], *, since: datetime, now: datetime) -> bool:
    """Raise a flag, or bring the open one up to date; return whether it is new."""
    key, subject, people, remark, by, unit, batch = row
    last = ContactFlag.objects.filter(key=key).first()
    if last is not None and last.state == ContactFlag.State.OPEN:
        last.people, last.remark, last.seen_at = people, remark, now
        last.save(update_fields=["people", "remark", "seen_at"])
        return False
    if last is not None and _is_known(last, people=people, since=since):
        return False
    ContactFlag.objects.create(
        kind=kind, key=key, subject=subject, people=people, remark=remark, by_id=by,
        unit_id=unit, batch_id=batch, found_at=now, seen_at=now,
    )  # fmt: skip
    return True


def _is_known(last: ContactFlag, *, people: int, since: datetime) -> bool:
    """Whether what is found is, in the main, what was looked at: the key carries no time."""
    was_lately = last.looked_at is not None and last.looked_at >= since
    return was_lately and people * 2 < last.people * 3
