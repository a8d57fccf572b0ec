"""docs/data-protection.md gives every field of the membership list, and none that is not there.

Of the ballot and the office it names each table that leads to an elector, or holds somebody else.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

from members.models import RollEntry
from members.services.delete_the_gone import GONE_KEPT

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "data-protection.md").read_text()
NAME = re.compile(r"`(\w+)`")
WORDS = {6: "six", 7: "seven", 8: "eight", 9: "nine"}


def part(number: int) -> str:
    """One numbered part of the page."""
    return PAGE.split(f"\n## {number}. ", 1)[1].split("\n## ", 1)[0]


def rows(number: int) -> list[list[str]]:
    """The cells of the rows of a part's table, without its heading."""
    lines = [line for line in part(number).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def fields(number: int) -> list[tuple[str, str]]:
    return [
        (NAME.findall(table)[0], field)
        for table, named, *_ in rows(number)
        for field in NAME.findall(named)
    ]


def test_every_field_stands_in_one_of_the_two_tables_and_once() -> None:
    given = [*fields(4), *fields(5)]
    there = {
        (model.__name__, column.name)
        for model in apps.get_app_config("members").get_models()
        for column in model._meta.concrete_fields
    }

    assert len(there) > 300
    assert sorted(there - set(given)) == []
    assert sorted(set(given) - there) == []
    assert sorted(pair for pair in set(given) if given.count(pair) > 1) == []


def named_of(app: str) -> set[str]:
    """The tables of an application that part 6 names."""
    return set(re.findall(rf"`{app}\.(\w+)(?:\.\w+)?`", part(6)))


def test_every_table_of_the_ballot_that_leads_to_an_elector_is_named() -> None:
    leads = {
        model.__name__
        for model in apps.get_app_config("ballot").get_models()
        if any(one.related_model is RollEntry for one in model._meta.concrete_fields)
    }

    assert {"RegisterMark", "Envelope", "Incident"} <= leads
    assert sorted(leads - named_of("ballot")) == []
    assert f"{WORDS[len(leads)]} tables refer to a roll entry" in part(6)


def test_every_table_that_holds_somebody_beside_electors_is_named() -> None:
    of_people = {"address", "agent_name", "secretary", "witnesses", "person", "email"}
    unless = {"Candidate", "NominatingBody"}  # In words: "of a candidate", "of a nominating body".
    for app in ("ballot", "office"):
        holding = {
            model.__name__
            for model in apps.get_app_config(app).get_models()
            if of_people & {one.name for one in model._meta.concrete_fields}
        }
        assert holding, app
        assert sorted(holding - unless - named_of(app)) == []
    assert "of a candidate name" in part(6) and "of a nominating body" in part(6)


def test_names_and_addresses_are_not_said_to_be_no_personal_data() -> None:
    personal = {"given_name", "family_name", "email", "phone", "postcode", "address_1", "member",
                "date_of_birth", "evidence", "grounds", "wanted", "before", "after", "file",
                "words", "cells"}  # fmt: skip
    figures = {("ImportTotal", "before"), ("ImportTotal", "after"), ("MemberReference", "words")}

    said = {pair for pair in fields(5) if pair[1] in personal} - figures

    assert said == set()


def test_every_field_has_a_purpose_a_time_and_a_reader_that_the_page_explains() -> None:
    purposes = {re.sub(r"\*", "", first).split(":")[0] for first, *_ in rows(2)}
    times = {re.sub(r"\*", "", first) for first, *_ in rows(3)}
    readers = ("desk", "officers", "watch", "nobody")

    assert {"roll", "fairness", "duty", "security"} == purposes
    for table, _, purpose, kept, seen_by in rows(4):
        assert set(purpose.split(":")[0].split(" and ")) <= purposes, table
        assert kept.startswith((*times, "with the last person")), table
        assert seen_by.startswith(readers), table


def test_the_times_are_those_that_are_carried_out() -> None:
    assert f"{settings.KEEP_IMPORTS_DAYS} days after the import was applied" in part(3)
    assert GONE_KEPT.days == 365
    assert "a year after the last change" in part(3)
