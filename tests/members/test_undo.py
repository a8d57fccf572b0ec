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
from members.models import (
    Change,
    ContactFreeze,
    ImportBatch,
    Member,
    MemberReference,
    Pair,
    Register,
    Roll,
    SearchRow,
    Unit,
)
from members.selectors.statement import statement_of
from members.services.history import change_member, tell_history
from members.services.history_off import without_triggers
from members.services.record_lookup import record_lookup
from office.models import Approval, AuditRecord, Letter
from office.permissions import Role
from office.refusal import Refusal
from office.services.approvals import approve_act
from tests.members.factories import (
    NOW,
    frozen,
    imported,
    imported_by_two,
    officers,
    people,
    person,
    previewed,
    rules,
)
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def everything() -> list[dict[str, Any]]:
    """The membership list with all its columns, keys and imports included."""
    return list(Member.objects.order_by("pk").values())


def undone(batch: ImportBatch) -> ImportBatch:
    services.request_undo(batch.pk, by=None, now=NOW)
    services.undo_import(batch.pk, now=NOW)
    batch.refresh_from_db()
    return batch


def refused(batch: ImportBatch) -> str:
    with pytest.raises(Refusal) as refusal:
        services.request_undo(batch.pk, by=None, now=NOW)
    assert refusal.value.code == "import.undo-depends"
    batch.refresh_from_db()
    assert batch.state == "applied"
    return refusal.value.sentence


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


# --- what stands in the way --------------------------------------------------------------------


def test_only_an_applied_import_is_undone() -> None:
    waiting = previewed(person())

    with pytest.raises(Refusal) as refusal:
        services.request_undo(waiting.pk, by=None, now=NOW)
    assert refusal.value.code == "import.not-applied"
    with pytest.raises(Refusal) as refusal:
        services.undo_import(waiting.pk, now=NOW)
    assert refusal.value.code == "import.not-applied"
    with pytest.raises(Refusal) as refusal:
        services.request_undo(0, by=None, now=NOW)
    assert refusal.value.code == "import.unknown"


def test_imports_are_undone_in_the_reverse_order_where_they_touched_the_same_people() -> None:
    imported(person(), *people(2))
    second = imported(person(email="new@example.org"), *people(2))
    third = imported(person(email="newer@example.org"), *people(2))

    assert f"Import {third.pk} changed 1 person that this one touched." in refused(second)

    undone(third)
    undone(second)
    assert Member.objects.get(number="0000123").email == "carys@example.org"


def test_an_import_that_touched_others_stands_in_nobodys_way() -> None:
    imported(person(), *people(2))
    second = imported(person(email="new@example.org"), scope="part")
    imported(*people(2, standing="arrears"), scope="part")

    undone(second)

    assert Member.objects.get(number="0000123").email == "carys@example.org"
    assert Member.objects.filter(standing="arrears").count() == 2


def test_a_correction_since_stands_in_the_way_and_is_named() -> None:
    imported(person(), *people(1))
    batch = imported(person(email="new@example.org"), *people(1), person(number="9"))
    added = Member.objects.get(number="9")
    edit = {"source": Change.Source.EDIT, "by": None, "now": NOW}
    change_member(added.pk, fields={"phone": "1"}, **edit)

    sentence = refused(batch)

    assert "Number 9 was changed on 22 August 2016: a correction at the desk." in sentence
    found = selectors.dependents.dependents(batch)
    assert [(each.page, each.subject_id) for each in found] == [("member", added.pk)]


def test_a_roll_frozen_since_stands_in_the_way_and_one_frozen_before_does_not() -> None:
    imported(person())
    frozen()
    second = imported(person(email="new@example.org"))
    undone(second)

    third = imported(person(email="new@example.org"), person(number="2"))
    roll_id = frozen(name="Deputy 2016")

    assert "Deputy 2016, roll 1, was frozen with 2 people" in refused(third)
    assert selectors.dependents.dependents(third)[0].subject_id == roll_id


