"""A frozen roll stays as it was frozen: its commitment, and what the database refuses."""

from __future__ import annotations

import hashlib

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from members import selectors, services
from members.mapping import entry_line
from members.models import Member, Roll, RollEntry, RollTotal, Verdict
from tests.members.factories import NOW, frozen, imported, officers, people, person, rules, section

pytestmark = pytest.mark.django_db


def test_the_commitment_is_worked_out_anew_from_the_documented_bytes() -> None:
    imported(person(), *people(2))
    roll = Roll.objects.get(pk=frozen())

    entries = RollEntry.objects.filter(roll=roll).select_related("section", "unit")
    digest = hashlib.sha256(b"hustings/v1/roll\x00" + bytes(roll.salt) + (3).to_bytes(8, "big"))
    for entry in sorted(entries, key=lambda each: str(each.public_id)):
        fields = (
            str(entry.public_id), entry.number, entry.title, entry.given_name, entry.family_name,
            entry.email, entry.address_1, entry.address_2, entry.address_3, entry.address_4,
            entry.postcode, entry.country, entry.section.code, entry.unit.name,
        )  # fmt: skip
        for field in fields:
            raw = field.encode()
            digest.update(len(raw).to_bytes(4, "big") + raw)

    assert bytes(roll.commitment) == digest.digest()
    assert selectors.rolls.recompute_commitment(roll.pk) == digest.digest()
    assert selectors.rolls.roll_commitment(roll.pk) == digest.digest()


def test_a_changed_entry_shows_against_the_commitment() -> None:
    imported(person(), *people(2))
    roll_id = frozen()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_rollentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE members_rollentry SET email = 'x@example.org' WHERE number = '1001'")
        cursor.execute("ALTER TABLE members_rollentry ENABLE TRIGGER USER")

    assert selectors.rolls.recompute_commitment(roll_id) != selectors.rolls.roll_commitment(roll_id)


def test_lines_of_different_entries_are_never_one() -> None:
    assert entry_line(["ab", "c"]) != entry_line(["a", "bc"])
    assert entry_line(["a", ""]) != entry_line(["", "a"])


def test_an_entry_missing_from_the_count_is_noticed() -> None:
    imported(person(), *people(1))
    roll = Roll.objects.get(pk=frozen())

    with pytest.raises(ValueError, match="number of entries"):
        selectors.rolls.recompute_commitment(roll.pk, salt=bytes(roll.salt), electors=1)


@pytest.mark.parametrize("model", [RollEntry, Verdict, RollTotal])
def test_rows_of_a_roll_are_never_changed_or_deleted(model: type) -> None:
    imported(person(), *people(1))
    frozen()
    rows = model.objects.all()  # type: ignore[attr-defined]
    assert rows.count() > 0

    changed = section("registered")
    for act in (lambda: rows.update(section=changed), lambda: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_rules_are_never_changed() -> None:
    rules_id = rules()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        selectors.rules.rules_rows().filter(pk=rules_id).update(name="Other")


def test_a_frozen_roll_keeps_its_figures_and_a_withdrawn_one_stays_withdrawn() -> None:
    imported(person())
    roll_id = frozen()
    for change in ({"electors": 7}, {"commitment": b"1"}, {"salt": b"1"}, {"version": 9}):
        with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
            Roll.objects.filter(pk=roll_id).update(**change)
    by, seconded_by = officers()
    services.withdraw_freeze(roll_id, by=by, seconded_by=seconded_by, now=NOW, reason="So.")

    with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
        Roll.objects.filter(pk=roll_id).update(state="frozen", withdrawn_at=None)
    with pytest.raises(DatabaseError, match="DELETE is refused"), transaction.atomic():
        Roll.objects.filter(pk=roll_id)._raw_delete("default")


def test_an_elector_is_entered_once() -> None:
    imported(person())
    entry = RollEntry.objects.get(roll_id=frozen())

    with pytest.raises(IntegrityError, match="elector_is_entered_once"), transaction.atomic():
        RollEntry.objects.create(
            roll_id=entry.roll_id, member_id=entry.member_id, section_id=entry.section_id,
            number="1", family_name="Twice",
        )  # fmt: skip


@pytest.mark.parametrize(
    "missing", [{"section_id": 0}, {"unit_id": 0}, {"last_import_id": 0}]
)
def test_a_reference_to_what_is_not_there_is_refused(missing: dict[str, int]) -> None:
    imported(person())
    Member.objects.update(standing="arrears")

    with pytest.raises(IntegrityError, match="what is not there"), transaction.atomic():
        Member.objects.update(**missing)


def test_what_rolls_refer_to_cannot_be_deleted() -> None:
    imported(person())
    frozen()

    for table in ("member", "section", "unit", "importbatch"):
        with (
            pytest.raises(DatabaseError, match=r"append-only|members are kept"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM members_{table}")
