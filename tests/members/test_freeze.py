"""A freeze judges everybody, enters the eligible, and cannot be written over."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from members import selectors, services
from members.eligibility import decide
from members.mapping import entry_line, facts_of_member
from members.models import Member, Register, Roll, RollEntry, RollTotal, Verdict
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
    rules_body,
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


# --- the commitment ----------------------------------------------------------------------------


def test_the_commitment_is_worked_out_anew_from_the_documented_bytes() -> None:
    imported(person(), *people(2))
    roll = Roll.objects.get(pk=frozen())

    entries = RollEntry.objects.filter(roll=roll).select_related("section", "unit")
    digest = hashlib.sha256(b"hustings/v1/roll\x00" + bytes(roll.salt) + (3).to_bytes(8, "big"))
    for entry in sorted(entries, key=lambda each: str(each.public_id)):
        fields = (
            str(entry.public_id), entry.number, entry.title, entry.given_name, entry.family_name,
            entry.email, entry.address_1, entry.address_2, entry.address_3, entry.address_4,
            entry.postcode, entry.country, entry.section.code, entry.unit.name,
        )  # fmt: skip
        for field in fields:
            raw = field.encode()
            digest.update(len(raw).to_bytes(4, "big") + raw)

    assert bytes(roll.commitment) == digest.digest()
    assert selectors.rolls.recompute_commitment(roll.pk) == digest.digest()
    assert selectors.rolls.roll_commitment(roll.pk) == digest.digest()


def test_a_changed_entry_shows_against_the_commitment() -> None:
    imported(person(), *people(2))
    roll_id = frozen()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_rollentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE members_rollentry SET email = 'x@example.org' WHERE number = '1001'")
        cursor.execute("ALTER TABLE members_rollentry ENABLE TRIGGER USER")

    assert selectors.rolls.recompute_commitment(roll_id) != selectors.rolls.roll_commitment(roll_id)


def test_lines_of_different_entries_are_never_one() -> None:
    assert entry_line(["ab", "c"]) != entry_line(["a", "bc"])
    assert entry_line(["a", ""]) != entry_line(["", "a"])


def test_an_entry_missing_from_the_count_is_noticed() -> None:
    imported(person(), *people(1))
    roll = Roll.objects.get(pk=frozen())

    with pytest.raises(ValueError, match="number of entries"):
        selectors.rolls.recompute_commitment(roll.pk, salt=bytes(roll.salt), electors=1)


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


# --- what the database refuses -----------------------------------------------------------------


@pytest.mark.parametrize("model", [RollEntry, Verdict, RollTotal])
def test_rows_of_a_roll_are_never_changed_or_deleted(model: type) -> None:
    imported(person(), *people(1))
    frozen()
    rows = model.objects.all()  # type: ignore[attr-defined]
    assert rows.count() > 0

    changed = section("registered")
    for act in (lambda: rows.update(section=changed), lambda: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_rules_are_never_changed() -> None:
    rules_id = rules()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        selectors.rules.rules_rows().filter(pk=rules_id).update(name="Other")


def test_a_frozen_roll_keeps_its_figures_and_a_withdrawn_one_stays_withdrawn() -> None:
    imported(person())
    roll_id = frozen()
    for change in ({"electors": 7}, {"commitment": b"1"}, {"salt": b"1"}, {"version": 9}):
        with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
            Roll.objects.filter(pk=roll_id).update(**change)
    by, seconded_by = officers()
    services.withdraw_freeze(roll_id, by=by, seconded_by=seconded_by, now=NOW, reason="So.")

    with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
        Roll.objects.filter(pk=roll_id).update(state="frozen", withdrawn_at=None)
    with pytest.raises(DatabaseError, match="DELETE is refused"), transaction.atomic():
        Roll.objects.filter(pk=roll_id)._raw_delete("default")


def test_an_elector_is_entered_once() -> None:
    imported(person())
    entry = RollEntry.objects.get(roll_id=frozen())

    with pytest.raises(IntegrityError, match="elector_is_entered_once"), transaction.atomic():
        RollEntry.objects.create(
            roll_id=entry.roll_id, member_id=entry.member_id, section_id=entry.section_id,
            number="1", family_name="Twice",
        )  # fmt: skip


@pytest.mark.parametrize(
    "missing", [{"section_id": 0}, {"unit_id": 0}, {"last_import_id": 0}]
)
def test_a_reference_to_what_is_not_there_is_refused(missing: dict[str, int]) -> None:
    imported(person())
    Member.objects.update(standing="arrears")

    with pytest.raises(IntegrityError, match="what is not there"), transaction.atomic():
        Member.objects.update(**missing)


def test_what_rolls_refer_to_cannot_be_deleted() -> None:
    imported(person())
    frozen()

    for table in ("member", "section", "unit", "importbatch"):
        with (
            pytest.raises(DatabaseError, match=r"append-only|members are kept"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM members_{table}")


# --- rules -------------------------------------------------------------------------------------


def test_the_same_rules_saved_again_are_the_same_version_and_others_the_next() -> None:
    first = rules()

    assert rules() == first
    second = rules(joined_by="2016-06-24")

    rows = {row.pk: row.version for row in selectors.rules.rules_rows()}
    assert rows == {first: 1, second: 2}
    assert rules() not in (first, second)


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        (" ", {}, "rules.name"),
        ("x" * 101, {}, "rules.name"),
        ("Rules", {"minimum_age": -1}, "rules.malformed"),
        ("Rules", {"sections": ["friends"]}, "rules.malformed"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused(
    name: str, fields: dict[str, object], code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        services.save_rules(name, body=rules_body(**fields), by=None, now=NOW)

    assert refusal.value.code == code


def test_rules_are_told_with_names_and_with_what_people_would_hear() -> None:
    rules_id = rules(**STRICT)

    assert selectors.rules.rules_told(rules_id)[1] == (
        "Be in one of these sections: Members, Registered supporters."
    )
    examples = dict(selectors.rules.verdict_examples(rules_id))
    assert examples["Joined after the freeze date"].startswith("you joined on 13 January 2016")
    assert set(examples) >= {"Not paid up", "Under the minimum age", "No standing recorded"}


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
