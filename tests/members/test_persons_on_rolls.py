"""A person with several records has one entry, and a roll that does not add up is refused."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from members import selectors, services
from members.eligibility import decide_person
from members.mapping import record_of_member
from members.models import Member, Roll, RollEntry, Verdict
from members.selectors.verdicts import records_of_person
from members.synthetic import Quirks, write_roll
from office.refusal import Refusal
from tests.members.factories import NOW, frozen, imported, merged, people, person, rules, uploaded

pytestmark = pytest.mark.django_db

BOTH = {"sections": ["member", "affiliated"]}
SECTIONS = {"sections": ["member", "affiliated", "registered"]}


def ruled(roll_id: int) -> dict[str, str]:
    rows = Verdict.objects.filter(roll_id=roll_id).order_by("member__number")
    return dict(rows.values_list("member__number", "rule"))


def entered(roll_id: int) -> set[str]:
    return set(RollEntry.objects.filter(roll_id=roll_id).values_list("number", flat=True))


def two_routes_to_a_paper() -> None:
    imported(person(number="1", section="affiliated"), person(number="2"), person(number="3"))
    merged("1", into="2")


def test_a_member_who_is_an_affiliated_supporter_too_has_one_entry_as_a_member() -> None:
    two_routes_to_a_paper()

    roll_id = frozen(**BOTH)

    assert ruled(roll_id) == {"1": "entered:not_met", "2": "eligible", "3": "eligible"}
    assert entered(roll_id) == {"2", "3"}
    verdict = Verdict.objects.get(roll_id=roll_id, member__number="1")
    assert verdict.entered_as == Member.objects.get(number="2")
    assert Roll.objects.get(pk=roll_id).electors == 2


def test_which_record_stands_for_the_person_does_not_decide_which_one_votes() -> None:
    imported(person(number="1", section="affiliated"), person(number="2"))
    merged("2", into="1")

    assert entered(frozen(**BOTH)) == {"2"}


def test_a_person_barred_in_one_section_votes_in_the_other() -> None:
    imported(person(number="1", section="affiliated"), person(number="2", standing="arrears"))
    merged("1", into="2")

    roll_id = frozen(**BOTH)

    assert ruled(roll_id) == {"1": "eligible", "2": "standing:not_met"}
    why = selectors.verdicts.why(Member.objects.get(number="2").pk, roll_id=roll_id)
    assert why is not None and why.votes_as == Member.objects.get(number="1")


def test_the_passed_over_record_is_told_that_its_vote_is_not_lost_now_and_at_the_freeze() -> None:
    two_routes_to_a_paper()
    rules_id = rules(**BOTH)
    roll_id = frozen(rules_id)
    other = Member.objects.get(number="1")

    why = selectors.verdicts.why(other.pk, roll_id=roll_id)
    today = selectors.verdicts.judge_today(other.pk, rules_id=rules_id)

    assert why is not None and why == today
    assert "You have one vote, and it is not lost." in why.sentence
    assert why.votes_as == Member.objects.get(number="2")
    alone = selectors.verdicts.judge_today(Member.objects.get(number="3").pk, rules_id=rules_id)
    assert alone.eligible and alone.votes_as is None


@pytest.mark.parametrize(
    "fields",
    [
        SECTIONS,
        {**SECTIONS, "joined_by_in": {"registered": "2016-07-20", "affiliated": None}},
        {**SECTIONS, "levy_sections": ["affiliated"], "paid_up_on": "2016-08-22"},
        {
            **SECTIONS, "paid_up_on": None, "paid_up_on_in": {"member": "2016-08-22"},
            "grace_days": 90, "minimum_age": 14, "age_on": "2016-09-21",
        },
        {**BOTH, "joined_by": None, "joined_by_in": {"member": "2016-01-12"}},
    ],
)  # fmt: skip
def test_every_verdict_is_the_one_the_core_gives_for_that_person(fields: dict[str, object]) -> None:
    quirks = Quirks(refused=10, ineligible=300, blank_date=100)
    batch_id = uploaded(b"".join(write_roll(rows=300, seed=7, quirks=quirks, unit_count=5)))
    services.preview_import(batch_id, now=NOW)
    services.request_apply(batch_id, by=None, now=NOW)
    services.apply_import(batch_id, now=NOW)
    numbers = list(Member.objects.order_by("pk").values_list("number", flat=True))
    for place in range(0, 120, 3):
        merged(numbers[place], into=numbers[place + 1])
    merged(numbers[2], into=numbers[1])
    Member.objects.filter(section__code="affiliated", pk__in=Member.objects.values("pk")[:100]
                          ).update(levy_confirmed=None)  # fmt: skip
    rules_id = rules(**fields)
    asked = selectors.rules.rules_of(rules_id)

    given = dict(
        Verdict.objects.filter(roll_id=frozen(rules_id)).values_list("member_id", "rule")
    )

    members = list(Member.objects.select_related("section", "unit"))
    assert len(given) == len(members) > 250
    for member in members:
        expected = decide_person(map(record_of_member, records_of_person(member)), asked)
        assert given[member.pk] == expected[member.pk].rule
    assert len(set(given.values())) > 3
    assert "entered:not_met" in given.values()


def test_rules_of_format_1_freeze_as_they_did_and_are_the_same_version() -> None:
    imported(person(number="1", joined_on="2016-01-12"), person(number="2", joined_on="2016-01-13"))
    first = {
        "format": 1, "joined_by": "2016-01-12", "paid_up_on": None, "standings": ["good"],
        "minimum_age": None, "age_on": None, "sections": ["member"], "units": [],
    }  # fmt: skip
    rules_id = services.save_rules("Old", body=first, by=None, now=NOW)

    assert ruled(frozen(rules_id)) == {"1": "eligible", "2": "joined:not_met"}
    assert rules("Old") == rules_id


# --- the sums ----------------------------------------------------------------------------------


def tamper(table: str, condition: str, act: str = "RETURN NULL") -> None:
    """Have the database lose, or falsify, the rows of a table that meet a condition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION tampered() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF {condition} THEN {act}; END IF; RETURN NEW; END $$;"
            f" CREATE TRIGGER aaa_tampered BEFORE INSERT ON members_{table}"
            " FOR EACH ROW EXECUTE FUNCTION tampered()"
        )


