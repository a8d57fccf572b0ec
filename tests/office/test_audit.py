"""The audit trail takes records, keeps them, and takes no personal data."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from office import selectors
from office.models import AuditRecord
from office.services.audit import PersonalData, record
from tests.office.factories import NOW, officer

pytestmark = pytest.mark.django_db


def write_down(act: str = "freeze_roll", subject: str = "7") -> None:
    record(act, subject=("election", subject), by=None, now=NOW, parameters={"rows": 3})


def test_a_record_says_who_did_what_to_what_and_when() -> None:
    first, second = officer(), officer()

    record("freeze_roll", subject=("election", "7"), by=first.pk, seconded_by=second.pk, now=NOW,
           parameters={"version": 1})

    [row] = selectors.audit_trail()
    assert (row.act, row.by, row.seconded_by, row.at) == ("freeze_roll", first, second, NOW)
    assert (row.subject_kind, row.subject_id, row.parameters) == ("election", "7", {"version": 1})


@pytest.mark.parametrize("how", ["update", "delete", "sql update", "sql delete"])
def test_the_database_refuses_to_change_or_remove_a_record(how: str) -> None:
    write_down()

    with pytest.raises((IntegrityError, DatabaseError), match="append-only"), transaction.atomic():
        if how == "update":
            AuditRecord.objects.update(act="nothing")
        elif how == "delete":
            AuditRecord.objects.all().delete()
        else:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE office_auditrecord SET at = now()"
                    if how == "sql update"
                    else "DELETE FROM office_auditrecord"
                )

    assert [row.act for row in selectors.audit_trail()] == ["freeze_roll"]


@pytest.mark.parametrize("value", ["jin@example.org", "x" * 201, ["ok", "jin@example.org"]])
def test_personal_data_is_refused(value: str | list[str]) -> None:
    record("freeze_roll", subject=("election", "7"), by=None, now=NOW, parameters={"a": "code-9"})

    with pytest.raises(PersonalData):
        record("freeze_roll", subject=("election", "7"), by=None, now=NOW, parameters={"a": value})

    assert AuditRecord.objects.count() == 1


def test_the_trail_is_paged_by_key_and_narrowed_by_act_and_subject() -> None:
    for number in range(selectors.PAGE_ROWS + 3):
        write_down("import_roll", str(number))
    write_down("count", "7")

    first = selectors.audit_trail()
    rest = selectors.audit_trail(before=first[-1].pk)

    assert (len(first), len(rest)) == (selectors.PAGE_ROWS, 4)
    assert [row.act for row in selectors.audit_trail(act="count")] == ["count"]
    assert len(selectors.audit_trail(subject=("election", "7"))) == 2
