"""An import takes people's votes no more quietly than a decision of two officers does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members import services
from members.models import Change, ContactFreeze, ImportBatch, Member
from members.services.own_page import make_link
from office.models import AuditRecord, Letter
from office.permissions import Role
from office.refusal import Refusal
from office.services.approvals import approve_act
from tests.members.deciding import made
from tests.members.factories import (
    NOW,
    imported,
    imported_by_two,
    people,
    person,
    previewed,
)
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def contacts_frozen() -> None:
    ContactFreeze.objects.create(freezes_at=NOW, reason="", set_by=officer(), set_at=NOW)


def why_two(batch: ImportBatch) -> str:
    """Why one person is refused; nothing where one person may apply it."""
    try:
        services.request_apply(batch.pk, by=None, now=NOW)
    except Refusal as refused:
        assert refused.code == "import.takes-two"
        return refused.sentence
    return ""


def taken(batch: ImportBatch) -> dict[str, int]:
    return {row["what"]: row["people"] for row in batch.votes_taken}


@pytest.mark.parametrize("standing", ["suspended", "excluded"])
def test_nobody_is_suspended_or_excluded_by_a_list_that_one_person_applies(standing: str) -> None:
    imported(person(), *people(30, standing="lapsed"))

    barred = previewed(person(standing=standing), *people(30, standing="lapsed"))
    assert "This import suspends or excludes one person." in why_two(barred)
    barred = previewed(person(), *people(2, standing=standing), *people(30, standing="lapsed")[2:])
    assert "This import suspends or excludes 2 people." in why_two(barred)

    assert not Member.objects.filter(standing=standing).exists()


@pytest.mark.parametrize(
    "worse",
    [{"standing": "arrears"}, {"standing": "resigned"}, {"joined_on": "2016-08-01"},
     {"paid_until": "2016-01-31"}],
    ids=["arrears", "resigned", "joined later", "paid up for less"],
)  # fmt: skip
def test_what_votes_rest_on_is_taken_from_twenty_people_by_one_person_and_from_more_by_two(
    worse: dict[str, str],
) -> None:
    imported(*people(30))
    few = previewed(*people(20, **worse), *people(30)[20:])
    many = previewed(*people(21, **worse), *people(30)[21:])

    assert "takes from 21 people what their vote may rest on" in why_two(many)
    assert why_two(few) == ""


def test_people_leave_the_list_by_one_person_up_to_twenty_and_by_two_beyond() -> None:
    imported(*people(40))

    assert "takes from 21 people" in why_two(previewed(*people(19)))
    assert why_two(previewed(*people(20))) == ""


def test_better_news_takes_one_person_however_many_it_is_of() -> None:
    imported(*people(30, standing="arrears", joined_on="2015-01-01", paid_until=""))

    better = previewed(*people(30, joined_on="2014-01-01", paid_until="2017-12-31"))

    assert better.rows_changed == 30
    assert (taken(better), why_two(better)) == ({}, "")


def test_once_contact_details_are_frozen_one_person_s_arrears_take_two() -> None:
    imported(person(), *people(3))
    arrears = previewed(person(standing="arrears"), *people(3))

    contacts_frozen()

    assert "takes from one person what their vote may rest on" in why_two(arrears)


def test_what_is_taken_is_counted_by_what_it_is_and_each_person_once() -> None:
    imported(*people(6), person(number="9", standing="lapsed"))

    batch = imported_by_two(
        *people(1, standing="excluded", joined_on="2016-08-01"),
        *people(3, standing="arrears")[1:],
        *people(4, paid_until="2016-01-31")[3:],
        person(number="9", standing="resigned"),
    )

    assert taken(batch) == {"excluded": 1, "arrears": 2, "dates": 1, "gone": 2}
    assert batch.people_losing == 6
    assert AuditRecord.objects.get(act="apply_import", subject_id=str(batch.pk)).parameters[
        "losing"
    ] == 6


def test_a_standing_that_is_kept_by_decision_is_not_taken_by_a_list() -> None:
    imported(person(), *people(3))
    made()

    batch = previewed(person(standing="excluded"), *people(3))

    assert taken(batch) == {}


def test_two_people_apply_what_excludes_and_both_are_on_record() -> None:
    imported(person(), *people(3))
    by, second = officer(), officer()
    batch = previewed(person(standing="excluded"), *people(3))

    approval = services.propose_import(batch.pk, by=by.pk, now=NOW)
    assert "This import suspends or excludes one person." in approval.sentence
    approve_act(approval.pk, by=second.pk, now=NOW)
    services.apply_import(batch.pk, now=NOW, seconded_by=second.pk)

    change = Change.objects.get()
    assert (change.by, change.seconded_by) == (by, second)
    told = AuditRecord.objects.get(act="apply_import", subject_id=str(batch.pk))
    assert (told.by, told.seconded_by) == (by, second)
    assert not Letter.objects.exists()


def test_the_preview_says_who_loses_by_standing_and_section_and_goes_on_saying_it(
    client: Client,
) -> None:
    imported(person(), *people(2, section="affiliated"))
    keeper = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    batch = previewed(person(standing="excluded"), *people(1, section="affiliated"))
    path = reverse("import", args=[batch.pk])

    page = keeper.get(path).content.decode()
    assert "From whom it takes what a vote may rest on: 2 people" in page
    assert "Excluded" in page and "No longer on the list" in page
    assert "“Apply” proposes it" in page
    keeper.post(reverse("import_apply", args=[batch.pk]))

    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.PREVIEWED
    assert "Losing what a vote may rest on</th>" in keeper.get(reverse("imports")).content.decode()
    batch = imported_by_two(person(standing="excluded"), *people(1, section="affiliated"))
    page = keeper.get(reverse("import", args=[batch.pk])).content.decode()
    assert "From whom it takes what a vote may rest on: 2 people" in page


def test_the_own_page_says_what_rests_on_the_list_alone(client: Client) -> None:
    imported(person(), *people(1))
    imported_by_two(person(standing="excluded"))
    excluded, gone = Member.objects.order_by("number")

    def page(member: Member) -> str:
        path = reverse("own_page", args=[make_link(member, now=timezone.now())])
        return client.get(path).content.decode()

    said = "Nobody decided that here"
    assert f"The party’s membership list says of you: excluded. {said}" in page(excluded)
    assert "does not have you any more" in page(gone)
    imported(person(), *people(1))
    assert said not in page(excluded)
