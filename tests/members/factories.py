"""Lists, members and rules for the tests of the membership list: functions with keywords."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from members import services
from members.models import ImportBatch, Member, Section
from members.rollfile.columns import COLUMN_NAMES
from office.models import StaffMember

NOW = datetime(2016, 8, 22, 9, 0, tzinfo=UTC)

PERSON = {
    "number": "0000123",
    "title": "Ms",
    "given_name": "Carys",
    "family_name": "Fallowes",
    "email": "carys@example.org",
    "address_1": "4 Inkle Row",
    "postcode": "QA1 2BD",
    "section": "member",
    "unit": "North Aldermoor",
    "joined_on": "2014-05-01",
    "paid_until": "2016-12-31",
    "standing": "good",
    "date_of_birth": "1980-02-29",
}


def person(**cells: str) -> dict[str, str]:
    """A row that nothing is wrong with, but for what is given."""
    return {**PERSON, **cells}


def people(count: int, **cells: str) -> list[dict[str, str]]:
    """Rows for as many different people."""
    return [
        person(number=f"{1000 + n}", family_name=f"Fallowes{n:05d}", email=f"p{n}@example.org",
               **cells)
        for n in range(count)
    ]  # fmt: skip


def listing(*rows: dict[str, str], columns: tuple[str, ...] = COLUMN_NAMES) -> bytes:
    """A file with these rows."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def uploaded(content: bytes, *, scope: str = "whole", **given: Any) -> int:
    given = {"file_name": "list.csv", "by": None, "now": NOW, **given}
    return services.upload_import([content], scope=scope, **given)


def previewed(*rows: dict[str, str], scope: str = "whole", **given: Any) -> ImportBatch:
    """An import of these rows, read and compared."""
    batch_id = uploaded(listing(*rows), scope=scope, **given)
    services.preview_import(batch_id, now=NOW)
    return ImportBatch.objects.get(pk=batch_id)


def imported(*rows: dict[str, str], scope: str = "whole", **given: Any) -> ImportBatch:
    """An import of these rows, applied by one person."""
    return _applied(previewed(*rows, scope=scope, **given), seconded_by=None)


def imported_by_two(*rows: dict[str, str], scope: str = "whole", **given: Any) -> ImportBatch:
    """An import of these rows that takes two people, applied by them."""
    _, second = officers()
    return _applied(previewed(*rows, scope=scope, **given), seconded_by=second)


def _applied(batch: ImportBatch, *, seconded_by: int | None) -> ImportBatch:
    services.request_apply(batch.pk, by=None, seconded_by=seconded_by, now=NOW)
    services.apply_import(batch.pk, now=NOW, seconded_by=seconded_by)
    batch.refresh_from_db()
    return batch


def the_list() -> list[tuple[Any, ...]]:
    """Every member, as a value to compare: all columns but the keys and the import."""
    names = ["number", "title", "given_name", "family_name", "name_key", "email", "address_1",
             "postcode", "section__code", "unit__name", "joined_on", "paid_until", "standing",
             "date_of_birth", "is_listed"]  # fmt: skip
    return list(Member.objects.order_by("number_key").values_list(*names))


def rules_body(**fields: Any) -> dict[str, Any]:
    return {
        "format": 2,
        "joined_by": "2016-01-12",
        "paid_up_on": None,
        "standings": ["good"],
        "minimum_age": None,
        "age_on": None,
        "sections": ["member"],
        "units": [],
        "joined_by_in": {},
        "paid_up_on_in": {},
        "grace_days": 0,
        "levy_sections": [],
        **fields,
    }


def rules(name: str = "Leadership 2016", **fields: Any) -> int:
    return services.save_rules(name, body=rules_body(**fields), by=None, now=NOW)


def merged(number: str, into: str) -> Member:
    """The record of one number joined to that of another: one person, as a queue would decide."""
    row = Member.objects.get(number=number)
    row.merged_into = Member.objects.get(number=into)
    row.save(update_fields=["merged_into"])
    return row


def in_pieces(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def officers() -> tuple[int, int]:
    """Two members of staff, for acts that take two; the services ask no more of them."""
    found = [
        StaffMember.objects.get_or_create(
            email=f"{name}@example.org", defaults={"name": name, "joined_at": NOW}
        )[0].pk
        for name in ("first", "second")
    ]
    return found[0], found[1]


def frozen(rules_id: int | None = None, **fields: Any) -> int:
    """A roll frozen under these rules."""
    by, seconded_by = officers()
    return services.freeze_roll(
        rules_id or rules(**fields), by=by, seconded_by=seconded_by, now=NOW
    )


def section(code: str) -> int:
    return Section.objects.get(code=code).pk
