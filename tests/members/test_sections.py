"""Sections as they are added, and members as they are found and paged."""

from __future__ import annotations

import pytest

from members import selectors, services
from office.refusal import Refusal
from tests.members.factories import NOW, imported, people, person
from tests.members.importing import counts

pytestmark = pytest.mark.django_db


def test_a_section_can_be_added_and_is_known_to_lists_by_code_and_name() -> None:
    services.add_section("youth", name="Youth  section", by=None, now=NOW)

    batch = imported(person(number="1", section="youth"), person(number="2",
                     section="Youth Section"))  # fmt: skip

    assert counts(batch) == {"rows_new": 2}
    assert [each.code for each in selectors.people.sections()][-1] == "youth"


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("Youth", "Youth", "section.malformed"),
        ("", "Youth", "section.malformed"),
        ("youth", " ", "section.malformed"),
        ("youth", "You\u00adth", "section.malformed"),
        ("youth", "Youth\u200b", "section.malformed"),
        ("youth", "\ufdfa" * 61, "section.malformed"),
        ("member", "Others", "section.taken"),
        ("y" * 33, "Youth", "section.malformed"),
        ("others", "MEMBERS", "section.taken"),
    ],
)
def test_a_section_without_a_good_code_and_name_of_its_own_is_refused(
    code: str, name: str, expected: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        services.add_section(code, name=name, by=None, now=NOW)

    assert refusal.value.code == expected


def test_members_are_found_by_number_and_by_the_beginning_of_their_name() -> None:
    imported(
        person(number="007", given_name="Siân", family_name="O’Neill"),
        person(number="8", given_name="Una", family_name="ONeill"),
        person(number="9", given_name="Mei", family_name="Blackmore-Hale"),
    )

    def found(words: str) -> list[str]:
        return [each.number for each in selectors.people.find_members(words).members]

    assert found("7") == found("0007") == ["007"]
    assert found("o'neill") == ["007", "8"]
    assert found("O’Neill, Sian") == found("oneill s") == ["007"]
    assert found("blackmore hale") == ["9"]
    assert found("nobody") == []
    assert len(found("")) == 3


def test_the_list_is_paged_by_key_to_its_end_without_gap_or_repeat() -> None:
    imported(*people(120, given_name="Same"))
    seen: list[str] = []
    after = 0
    while True:
        page = selectors.people.find_members(after=after)
        seen += [each.number for each in page.members]
        after = page.next_after
        if not after:
            break

    assert len(seen) == 120
    assert len(set(seen)) == 120
