"""The pages on which a frozen roll is amended, as officers and administrators meet them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ballot.models import Election
from ballot.services.verify_register import verify_register
from members.models import Amendment, BulkAmendment
from office.models import Approval, StaffMember
from office.permissions import Role
from office.selectors import live_jobs
from office.services.approvals import approve_act
from office.services.working import work_job
from tests.ballot.amending import close, restore, strike, with_rule
from tests.ballot.factories import (
    REASON,
    Run,
    cast_all,
    content,
    election,
    entries,
    kinds,
    now,
)
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, *args: object, expected: int = 200) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == expected
    return response.content.decode()


def officers(run: Run) -> tuple[Client, Client]:
    one, two = (StaffMember.objects.get(pk=pk) for pk in run.officers)
    return sign_in(Client(), one), sign_in(Client(), two)


def approve(run: Run) -> None:
    approval = Approval.objects.get(state="waiting")
    approve_act(approval.pk, by=run.officers[1], now=now())


def test_an_administrator_proposes_an_officer_approves_and_the_public_page_shows_it() -> None:
    run = election(at="polling", electors=3)
    slug = run.election.slug
    keeper = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))
    assert "It has not been amended" in page(keeper, "desk_amendments", slug)

    sent = keeper.post(
        reverse("desk_amendments", args=[slug]),
        {"number": "1000", "change": "remove:died", "grounds": REASON},
    )

    assert sent.status_code == 302, sent.content.decode()
    member = entries(run)[0].member_id
    sentence = Approval.objects.get().sentence
    assert f"Member record {member} (Members) is struck off the roll" in sentence
    assert "1000" not in sentence and "Fallowes" not in sentence
    shown = page(keeper, "desk_amendments", slug)
    assert "waits for another officer" in shown
    approvals = page(officers(run)[1], "approvals")
    assert reverse("member", args=[member]) in approvals
    for text in (shown, approvals):
        assert "Membership number 1000 (Members) is struck off the roll" in text
    approve(run)
    for text in (page(keeper, "desk_amendments", slug), page(Client(), "election", slug)):
        assert "The roll after its amendments: 2 electors" in text
        assert "Died" in text and "Members: 1" in text
        assert REASON not in text and "Fallowes" not in text
    assert "1 struck (Members)" in page(Client(), "board", slug)


def test_what_would_be_refused_is_said_before_it_is_proposed() -> None:
    run = election(at="polling", electors=2)
    client, _ = officers(run)
    address = reverse("desk_amendments", args=[run.election.slug])
    given = {"number": "1000", "change": "remove:died", "grounds": REASON}

    on_roll = client.post(address, {**given, "change": "add:left-out"}).content.decode()
    nobody = client.post(address, {**given, "number": "77"}).content.decode()
    short = client.post(address, {**given, "grounds": "x"}).content.decode()
    mixed = client.post(address, {**given, "change": "add:died"}).content.decode()

    assert "on the roll already" in on_roll and "Nobody has this number" in nobody
    assert "ten characters or more" in short and "Select a valid choice" in mixed
    assert not Approval.objects.exists()
    assert client.post(address, given).status_code == 302


def test_a_record_that_was_changed_after_the_proposal_is_not_approved_unseen() -> None:
    from office.refusal import Refusal

    run = election(at="polling", electors=2)
    client, _ = officers(run)
    member = entries(run)[0].member
    client.post(reverse("desk_amendments", args=[run.election.slug]),
                {"number": "1000", "change": "correct:contact", "grounds": REASON})
    type(member).objects.filter(pk=member.pk).update(email="diverted@example.org")

    with pytest.raises(Refusal, match="changed since it was proposed"):
        approve(run)

    type(member).objects.filter(pk=member.pk).update(email=member.email)
    approve(run)
    assert content(run, "amendment")["kind"] == "correct"


def test_a_list_is_handed_in_looked_at_proposed_approved_and_carried_out_by_a_worker() -> None:
    run = election(at="polling", electors=5)
    slug = run.election.slug
    client, second = officers(run)

    sent = client.post(
        reverse("desk_bulk_new", args=[slug]),
        {"file": SimpleUploadedFile("order.csv", b"number\n1000\n1001\n77\n"),
         "change": "remove:court-order", "grounds": REASON},
    )
    bulk = BulkAmendment.objects.get()
    assert sent.headers["Location"] == reverse("desk_bulk", args=[slug, bulk.pk])
    text = page(client, "desk_bulk", slug, bulk.pk)
    assert "Strike off the roll: 2 people" in text and "no member has this number" in text
    assert "everybody in the set is struck off the roll." in text
    assert "gets a voting code" not in text
    first = entries(run)[0].member
    assert reverse("member", args=[first.pk]) in text and first.full_name in text
    assert not Amendment.objects.exists()

    client.post(reverse("desk_bulk", args=[slug, bulk.pk]))
    assert bytes(bulk.digest).hex() in Approval.objects.get().sentence
    assert reverse("desk_bulk", args=[slug, bulk.pk]) in page(second, "approvals")
    approve(run)
    (job,) = live_jobs(subject=("election", str(run.election_id)))
    assert "Amending the roll in bulk" in page(client, "desk_bulk", slug, bulk.pk)
    work_job(job.pk)

    assert content(run, "amendment")["electors"] == {"member": 3}
    text = page(client, "desk_bulk", slug, bulk.pk)
    assert "Carried out as amendment 1." in text and "Propose this" not in text
    assert "carried out as amendment 1" in page(client, "desk_amendments", slug)


def test_a_list_without_anybody_or_of_another_election_is_refused() -> None:
    run = election(at="polling", electors=2)
    other = election(at="polling", title="Deputy leader")
    client, _ = officers(run)
    address = reverse("desk_bulk_new", args=[run.election.slug])
    given = {"change": "remove:court-order", "grounds": REASON}

    for body, said in ((b"\xff\xfe1", "cannot be read"), (b"77\n", "Nobody on this list")):
        sent = client.post(address, {**given, "file": SimpleUploadedFile("a.csv", body)})
        assert said in sent.content.decode()
    client.post(address, {**given, "file": SimpleUploadedFile("a.csv", b"1000\n")})

    bulk = BulkAmendment.objects.get()
    assert page(client, "desk_bulk", run.election.slug, bulk.pk)
    assert page(client, "desk_bulk", other.election.slug, bulk.pk, expected=404)


def test_ballots_are_set_aside_by_two_officers_and_shown_in_the_result() -> None:
    from tests.ballot.factories import bring

    run = with_rule(election(electors=3, rankings=((0,),) * 3), "set-aside")
    slug = run.election.slug
    client, _ = officers(run)
    assert "is set aside and not counted" in page(Client(), "election", slug)
    cast_all(run)
    strike(run, 0)
    assert "between the close of the poll" in page(client, "desk_set_aside", slug)
    client.post(reverse("desk_set_aside", args=[slug]))
    assert not Approval.objects.exists()
    close(run)
    assert "Propose to set aside 1 ballot" in page(client, "desk_set_aside", slug)

    client.post(reverse("desk_set_aside", args=[slug]))
    approve(run)

    assert kinds(run)[-1] == "set-aside"
    assert "Set aside" in page(client, "desk_set_aside", slug)
    bring(run, to="declared")
    assert "1 ballot was set aside" in page(Client(), "result", slug)


def test_it_is_said_before_that_setting_aside_leaves_a_box_too_small_to_be_opened() -> None:
    # trustees §6, box.small
    draft = election(electors=4, rankings=((0,),) * 4, demonstration=False, smallest_box=4)
    run = with_rule(draft, "set-aside")
    slug = run.election.slug
    client, _ = officers(run)
    cast_all(run)
    strike(run, 0)
    warned = "fewer ballots than 4, the notice’s smallest box"
    told = ("desk_election", "desk_trustees", "act_verify_register", "desk_set_aside")
    assert "are opened only if none is set aside" in page(Client(), "election", slug)
    assert not any(warned in page(client, name, slug) for name in told)
    close(run)

    for name in told:
        assert f"Setting aside what is due leaves {warned}" in page(client, name, slug), name
    client.post(reverse("desk_set_aside", args=[slug]))
    assert warned in Approval.objects.get().sentence
    approve(run)

    for name in told:
        assert f"Setting ballots aside has left {warned}" in page(client, name, slug), name
    verify_register(run.election_id, **run.by)
    assert warned in page(client, "act_mix_box", slug)


def test_nothing_is_said_of_small_boxes_where_enough_are_left_or_none_is_set_aside() -> None:
    draft = election(electors=4, rankings=((0,),) * 4, demonstration=False, smallest_box=3)
    run = with_rule(draft, "set-aside")
    client, _ = officers(run)
    cast_all(run)
    strike(run, 0)
    close(run)

    assert "smallest box" not in page(client, "desk_set_aside", run.election.slug)
    strike(run, 1)
    assert "smallest box" in page(client, "desk_set_aside", run.election.slug)
    for place in (0, 1):
        restore(run, place)
    assert "smallest box" not in page(client, "desk_set_aside", run.election.slug)


def test_the_pages_are_for_those_whom_the_table_names() -> None:
    run = election(at="polling", electors=2)
    slug = run.election.slug
    for role in (Role.OBSERVER, Role.CANDIDATES_AGENT, Role.TRUSTEE, Role.SCRUTINEER):
        client = sign_in(Client(), staff(role))
        for name in ("desk_amendments", "desk_bulk_new", "desk_set_aside"):
            page(client, name, slug, expected=404)
    keeper = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))

    page(keeper, "desk_amendments", slug)
    page(keeper, "desk_set_aside", slug, expected=404)
    assert Election.objects.get(pk=run.election_id).state == "polling"
