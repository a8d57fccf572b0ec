"""A dry run says who would come in and go out, and changes nothing but its own rows."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from members import selectors, services
from members.models import DryRun, DryRunMove, Member, Register, Roll
from office.models import AuditRecord
from office.permissions import Role
from office.refusal import Refusal
from office.selectors import live_jobs
from office.services.working import work_job
from tests.members.factories import NOW, frozen, imported, merged, officers, people, person, rules
from tests.office.factories import officer, sign_in, staff
from tests.security.looking import dump

pytestmark = pytest.mark.django_db

ALL = ["member", "registered", "affiliated"]


def tried(rules_id: int) -> DryRun:
    """A dry run of these rules, worked to its end."""
    run_id = services.request_dry_run(rules_id, by=None, now=NOW)
    services.work_dry_run(run_id, now=NOW)
    return DryRun.objects.get(pk=run_id)


def found(run: DryRun, against: str) -> selectors.dry_runs.Comparison:
    comparison = selectors.dry_runs.comparison(run, against)
    assert comparison is not None
    return comparison


def changes(run: DryRun, against: str) -> dict[str, str]:
    """The change of each number that the download names."""
    return {row[0]: row[5] for row in selectors.dry_runs.moves_named(run.pk, against)}


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_later_freeze_date_lets_in_those_who_joined_by_it_by_section_unit_and_reason() -> None:
    imported(
        person(number="1"),
        person(number="2", joined_on="2016-03-01", unit="South"),
        person(number="3", joined_on="2016-03-01", section="registered"),
        person(number="4", joined_on="2016-08-10"),
        person(number="5", standing="arrears"),
    )
    rules(sections=ALL)

    run = tried(rules(sections=ALL, joined_by="2016-07-01"))

    seen = found(run, "rules")
    assert (seen.before, seen.after) == (1, 3)
    assert changes(run, "rules") == {"2": "Comes in", "3": "Comes in"}
    assert [(each.name, each.stays, each.comes) for each in seen.sections] == [
        ("Members", 1, 1), ("Registered supporters", 0, 1),
    ]  # fmt: skip
    assert {each.name: each.comes for each in seen.units} == {"North Aldermoor": 1, "South": 1}
    assert seen.reasons_in == (("Joined after the freeze date", 2),)
    assert seen.reasons_out == ()
    assert (run.members_judged, run.electors) == (5, 3)
    assert run.register_version == Register.objects.get().version
    joins = run.figures["joins"]
    assert joins["freeze_date"] == "2016-07-01" and len(joins["days"]) == 91


def test_the_list_may_have_changed_since_the_roll_was_frozen() -> None:
    imported(*people(3))
    rules_id = rules()
    frozen(rules_id)
    imported(person(number="1000", standing="arrears"), person(number="7"), scope="part")

    run = tried(rules_id)

    assert changes(run, "roll") == {"1000": "Goes out", "7": "Comes in"}
    seen = found(run, "roll")
    assert (seen.before, seen.after, seen.total.stays) == (3, 3, 2)
    assert seen.reasons_in == (("Not on the list then", 1),)
    assert seen.reasons_out == (("Not in a standing that votes", 1),)
    assert selectors.dry_runs.comparison(run, "rules") is None


def test_a_person_who_votes_under_another_record_instead_neither_comes_nor_goes() -> None:
    imported(
        person(number="1", joined_on="2016-03-01"),
        person(number="2", section="affiliated"),
    )
    merged("2", into="1")
    rules(sections=ALL)

    run = tried(rules(sections=ALL, joined_by="2016-07-01"))

    seen = found(run, "rules")
    assert (seen.before, seen.after, seen.total.comes, seen.total.goes) == (1, 1, 0, 0)
    assert changes(run, "rules") == {
        "1": "Still votes, now under this record", "2": "Still votes, under another record",
    }  # fmt: skip


def test_a_dry_run_changes_nothing_but_its_own_rows() -> None:
    imported(*people(4), person(joined_on="2016-03-01"))
    frozen(rules())
    rules_id = rules(joined_by="2016-07-01")
    run_id = services.request_dry_run(rules_id, by=None, now=NOW)
    # The last lives in the run's transaction alone, which here is the test's.
    own = ("members_dryrun", "members_dryrunmove", "office_auditrecord", "members_dry_judged")
    before = dump(without=own)

    services.work_dry_run(run_id, now=NOW)

    assert dump(without=own) == before
    assert DryRunMove.objects.filter(run_id=run_id).count() == 2


def test_a_dry_run_gives_the_hash_of_the_roll_that_would_be_frozen() -> None:
    imported(*people(3), person(joined_on="2016-03-01"))
    rules_id = rules()
    run = tried(rules_id)

    assert run.verdicts_hash == Roll.objects.get(pk=frozen(rules_id)).verdicts_hash
    assert tried(rules_id).verdicts_hash == run.verdicts_hash
    assert tried(rules(joined_by="2016-07-01")).verdicts_hash != run.verdicts_hash


def test_a_finished_dry_run_is_worked_once_and_stays_as_it_is() -> None:
    imported(*people(2), person(joined_on="2016-03-01"))
    rules()
    run = tried(rules(joined_by="2016-07-01"))
    moves = DryRunMove.objects.count()

    services.work_dry_run(run.pk, now=NOW)

    assert DryRunMove.objects.count() == moves == 1
    for change in (
        lambda: DryRun.objects.update(electors=9),
        lambda: DryRunMove.objects.update(becomes="eligible"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_rules_that_are_not_there_are_not_tried() -> None:
    with pytest.raises(Refusal) as refusal:
        services.request_dry_run(0, by=None, now=NOW)

    assert refusal.value.code == "rules.unknown"


# --- at the desk -------------------------------------------------------------------------------


def test_rules_are_tried_from_their_page_and_the_figures_survive_a_reload(client: Client) -> None:
    desk = sign_in(client, officer())
    imported(*people(3), person(joined_on="2016-06-20", unit="South"))
    frozen(rules())
    rules_id = rules(joined_by="2016-07-01")

    sent = desk.post(reverse("dry_run_new", args=[rules_id]))
    page = sent.headers["Location"]
    assert "the work goes on" in desk.get(page).content.decode()
    (job,) = [job for job in live_jobs() if job.kind == "dry_run"]
    work_job(job.pk)

    run_once = DryRun.objects.get().verdicts_hash
    shown = [desk.get(page).content.decode() for _ in range(2)][-1]
    assert run_once == DryRun.objects.get().verdicts_hash
    assert "3 before, 4 after: 1 come in, 0 go out." in shown
    assert "Joins a day around the freeze date" in shown
    assert "The last frozen roll: Leadership 2016, roll 1" in shown
    assert "Fallowes" not in shown
    version = desk.get(reverse("rules_version", args=[rules_id])).content.decode()
    assert page in version
    assert "Roll 1</a>, frozen on " in version and "withdrawn on" not in version
    by, second = officers()
    roll_id = Roll.objects.get().pk
    services.withdraw_freeze(roll_id, by=by, seconded_by=second, now=NOW, reason="So.")
    version = desk.get(reverse("rules_version", args=[rules_id])).content.decode()
    assert re.search(r"Roll 1</a>, frozen on \d+ \w+ \d{4}, withdrawn on \d+ \w+ \d{4}<", version)
    assert "No longer: Have joined on or before 12 January 2016." in version
    assert "Now: Have joined on or before 1 July 2016." in version
    listed = desk.get(reverse("rules")).content.decode()
    assert "Now: Have joined on or before 1 July 2016." in listed


def test_the_people_are_downloaded_by_name_without_addresses_and_it_is_written_down(
    client: Client,
) -> None:
    person_at_desk = officer()
    desk = sign_in(client, person_at_desk)
    imported(person(number="5", joined_on="2016-03-01"))
    Member.objects.update(given_name="=1+1")
    rules()
    run = tried(rules(joined_by="2016-07-01"))
    address = reverse("dry_run_moves", args=[run.pk, "rules"])

    content = b"".join(desk.post(address).streaming_content)  # type: ignore[attr-defined]

    mark, header, row = cells(content)
    assert person_at_desk.name in mark[0] and re.search(r" \((GMT|BST)\)\.", mark[0])
    assert tuple(header) == selectors.dry_runs.MOVE_COLUMNS
    assert row == ["5", "'=1+1", "Fallowes", "Members", "North Aldermoor", "Comes in",
                   "Joined after the freeze date", "Eligible"]  # fmt: skip
    assert b"Inkle" not in content and b"QA1" not in content and b"@" not in content
    record = AuditRecord.objects.get(act="download_moves")
    assert record.parameters == {"against": "rules", "rows": 1}
    assert record.by_id == person_at_desk.pk
    assert desk.get(address).status_code == 405
    assert desk.post(reverse("dry_run_moves", args=[run.pk, "other"])).status_code == 404


def test_whoever_does_not_keep_the_roll_neither_tries_nor_reads_nor_takes_out(
    client: Client,
) -> None:
    imported(person())
    rules_id = rules()
    run = tried(rules_id)
    pages = {
        "read": reverse("dry_run", args=[run.pk]),
        "try": reverse("dry_run_new", args=[rules_id]),
        "take": reverse("dry_run_moves", args=[run.pk, "rules"]),
    }
    assert sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR)).get(pages["read"]).status_code \
        == 200  # fmt: skip

    for role in (Role.OBSERVER, Role.SCRUTINEER, Role.TRUSTEE, Role.CANDIDATES_AGENT):
        other = sign_in(Client(), staff(role))
        assert other.get(pages["read"]).status_code == 404
        assert other.post(pages["try"]).status_code == 404
        assert other.post(pages["take"]).status_code == 404
    assert DryRun.objects.count() == 1


# --- August 2016 -------------------------------------------------------------------------------


def test_the_events_of_august_2016_are_kept_with_their_versions_hashes_and_differences() -> None:
    """130,000 of 654,006 out by the freeze date, in by the High Court, out by the Appeal.

    A thousandth of them: 130 of 654, in the sections of that contest; registered supporters had
    days of their own, which no court changed.
    """
    late = {str(5000 + n) for n in range(130)}
    imported(
        *(person(number=number, joined_on="2016-05-04", family_name=f"New{number}")
          for number in sorted(late)),
        *people(304),
        *(person(number=str(7000 + n), section="affiliated") for n in range(91)),
        *(person(number=str(8000 + n), section="registered", joined_on="2016-07-19", unit="")
          for n in range(129)),
    )  # fmt: skip
    common: dict[str, Any] = {"sections": ALL, "joined_by_in": {"registered": "2016-07-20"}}
    by, second = officers()

    def withdrawn(roll_id: int, reason: str) -> None:
        services.withdraw_freeze(roll_id, by=by, seconded_by=second, now=NOW, reason=reason)

    first_rules = rules(**common)
    first = frozen(first_rules)

    lifted = {"joined_by_in": {"registered": "2016-07-20", "member": None}}
    high_court = tried(rules(**{**common, **lifted}))
    assert set(changes(high_court, "roll")) == set(changes(high_court, "rules")) == late
    assert set(changes(high_court, "roll").values()) == {"Comes in"}
    withdrawn(first, "The High Court, 8 August 2016.")
    second_roll = frozen(high_court.rules_id)

    appeal = tried(rules(**common))
    assert set(changes(appeal, "roll")) == set(changes(appeal, "rules")) == late
    assert set(changes(appeal, "roll").values()) == {"Goes out"}
    assert found(appeal, "roll").reasons_out == (("Joined after the freeze date", 130),)
    withdrawn(second_roll, "The Court of Appeal, 12 August 2016.")
    third = frozen(appeal.rules_id)

    rolls = [Roll.objects.get(pk=pk) for pk in (first, second_roll, third)]
    assert [(roll.version, roll.rules.version) for roll in rolls] == [(1, 1), (2, 2), (3, 3)]
    assert [roll.electors for roll in rolls] == [524, 654, 524]
    assert [roll.state for roll in rolls] == ["withdrawn", "withdrawn", "frozen"]
    hashes = [roll.verdicts_hash for roll in rolls]
    assert hashes[0] == hashes[2] == appeal.verdicts_hash
    assert hashes[1] == high_court.verdicts_hash != hashes[0]
    assert len({bytes(roll.commitment) for roll in rolls}) == 3

    def numbers(roll: Roll) -> set[str]:
        return set(roll.entries.values_list("number", flat=True))

    assert numbers(rolls[0]) == numbers(rolls[2])
    assert numbers(rolls[1]) - numbers(rolls[0]) == late
    assert numbers(rolls[0]) < numbers(rolls[1])
    assert Member.objects.count() == 654
