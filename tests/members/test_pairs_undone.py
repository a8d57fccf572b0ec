"""What was decided of a pair is taken back as easily."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members import selectors, services
from members.models import ImportBatch, Member, Pair
from office.models import AuditRecord
from office.refusal import Refusal
from tests.members.factories import NOW, frozen, imported, person
from tests.members.pairing import THRICE, TWICE, merged, numbered, pair_of, searched, standing

pytestmark = pytest.mark.django_db


def test_a_merge_is_undone_as_easily_and_the_pair_waits_again() -> None:
    searched(*TWICE)
    pair = merged("1", "2", keep="2")

    services.unsettle(pair.pk, by=None, now=NOW)
    services.unsettle(pair.pk, by=None, now=NOW)

    pair.refresh_from_db()
    assert (pair.state, pair.kept_id) == (Pair.State.OPEN, None)
    assert standing() == {"1": "1", "2": "2"}
    assert AuditRecord.objects.filter(act="unsettle_pair").count() == 1


def test_not_the_same_is_undone_too() -> None:
    searched(*TWICE)
    pair = pair_of("1", "2")
    services.settle_different(pair.pk, by=None, now=NOW)
    services.settle_different(pair.pk, by=None, now=NOW)

    services.unsettle(pair.pk, by=None, now=NOW)

    pair.refresh_from_db()
    assert pair.state == Pair.State.OPEN


def test_of_three_the_two_that_are_still_held_together_stay_together() -> None:
    searched(*THRICE)
    merged("2", "3", keep="3")
    pair = merged("1", "2", keep="1")

    services.unsettle(pair.pk, by=None, now=NOW)

    # Of the two, the section that goes first stands.
    assert standing() == {"1": "1", "2": "2", "3": "2"}
    assert pair_of("1", "3").state == Pair.State.OPEN
    assert pair_of("2", "3").state == Pair.State.SAME


def test_what_follows_from_others_is_undone_through_them() -> None:
    searched(*THRICE)
    merged("2", "3", keep="2")
    merged("1", "2", keep="1")
    follows = pair_of("1", "3")

    with pytest.raises(Refusal) as refused:
        services.unsettle(follows.pk, by=None, now=NOW)

    assert refused.value.code == "pair.implied"
    services.unsettle(pair_of("2", "3").pk, by=None, now=NOW)
    assert standing() == {"1": "1", "2": "1", "3": "3"}


def test_a_record_merged_by_something_else_stays_with_the_one_that_stood() -> None:
    searched(*TWICE, person(number="9", given_name="Owain", family_name="Quayle",
                            date_of_birth="1977-07-17", email="o@example.org"))  # fmt: skip
    Member.objects.filter(number="9").update(merged_into=numbered("1"))
    pair = merged("1", "2", keep="1")

    services.unsettle(pair.pk, by=None, now=NOW)

    assert standing() == {"1": "1", "2": "2", "9": "1"}


def test_a_merge_is_undone_after_a_freeze_and_the_frozen_roll_stays_as_it_is() -> None:
    searched(*TWICE)
    pair = merged("1", "2", keep="1")
    roll_id = frozen()
    entries = list(selectors.rolls.rolls().get(pk=roll_id).entries.values_list("member", flat=True))

    services.unsettle(pair.pk, by=None, now=NOW + timedelta(days=1))

    roll = selectors.rolls.rolls().get(pk=roll_id)
    assert list(roll.entries.values_list("member", flat=True)) == entries
    assert standing() == {"1": "1", "2": "2"}


def test_an_import_that_lists_somebody_again_changes_no_decision() -> None:
    searched(*TWICE)
    merged("1", "2", keep="1")

    imported(TWICE[0], {**TWICE[1], "email": "new@example.org"})

    assert standing() == {"1": "1", "2": "1"}
    assert ImportBatch.objects.count() == 2
