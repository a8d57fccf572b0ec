"""The timetable at the desk, the notice of poll as page and document, and amending it by pages."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from ballot.models import Election, PlannedDate
from ballot.services.amend_notice import amend_notice
from ballot.services.close_poll import close_poll_early
from ballot.services.extend_poll import extend_poll
from ballot.services.plan_dates import plan_dates
from ballot.services.set_up import edit_election
from ballot.services.suspend_poll import suspend_poll
from ballot.services.void_election import void_election
from ballot.times import in_zone, local_time
from office.models import Approval
from office.permissions import Role
from office.services.approvals import approve_act
from tests.ballot.views.desk import press
from tests.ballot.views.world import World, now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db

CLOCK = "%Y-%m-%dT%H:%M"


def page(client: Client, here: World, name: str) -> str:
    return client.get(reverse(name, args=[here.slug])).text


def document(client: Client, here: World) -> str:
    """The words of the notice's PDF."""
    answer = client.get(reverse("notice_document", args=[here.slug]))
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(one.extract_text() for one in pages).replace("\n", " ")


def ahead(**given: float) -> str:
    """An hour ahead, as a clock in London is read."""
    return local_time(now() + timedelta(**given), "Europe/London").strftime(CLOCK)


def test_dates_are_set_by_the_officer_and_stand_in_the_timetable(client: Client) -> None:
    here = world()
    sign_in(client, here.officers[0])
    path = reverse("desk_dates", args=[here.slug])

    wrong = client.post(path, {"count": ahead(days=9), "declaration": ahead(days=8)})
    never = client.post(path, {"count": "2030-03-31T01:30"})
    right = client.post(path, {"count": ahead(days=9), "declaration": ahead(days=10)})
    shown = page(client, here, "desk_timetable")

    assert "cannot come before “The votes are counted”" in wrong.text
    assert "clocks jump over this hour" in never.text
    assert right.status_code == 302
    assert PlannedDate.objects.count() == 2
    assert in_zone(PlannedDate.objects.get(step="declaration").at, "Europe/London") in shown


def test_the_timetable_says_who_did_what_what_is_overdue_and_what_stops_the_next(
    client: Client,
) -> None:
    here = world()
    plan_dates(here.election_id, dates={"freeze": now() - timedelta(hours=2)}, **here.by)
    here.to("nominated")
    sign_in(client, here.officers[0])

    path = reverse("desk_timetable", args=[here.slug])
    before = client.get(path)
    here._frozen()
    after = client.get(path)
    late, done = before.text, after.text

    # The opening's hour has passed too, and does until the poll is opened.
    assert before.context["overdue"] == ["The roll is frozen", "The poll opens"]
    assert after.context["overdue"] == ["The poll opens"]
    assert "Overdue by the timetable:" in late
    assert "Next: Freeze the roll" in late
    assert "Nothing stops it." in late
    assert "by Ruth Adeyemi and Gareth Pugh." in done
    assert "Next: Set up the trustees’ key" in done


def test_what_stops_the_next_step_is_named_with_the_page_that_mends_it(client: Client) -> None:
    here = world(candidates=())
    here.to("nominating")
    sign_in(client, here.officers[0])

    shown = page(client, here, "desk_timetable")

    assert "Somebody stands in “Leader”" in shown
    assert f'href="{reverse("desk_paper", args=[here.slug])}">Where it is mended' in shown


def test_what_is_done_has_no_cross_and_the_close_is_due_only_at_its_hour(client: Client) -> None:
    here = world()
    here.to("keyed")
    sign_in(client, here.officers[0])

    to_make = page(client, here, "act_send_codes")
    here._coded()
    made = page(client, here, "act_send_codes")
    here._polling()
    polling = client.get(reverse("desk_timetable", args=[here.slug]))

    assert "Make the codes</button>" in to_make and "nothing is left to do" not in to_make
    assert "Make the codes</button>" not in made and "All are made: nothing is left to do." in made
    assert "still to be made" not in to_make + made
    close = next(row for row in polling.context["tasks"] if row.title == "The poll closes")
    assert close.state == "Ahead" and close.url


def test_a_close_that_waits_for_its_hour_names_it_and_leads_to_the_early_one(
    client: Client,
) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])
    closes_at, early = here.election.closes_at, reverse("act_close_poll_early", args=[here.slug])
    assert closes_at is not None
    hour = in_zone(closes_at, "Europe/London")

    for name in ("desk_election", "desk_timetable", "act_close_poll"):
        assert f'href="{early}">It is {hour}. Wait for it, or let two' in page(client, here, name)


