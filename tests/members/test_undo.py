"""An applied import is undone exactly, or refused with what depends on it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse

from members import selectors, services
from members.models import Change, ImportBatch, Member, MemberReference, Register, Roll, Unit
from members.selectors.statement import statement_of
from members.services.history import tell_history
from members.services.history_off import without_triggers
from members.services.record_lookup import record_lookup
from office.models import AuditRecord
from office.permissions import Role
from office.refusal import Refusal
from tests.members.factories import (
    NOW,
    frozen,
    imported,
    officers,
    people,
    person,
    previewed,
    rules,
)
from tests.members.undoing import everything, refused, undone
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


# --- exactly -----------------------------------------------------------------------------------


def test_undoing_puts_back_who_was_changed_and_gone_and_deletes_who_was_added() -> None:
    imported(person(), *people(3))
    before = everything()
    batch = imported(
        person(email="new@example.org", unit="New Town", paid_until=""), *people(2),
        person(number="9", unit="Deep"),
    )  # fmt: skip
    assert everything() != before

    undone(batch)

    assert everything() == before
    assert (batch.state, batch.undone_at) == ("undone", NOW)
    assert Unit.objects.filter(name="Deep").exists()


def a_list(rng: random.Random) -> list[dict[str, str]]:
    """Some of fifteen people, each with details drawn from a few, in any order."""
    rows = [
        person(
            number=str(number),
            email=rng.choice(["", "a@example.org", "b@example.org"]),
            phone=rng.choice(["", "+44 1632 960001", "01632 960002"]),
            unit=rng.choice(["", "North Aldermoor", "South Aldermoor", f"Unit {number}"]),
            section=rng.choice(["member", "affiliated", "registered"]),
            paid_until=rng.choice(["", "2016-12-31", "2017-12-31"]),
            levy_confirmed=rng.choice(["", "yes", "no"]),
            address_withheld=rng.choice(["", "yes", "no"]),
            title=rng.choice(["", "Dr", "'Ms\\"]),
        )
        for number in range(1, 16)
        if rng.random() < 0.6
    ]
    rng.shuffle(rows)
    return rows or [person(number="1")]


@pytest.mark.parametrize("seed", range(12))
def test_any_import_undone_leaves_the_list_as_it_was_to_the_byte_and_again(seed: int) -> None:
    rng = random.Random(seed)
    scopes = ["whole", "part"]
    first = imported(*a_list(rng), scope=rng.choice(scopes))
    after_first = everything()
    second = imported(*a_list(rng), scope=rng.choice(scopes))
    after_second = everything()
    third = imported(*a_list(rng), scope=rng.choice(scopes))

    if selectors.dependents.dependents(second):
        refused(second)
    undone(third)
    assert everything() == after_second
    undone(second)
    assert without_kept(second) == after_first

    before = everything()
    again = imported(*a_list(rng))
    undone(again)
    assert everything() == before

    undone(first)
    assert {row["first_import_id"] for row in without_kept(first)} <= {second.pk}
    assert not Member.objects.filter(is_listed=True).exists()


def test_who_is_kept_after_an_undo_for_a_record_is_neither_judged_nor_counted() -> None:
    imported(person())
    batch = imported(person(), person(number="2"))
    by, seconded_by = officers()
    record_lookup(Member.objects.get(number="2").pk, by=by, now=NOW)
    undone(batch)
    assert Member.objects.count() == 2
    rules_id = rules()

    first = frozen(rules_id)

    assert Roll.objects.get(pk=first).members_judged == statement_of(first).applied == 1
    services.withdraw_freeze(first, by=by, seconded_by=seconded_by, now=NOW, reason="It grew.")
    # Who comes on the list after all, and leaves it again, was on it.
    imported(person(), person(number="2"))
    imported(person())
    second = Roll.objects.get(pk=frozen(rules_id))
    assert (second.members_judged, second.electors) == (2, 1)


def without_kept(batch: ImportBatch) -> list[dict[str, Any]]:
    """Everything but whom the import added and its undoing left, for their history's sake.

    They are there only because a later import, undone as well, had changed them; not listed.
    """
    with_history = set(Change.objects.values_list("member_id", flat=True))
    rows = everything()
    kept = [row for row in rows if row["first_import_id"] == batch.pk]
    assert all(row["id"] in with_history and not row["is_listed"] for row in kept)
    return [row for row in rows if row not in kept]


def test_a_list_that_was_undone_can_be_imported_again() -> None:
    rows = [person(), *people(2)]
    undone(imported(*rows))
    assert not Member.objects.exists()

    batch = imported(*rows)

    assert batch.rows_new == 3
    assert batch.units_new == ["North Aldermoor"]


def test_undoing_twice_is_undoing_once_and_is_on_record() -> None:
    imported(person())
    batch = imported(person(email="new@example.org"), person(number="2"))
    undone(batch)
    version = Register.objects.get().version

    undone(batch)

    assert Register.objects.get().version == version
    record = AuditRecord.objects.get(act="undo_import")
    assert record.parameters == {"restored": 1, "deleted": 1, "unlisted": 0}
    latest = Change.objects.first()
    assert latest is not None
    assert (latest.source, latest.batch_id) == ("undo", batch.pk)
    assert latest.after["email"] == "carys@example.org"


def test_a_preview_made_before_an_undo_is_made_again() -> None:
    imported(person())
    batch = imported(person(email="new@example.org"))
    waiting = previewed(person(email="other@example.org"))

    undone(batch)

    services.request_apply(waiting.pk, by=None, now=NOW)
    with pytest.raises(Refusal) as refusal:
        services.apply_import(waiting.pk, now=NOW)
    assert refusal.value.code == "import.stale"


# --- what the database holds -------------------------------------------------------------------


def delete(member: Member) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM members_member WHERE id = %s", [member.pk])


def undoing(batch: ImportBatch) -> None:
    """What the database takes for the undo of this import."""
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.UNDOING)
    tell_history(Change.Source.UNDO, by=None, now=NOW, batch_id=batch.pk)


def test_nobody_is_deleted_but_by_an_undo_and_while_nothing_refers_to_them() -> None:
    batch = imported(person(), person(number="2"), person(number="3"))
    first, second, third = Member.objects.order_by("number_key")
    for source, named in ((Change.Source.EDIT, batch.pk), (Change.Source.UNDO, None),
                          (Change.Source.UNDO, batch.pk)):  # fmt: skip
        tell_history(source, by=None, now=NOW, batch_id=named)
        with pytest.raises(Error, match="DELETE is refused"):
            delete(third)

    undoing(batch)
    Member.objects.filter(pk=first.pk).update(merged_into=second)
    for member, table in ((second, "members_member"), (first, "members_change")):
        with pytest.raises(Error, match=f"a row of {table} still refers"):
            delete(member)
    delete(third)
    assert Member.objects.count() == 2


def test_an_undo_deletes_nobody_whom_another_import_added() -> None:
    imported(person())
    batch = imported(person(), person(number="2"))
    first, _ = Member.objects.order_by("number_key")
    undoing(batch)

    with pytest.raises(Error, match=f"import {batch.pk} did not add all of those deleted"):
        delete(first)


@pytest.mark.parametrize("table", ["members_verdict", "members_rollentry"])
def test_nobody_on_a_roll_is_deleted(table: str) -> None:
    batch = imported(person(), person(number="2", joined_on="2016-08-01"))
    frozen()
    elector, other = Member.objects.order_by("number_key")[::-1]
    undoing(batch)

    if table == "members_rollentry":
        with without_triggers(MemberReference):
            MemberReference.objects.filter(table="members_verdict").delete()
        elector = other if other.roll_entries.exists() else elector
    with pytest.raises(Error, match=f"a row of {table} still refers"):
        delete(elector)


def test_every_column_that_refers_to_members_is_among_those_looked_at() -> None:
    columns = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Member
    }

    assert ("members_verdict", "member_id") in columns
    assert set(MemberReference.objects.values_list("table", "column")) == columns


# --- the pages ---------------------------------------------------------------------------------


def test_an_import_is_undone_from_its_page(client: Client) -> None:
    imported(person())
    batch = imported(person(email="new@example.org"), person(number="2"))
    keeper = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    undo, page = reverse("import_undo", args=[batch.pk]), reverse("import", args=[batch.pk])

    assert undo in keeper.get(page).content.decode()
    asked = keeper.get(undo).content.decode()
    assert "Deleted, since it added them: 1 person." in asked
    assert Member.objects.count() == 2
    keeper.post(undo)
    assert "Undoing a membership list" in keeper.get(page).content.decode()

    services.undo_import(batch.pk, now=NOW)
    assert "The membership list was put back" in keeper.get(page).content.decode()
    assert "only one that was applied" in keeper.get(undo).content.decode()
    assert Member.objects.get().email == "carys@example.org"


def test_the_page_links_to_what_stands_in_the_way(client: Client) -> None:
    imported(person())
    batch = imported(person(email="new@example.org"))
    later = imported(person(email="newer@example.org"))
    sign_in(client, officer())

    page = client.get(reverse("import_undo", args=[batch.pk])).content.decode()

    assert reverse("import", args=[later.pk]) in page
    assert "<form method" not in page.partition("<main")[2]
    answer = client.post(reverse("import_undo", args=[batch.pk]))
    assert answer.status_code == 409


def test_an_observer_undoes_nothing(client: Client) -> None:
    batch = imported(person())
    sign_in(client, staff(Role.OBSERVER))

    undo = reverse("import_undo", args=[batch.pk])
    assert {client.get(undo).status_code, client.post(undo).status_code} == {404}
    batch.refresh_from_db()
    assert batch.state == "applied"
