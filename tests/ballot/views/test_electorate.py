"""The statement of the electorate in public: it adds up on the page, and says so if it does not."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from ballot.canonical import read_canonical
from ballot.models import Entry
from ballot.services.freeze_roll import withdraw_freeze
from ballot.showing.electorate import adds_up, electorate_of, figures_of
from members.models import Roll
from tests.ballot.amending import amend, left_out, strike
from tests.ballot.factories import REASON, Run, bring, election
from tests.ballot.views.world import world
from tests.members.factories import imported, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


def address(here: Any, name: str = "electorate") -> str:
    return reverse(name, args=[here.slug])


def test_before_the_freeze_there_is_no_statement_and_after_it_the_notice_leads_there(
    client: Client,
) -> None:
    here = world().to("nominated")
    assert client.get(address(here)).status_code == 404

    here._frozen()

    assert client.get(address(here)).status_code == 200
    assert address(here) in client.get(reverse("election", args=[here.slug])).text


def test_every_number_on_the_page_adds_up_from_applied_to_the_codes_issued(client: Client) -> None:
    here = world().to("polling")

    page = client.get(address(here)).text
    figures = client.get(address(here, "electorate_json")).json()

    assert figures["issued"] == figures["electors"] == Roll.objects.get().electors
    assert "Ever on the membership list</th>" in page and "Applied" not in page
    assert adds_up(figures)
    assert "do not add up" not in page
    numbers = [int(cell.replace(",", "")) for cell in re.findall(
        r"<td[^>]*>(?:<strong>)?([\d,]+)(?:</strong>)?</td>", page)]  # fmt: skip
    for part in (figures, *figures["sections"]):
        removed = [each["people"] for each in part["not_eligible"]]
        expected = [part["applied"], *removed, part["electors"], part["issued"]]
        assert numbers[: len(expected)] == expected
        assert part["applied"] - sum(removed) == part["electors"] == part["issued"]
        numbers = numbers[len(expected) :]
    assert numbers == []
    assert "Fallowes" not in page and "@" not in page


def test_the_statement_adds_up_after_amendments_before_the_codes_and_since(
    client: Client,
) -> None:
    run = election(at="frozen", electors=4)
    added = [left_out(f"500{n}") for n in range(3)]
    amend(run, added[0], "add", "left-out")
    amend(run, added[1], "add", "left-out")
    strike(run, 0, "died")
    path = reverse("electorate", args=[run.election.slug])
    assert "Added by amendments before the codes" in client.get(path).text
    assert adds_up(figures_of(run.election))

    bring(run, to="polling")
    amend(run, added[2], "add", "left-out")
    strike(run, 1, "died")
    strike(run, 2, "died")

    figures, page = figures_of(run.election), client.get(path).text
    assert adds_up(figures)
    assert "do not add up" not in page
    for part in (figures, *figures["sections"]):
        assert (part["electors"], part["added"], part["struck"], part["issued"]) == (4, 2, 1, 5)
        assert (part["added_since"], part["struck_since"]) == (1, 2)
    assert "Amended since the codes were made: 1 added or restored, 2 struck off." in page
    assert not adds_up({**figures, "struck": 0})
    assert not adds_up({**figures, "issued": 4})
    rows = csv.DictReader(io.StringIO(client.get(
        reverse("electorate_csv", args=[run.election.slug])).content.decode(), newline=""))
    whole = {row["line"]: row["people"] for row in rows if not row["section"]}
    assert (whole["added"], whole["struck"], whole["struck since"]) == ("2", "1", "2")


def test_codes_made_anew_after_a_withdrawal_count_the_amendments_of_the_new_roll_alone() -> None:
    run = election(at="frozen", electors=3)
    strike(run, 0, "died")
    withdraw_freeze(run.election_id, reason=REASON, **run.by_two)
    assert not run.election.roll_id

    bring(run, to="polling")

    figures = figures_of(run.election)
    assert adds_up(figures)
    assert (figures["electors"], figures["struck"], figures["issued"]) == (3, 0, 3)


def test_the_figures_are_taken_away_as_csv(client: Client) -> None:
    here = world().to("frozen")

    response = client.get(address(here, "electorate_csv"))

    rows = list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))
    whole = {row["line"]: int(row["people"]) for row in rows if not row["section"]}
    assert whole["on the roll"] == Roll.objects.get().electors
    assert "attachment" in response.headers["Content-Disposition"]


def test_totals_that_somebody_changed_are_said_not_to_add_up(client: Client) -> None:
    here = world().to("polling")
    assert "do not add up" not in client.get(address(here)).text
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE members_rolltotal DISABLE TRIGGER USER")
        cursor.execute("UPDATE members_rolltotal SET people = people + 1 WHERE rule = 'eligible'")
        cursor.execute("ALTER TABLE members_rolltotal ENABLE TRIGGER USER")

    assert "do not add up" in client.get(address(here)).text


def test_a_section_sum_that_is_broken_is_found() -> None:
    here = world().to("frozen")
    figures = figures_of(here.election)
    assert adds_up(figures)

    for name in ("applied", "electors"):
        broken = {**figures, name: figures[name] + 1}
        assert not adds_up(broken)
    assert not adds_up({**figures, "issued": figures["electors"] + 1})


def few_left_out() -> Run:
    """Of members and registered supporters fewer than five are not on the roll, or none is."""
    run = election(at="nominated", electors=4, sections=("member", "affiliated"))
    imported(
        *(person(number=str(6000 + n), unit="", standing="arrears") for n in range(3)),
        *(person(number=str(7000 + n), unit="", section="affiliated", standing="arrears")
          for n in range(9)),
        *(person(number=str(8000 + n), unit="", section="registered") for n in range(6)),
        scope="part",
    )  # fmt: skip
    bring(run, to="frozen")
    return run


def test_each_bar_is_a_section_s_own_list_and_empty_where_that_is_not_told() -> None:
    bars = electorate_of(few_left_out().election).plot.bars

    shown = {bar.label: [part.width for part in bar.segments] for bar in bars}
    assert shown["Affiliated supporters: 2 of 11"] == ["18.182%", "81.818%"]
    assert shown["Members: 2, others not told"] == []


def test_neither_page_nor_files_nor_board_tell_of_fewer_than_five_in_a_section(
    client: Client,
) -> None:
    run = few_left_out()
    slug = run.election.slug

    figures = client.get(reverse("electorate_json", args=[slug])).json()
    page = client.get(reverse("electorate", args=[slug])).text
    table = client.get(reverse("electorate_csv", args=[slug])).content.decode()

    told = {one["section"]: (one["applied"], one["not_eligible"]) for one in figures["sections"]}
    assert told["member"] == told["registered"] == (None, [])
    assert told["affiliated"][0] == 11 and told["affiliated"][1][0]["people"] == 9
    assert adds_up(figures) and "do not add up" not in page
    assert page.count(">not told<") == 2 and "untold how many not eligible" in page
    assert not [line for line in table.splitlines()
                if line.startswith(("member,applied", "member,not eligible"))]
    entry = Entry.objects.get(election=run.election, kind="roll")
    content: Any = read_canonical(bytes(entry.body))["content"]
    assert {one["section"] for one in content["totals"] if one["rule"] != "eligible"} == {
        "affiliated"
    }
    assert "4 people on the list may vote." in client.get(reverse("board", args=[slug])).text


def test_the_board_tells_no_reason_by_unit() -> None:
    here = world().to("frozen")

    entry = Entry.objects.get(election=here.election, kind="roll")
    content: Any = read_canonical(bytes(entry.body))["content"]

    assert sum(one["people"] for one in content["totals"]) == Roll.objects.get().members_judged
    assert all(one["unit"] is None for one in content["totals"] if one["rule"] != "eligible")