def test_the_mixes_are_told_with_their_hour_and_who_began_them(client: Client) -> None:
    here = world().to("mixed")
    sign_in(client, here.officers[0])

    rows = client.get(reverse("desk_timetable", args=[here.slug])).context["tasks"]

    (mixed,) = (row for row in rows if row.title == "Mix the boxes")
    assert mixed.hint.startswith("Done on ") and mixed.hint.endswith(" by Ruth Adeyemi.")


def test_a_suspended_poll_goes_on_next_until_its_hour_of_closing_has_passed(client: Client) -> None:
    here = world().to("polling")
    suspend_poll(here.election_id, reason="The lists are looked at.", **here.by_two)
    sign_in(client, here.officers[0])
    resume = reverse("act_resume_poll", args=[here.slug])

    in_time = page(client, here, "desk_timetable"), page(client, here, "desk_election")
    Election.objects.filter(pk=here.election_id).update(closes_at=now() - timedelta(minutes=1))
    too_late = page(client, here, "desk_timetable"), page(client, here, "desk_election")

    for shown in in_time:
        assert "Next: Go on with the poll" in shown
        assert "They may close it early instead, or declare the election void." in shown
        assert shown.count(f'href="{resume}"') == 1
    for shown in too_late:
        assert "Next: Close the poll" in shown
        assert "close it early instead" not in shown


def test_the_timetable_says_that_the_next_step_is_proposed_and_where_it_is_approved(
    client: Client,
) -> None:
    here = world().to("nominated")
    sign_in(client, here.officers[0])
    observer = sign_in(Client(), staff(Role.OBSERVER))

    before = page(client, here, "desk_timetable")
    press(client, here, "freeze_roll")
    approval = Approval.objects.get()
    after, seen = (page(one, here, "desk_timetable") for one in (client, observer))

    assert "waits for another officer" not in before and "Go to this step" in before
    assert "This is proposed, and waits for another officer." in after
    assert f'href="{reverse("approvals")}#approval-{approval.pk}"' in after
    assert "Go to this step" not in after
    assert "This is proposed, and waits for another officer." in seen
    assert reverse("approvals") not in seen


def test_an_observer_sees_the_timetable_and_nothing_to_set(client: Client) -> None:
    here = world()
    sign_in(client, staff(Role.OBSERVER))

    draft = page(client, here, "desk_timetable")

    assert "Next: Publish the notice of poll" in draft
    assert "Set the dates" not in draft


def test_a_draft_that_was_declared_void_has_a_public_page_and_no_notice(client: Client) -> None:
    here = world()
    void_election(here.election_id, reason="It was called in error.", **here.by_two)
    sign_in(client, here.officers[0])

    public = client.get(reverse("election", args=[here.slug]))
    notice = client.get(reverse("notice", args=[here.slug]))

    assert public.status_code == 200
    assert "It was called in error." in public.text
    assert notice.status_code == 404
    assert "A void election has no steps left." in page(client, here, "desk_timetable")


def test_the_notice_is_read_as_page_and_document_with_its_amendments(client: Client) -> None:
    here = world()
    plan_dates(here.election_id, dates={"declaration": now() + timedelta(days=9)}, **here.by)
    before = client.get(reverse("notice", args=[here.slug])).status_code
    here.to("nominating")
    amend_notice(here.election_id, changes={"complaints": "Write to <the panel> & wait."},
                 reason="The old address is closed.", **here.by_two)

    shown = page(client, here, "notice")
    paper = document(client, here)

    assert before == 404
    assert "Write to &lt;the panel&gt; &amp; wait." in shown
    for text in ("Amendment 1", "The old address is closed.", "Returning officer: Ruth Adeyemi.",
                 "The result is declared", "Who may vote", "Ring 0800 000 000."):
        assert text in shown, text
        assert text in paper, text
    assert "Write to <the panel> & wait." in paper


