"""A person who is on a frozen roll under two records is found, and shown where it can be mended."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ballot.services.amend_roll import amend_roll
from members import services
from members.models import Amendment, LookUp, Member, Pair
from members.selectors.entered_twice import entered_twice, rolls_entered_twice
from office.models import Approval
from office.permissions import Role
from office.services.approvals import approve_act
from tests.ballot.factories import REASON, Run, bring, election, entries, now
from tests.members.factories import imported, merged, person
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def keeper() -> Client:
    return sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))


def text(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def twice(run: Run) -> list[list[str]]:
    found = entered_twice(run.election.roll_id or 0)
    return [[record.number for record in one.records] for one in found]


def strike(run: Run, number: str) -> None:
    amend_roll(run.election_id, member=Member.objects.get(number=number).pk, kind="remove",
               reason="duplicate", grounds=REASON, **run.by_two)  # fmt: skip


def test_who_was_merged_after_the_freeze_is_on_the_roll_twice_until_one_is_struck_off() -> None:
    run = election(at="polling", electors=4)
    assert twice(run) == []

    merged("1000", into="1001")
    assert twice(run) == [["1000", "1001"]]
    for number in ("1000", "1001"):
        member = Member.objects.get(number=number)
        assert [roll.pk for roll, _ in rolls_entered_twice(member)] == [run.election.roll_id]
    assert rolls_entered_twice(Member.objects.get(number="1002")) == []

    strike(run, "1000")
    assert twice(run) == []


def test_who_was_merged_before_the_freeze_is_not_on_the_roll_twice() -> None:
    run = election(at="nominated", electors=4)
    merged("1000", into="1001")

    bring(run, to="frozen")

    assert twice(run) == []


def test_the_desk_says_so_and_one_button_proposes_to_strike_off_the_double() -> None:
    run = election(at="polling", electors=4)
    slug, client = run.election.slug, keeper()
    for name in ("desk_amendments", "desk_election"):
        assert "more than on" not in text(client, name, slug)
    merged("1000", into="1001")

    assert "1 person is on the roll under more than one record." in text(
        client, "desk_election", slug
    )
    page = text(client, "desk_amendments", slug)
    assert "Propose to strike off 1000" in page and "Propose to strike off 1001" in page
    (one,) = entered_twice(run.election.roll_id or 0)
    records = " and ".join(f"member record {record.pk}" for record in one.records)
    grounds = f"Found to be one person’s, and each on the roll: {records}."
    assert f'value="{grounds}"' in page
    sent = client.post(
        reverse("desk_amendments", args=[slug]),
        {"number": "1000", "change": "remove:duplicate", "grounds": grounds},
    )
    assert sent.status_code == 302
    numbers = " and ".join(f"membership number {record.number}" for record in one.records)
    assert numbers in text(client, "approvals") and numbers in text(client, "desk_amendments", slug)
    approve_act(Approval.objects.get().pk, by=officer().pk, now=now())

    assert Amendment.objects.get().reason == "duplicate"
    for name in ("desk_amendments", "desk_election"):
        assert "more than on" not in text(client, name, slug)


def test_the_page_of_the_pair_names_the_roll_on_which_the_person_stands_twice() -> None:
    imported(person(number="1"), person(number="2", unit="South Aldermoor"))
    services.find_pairs(by=None, now=now())
    pair = Pair.objects.get()
    run = election(at="polling")
    assert "more than once" not in text(keeper(), "duplicate", pair.pk)

    services.settle_same(pair.pk, keep=pair.first_id, by=None, now=now())

    assert "more than once" in text(keeper(), "duplicate", pair.pk)
    strike(run, pair.second.number)
    assert "more than once" not in text(keeper(), "duplicate", pair.pk)


def test_asking_the_form_about_somebody_is_written_down_as_a_look_up() -> None:
    run = election(at="polling", electors=2)
    client = keeper()
    asked = {"number": "1000", "change": "add:left-out", "grounds": REASON}

    refused = client.post(reverse("desk_amendments", args=[run.election.slug]), asked)
    client.post(reverse("desk_amendments", args=[run.election.slug]), {**asked, "number": "77"})

    assert "on the roll already" in refused.content.decode()
    assert [row.member_id for row in LookUp.objects.all()] == [entries(run)[0].member_id]


def test_the_public_page_says_where_it_does_not_list_every_amendment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ballot.showing.notice.MOST_AMENDMENTS", 2)
    run = election(at="polling", electors=4)
    said = "These are the first 2 of 3 amendments."
    for number in ("1000", "1001"):
        strike(run, number)
    assert said not in text(Client(), "election", run.election.slug)

    strike(run, "1002")

    assert said in text(Client(), "election", run.election.slug)
