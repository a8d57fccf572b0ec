"""What a preview shows is what applying does: units not known yet, and names given by half."""

from __future__ import annotations

import pytest

from members import selectors, services
from members.models import Member
from members.rollfile import name_key
from tests.members.factories import imported, people, person, previewed
from tests.members.undoing import everything, undone

pytestmark = pytest.mark.django_db


def test_somebody_of_no_unit_comes_into_one_that_nobody_was_in() -> None:
    imported(person(unit=""), *people(1))

    batch = imported(person(unit="Far Aldermoor"), *people(1, unit="Near Aldermoor"))

    assert batch.state == "applied"
    assert (batch.rows_changed, batch.changes_by_field) == (2, {"unit": 2})
    units = dict(Member.objects.values_list("number", "unit__name"))
    assert units == {"0000123": "Far Aldermoor", "1000": "Near Aldermoor"}


def test_no_unit_is_no_news_of_anybodys_unit() -> None:
    imported(person(unit=""), *people(1))

    assert previewed(person(unit=""), *people(1, unit="")).rows_changed == 0


@pytest.mark.parametrize("family_name", ["Fallowes", "FALLOWES", "Ní Bhriain-Fallowes", "Fall"])
def test_a_blank_given_name_is_no_news_of_the_name_somebody_is_found_by(family_name: str) -> None:
    solo = {"number": "9", "given_name": "", "email": "solo@example.org"}
    imported(person(), person(**solo, family_name="Solo"))
    before = everything()
    batch = imported(
        person(given_name="", family_name=family_name, email="new@example.org"),
        person(**solo, family_name="Sólo Dos"),
    )  # fmt: skip
    services.refresh_search()

    keys = dict(Member.objects.values_list("number", "name_key"))
    assert keys == {"0000123": name_key(family_name, "Carys"), "9": "solo dos"}
    found = selectors.searching.search("Carys").found
    assert [each.member.number for each in found] == ["0000123"]

    undone(batch)
    assert everything() == before


def test_a_given_name_that_is_told_is_the_one_somebody_is_found_by() -> None:
    imported(person())

    imported(person(given_name="Siân"))

    assert Member.objects.get().name_key == "fallowes sian"
