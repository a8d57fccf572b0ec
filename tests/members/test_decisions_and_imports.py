"""Decisions beside imports: a list overrules no decision, and what it said is not forgotten."""

from __future__ import annotations

import pytest

from members.models import KeptStanding
from members.models.decisions import Kind, Reason
from members.selectors import differences
from tests.members.deciding import appealed, made, member, settled
from tests.members.factories import imported, person, previewed

pytestmark = pytest.mark.django_db


def test_an_import_does_not_overrule_a_decision_and_the_preview_says_so() -> None:
    imported(person(), person(number="2"))
    made()

    batch = previewed(person(standing="good", phone="01632 960001"), person(number="2"))
    (kept,) = differences.kept_standings(batch)
    assert (kept.number, kept.in_file, kept.decided) == (
        "0000123", "good standing", "suspended",
    )  # fmt: skip
    (changed,) = differences.changed_people(batch)
    assert changed.number == "0000123"
    assert [(each.old, each.new) for each in changed.changes] == [("", "01632 960001")]

    imported(person(standing="good", phone="01632 960001"), person(number="2", standing="lapsed"))
    assert (member().standing, member().phone) == ("suspended", "01632 960001")
    assert member("2").standing == "lapsed"


def test_an_import_with_nothing_but_a_kept_standing_changes_nothing() -> None:
    imported(person())
    made()

    batch = imported(person(standing="good"))

    assert (batch.rows_changed, batch.rows_unchanged) == (0, 1)


def test_after_a_reinstatement_the_lifted_standing_alone_is_no_news() -> None:
    imported(person())
    made()
    made(Kind.REINSTATEMENT, Reason.MADE_IN_ERROR)

    imported(person(standing="suspended"))
    assert member().standing == "good"

    imported(person(standing="lapsed"))
    assert member().standing == "lapsed"


def test_a_reinstatement_from_what_the_list_itself_said_gives_good_standing() -> None:
    imported(person(standing="arrears"))
    made(Kind.ARREARS, Reason.ARREARS)

    made(Kind.REINSTATEMENT, Reason.ARREARS_PAID)

    assert member().standing == "good"
    assert KeptStanding.objects.get().against == "arrears"


def test_a_new_decision_after_a_reinstatement_gives_back_the_newer_past() -> None:
    imported(person())
    made()
    made(Kind.REINSTATEMENT, Reason.MADE_IN_ERROR)
    imported(person(standing="arrears"))

    settled(appealed(made()))

    assert member().standing == "arrears"
