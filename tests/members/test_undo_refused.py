"""What stands in the way of undoing an import, and is named."""

from __future__ import annotations

import pytest
from django.db import connection

from members import selectors, services
from members.models import Change, Member
from members.services.history import change_member, tell_history
from office.models import Approval
from office.permissions import Role
from office.refusal import Refusal
from office.services.approvals import approve_act
from tests.members.factories import (
    NOW,
    frozen,
    imported,
    imported_by_two,
    people,
    person,
    previewed,
)
from tests.members.undoing import refused, undone
from tests.office.factories import officer, staff

pytestmark = pytest.mark.django_db


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
