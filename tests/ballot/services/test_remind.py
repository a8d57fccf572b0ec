"""Reminders: on the days of the notice, by themselves, to who has not voted, and never twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, transaction

from ballot.models import Election, Reminder
from ballot.services.open_poll import open_poll
from ballot.services.remind import PURPOSE, reminder_due, send_due_reminder
from ballot.services.set_up import edit_election
from ballot.services.suspend_poll import resume_poll, suspend_poll
from ballot.services.tend_polls import tend_reminders
from ballot.showing.notice import notice_of
from ballot.times import in_zone
from members.models import Member
from office.acts import registered_act
from office.models import AuditRecord, Dispatch, Job, Letter
from office.permissions import ACTS
from office.services.dispatches import SEND_JOB, pause_letters
from office.services.sending import send_letters
from office.services.working import work_job
from tests.ballot.factories import (
    SOFTWARE,
    Run,
    bring,
    cast,
    code_of_refusal,
    content,
    election,
    entries,
    now,
    recorded,
)

pytestmark = pytest.mark.django_db

FIRST = timedelta(days=2)
LAST = timedelta(days=6)


def reminded(*, at: str = "polling", electors: int = 3) -> Run:
    """An election of seven days with a reminder after two and a last one after six."""
    run = election(electors=electors)
    opens = run.election.opens_at
    assert opens is not None
    edit_election(run.election_id, reminder_at=opens + FIRST, last_reminder_at=opens + LAST,
                  **run.by)
    return bring(run, to=at)


def after(run: Run, since: timedelta) -> datetime:
    opens = run.election.opens_at
    assert opens is not None
    return opens + since + timedelta(minutes=1)


def facts(run: Run) -> str:
    """What the page of the notice says in short."""
    return str(list(notice_of(run.election, now=now())["facts"]))


def to_whom(number: int) -> set[str]:
    letters = Letter.objects.filter(purpose=PURPOSE, attempt=number)
    return set(letters.values_list("recipient", flat=True))


def test_a_reminder_goes_on_its_day_to_those_alone_who_have_not_voted_and_once() -> None:
    run = reminded()
    voter, *others = entries(run)
    cast(run, voter, (0,))
    assert tend_reminders(now=now()) == 0

    assert tend_reminders(now=after(run, FIRST)) == 2
    assert tend_reminders(now=after(run, FIRST)) == 0

    assert to_whom(1) == {str(entry.public_id) for entry in others}
    assert [(one.number, one.letters) for one in Reminder.objects.all()] == [(1, 2)]
    assert recorded("send_reminder", subject=("election", str(run.election_id))) == [(None, None)]
    # Not how many have not voted: the audit trail is read while the poll goes on.
    assert AuditRecord.objects.get(act="send_reminder").parameters == {"number": 1}
    cast(run, others[0], (1,))
    assert tend_reminders(now=after(run, LAST)) == 1
    assert to_whom(2) == {str(others[1].public_id)}


def test_a_reminder_carries_no_code_and_says_where_a_lost_link_is_asked_for_anew() -> None:
    run = reminded(electors=1)
    tend_reminders(now=after(run, FIRST))
    letter = Letter.objects.get(purpose=PURPOSE)

    send_letters(letter.dispatch_id)

    (sent,) = mail.outbox
    assert letter.enclosure is None
    assert sent.to == ["elector0@example.org"]
    assert f"/vote/{run.election.slug}/#" not in sent.body
    assert f"/vote/{run.election.slug}/reissue/" in sent.body
    assert "holds no link to vote and no code" in sent.body


def test_who_votes_before_their_reminder_is_sent_gets_none() -> None:
    run = reminded(electors=2)
    late, other = entries(run)
    tend_reminders(now=after(run, FIRST))
    cast(run, late, (0,))

    send_letters(Dispatch.objects.get(purpose=PURPOSE).pk)

    states = dict(Letter.objects.filter(purpose=PURPOSE).values_list("recipient", "state"))
    assert states == {str(late.public_id): "cancelled", str(other.public_id): "handed_over"}
    assert len(mail.outbox) == 1


def test_of_two_that_are_due_at_once_the_last_is_sent_and_the_first_never() -> None:
    run = reminded(electors=1)

    assert tend_reminders(now=after(run, LAST)) == 1
    assert tend_reminders(now=after(run, LAST)) == 0

    assert (to_whom(1), len(to_whom(2))) == (set(), 1)
    assert list(Reminder.objects.order_by("number").values_list("number", "letters")) == [
        (1, 0), (2, 1)
    ]


def test_a_reminder_whose_hour_a_later_opening_overtook_is_not_sent_and_the_last_one_is() -> None:
    run = reminded(at="coded", electors=1)
    as_planned = facts(run)
    open_poll(run.election_id, software=SOFTWARE, **run.by_two | {"now": after(run, FIRST)})

    assert tend_reminders(now=after(run, FIRST)) == 0
    assert tend_reminders(now=after(run, LAST)) == 1
    assert "not sent" not in as_planned
    assert facts(run).count("(not sent: the poll opened no earlier)") == 1


def test_who_puts_the_opening_off_reads_which_reminders_are_then_not_sent() -> None:
    run = election(opens_in=timedelta(days=1))
    hours = [now() + timedelta(days=days) for days in (2, 6.5)]
    edit_election(run.election_id, reminder_at=hours[0], last_reminder_at=hours[1], **run.by)
    bring(run, to="nominating")

    def proposed(opens_in: timedelta) -> str:
        opens_at = (now() + opens_in).isoformat()
        return registered_act("amend_notice").describe(
            str(run.election_id), changes={"opening": opens_at}, reason="The trustees are late."
        )

    assert "No reminder" not in proposed(timedelta(days=1.5))
    told = proposed(timedelta(days=3))
    first, last = (in_zone(at, run.election.zone) for at in hours)
    assert f"No reminder is sent on {first}: the poll opens no earlier." in told
    assert last not in told


def test_none_is_sent_before_the_opening_while_suspended_or_after_the_close() -> None:
    run = reminded(at="coded", electors=1)
    assert reminder_due(run.election, now=after(run, FIRST)) is None

    bring(run, to="polling")
    assert reminder_due(run.election, now=after(run, timedelta(days=7))) is None
    Election.objects.filter(pk=run.election_id).update(state="suspended")
    assert reminder_due(run.election, now=after(run, FIRST)) is None
    Election.objects.filter(pk=run.election_id).update(state="polling")
    assert reminder_due(run.election, now=after(run, FIRST)) == 1


def test_reminders_being_sent_wait_while_the_poll_is_suspended_and_go_on_after() -> None:
    run = reminded(electors=2)
    tend_reminders(now=after(run, FIRST))
    dispatch = Dispatch.objects.get(purpose=PURPOSE)
    job = Job.objects.get(kind=SEND_JOB, subject_id=str(dispatch.pk))
    suspend_poll(run.election_id, reason="The hall's line is down.", **run.by_two)

    assert send_letters(dispatch.pk).rests.startswith("The poll is suspended")
    work_job(job.pk)

    assert not mail.outbox
    assert set(dispatch.letters.values_list("state", flat=True)) == {"waiting"}
    job.refresh_from_db()
    assert job.state == "open"
    resume_poll(run.election_id, reason="The line is up.", **run.by_two)
    assert send_letters(dispatch.pk).rests == ""
    assert len(mail.outbox) == 2


def test_a_page_of_letters_names_electors_only_to_who_may_see_the_register() -> None:
    names = ACTS["see_letters"].roles & ACTS["see_roll"].roles

    assert names and names <= ACTS["see_register"].roles


def test_who_has_no_email_address_is_not_reminded_by_email() -> None:
    run = election(electors=2)
    Member.objects.filter(number="1000").update(email="")
    opens = run.election.opens_at
    assert opens is not None
    edit_election(run.election_id, reminder_at=opens + FIRST, **run.by)
    bring(run, to="polling")

    assert tend_reminders(now=after(run, FIRST)) == 1
    assert to_whom(1) == {str(entries(run)[1].public_id)}


def test_a_dispatch_that_an_officer_paused_stays_paused() -> None:
    run = reminded(electors=1)
    tend_reminders(now=after(run, FIRST))
    dispatch = Dispatch.objects.get(purpose=PURPOSE)
    pause_letters(dispatch.pk, **run.by)

    assert tend_reminders(now=after(run, LAST)) == 1

    dispatch.refresh_from_db()
    assert dispatch.state == "paused"


def test_the_database_keeps_a_reminder_once_and_for_good() -> None:
    run = reminded(electors=1)
    send_due_reminder(run.election_id, now=after(run, FIRST))

    with pytest.raises(IntegrityError, match="reminder_is_sent_once"), transaction.atomic():
        Reminder.objects.create(election=run.election, number=1, queued_at=now(), letters=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reminder.objects.all().delete()
    assert Reminder.objects.count() == 1


def test_the_notice_names_the_hours_of_the_reminders() -> None:
    run = reminded(at="nominating")
    reminder, last = run.election.reminder_at, run.election.last_reminder_at
    assert reminder is not None and last is not None

    assert content(run, "notice")["reminders"] == [
        f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (reminder, last)
    ]


@pytest.mark.parametrize(
    ("reminder", "last", "code"),
    [
        (FIRST, LAST, ""),
        (timedelta(days=-1), None, "election.reminder-outside-poll"),
        (timedelta(days=8), None, "election.reminder-outside-poll"),
        (None, timedelta(days=4), "election.last-reminder-too-early"),
        (timedelta(days=6, hours=12), LAST, "election.reminders-out-of-order"),
    ],
)
def test_hours_of_reminders_that_cannot_be_are_refused(
    reminder: timedelta | None, last: timedelta | None, code: str
) -> None:
    run = election(electors=1)
    opens = run.election.opens_at
    assert opens is not None

    def edit() -> None:
        edit_election(
            run.election_id, reminder_at=opens + reminder if reminder else None,
            last_reminder_at=opens + last if last else None, **run.by,
        )

    if code:
        assert code_of_refusal(edit) == code
    else:
        edit()
        assert run.election.last_reminder_at == opens + LAST