def test_somebody_merged_into_an_added_person_stands_in_the_way() -> None:
    imported(person(), *people(1))
    batch = imported(person(), *people(1), person(number="9"))
    added = Member.objects.get(number="9")
    tell_history(Change.Source.MERGE, by=None, now=NOW)
    Member.objects.filter(number="1000").update(merged_into=added)

    assert "There are records merged into theirs of 1 person it added." in refused(batch)


def test_a_standing_that_was_decided_since_is_not_given_back_by_an_undo() -> None:
    imported(person(), *people(1))
    batch = imported_by_two(person(standing="suspended"), *people(1, standing="suspended"))
    keeper, second = staff(Role.MEMBERSHIP_ADMINISTRATOR), officer()
    services.propose_standing(
        Member.objects.get(number="0000123").pk, kind="suspension", reason="abuse",
        evidence="Minute 7.", by=keeper.pk, now=NOW,
    )  # fmt: skip
    approve_act(Approval.objects.latest("pk").pk, by=second.pk, now=NOW)

    # What was decided the list had said already: no change is on record.
    assert not Change.objects.filter(source="decision").exists()
    assert "number 0000123, which it changed, was decided by two officers." in refused(batch)
    assert "1000" not in refused(batch)
    assert Member.objects.get(number="0000123").standing == "suspended"


def test_a_decision_on_somebody_whose_standing_an_import_left_alone_is_in_nobodys_way() -> None:
    imported(person(), *people(1))
    keeper, second = staff(Role.MEMBERSHIP_ADMINISTRATOR), officer()
    services.propose_standing(
        Member.objects.get(number="0000123").pk, kind="suspension", reason="abuse",
        evidence="Minute 7.", by=keeper.pk, now=NOW,
    )  # fmt: skip
    approve_act(Approval.objects.latest("pk").pk, by=second.pk, now=NOW)
    batch = imported(person(email="new@example.org"), *people(1))

    undone(batch)

    assert Member.objects.get(number="0000123").standing == "suspended"


def test_at_most_twenty_are_listed() -> None:
    batch = imported(*people(30))
    tell_history(Change.Source.EDIT, by=None, now=NOW)
    Member.objects.update(phone="1")

    assert len(selectors.dependents.dependents(batch)) == 20
    assert refused(batch).count("was changed on") == 20


def test_what_comes_between_the_asking_and_the_doing_is_noticed() -> None:
    imported(person())
    batch = imported(person(email="new@example.org"))
    services.request_undo(batch.pk, by=None, now=NOW)
    change_member(Member.objects.get().pk, fields={"phone": "1"}, source=Change.Source.EDIT,
                  by=None, now=NOW)  # fmt: skip

    with pytest.raises(Refusal) as refusal:
        services.undo_import(batch.pk, now=NOW)

    batch.refresh_from_db()
    assert refusal.value.code == "import.undo-depends"
    assert batch.state == "applied"
    assert Member.objects.get().email == "new@example.org"


