"""A roll's personal data go when their day comes, and nothing before it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from members import services
from members.eligibility.rules import day_in_words
from members.models import (
    AmendedEntry,
    Amendment,
    Change,
    Destruction,
    Member,
    Roll,
    RollEntry,
    RollTotal,
    Verdict,
)
from members.selectors.held import words_of_table
from office.models import Approval
from office.permissions import Role
from office.refusal import Refusal
from office.services.approvals import approve_act
from tests.members.factories import NOW, frozen, imported, officers, person
from tests.members.one_of_everything import (
    TRACES,
    columns_that_name_members,
    gone,
    one_of_everything,
    tables_that_name,
)
from tests.office.factories import officer, sign_in, staff
from tests.security.looking import dump

pytestmark = pytest.mark.django_db
DUE = date(2017, 9, 24)


def ordered(roll_id: int, destroy_on: date = DUE) -> None:
    by, seconded_by = officers()
    services.set_destruction_date(
        roll_id, destroy_on=destroy_on, by=by, seconded_by=seconded_by, now=NOW
    )


def code_of_refusal(act: Any, *given: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as refused:
        act(*given, **named)
    return refused.value.code


def test_a_roll_is_emptied_and_what_makes_the_result_checkable_stays() -> None:
    imported(person(), person(number="2", joined_on="2016-06-01"))
    roll_id = frozen()
    ordered(roll_id)
    before = Roll.objects.get()
    totals = list(RollTotal.objects.values_list("rule", "people"))
    entry = RollEntry.objects.get()

    certificate = services.destroy_roll(roll_id, now=NOW)

    after, emptied = Roll.objects.get(), RollEntry.objects.get()
    assert (after.commitment, after.electors) == (before.commitment, before.electors)
    assert bytes(after.salt) == b""
    assert list(RollTotal.objects.values_list("rule", "people")) == totals
    assert emptied.public_id == entry.public_id
    assert emptied.member is None
    assert {emptied.full_name, emptied.number, emptied.email, emptied.postcode} == {""}
    assert not Verdict.objects.exists()
    assert certificate.rows["members_rollentry"] == 1
    assert certificate.rows["members_verdict"] == 2
    assert (certificate.due_on, certificate.ordered_by_id) == (DUE, officers()[0])


def test_nothing_is_destroyed_before_its_day_or_without_one() -> None:
    imported(person())
    roll_id = frozen()
    assert code_of_refusal(services.destroy_roll, roll_id, now=NOW) == "roll.no-destruction-day"
    Roll.objects.update(
        destroy_on=date(2999, 1, 1), destroy_ordered_by=officers()[0],
        destroy_seconded_by=officers()[1],
    )  # fmt: skip

    assert code_of_refusal(services.destroy_roll, roll_id, now=NOW) == "roll.destruction-not-due"

    assert RollEntry.objects.get().family_name == "Fallowes"
    ordered(roll_id)
    services.destroy_roll(roll_id, now=NOW)
    assert RollEntry.objects.get().family_name == ""


def test_destroying_twice_gives_the_first_certificate() -> None:
    imported(person())
    roll_id = frozen()
    ordered(roll_id)

    first = services.destroy_roll(roll_id, now=NOW)
    second = services.destroy_roll(roll_id, now=NOW + timedelta(days=1))

    assert first == second
    assert Destruction.objects.count() == 1
    assert code_of_refusal(ordered, roll_id) == "roll.destroyed"


def test_who_left_long_ago_and_stands_on_no_roll_is_deleted_with_their_history() -> None:
    imported(person(), person(number="2"), person(number="3"))
    imported(person(), person(number="2"))
    gone = Member.objects.get(number="3")
    assert Change.objects.filter(member_id=gone.pk).exists()
    roll_id = frozen()
    ordered(roll_id)

    certificate = services.destroy_roll(roll_id, now=NOW + timedelta(days=400))

    assert set(Member.objects.values_list("number", flat=True)) == {"0000123", "2"}
    assert not Change.objects.filter(member_id=gone.pk).exists()
    assert certificate.rows["members_member"] == 1


def test_of_a_person_of_whom_every_table_held_something_nothing_is_left_anywhere() -> None:
    member, roll = one_of_everything()
    gone()
    assert tables_that_name(member) == columns_that_name_members()
    before = dump()
    assert [trace for trace in TRACES if trace not in before] == []
    ordered(roll.pk)
    long_after = NOW + timedelta(days=400)
    services.destroy_due_files(now=long_after)
    services.destroy_access_files(now=long_after)

    certificate = services.destroy_roll(roll.pk, now=long_after)

    after = dump()
    left = [line for line in after.splitlines() for trace in TRACES if trace in line]
    assert left == []
    assert tables_that_name(member) == set()
    assert staged_tables() == []
    assert {name for name, count in certificate.rows.items() if count} >= {
        "members_appeal", "members_contactdispute", "members_contactflag", "members_keptstanding",
        "members_pair", "members_bulkline", "members_bulkrefused", "members_amendedentry",
        "members_searchrow", "members_searchword", "members_lookup", "members_accessrequest",
    }  # fmt: skip
    assert Member.objects.get().number == "0000123"


def staged_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'staging'")
        return [name for (name,) in cursor.fetchall()]


def test_of_a_person_who_is_listed_only_what_the_roll_held_goes() -> None:
    member, roll = one_of_everything()
    ordered(roll.pk)
    on_the_roll = {"RollEntry.member", "Verdict.member", "Verdict.entered_as", "BulkLine.member"}

    services.destroy_roll(roll.pk, now=NOW + timedelta(days=400))

    assert tables_that_name(member) == columns_that_name_members() - on_the_roll
    assert not RollEntry.objects.exclude(family_name="", email="", number="").exists()
    assert AmendedEntry.objects.exists()
    assert not AmendedEntry.objects.exclude(family_name="", email="", number="").exists()
    assert Amendment.objects.get().grounds == ""
    assert (Amendment.objects.get().number, Amendment.objects.get().reason) == (1, "excluded")


def test_somebody_gone_whose_appeal_waits_is_kept_until_it_is_decided() -> None:
    imported(person(), person(number="3"))
    decision = services.propose_standing(
        Member.objects.get(number="3").pk, kind="suspension", reason="abuse", evidence="Minute 7.",
        by=staff(Role.MEMBERSHIP_ADMINISTRATOR).pk, now=NOW,
    )  # fmt: skip
    approve_act(Approval.objects.get().pk, by=officer().pk, now=NOW)
    appeal = services.lodge_appeal(decision, grounds="Not I.", by=None, now=NOW)
    imported(person())
    rolls = [frozen(), frozen(name="Deputy 2016")]
    for roll_id in rolls:
        ordered(roll_id)

    services.destroy_roll(rolls[0], now=NOW + timedelta(days=400))
    services.destroy_roll(rolls[1], now=NOW + timedelta(days=400))
    assert Member.objects.filter(number="3").exists()
    services.decide_appeal(appeal, upheld=False, answer="It was.", by=officer().pk, now=NOW)
    ordered(last := frozen(name="Chair 2016"))
    services.destroy_roll(last, now=NOW + timedelta(days=400))

    assert not Member.objects.filter(number="3").exists()


def test_somebody_gone_whose_request_waits_is_kept_until_it_is_settled() -> None:
    imported(person(), person(number="3"), person(number="4"), person(number="5"))
    keys = dict(Member.objects.values_list("number", "pk"))
    asked = services.ask_correction(keys["3"], detail="phone", wanted="1", why="", now=NOW)
    request = services.request_access(
        keys["4"], asked_on=NOW.date(), proof="document", note="", by=officer().pk, now=NOW
    )
    imported(person())
    rolls = [frozen(), frozen(name="Deputy 2016")]
    for roll_id in rolls:
        ordered(roll_id)
    long_after = NOW + timedelta(days=400)

    for roll_id in rolls:
        services.destroy_roll(roll_id, now=long_after)
    assert set(Member.objects.values_list("number", flat=True)) == {"0000123", "3", "4"}

    services.refuse_correction(asked, answer="You have left.", by=officer().pk, now=NOW)
    services.make_access_file(request, now=NOW)
    ordered(made_not_destroyed := frozen(name="Chair 2016"))
    services.destroy_roll(made_not_destroyed, now=long_after)
    assert set(Member.objects.values_list("number", flat=True)) == {"0000123", "4"}
    services.destroy_access_files(now=long_after)
    ordered(last := frozen(name="Treasurer 2016"))
    services.destroy_roll(last, now=long_after)

    assert set(Member.objects.values_list("number", flat=True)) == {"0000123"}


def test_who_left_of_late_or_stands_on_another_roll_is_kept() -> None:
    imported(person(), person(number="3"))
    roll_id = frozen()
    ordered(roll_id)
    other = frozen(name="Deputy 2016")
    imported(person())

    services.destroy_roll(roll_id, now=NOW + timedelta(days=400))
    assert Member.objects.filter(number="3").exists()
    ordered(other)
    services.destroy_roll(other, now=NOW + timedelta(days=300))
    assert Member.objects.filter(number="3").exists()


def test_somebody_gone_stays_while_somebody_kept_is_merged_into_them() -> None:
    imported(person(), person(number="3"))
    kept, gone = Member.objects.order_by("number_key").reverse()
    Member.objects.filter(pk=kept.pk).update(merged_into=gone)
    imported(person(number=kept.number))
    roll_id = frozen(joined_by=None)
    ordered(roll_id)

    services.destroy_roll(roll_id, now=NOW + timedelta(days=400))

    assert Member.objects.count() == 2


def test_afterwards_the_triggers_stand_again() -> None:
    imported(person())
    roll_id = frozen()
    ordered(roll_id)

    services.destroy_roll(roll_id, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("destroy_on", [date(2016, 9, 1), date(2023, 1, 1)])
def test_a_day_too_soon_or_too_late_is_refused(destroy_on: date) -> None:
    imported(person())
    roll_id = frozen()

    assert code_of_refusal(ordered, roll_id, destroy_on) == "roll.destruction-day"

    ordered(roll_id)
    assert Roll.objects.get().destroy_on == DUE


def test_one_officer_alone_cannot_set_the_day() -> None:
    imported(person())
    roll_id = frozen()
    by, _ = officers()

    refused = code_of_refusal(
        services.set_destruction_date, roll_id, destroy_on=DUE, by=by, seconded_by=by, now=NOW
    )

    assert refused == "approval.two-officers"


def test_the_day_is_proposed_on_the_rolls_page_and_the_certificate_stands_there(
    client: Client,
) -> None:
    imported(person())
    roll_id = frozen()
    desk = sign_in(client, officer())
    page = reverse("roll_destruction", args=[roll_id])
    assert "No day is set yet." in desk.get(page).content.decode()

    soon = desk.post(page, {"destroy_on": "2020-01-01"})
    assert soon.status_code == 400
    soonest = day_in_words(datetime.now(UTC).date() + timedelta(days=30))
    assert f"Choose a day from {soonest} to" in soon.content.decode()
    later = (date.today() + timedelta(days=365)).isoformat()
    assert desk.post(page, {"destroy_on": later}).status_code == 302

    (proposal,) = Approval.objects.all()
    assert "every name, address and date on roll 1" in proposal.sentence
    assert f"#approval-{proposal.pk}" in desk.get(page).content.decode()
    assert page in desk.get(reverse("approvals")).content.decode()
    rolls = reverse("rolls")
    assert "Destroyed" not in desk.get(rolls).content.decode()
    ordered(roll_id)
    services.destroy_roll(roll_id, now=NOW)
    certificate = desk.get(page).content.decode()
    assert "Certificate of destruction" in certificate
    assert "Entries on frozen rolls" in certificate and "members_rollentry" in certificate
    assert "members_pair" not in certificate
    assert "Destroyed" in desk.get(rolls).content.decode()
    assert page in desk.get(reverse("roll", args=[roll_id])).content.decode()


def test_every_table_that_a_destruction_empties_is_named_in_words() -> None:
    imported(person())
    roll_id = frozen()
    ordered(roll_id)

    certificate = services.destroy_roll(roll_id, now=NOW)

    assert [table for table in certificate.rows if words_of_table(table) == table] == []


def test_a_membership_administrator_reads_the_day_and_does_not_set_it(client: Client) -> None:
    imported(person())
    page = reverse("roll_destruction", args=[frozen()])
    desk = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))

    assert "Two officers set the day." in desk.get(page).content.decode()
    assert desk.post(page, {"destroy_on": "2030-01-01"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_command_destroys_what_is_due_and_says_so(capsys: Any) -> None:
    imported(person())
    roll_id = frozen()
    call_command("destroy_due")
    assert "Nothing is due" in capsys.readouterr().out
    ordered(roll_id)

    call_command("destroy_due")

    assert "members_rollentry 1, members_verdict 1" in capsys.readouterr().out
    assert RollEntry.objects.get().family_name == ""


def test_who_does_not_own_the_tables_is_told_who_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "ballot.management.commands.destroy_due.owns_tables", lambda: False
    )

    with pytest.raises(CommandError, match="Only the tables' owner can"):
        call_command("destroy_due")