def test_the_notice_tells_an_extension_with_its_reason_and_what_it_overtook(
    client: Client,
) -> None:
    here = world()
    plan_dates(here.election_id, dates={"count": now() + timedelta(days=9)}, **here.by)
    here.to("polling")
    was = here.election.closes_at
    assert was is not None
    later = was + timedelta(days=9)
    before = page(client, here, "notice")
    extend_poll(here.election_id, closes_at=later.isoformat(), reason="The post was late.",
                **here.by_two)

    shown, public = (page(client, here, name) for name in ("notice", "election"))

    assert "The poll was extended" not in before and "overtaken" not in before
    hours = (in_zone(at, "Europe/London") for at in (later, was))
    told = f"{', from '.join(hours)}, by two officers. The reason: The post was late."
    assert f"The poll was extended to: {told}" in shown and told in public
    assert f"The poll closes: {in_zone(later, 'Europe/London')}." in shown
    paper = document(client, here)
    for text in (shown, paper):
        assert text.count("(overtaken: the close was put off)") == 1
        assert text.count(told) == 1


def test_the_notice_tells_an_early_close_with_its_reason_and_what_it_overtook(
    client: Client,
) -> None:
    here = world()
    last = now() + timedelta(hours=1)
    edit_election(here.election_id, reminder_at=last, **here.by)
    plan_dates(here.election_id, dates={"reissue-by-page": last}, **here.by)
    here.to("polling")
    before = page(client, here, "notice"), page(client, here, "election")
    close_poll_early(here.election_id, reason="All have voted by now.", **here.by_two)

    shown, public = (page(client, here, name) for name in ("notice", "election"))

    for text in before:
        assert "The poll closes" in text and "The poll was to close" not in text
    told = "by two officers. The reason: All have voted by now."
    for text in (shown, public):
        assert "The poll was to close" in text and told in text
    assert f"{in_zone(last, 'Europe/London')} (overtaken: the poll was closed before)." in shown
    assert f"{in_zone(last, 'Europe/London')} (not sent: the poll was closed before)" in public
    paper = document(client, here)
    assert paper.count("The poll was closed early: ") == 1
    assert f"{in_zone(last, 'Europe/London')} (overtaken: the poll was closed before)." in paper


def test_the_notice_is_amended_by_two_officers_who_read_what_was_and_what_is(
    client: Client,
) -> None:
    here = world().to("nominating")
    sign_in(client, here.officers[0])
    path = reverse("act_amend_notice", args=[here.slug])
    form = client.get(path).context["form"]
    as_it_is = {name: form[name].value() or "" for name in form.fields}
    as_it_is["helped_routes"] = as_it_is["helped_routes"].replace("\n", "\r\n")

    nothing = client.post(path, {**as_it_is, "reason": "Nothing is changed at all."})
    earlier = client.post(path, {**as_it_is, "close": "2026-01-01T09:00",
                                 "reason": "It shall be sooner."})
    unnamed = client.post(path, {**as_it_is, "returning_officer": "", "helped_routes": "",
                                 "reason": "Nobody is left to turn to."})
    changed = client.post(path, {**as_it_is, "close": ahead(days=20), "deputy": "Dee Putty",
                                 "reason": "The hall is booked then."})
    approval = Approval.objects.get()
    approve_act(approval.pk, by=here.officers[1].pk, now=now())

    assert "Nothing would change" in nothing.text
    assert "Name the returning officer: a notice has one." in unnamed.text
    assert "Write how somebody votes who cannot use the page" in unnamed.text
    assert "moves to a later one" in earlier.text
    assert changed.status_code == 302
    assert set(approval.parameters["changes"]) == {"close", "deputy"}
    assert "The deputy: “Dee Putty”, and not unsaid." in approval.sentence
    assert here.election.deputy == "Dee Putty"


def test_a_proposal_to_amend_that_no_longer_fits_is_not_carried_out(client: Client) -> None:
    here = world().to("nominating")
    sign_in(client, here.officers[0])
    path = reverse("act_amend_notice", args=[here.slug])
    form = client.get(path).context["form"]
    as_it_is = {name: form[name].value() or "" for name in form.fields}
    client.post(path, {**as_it_is, "deputy": "Dee Putty", "reason": "There is a deputy now."})
    amend_notice(here.election_id, changes={"deputy": "Ann Other"}, reason="There is another.",
                 **here.by_two)
    sign_in(client, here.officers[1])

    client.post(reverse("approve", args=[Approval.objects.get().pk]))

    assert Approval.objects.get().state == Approval.State.WAITING
    assert here.election.deputy == "Ann Other"
