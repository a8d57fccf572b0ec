"""The desk of an election: what stops the next step, and acts of one officer and of two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ballot.differences import difference_subject, unproposed
from ballot.lifecycle import State
from ballot.models import CastDispute, Election, RegisterMark
from ballot.times import in_zone
from ballot.views.act_table import ACTS
from office import permissions
from office.models import Approval, Job
from office.permissions import Role
from office.services.approvals import approve_act, propose_act
from office.services.jobs import open_job
from tests.ballot.views.desk import press
from tests.ballot.views.world import now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def test_the_dashboard_says_what_stops_the_next_step(client: Client) -> None:
    here = world()
    Election.objects.filter(pk=here.election_id).update(helped_routes="")
    sign_in(client, here.officers[0])
    path = reverse("desk_election", args=[here.slug])

    stopped = client.get(path).text
    Election.objects.filter(pk=here.election_id).update(helped_routes="Ring us.")
    free = client.get(path).text

    assert "Next: Publish the notice of poll" in stopped
    assert "See what is missing" in stopped
    assert "Write it on the set-up page." in stopped
    assert "See what is missing" not in free


def test_an_act_of_one_officer_is_done_when_the_button_is_pressed(client: Client) -> None:
    here = world()
    sign_in(client, here.officers[0])
    path = reverse("act_publish_notice", args=[here.slug])

    client.get(path)
    after_looking = here.election.stage
    answer = press(client, here, "publish_notice")

    assert after_looking is State.DRAFT
    assert answer.headers["Location"] == reverse("desk_election", args=[here.slug])
    assert here.election.stage is State.NOMINATING


def test_an_act_of_two_is_proposed_by_one_and_carried_out_by_the_other(client: Client) -> None:
    here = world().to("coded")
    first, second = here.officers
    sign_in(client, first)

    press(client, here, "open_poll")
    after_proposal = here.election.stage
    page = client.get(reverse("desk_election", args=[here.slug])).text
    approval = Approval.objects.get()
    approve_act(approval.pk, by=second.pk, now=now())

    assert after_proposal is State.FROZEN
    assert "waits for another officer" in page
    assert here.election.stage is State.POLLING


def test_the_first_tranche_of_codes_alone_goes_out_where_the_opening_says_so(
    client: Client,
) -> None:
    here = world().to("coded")
    sign_in(client, here.officers[0])

    press(client, here, "open_poll", first_tranche_alone="on")
    approval = Approval.objects.get()
    approve_act(approval.pk, by=here.officers[1].pk, now=now())

    assert approval.parameters == {"tranches": 1}
    assert "the others when an officer releases them" in approval.sentence
    assert here.election.stage is State.POLLING


def test_a_proposal_that_waits_is_not_made_twice(client: Client) -> None:
    here = world().to("coded")
    sign_in(client, here.officers[0])

    press(client, here, "open_poll")
    again = press(client, here, "open_poll")

    assert again.status_code == 200
    assert "already waits for a second officer" in again.text
    assert Approval.objects.count() == 1


def test_a_reason_is_demanded_where_it_will_be_published(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])

    short = press(client, here, "suspend_poll", reason="Why")
    hidden = press(client, here, "suspend_poll", reason="The lists are\u200b looked at once more.")
    whole = press(client, here, "suspend_poll", reason="The lists are looked at once more.")

    assert hidden.status_code == 200
    assert "The reason holds U+200B" in hidden.text
    assert short.status_code == 200
    assert "ten characters or more" in short.text
    assert whole.status_code == 302
    assert Approval.objects.get().parameters == {"reason": "The lists are looked at once more."}


def test_an_extension_names_a_later_hour_in_the_elections_zone(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])
    close = here.election.closes_at
    assert close is not None
    later = (close + timedelta(days=2)).replace(second=0, microsecond=0)

    earlier = press(client, here, "extend_poll", closes_at="2026-01-01T09:00",
                    reason="The post was late.")
    press(client, here, "extend_poll", closes_at=later.strftime("%Y-%m-%dT%H:%M"),
          reason="The post was late in the north.")
    approval = Approval.objects.get()
    approve_act(approval.pk, by=here.officers[1].pk, now=now())

    assert "later close than the present one" in earlier.text
    assert here.election.closes_at is not None
    assert in_zone(here.election.closes_at, "Europe/London") in approval.sentence


def test_a_long_act_opens_one_job_however_often_it_is_pressed(client: Client) -> None:
    here = world().to("keyed")
    sign_in(client, here.officers[0])

    press(client, here, "send_codes")
    press(client, here, "send_codes")

    assert Job.objects.filter(kind="send_codes").count() == 1
    page = client.get(reverse("desk_election", args=[here.slug])).text
    assert "Voting codes: waiting to start" in page
    assert "This is under way." in page


def test_an_election_whose_contests_are_unopposed_goes_to_its_declaration(client: Client) -> None:
    here = world(candidates=("Ash Amin",)).to("nominated")
    sign_in(client, here.officers[0])

    page = client.get(reverse("desk_election", args=[here.slug])).text
    press(client, here, "declare")
    approve_act(Approval.objects.get().pk, by=here.officers[1].pk, now=now())
    result = client.get(reverse("result", args=[here.slug])).text
    after = client.get(reverse("desk_election", args=[here.slug])).text

    assert "Next: Declare the result" in page
    assert "elected unopposed" in result
    assert "Not needed" in after


def test_what_is_under_way_is_shown_to_those_who_may_do_it_and_to_no_other(
    client: Client,
) -> None:
    here = world().to("opened")
    job = open_job("count", subject=("election", str(here.election_id)), by=None, now=now())
    Job.objects.filter(pk=job.pk).update(
        state="failed", error="After stage 3 Ash and Birch are tied.", finished_at=now()
    )
    path = reverse("desk_election", args=[here.slug])

    shown = {
        role: "After stage 3" in sign_in(Client(), staff(role)).get(path).text for role in Role
    }

    assert shown == {role: role in permissions.ACTS["count"].roles for role in Role}
    assert set(shown.values()) == {True, False}


def test_disputed_casts_stand_on_the_dashboard_as_a_number(client: Client) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    here.cast(entry, (0,))
    sign_in(client, here.officers[0])
    before = client.get(reverse("desk_election", args=[here.slug])).text

    CastDispute.objects.create(election=here.election, roll_entry=entry, said_at=timezone.now())
    after = client.get(reverse("desk_election", args=[here.slug])).text

    assert "was not theirs" not in before
    assert "One elector says that the ballot cast in their name was not theirs." in after
    assert f'{reverse("desk_incidents", args=[here.slug])}">Read it in the incidents book' in after
    assert "Fallowes" not in after


def test_a_disputed_cast_is_no_longer_told_of_once_it_is_explained(client: Client) -> None:
    here = world().to("closed")
    entry = RegisterMark.objects.select_related("roll_entry__section").order_by("pk")[0].roll_entry
    CastDispute.objects.create(election=here.election, roll_entry=entry, said_at=timezone.now())
    sign_in(client, here.officers[0])
    dashboard = reverse("desk_election", args=[here.slug])

    stopped = client.get(dashboard).text
    propose_act("explain_difference",
                subject=difference_subject(here.election, "disputed", entry.section.code),
                by=here.officers[0].pk, now=now(),
                parameters={"number": 1, "explanation": "They rang, and remembered."})
    waits = client.get(dashboard).text
    approve_act(Approval.objects.get().pk, by=here.officers[1].pk, now=now())
    explained = client.get(dashboard).text

    assert "Explain each on the page of the verification." in stopped
    assert "Explain each" not in waits
    assert "What is proposed of each waits for another officer." in waits
    assert "was not theirs" in waits and "was not theirs" not in explained


def test_an_explanation_that_one_more_dispute_overtook_is_not_said_to_wait(
    client: Client, django_assert_num_queries: Any
) -> None:
    here = world().to("closed")
    one, two = (
        mark.roll_entry for mark in RegisterMark.objects.select_related("roll_entry")
        .filter(roll_entry__section__code="member").order_by("pk")[:2]
    )
    CastDispute.objects.create(election=here.election, roll_entry=one, said_at=now())
    propose_act("explain_difference", subject=difference_subject(here.election, "disputed",
                "member"), by=here.officers[0].pk, now=now(),
                parameters={"number": 1, "explanation": "They rang, and remembered."})
    sign_in(client, here.officers[0])
    pages = [reverse(f"desk_{name}", args=[here.slug]) for name in ("election", "verification")]
    before = [client.get(page).text for page in pages]

    CastDispute.objects.create(election=here.election, roll_entry=two, said_at=now())
    dashboard, verification = [client.get(page).text for page in pages]

    assert "What is proposed of each waits for another officer." in before[0]
    assert "An explanation is proposed, and waits for another officer." in before[1]
    assert "Explain each on the page of the verification." in dashboard
    assert "of another number, and can no longer be carried out" in verification
    assert "Remove it under approvals" in verification and "waits for" not in verification
    other = RegisterMark.objects.filter(roll_entry__section__code="affiliated")[0].roll_entry
    CastDispute.objects.create(election=here.election, roll_entry=other, said_at=now())
    election = here.election
    with django_assert_num_queries(3):
        assert len(unproposed(election, now=now())) == 2


@pytest.mark.parametrize("role", list(Role))
def test_an_act_is_there_for_the_roles_of_the_table_and_for_no_other(
    client: Client, role: Role
) -> None:
    here = world().to("polling")
    sign_in(client, staff(role))

    opened = {
        name
        for name in ACTS
        if client.get(reverse(f"act_{name}", args=[here.slug])).status_code == 200
    }

    assert opened == {
        name for name, act in ACTS.items() if role in permissions.ACTS[act.demands].roles
    }


def test_the_desk_is_shut_to_who_is_not_signed_in(client: Client) -> None:
    here = world()

    answers = {
        client.get(reverse(name, args=[here.slug])).status_code
        for name in ("desk_election", "desk_paper", "act_void_election")
    }

    assert answers == {302}


def test_a_lot_is_recorded_for_the_tie_that_stops_the_count(client: Client) -> None:
    # By lot alone, Ash and Birch have two votes each and Cedar three: somebody must go.
    here = world(
        rankings=((0,), (0,), (1,), (1,), (2,), (2,), (2,)), tie_rule="lot"
    ).to("opened")
    sign_in(client, here.officers[0])
    path = reverse("desk_lot", args=[here.slug])

    desk = reverse("desk_election", args=[here.slug])
    before = client.get(desk).text
    open_job("count", subject=("election", str(here.election_id)), by=here.by["by"], now=now())
    waiting = client.get(desk).text
    Job.objects.update(state=Job.State.STOPPED)
    stopped = client.get(desk).text
    page = client.get(path).text
    seen = {"witnesses": "Dee Hall, agent\nEd Orr, scrutineer\n"}
    wrong = client.post(path, {"place_0": 0, "place_1": 0, **seen})
    alone = client.post(path, {"place_0": 1, "place_1": 0, "witnesses": "Dee Hall, agent"})
    right = client.post(path, {"place_0": 1, "place_1": 0, **seen})

    assert path not in before and path not in waiting and path in stopped
    assert "Ash Amin and Birch Bell are tied" in page
    assert "Each of the tied is drawn once." in wrong.text
    assert "Name 2 to 20 people who saw the lot drawn" in alone.text
    assert right.status_code == 302
    here._counted()
    sheet = here.election.contests.get().count.sheet
    assert sheet["stages"][0]["excluded"] == ["Birch Bell"]
    assert "No lot is awaited" in client.get(path).text
