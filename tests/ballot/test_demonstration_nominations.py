"""The demonstration shows the nominations of 2016: as many as are on record, over their days."""

from __future__ import annotations

import pytest
from django.test import Client

from ballot.management.demonstration_nominations import TITLE, take_nominations_of_2016
from ballot.models import Election
from ballot.nominations import by_day, papers_of
from tests.ballot.factories import now
from tests.office.factories import officer

pytestmark = pytest.mark.django_db


def test_the_page_shows_285_and_53_of_640_parties_over_the_days_of_2016() -> None:
    shown = take_nominations_of_2016(helped_routes="Ring us.", by=officer().pk, now=now())

    page = Client().get(shown).content.decode()

    contest = Election.objects.get(title=TITLE).contests.get()
    corbyn, smith = papers_of(contest)
    days = by_day(contest, "CLP")
    assert (len(corbyn.supporters), len(smith.supporters)) == (285, 53)
    assert (str(days[0][0]), str(days[-1][0])) == ("2016-07-22", "2016-08-15")
    assert "On 15 August: Jeremy Corbyn 285, Owen Smith 53." in page
    assert "640 of the kind CLP" in page
