"""One person's whole history on one page: imports, changes, verdicts, letters, requests."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from members import selectors, services
from members.models import Change, Decision, Member, RollEntry, Section
from members.services.answer_enquiry import PURPOSE, REFERENCE
from members.services.history import change_member
from office.services.letters import queue_letter
from tests.members.factories import NOW, frozen, imported, officers, person
from tests.members.one_of_everything import one_of_everything
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db


def words(member_id: int) -> list[str]:
    return [event.words for event in selectors.history.history_of(member_id)[0]]


def test_everything_that_happened_is_told_the_newest_first() -> None:
    imported(person())
    member = Member.objects.get().pk
    by, seconded_by = officers()
    affiliated = Section.objects.get(code="affiliated").pk
    change_member(
        member, fields={"section_id": affiliated, "email": ""}, source=Change.Source.EDIT, by=by,
        seconded_by=seconded_by, now=NOW + timedelta(days=1), reason="The branch’s own list.",
    )  # fmt: skip
    frozen(sections=["affiliated"])
    queue_letter(PURPOSE, reference=REFERENCE, recipient=f"member:{member}")
    services.request_access(member, asked_on=NOW.date(), proof="mailbox", note="", by=by,
                            now=NOW + timedelta(days=2))  # fmt: skip

    events = selectors.history.history_of(member)[0]

    assert [event.words for event in events] == [
        "Letter: Answers to “Am I on the roll?” (waiting)",
        "Asked to see what is held",
        "Changed by a correction at the desk",
        "Judged for Leadership 2016, roll 1: on the roll",
        "Added to the list as number 0000123",
    ]
    change = events[2]
    assert (change.by, change.reason) == ("first and second", "The branch’s own list.")
    assert {(each.name, each.old, each.new) for each in change.differences} == {
        ("Section", "Members", "Affiliated supporters"), ("E-mail", "carys@example.org", "blank"),
    }  # fmt: skip


def test_an_import_that_touched_somebody_is_named_and_keys_for_matching_are_not() -> None:
    imported(person())
    batch = imported(person(family_name="Pemberley", unit="Nether Aldermoor"))

    events = selectors.history.history_of(Member.objects.get().pk)[0]
    (event,) = [each for each in events if each.import_id == batch.pk]

    assert [(each.name, each.old, each.new) for each in event.differences] == [
        ("Family name", "Fallowes", "Pemberley"),
        ("Unit", "North Aldermoor", "Nether Aldermoor"),
    ]


def test_a_person_is_all_their_rows() -> None:
    imported(person(), person(number="9", section="affiliated"))
    first, second = Member.objects.order_by("number_key")
    Member.objects.filter(pk=second.pk).update(merged_into=first)

    for member in (first, second):
        told = words(member.pk)
        assert {"Added to the list as number 0000123", "Added to the list as number 9"} <= {*told}


def test_of_a_person_of_several_records_it_is_told_which_was_changed_or_judged(
    client: Client,
) -> None:
    imported(person(), person(number="9", section="affiliated"))
    first, second = Member.objects.order_by("number_key")
    frozen()
    change_member(second.pk, fields={"email": ""}, source=Change.Source.EDIT, by=officers()[0],
                  now=NOW)  # fmt: skip
    assert "Changed by a correction at the desk" in words(second.pk)

    Member.objects.filter(pk=second.pk).update(merged_into=first)

    assert {
        "Changed by a correction at the desk (number 9)",
        "Judged for Leadership 2016, roll 1: on the roll (number 0000123)",
        "Judged for Leadership 2016, roll 1: not on the roll (number 9)",
    } <= {*words(first.pk)}
    desk = sign_in(client, officer())
    for record, other in ((first, second), (second, first)):
        shown = desk.get(reverse("member", args=[record.pk])).content.decode()
        assert f'href="{reverse("member", args=[other.pk])}">{other.number}</a>' in shown


def test_that_somebody_has_voted_is_not_told() -> None:
    imported(person())
    frozen()
    entry = RollEntry.objects.get()
    for purpose in ("voting-code", "cast-notice"):
        queue_letter(purpose, reference=uuid.uuid4(), recipient=str(entry.public_id))

    told = words(entry.member_id)

    assert any("Voting codes" in each for each in told)
    assert not any("cast" in each.lower() for each in told)


def test_a_long_history_is_paged(client: Client) -> None:
    imported(person())
    member = Member.objects.get().pk
    for n in range(40):
        change_member(member, fields={"address_1": f"{n} Inkle Row"}, by=None,
                      source=Change.Source.EDIT, now=NOW + timedelta(hours=n + 1))  # fmt: skip
    address = reverse("member", args=[member])
    sign_in(client, officer())

    first, second = (client.get(address, {"after": after}).content.decode() for after in (0, 25))

    assert "38 Inkle Row → 39 Inkle Row" in first
    assert "?after=25#history" in first
    assert "Added to the list" not in first
    assert "Added to the list" in second
    assert "after=50" not in second


def test_decisions_appeals_requests_amendments_pairs_and_disputes_are_told() -> None:
    member, _ = one_of_everything()

    told: list[str] = []
    after = 0
    while True:
        events, after = selectors.history.history_of(member.pk, after=after)
        told += [f"{event.words} | {event.by} | {event.reason}" for event in events]
        if not after:
            break

    decision = Decision.objects.get()
    by = f"{decision.proposed_by.name} and {decision.approved_by.name}"  # type: ignore[union-attr]
    assert {
        f"Decision {decision.pk} proposed: suspension | {decision.proposed_by.name} | "
        "abuse of another person",
        f"Decision {decision.pk} made: suspension | {by} | abuse of another person",
        f"Appeal against decision {decision.pk} lodged | the member | ",
        "On Leadership 2016, roll 1: struck off by amendment 1 | first and second | "
        "Suspended, excluded or expelled",
        "Said of the change of 22 August 2016: this was not me | the member | ",
        "Numbers 77O0QZ and 77O0QZ-A: the same person |  | Garganey said so",
        "Request for a correction (postal address) made | the member | rang from Pipit Lane",
    } <= set(told)
    assert any(line.startswith(f"Appeal against decision {decision.pk} dismissed") for line in told)
    assert any(line.startswith("Request for a correction (postal address) refused")
               for line in told)  # fmt: skip
    assert any(line.startswith("Correction drafted for a second person") for line in told)
    assert not any("Nightjar" in line or "Redpoll" in line for line in told)
