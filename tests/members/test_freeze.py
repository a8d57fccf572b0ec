"""A freeze judges everybody, enters the eligible, and cannot be written over."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from members import selectors, services
from members.eligibility import decide
from members.mapping import facts_of_member
from members.models import Member, Register, Roll, RollEntry, Verdict
from members.rollfile import Row, open_roll
from members.synthetic import Quirks, write_roll
from office.models import AuditRecord
from office.refusal import Refusal
from tests.members.factories import (
    NOW,
    frozen,
    imported,
    officers,
    people,
    person,
    rules,
    section,
    uploaded,
)

pytestmark = pytest.mark.django_db


def a_mixed_list(rows: int = 400) -> None:
    """A list with every kind of person, some of them no longer on it."""
    quirks = Quirks(refused=10, ineligible=300, blank_date=100)
    batch_id = uploaded(b"".join(write_roll(rows=rows, seed=7, quirks=quirks, unit_count=5)))
    services.preview_import(batch_id, now=NOW)
    services.request_apply(batch_id, by=None, now=NOW)
    services.apply_import(batch_id, now=NOW)
    Member.objects.filter(pk__in=Member.objects.values("pk")[:20]).update(is_listed=False)


STRICT = {
    "paid_up_on": "2016-08-22",
    "minimum_age": 14,
    "age_on": "2016-09-21",
    "sections": ["member", "registered"],
}


def test_every_verdict_is_the_one_the_core_gives_for_that_person() -> None:
    a_mixed_list()
    for fields in (STRICT, {}, {"joined_by": None}, {**STRICT, "standings": ["arrears", "good"]}):
        rules_id = rules(f"Rules {len(fields)} {fields.get('standings')}", **fields)

        roll_id = frozen(rules_id)

        asked = selectors.rules.rules_of(rules_id)
        verdicts = {each.member_id: each for each in Verdict.objects.filter(roll_id=roll_id)}
        members = list(Member.objects.select_related("section", "unit"))
        assert len(verdicts) == len(members) > 300
        for member in members:
            expected = decide(facts_of_member(member), asked)
            assert verdicts[member.pk].rule == expected.rule
        entered = set(RollEntry.objects.filter(roll_id=roll_id).values_list("member_id", flat=True))
        assert entered == {pk for pk, each in verdicts.items() if each.rule == "eligible"}
        assert len({each.rule for each in verdicts.values()}) > 3


def test_units_decide_where_the_rules_name_them() -> None:
    imported(person(number="1", unit="North"), person(number="2", unit="South"),
             person(number="3", unit=""))  # fmt: skip

    roll_id = frozen(units=["north"])

    rules_met = {
        number: selectors.verdicts.why(Member.objects.get(number=number).pk, roll_id=roll_id)
        for number in ("1", "2", "3")
    }
    assert [why.rule for why in rules_met.values() if why] == [
        "eligible", "unit:not_met", "unit:not_recorded",
    ]  # fmt: skip
    assert rules_met["2"] is not None
    assert "your unit (South)" in rules_met["2"].sentence


def test_the_totals_are_the_verdicts_added_up() -> None:
    a_mixed_list()

    roll = Roll.objects.get(pk=frozen(**STRICT))

    totals = selectors.rolls.roll_totals(roll.pk)
    assert sum(total.people for total in totals) == roll.members_judged == Member.objects.count()
    assert sum(total.people for total in totals if total.is_eligible) == roll.electors
    assert RollEntry.objects.filter(roll=roll).count() == roll.electors
    figures = selectors.rolls.roll_figures(roll.pk)
    assert sum(electors + others for _, electors, others in figures.sections) == roll.members_judged
    assert sum(electors for _, electors, _ in figures.units) == roll.electors
    assert sum(people for _, people in figures.reasons) == roll.members_judged - roll.electors
    entered = RollEntry.objects.filter(roll=roll).values_list("section__name", flat=True)
    by_section = {name: electors for name, electors, _ in figures.sections if electors}
    assert by_section == Counter(entered)


def test_an_entry_keeps_name_and_address_as_they_stood() -> None:
    imported(person())
    roll_id = frozen()

    imported(person(email="diverted@example.org", address_1="1 Other Road", section="affiliated"))

    entry = RollEntry.objects.get(roll_id=roll_id)
    assert (entry.number, entry.full_name) == ("0000123", "Ms Carys Fallowes")
    assert entry.email == "carys@example.org"
    assert entry.postal_lines == ["4 Inkle Row", "QA1 2BD"]
    assert entry.section_id == section("member")
    assert Member.objects.get().email == "diverted@example.org"


def test_a_fact_that_the_rules_do_not_ask_about_is_not_kept() -> None:
    imported(person())

    verdict = Verdict.objects.get(roll_id=frozen(joined_by=None))

    assert verdict.joined_on is None
    assert verdict.date_of_birth is None
    assert verdict.standing == "good"
    asked = Verdict.objects.get(
        roll_id=frozen(rules("Other", minimum_age=14, age_on="2016-09-21"))
    )
    assert asked.joined_on == date(2014, 5, 1)
    assert asked.date_of_birth == date(1980, 2, 29)


def test_why_gives_the_sentence_and_the_fact_that_decided() -> None:
    imported(person(joined_on="2016-03-01"), *people(1))
    roll_id = frozen()
    member = Member.objects.get(number="0000123")

    why = selectors.verdicts.why(member.pk, roll_id=roll_id)

    assert why is not None
    assert (why.eligible, why.rule) == (False, "joined:not_met")
    assert why.facts == {"joined_on": date(2016, 3, 1)}
    assert why.sentence == (
        "Not eligible: you joined on 1 March 2016; to vote you must have joined on or before "
        "12 January 2016."
    )
    rules_id = Roll.objects.get(pk=roll_id).rules_id
    today = selectors.verdicts.judge_today(member.pk, rules_id=rules_id)
    assert today == why
    assert selectors.verdicts.why(0, roll_id=roll_id) is None


# --- versions ----------------------------------------------------------------------------------


def test_freezing_again_after_a_withdrawal_gives_the_same_verdicts_under_a_next_version() -> None:
    a_mixed_list()
    rules_id = rules(**STRICT)
    first = frozen(rules_id)
    by, seconded_by = officers()
    with pytest.raises(Refusal) as refusal:
        frozen(rules_id)
    assert refusal.value.code == "roll.already-frozen"

    services.withdraw_freeze(
        first, by=by, seconded_by=seconded_by, now=NOW, reason="The court so ordered."
    )
    second = frozen(rules_id)

    def verdicts(roll_id: int) -> list[tuple[int, str]]:
        rows = Verdict.objects.filter(roll_id=roll_id).order_by("member_id")
        return list(rows.values_list("member_id", "rule"))

    def pseudonyms(roll_id: int) -> set[object]:
        return set(RollEntry.objects.filter(roll_id=roll_id).values_list("public_id", flat=True))

    assert verdicts(first) == verdicts(second)
    assert selectors.rolls.roll_totals(first) == selectors.rolls.roll_totals(second)
    assert not pseudonyms(first) & pseudonyms(second)
    named = selectors.rolls.rolls_named("Leadership 2016")
    assert [(roll.version, roll.state) for roll in named] == [(2, "frozen"), (1, "withdrawn")]
    assert selectors.rolls.roll_commitment(first) != selectors.rolls.roll_commitment(second)


def test_a_withdrawal_needs_two_officers_a_reason_and_a_frozen_roll() -> None:
    imported(person())
    roll_id = frozen()
    by, seconded_by = officers()

    for given, code in (
        ({"seconded_by": by, "reason": "So."}, "approval.two-officers"),
        ({"seconded_by": seconded_by, "reason": " "}, "roll.no-reason"),
    ):
        with pytest.raises(Refusal) as refusal:
            services.withdraw_freeze(roll_id, by=by, now=NOW, **given)  # type: ignore[arg-type]
        assert refusal.value.code == code
    services.withdraw_freeze(roll_id, by=by, seconded_by=seconded_by, now=NOW, reason="So.")
    with pytest.raises(Refusal) as refusal:
        services.withdraw_freeze(roll_id, by=by, seconded_by=seconded_by, now=NOW, reason="So.")
    assert refusal.value.code == "roll.not-frozen"


def test_a_freeze_is_refused_alone_without_rules_and_for_nobody() -> None:
    imported(person())
    by, seconded_by = officers()
    rules_id = rules("Nobody", joined_by="1999-01-01")

    for given, code in (
        ({"rules_id": rules_id, "seconded_by": by}, "approval.two-officers"),
        ({"rules_id": 0, "seconded_by": seconded_by}, "rules.unknown"),
        ({"rules_id": rules_id, "seconded_by": seconded_by}, "roll.empty"),
    ):
        with pytest.raises(Refusal) as refusal:
            services.freeze_roll(by=by, now=NOW, **given)
        assert refusal.value.code == code
    assert not Roll.objects.exists()
    assert not Verdict.objects.exists()


def test_a_freeze_is_written_down_without_personal_data() -> None:
    imported(person())
    roll_id = frozen()

    record = AuditRecord.objects.get(act="freeze_roll")

    assert record.subject_id == str(roll_id)
    assert record.seconded_by_id == officers()[1]
    assert "Fallowes" not in str(record.parameters)


# --- reading a roll ----------------------------------------------------------------------------


def test_an_entry_is_found_by_pseudonym_and_by_number_however_it_is_typed() -> None:
    imported(*people(25))
    roll_id = frozen()

    entry = RollEntry.objects.filter(roll_id=roll_id).order_by("pk")[7]

    assert selectors.rolls.entry_by_public_id(roll_id, entry.public_id) == entry
    assert selectors.rolls.entry_numbered(roll_id, f" {entry.number} ") == entry
    assert selectors.rolls.entry_numbered(roll_id, "nobody") is None
    assert selectors.rolls.entry_numbered(roll_id, "") is None


def test_the_list_is_locked_against_a_change_while_it_is_frozen() -> None:
    imported(person())

    roll = Roll.objects.get(pk=frozen())

    assert roll.register_version == Register.objects.get().version
    rows = open_roll(write_roll(rows=3, seed=1), sections={}, today=NOW.date())
    assert not any(isinstance(row, Row) for row in rows)
