"""Lists of affiliates, matched to members, and the levy added up."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from members import selectors
from members.models import Pair
from tests.members.factories import imported, person
from tests.members.pairing import numbered, searched

pytestmark = pytest.mark.django_db


def test_an_affiliates_list_is_matched_to_members_and_the_members_section_goes_first() -> None:
    searched(person(number="1"))

    searched(person(number="A7", section="affiliated", unit="Makers", postcode="QA1 2BD"),
             scope="part")  # fmt: skip

    pair = Pair.objects.get()
    entitled = selectors.pairs.entitlement(pair)
    assert entitled.stands.number == "1"
    assert "Members go before Affiliated supporters" in entitled.why


def test_the_levy_is_added_up_by_affiliate_and_the_answer_comes_back_as_a_list() -> None:
    imported(
        person(number="1"),
        person(number="A1", section="affiliated", unit="Makers", levy_confirmed="yes"),
        person(number="A2", section="affiliated", unit="Makers", levy_confirmed="no"),
        person(number="A3", section="affiliated", unit="Makers"),
        person(number="A4", section="affiliated", unit=""),
    )
    makers, nobodys = selectors.levy.levy_totals()
    assert (makers.affiliate, makers.confirmed, makers.not_confirmed, makers.unknown) == (
        "Makers", 1, 1, 1,
    )  # fmt: skip
    assert (nobodys.unit_id, nobodys.unknown) == (0, 1)

    rows = list(selectors.levy.without_levy(makers.unit_id))
    assert [row[0] for row in rows] == ["A2", "A3"]
    assert [row[0] for row in selectors.levy.without_levy(0)] == ["A4"]
    answer = [dict(zip(selectors.levy.HEADER, row, strict=True)) for row in rows]
    imported(*({**row, "levy_confirmed": "yes"} for row in answer), scope="part")

    assert selectors.levy.levy_totals()[0].confirmed == 3
    assert numbered("A3").given_name == "Carys"


def test_the_search_goes_from_the_command_line_too_and_says_what_it_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    imported(*(person(number=str(n), given_name=f"{letter}{other}", family_name=f"Fallowes{n}")
               for n, (letter, other) in enumerate((a, b) for a in "ABCDEFG" for b in "aeiouy")))

    call_command("find_pairs", whole=True)

    said = capsys.readouterr().out
    assert "42 members" in said
    assert "pairs wait for a decision" in said
    assert "not compared: 42 members who share the" in said
