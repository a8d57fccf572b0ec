"""An undo beside what others made of the import meanwhile: pairs, searches, letters, the freeze."""

from __future__ import annotations

import pytest

from members import services
from members.models import ContactFreeze, Member, Pair, SearchRow
from office.models import Letter
from office.refusal import Refusal
from tests.members.factories import NOW, imported, person, previewed
from tests.members.undoing import everything, refused, undone
from tests.office.factories import officer

pytestmark = pytest.mark.django_db


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