@pytest.mark.parametrize(
    ("table", "condition", "act"),
    [
        ("rollentry", "NEW.number = '1001'", "RETURN NULL"),
        ("verdict", "NEW.rule = 'joined:not_met'", "RETURN NULL"),
        ("rolltotal", "NEW.rule = 'joined:not_met'", "RETURN NULL"),
        ("rolltotal", "NEW.rule = 'eligible'", "NEW.people := NEW.people + 1"),
        ("rollentry", "NEW.number = '1001'",
         "NEW.section_id := (SELECT id FROM members_section WHERE code = 'affiliated')"),
    ],
)  # fmt: skip
def test_a_roll_whose_figures_do_not_add_up_is_refused_and_nothing_of_it_is_kept(
    table: str, condition: str, act: str
) -> None:
    imported(*people(3), person(joined_on="2016-03-01"))
    rules_id = rules(**BOTH)
    assert frozen(rules("Untouched", **BOTH))
    kept = Verdict.objects.count()
    tamper(table, condition, act)

    with pytest.raises(Refusal) as refusal, transaction.atomic():
        frozen(rules_id)

    assert refusal.value.code == "roll.does-not-add-up"
    assert Roll.objects.count() == 1
    assert Verdict.objects.count() == kept


def test_a_person_who_would_be_entered_twice_stops_the_freeze() -> None:
    two_routes_to_a_paper()
    rules_id = rules(**BOTH)
    tamper("verdict", "NEW.rule = 'entered:not_met'", "NEW.rule := 'eligible'")

    with pytest.raises(Refusal) as refusal, transaction.atomic():
        frozen(rules_id)

    assert refusal.value.code == "roll.does-not-add-up"
    assert "the people on the roll" in refusal.value.sentence


def test_the_hash_of_the_verdicts_is_kept_and_never_changed() -> None:
    imported(*people(2), person(joined_on="2016-03-01"))
    roll = Roll.objects.get(pk=frozen())

    assert roll.verdicts_hash == selectors.rolls.hash_of_verdicts(roll.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Roll.objects.filter(pk=roll.pk).update(verdicts_hash="0" * 64)


def test_a_verdict_without_a_rule_is_refused_by_the_table() -> None:
    imported(person())
    tamper("verdict", "true", "NEW.rule := NULL")

    with pytest.raises(IntegrityError), transaction.atomic():
        frozen()
