"""The freeze of contact details as an election's dashboard tells of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ballot.times import in_zone
from members.models import ContactFreeze
from members.services import set_contact_freeze
from office.permissions import Role
from tests.ballot.factories import election, now
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def test_the_dashboard_says_when_contact_details_freeze_to_those_who_change_them() -> None:
    run = election(at="frozen", electors=2)
    address = reverse("desk_election", args=[run.election.slug])
    keeper = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))
    observer = sign_in(Client(), staff(Role.OBSERVER))
    assert "No hour is set from which a change of contact details" in keeper.get(address).text
    later = now() + timedelta(days=3)

    set_contact_freeze(later, by=run.officers[0], now=now())

    told = f"Contact details freeze on {in_zone(later, run.election.zone)}."
    assert told in keeper.get(address).text
    assert "Contact details" not in observer.get(address).text


def test_the_dashboard_says_since_when_contact_details_are_frozen() -> None:
    run = election(at="frozen", electors=2)
    since = now() - timedelta(hours=1)
    ContactFreeze.objects.create(freezes_at=since, set_by=officer(), set_at=since)

    shown = sign_in(Client(), officer()).get(
        reverse("desk_election", args=[run.election.slug])
    ).text

    hour = in_zone(since, run.election.zone)
    assert f"Contact details have been frozen since {hour}: a change takes two people." in shown
