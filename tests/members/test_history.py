"""Every change of a member leaves a record, whatever made it."""

from __future__ import annotations

import re

import pytest
from django.db import Error, connection, transaction

from members.models import Change, Member
from members.services.history import change_member
from tests.members.factories import NOW, imported, officers, person

pytestmark = pytest.mark.django_db


def test_an_import_records_what_it_changed_and_of_whom() -> None:
    imported(person(), person(number="2"))
    assert not Change.objects.exists()

    batch = imported(person(email="new@example.org", phone="01632 960001"), person(number="2"))

    change = Change.objects.get()
    assert change.member == Member.objects.get(number="0000123")
    assert (change.source, change.batch_id, change.at) == ("import", batch.pk, NOW)
    assert change.before["email"] == "carys@example.org"
    assert change.after["email"] == "new@example.org"
    assert change.after["phone"] == "01632 960001"
    assert set(change.before) == {"email", "phone", "last_import_id"}


def test_somebody_gone_is_recorded_as_gone() -> None:
    imported(person(), person(number="2"))

    imported(person())

    (change,) = Change.objects.all()
    assert (change.before["is_listed"], change.after["is_listed"]) == (True, False)


def test_a_change_at_the_desk_names_both_officers_and_the_reason() -> None:
    imported(person())
    by, seconded_by = officers()
    member = Member.objects.get()

    change = change_member(
        member.pk, fields={"family_name": "Pemberley"}, source=Change.Source.EDIT, by=by,
        seconded_by=seconded_by, now=NOW, reason="Marriage certificate seen.",
    )  # fmt: skip
    same = change_member(
        member.pk, fields={"family_name": "Pemberley"}, source=Change.Source.EDIT, by=by, now=NOW
    )

    assert change is not None
    assert same is None
    assert (change.by_id, change.seconded_by_id) == (by, seconded_by)
    assert change.reason == "Marriage certificate seen."
    assert change.after == {"family_name": "Pemberley", "name_key": "pemberley carys"}


def test_a_change_by_hand_in_the_database_is_recorded_as_such() -> None:
    imported(person())

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hustings.act', '', true)")
        cursor.execute("UPDATE members_member SET email = 'thief@example.org'")

    change = Change.objects.get()
    assert change.source == "database"
    assert change.by_id is None
    assert change.before == {"email": "carys@example.org"}


@pytest.mark.parametrize("statement", ["UPDATE members_change SET reason = 'x'",
                                       "DELETE FROM members_change"])  # fmt: skip
def test_a_record_is_never_changed_or_deleted(statement: str) -> None:
    imported(person())
    imported(person(email="new@example.org"))
    assert Change.objects.count() == 1

    refused = pytest.raises(Error, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Change.objects.count() == 1


def test_nobody_is_merged_into_somebody_who_is_merged() -> None:
    imported(person(), person(number="2"), person(number="3"))
    first, second, third = Member.objects.order_by("number_key")
    Member.objects.filter(pk=second.pk).update(merged_into=third)

    with pytest.raises(Error, match="refers to what is not there"), transaction.atomic():
        Member.objects.filter(pk=first.pk).update(merged_into=second)
    with pytest.raises(Error, match="refers to what is not there"), transaction.atomic():
        Member.objects.filter(pk=third.pk).update(merged_into=first)

    assert Member.objects.filter(merged_into=third).count() == 1


@pytest.mark.parametrize(
    "phone",
    ["", "01990 712345", "(01990) 712-345", "01990.712345", "+44 1990 712345", "0044 1990 712345",
     "0 044 1990", "00 44 1990", "1990 712345", "(+44) 1990", "01990 712345 ext 3", "07700900123/4",
     "01990\t712345", "０1990 712345", "0", "01"],
)  # fmt: skip
def test_a_telephone_number_is_compared_by_its_digits_alone(phone: str) -> None:
    digits = re.sub(r"[^0-9+]", "", phone)

    with connection.cursor() as cursor:
        cursor.execute("SELECT members_plain_phone(%s)", [phone])
        (plain,) = cursor.fetchone()

    assert plain == re.sub(r"^(\+|00)44", "0", digits)