def test_a_list_whose_history_was_gone_round_is_not_put_back_by_half() -> None:
    imported(person(), *people(1))
    batch = imported(person(email="new@example.org"), *people(1, phone="1"))
    services.request_undo(batch.pk, by=None, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE members_member SET phone = '666' WHERE number = '1000'")
        cursor.execute("SET session_replication_role = DEFAULT")

    with pytest.raises(Refusal) as refusal:
        services.undo_import(batch.pk, now=NOW)

    batch.refresh_from_db()
    assert refusal.value.code == "import.undo-incomplete"
    assert batch.state == "applied"
    assert dict(Member.objects.values_list("number", "phone")) == {"0000123": "", "1000": "666"}
    assert Member.objects.get(number="0000123").email == "new@example.org"


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


# --- what others made of it meanwhile ----------------------------------------------------------


def test_what_a_search_found_and_what_finds_somebody_go_with_them() -> None:
    first = person(number="1", date_of_birth="1980-02-29")
    imported(first)
    before = everything()
    batch = imported(first, person(number="2", date_of_birth="1980-02-29", unit="Far Away"))
    services.find_pairs(by=None, now=NOW)
    services.refresh_search()
    assert Pair.objects.filter(state=Pair.State.OPEN).count() == 1

    undone(batch)

    assert everything() == before
    assert not Pair.objects.exists()
    assert not SearchRow.objects.exclude(member__in=Member.objects.all()).exists()


def test_a_pair_that_somebody_decided_is_named_and_in_the_way() -> None:
    first = person(number="1", date_of_birth="1980-02-29")
    imported(first)
    batch = imported(first, person(number="2", date_of_birth="1980-02-29", unit="Far Away"))
    services.find_pairs(by=None, now=NOW)
    services.settle_different(Pair.objects.get().pk, by=None, now=NOW)

    assert "There are decided pairs of records of 1 person it added." in refused(batch)


def test_who_was_looked_at_stays_as_no_longer_listed() -> None:
    imported(person(number="1"))
    batch = imported(person(number="1"), person(number="2"), person(number="3"))
    looked_at = Member.objects.get(number="2")
    services.record_lookup(looked_at.pk, by=officer().pk, now=NOW)

    undone(batch)

    assert list(Member.objects.order_by("number").values_list("number", "is_listed")) == [
        ("1", True), ("2", False),
    ]  # fmt: skip


def test_who_stays_is_still_searched_for_and_compared() -> None:
    same = {"date_of_birth": "1980-02-29", "unit": "Far Away"}
    imported(person(number="1"))
    batch = imported(person(number="1"), person(number="2", **same), person(number="3"))
    services.find_pairs(by=None, now=NOW)
    services.refresh_search()
    stays = Member.objects.get(number="2")
    kept_pair = Pair.objects.get(first__number="1", second=stays)
    services.record_lookup(stays.pk, by=officer().pk, now=NOW)

    undone(batch)

    assert list(Pair.objects.all()) == [kept_pair]
    assert SearchRow.objects.filter(member=stays).exists()
    assert not SearchRow.objects.exclude(member__in=Member.objects.all()).exists()


def test_addresses_that_are_put_back_are_told_of_like_any_other_change() -> None:
    imported(person())
    batch = imported(person(email="new@example.org"))
    told = Letter.objects.count()

    undone(batch)

    assert Member.objects.get().email == "carys@example.org"
    assert Letter.objects.count() == told + 2


def test_once_contact_details_are_frozen_nobody_alone_puts_them_back() -> None:
    imported(person())
    plain = imported(person(title="Dr"))
    lapsed = imported(person(title="Dr", standing="arrears"))
    batch = imported(person(title="Dr", standing="arrears", email="new@example.org"))
    ContactFreeze.objects.create(freezes_at=NOW, reason="", set_by=officer(), set_at=NOW)

    for each in (batch, lapsed):
        with pytest.raises(Refusal) as refusal:
            services.request_undo(each.pk, by=None, now=NOW)
        assert refusal.value.code == "import.undo-frozen"

    # Of the one that changed nothing that counts, it is the later import that stands in the way.
    assert "Import" in refused(plain)


def test_once_contact_details_are_frozen_nobody_alone_takes_people_out_to_send_them_again() -> None:
    imported(person())
    batch = imported(person(), person(number="2"))
    ContactFreeze.objects.create(freezes_at=NOW, reason="", set_by=officer(), set_at=NOW)

    with pytest.raises(Refusal) as refusal:
        services.request_undo(batch.pk, by=None, now=NOW)

    assert refusal.value.code == "import.undo-frozen"
    assert Member.objects.count() == 2
    # To add people goes on, as what two people decide.
    later = previewed(person(), person(number="2"), person(number="3"))
    services.request_apply(later.pk, by=officer().pk, seconded_by=officer().pk, now=NOW)
