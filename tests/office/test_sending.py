"""Handing letters over: each at most once, whatever breaks, and nothing forgotten."""

from __future__ import annotations

import smtplib
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from office import purposes
from office.models import Dispatch, Job, Letter
from office.selectors import latest_job
from office.services import sender, sending, working
from office.services.composing import message_id
from office.services.dispatches import SEND_JOB, cancel_letters, pause_letters, release_letters
from office.services.letters import prepare_dispatch, queue_letter, queue_letters
from office.services.refused import REFUSED_IN_A_ROW
from office.services.sending import send_at_once, send_letters, settle_abandoned_letters
from office.services.working import work_job
from tests.office.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)

ELECTION = UUID("0190a5d3-0000-7000-8000-000000000007")


class Killed(BaseException):
    """The process ends here: no handler in the sender may catch it."""


class MailServer(BaseEmailBackend):
    """A mail server that keeps what it took, and does as the test bids at a given letter."""

    taken: ClassVar[list[EmailMessage]] = []
    at: ClassVar[dict[str, Callable[[EmailMessage], None]]] = {}
    is_down: ClassVar[bool] = False
    lock: ClassVar[threading.Lock] = threading.Lock()

    def open(self) -> bool:
        if self.is_down:
            raise ConnectionRefusedError
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            act = self.at.pop(message.to[0], None)
            if act is not None:
                act(message)
            with self.lock:
                self.taken.append(message)
        return len(email_messages)


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> type[MailServer]:
    monkeypatch.setattr(sender, "get_connection", MailServer)
    monkeypatch.setattr("office.services.jobs.current_app.send_task", lambda *a, **k: None)
    MailServer.taken.clear()
    MailServer.at.clear()
    MailServer.is_down = False
    return MailServer


def released(purpose: str, count: int = 5, **named: Any) -> Dispatch:
    dispatch = prepare_dispatch(purpose, reference=ELECTION, **named)
    queue_letters(dispatch.pk, ((f"e-{n}", f"code {n}".encode()) for n in range(count)))
    release_letters(dispatch.pk, by=None, now=NOW)
    return dispatch


def states(dispatch: Dispatch) -> dict[str, int]:
    rows = Letter.objects.filter(dispatch=dispatch).values_list("state", flat=True)
    return dict(Counter(rows))


def abandon() -> None:
    Letter.objects.filter(state="claimed").update(
        claimed_at=timezone.now() - timedelta(seconds=sending.ABANDONED_S + 1)
    )


def addresses(server: type[MailServer]) -> list[str]:
    return sorted(message.to[0] for message in server.taken)


def test_every_letter_goes_out_once_and_its_enclosure_is_erased(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 120)

    sent = send_letters(dispatch.pk)

    assert (sent.handed_over, sent.is_over) == (120, True)
    assert len(addresses(server)) == len(set(addresses(server))) == 120
    assert states(dispatch) == {"handed_over": 120}
    assert not Letter.objects.filter(enclosure__isnull=False).exists()
    # Nor an hour: that at which the notice of a cast goes is the cast's (docs/turnout.md, 2).
    assert not Letter.objects.filter(claimed_at__isnull=False).exists()
    assert send_letters(dispatch.pk).handed_over == 0


def test_a_letter_has_text_and_html_marks_itself_automatic_and_tracks_nobody(
    purpose: str, server: type[MailServer], settings: Any
) -> None:
    dispatch = released(purpose, 1)
    send_letters(dispatch.pk)

    [message] = server.taken
    assert isinstance(message, EmailMultiAlternatives)
    assert message.body == "Code: code 0"
    assert [(str(part), kind) for part, kind in message.alternatives] == [
        ("<p>Code: code 0</p>", "text/html")
    ]
    headers = {name.lower(): value for name, value in message.message().items()}
    assert headers["auto-submitted"] == "auto-generated"
    assert headers["message-id"] == message_id(purpose, recipient="e-0", attempt=1)
    assert "list-unsubscribe" not in headers
    assert message.from_email == settings.DEFAULT_FROM_EMAIL


def test_a_message_id_is_of_the_recipient_purpose_and_attempt_and_names_nobody() -> None:
    first = message_id("ballot.code", recipient="e-1", attempt=1)

    assert first == message_id("ballot.code", recipient="e-1", attempt=1)
    assert "e-1" not in first and first.endswith("@localhost>")
    others = {
        message_id("ballot.code", recipient="e-1", attempt=2),
        message_id("ballot.code", recipient="e-2", attempt=1),
        message_id("ballot.cast", recipient="e-1", attempt=1),
    }
    assert len(others | {first}) == 4


def test_only_released_tranches_go_out(purpose: str, server: type[MailServer]) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION, tranche_size=2)
    queue_letters(dispatch.pk, ((f"e-{n}", b"x") for n in range(5)))

    assert send_letters(dispatch.pk).handed_over == 0
    release_letters(dispatch.pk, by=None, now=NOW, tranches=1)
    send_letters(dispatch.pk)
    assert addresses(server) == ["e-0@example.org", "e-1@example.org"]

    release_letters(dispatch.pk, by=None, now=NOW)
    send_letters(dispatch.pk)
    assert len(addresses(server)) == 5


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_while_handing_over_leaves_one_letter_in_doubt_and_sends_none_twice(
    purpose: str, server: type[MailServer], when: str
) -> None:
    dispatch = released(purpose, 5)

    def die(message: EmailMessage) -> None:
        if when == "after":
            server.taken.append(message)
        raise Killed

    server.at["e-2@example.org"] = die
    with pytest.raises(Killed):
        send_letters(dispatch.pk)
    # What a killed process cannot do, undo: the release of what it had only claimed.
    Letter.objects.filter(state="waiting").update(
        state="claimed", claim=1, claimed_at=timezone.now()
    )
    assert states(dispatch) == {"handed_over": 2, "claimed": 3}

    assert settle_abandoned_letters() == (0, 0)
    abandon()
    assert settle_abandoned_letters() == (2, 1)
    send_letters(dispatch.pk)

    assert states(dispatch) == {"handed_over": 4, "held": 1}
    doubtful = Letter.objects.get(state="held")
    assert (doubtful.recipient, doubtful.held_because) == ("e-2", "in-doubt")
    assert doubtful.enclosure is not None
    assert Counter(addresses(server)).most_common(1)[0][1] == 1
    assert len(addresses(server)) == (5 if when == "after" else 4)


def test_a_sender_killed_between_hand_over_and_commit_holds_that_letter(
    purpose: str, server: type[MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch = released(purpose, 3)
    turn_over = sender.Sender._turn_over

    def die_when_done(self: Any, done: int | None, starting: int | None) -> bool:
        if done is not None:
            raise Killed
        return turn_over(self, done, starting)

    with monkeypatch.context() as patch:
        patch.setattr(sender.Sender, "_turn_over", die_when_done)
        with pytest.raises(Killed):
            send_letters(dispatch.pk)
    assert addresses(server) == ["e-0@example.org"]
    abandon()
    settle_abandoned_letters()
    send_letters(dispatch.pk)

    assert addresses(server) == [f"e-{n}@example.org" for n in range(3)]
    assert Letter.objects.get(state="held").recipient == "e-0"


def test_two_senders_at_once_hand_each_letter_over_once(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 300)
    start = threading.Barrier(4)

    def send() -> None:
        try:
            start.wait(timeout=10)
            send_letters(dispatch.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(addresses(server)) == len(set(addresses(server))) == 300
    assert states(dispatch) == {"handed_over": 300}


def test_a_sender_taken_for_dead_sends_nothing_that_another_may_have(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 4)

    def slow(message: EmailMessage) -> None:
        abandon()
        settle_abandoned_letters()
        other = threading.Thread(target=send_as_another)
        other.start()
        other.join()

    def send_as_another() -> None:
        try:
            send_letters(dispatch.pk)
        finally:
            connection.close()

    server.at["e-1@example.org"] = slow
    send_letters(dispatch.pk)

    assert addresses(server) == [f"e-{n}@example.org" for n in range(4)]
    assert states(dispatch) == {"handed_over": 4}


def test_a_connection_cut_in_the_middle_holds_that_letter_and_leaves_the_rest(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 4)

    def cut(message: EmailMessage) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    server.at["e-1@example.org"] = cut
    sent = send_letters(dispatch.pk)
    assert (sent.handed_over, sent.is_mail_down) == (1, True)
    assert states(dispatch) == {"handed_over": 1, "held": 1, "waiting": 2}

    send_letters(dispatch.pk)
    assert addresses(server) == ["e-0@example.org", "e-2@example.org", "e-3@example.org"]


@pytest.mark.parametrize(
    ("error", "state", "because"),
    [
        (smtplib.SMTPRecipientsRefused({"e-1@example.org": (550, b"no")}), "held", "refused"),
        (smtplib.SMTPDataError(554, b"no"), "held", "refused"),
        (smtplib.SMTPRecipientsRefused({"e-1@example.org": (451, b"later")}), "waiting", ""),
        (smtplib.SMTPDataError(450, b"later"), "waiting", ""),
    ],
    ids=["550", "554", "451", "450"],
)
def test_an_answer_of_the_mail_server_holds_or_puts_off_that_letter_alone(
    purpose: str, server: type[MailServer], error: Exception, state: str, because: str
) -> None:
    dispatch = released(purpose, 3)

    def answer(message: EmailMessage) -> None:
        raise error

    server.at["e-1@example.org"] = answer
    assert send_letters(dispatch.pk).is_over

    assert addresses(server) == ["e-0@example.org", "e-2@example.org"]
    letter = Letter.objects.get(recipient="e-1")
    assert (letter.state, letter.held_because, letter.handing_over) == (state, because, False)
    assert letter.enclosure is not None
    if state == "waiting":
        assert letter.not_before is not None and letter.not_before > timezone.now()
        Letter.objects.update(not_before=None)
        send_letters(dispatch.pk)
        assert len(addresses(server)) == 3


def test_a_letter_put_off_too_often_is_held(purpose: str, server: type[MailServer]) -> None:
    dispatch = released(purpose, 1)

    def later(message: EmailMessage) -> None:
        raise smtplib.SMTPDataError(450, b"later")

    for _ in range(sender.TRIES):
        server.at["e-0@example.org"] = later
        Letter.objects.update(not_before=None)
        send_letters(dispatch.pk)

    letter = Letter.objects.get()
    assert (letter.state, letter.held_because) == ("held", "put-off")


@pytest.mark.parametrize(
    "error",
    [smtplib.SMTPSenderRefused(550, b"who are you", "x@y"), smtplib.SMTPDataError(421, b"closing")],
    ids=["sender refused", "closing"],
)
def test_a_server_that_will_take_no_letter_at_all_is_down_and_holds_none(
    purpose: str, server: type[MailServer], error: Exception
) -> None:
    dispatch = released(purpose, 3)

    def refuse(message: EmailMessage) -> None:
        raise error

    server.at["e-0@example.org"] = refuse
    assert send_letters(dispatch.pk).is_mail_down
    assert states(dispatch) == {"waiting": 3}

    assert send_letters(dispatch.pk).handed_over == 3


def test_a_server_that_refuses_letter_after_letter_pauses_the_dispatch(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, REFUSED_IN_A_ROW + 30)

    def refuse(message: EmailMessage) -> None:
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (554, b"relay denied")})

    server.at.update({f"e-{n}@example.org": refuse for n in range(100)})
    job = Job.objects.get()
    work_job(job.pk)

    job.refresh_from_db()
    dispatch.refresh_from_db()
    assert job.state == "failed" and "in a row" in job.error
    assert dispatch.state == "paused"
    assert states(dispatch) == {"held": REFUSED_IN_A_ROW, "waiting": 30}


def test_refusals_with_letters_taken_between_them_pause_nothing(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 3 * REFUSED_IN_A_ROW)

    def refuse(message: EmailMessage) -> None:
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"unknown")})

    gone = [n for n in range(3 * REFUSED_IN_A_ROW) if n % 2]
    server.at.update({f"e-{n}@example.org": refuse for n in gone})

    assert send_letters(dispatch.pk).is_over
    assert states(dispatch)["held"] == len(gone) > REFUSED_IN_A_ROW


def test_one_dispatch_that_is_refused_does_not_stop_the_others(
    purpose: str, server: type[MailServer]
) -> None:
    def refuse(message: EmailMessage) -> None:
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (554, b"relay denied")})

    for number in range(REFUSED_IN_A_ROW):
        queue_letter(purpose, reference=ELECTION, recipient=f"e-{number}")
        server.at[f"e-{number}@example.org"] = refuse
    queue_letter(purpose, reference=UUID(int=9), recipient="other")

    assert send_at_once() == 1
    assert Dispatch.objects.get(reference=ELECTION).state == "paused"
    assert addresses(server) == ["other@example.org"]


def test_a_mail_server_that_is_down_costs_nothing(purpose: str, server: type[MailServer]) -> None:
    dispatch = released(purpose, 3)

    server.is_down = True
    sent = send_letters(dispatch.pk)
    assert (sent.handed_over, sent.is_mail_down) == (0, True)
    assert states(dispatch) == {"waiting": 3}
    assert set(Letter.objects.values_list("tries", flat=True)) == {0}

    server.is_down = False
    assert send_letters(dispatch.pk).handed_over == 3


def test_a_letter_without_an_address_is_held(purpose: str, server: type[MailServer]) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION)
    queue_letters(dispatch.pk, [("e-1", b"1"), ("nobody-2", b"2"), ("e-3", b"3")])
    release_letters(dispatch.pk, by=None, now=NOW)

    send_letters(dispatch.pk)

    assert addresses(server) == ["e-1@example.org", "e-3@example.org"]
    letter = Letter.objects.get(state="held")
    assert (letter.recipient, letter.held_because) == ("nobody-2", "no-address")


def test_a_renderer_that_fails_leaves_its_letters_waiting(
    purpose: str, server: type[MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch = released(purpose, 3)

    def fail(batch: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setitem(purposes._purposes, purpose, purposes.Purpose(purpose, fail, "x"))
        with pytest.raises(ZeroDivisionError):
            send_letters(dispatch.pk)
    assert states(dispatch) == {"waiting": 3}

    assert send_letters(dispatch.pk).handed_over == 3


def test_a_paused_dispatch_stops_at_the_next_batch(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, sender.BATCH + 10)
    server.at["e-7@example.org"] = lambda message: pause_letters(dispatch.pk, by=None, now=NOW)

    send_letters(dispatch.pk)

    assert states(dispatch) == {"handed_over": sender.BATCH, "waiting": 10}


def test_the_pace_is_kept(
    purpose: str, server: type[MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch = released(purpose, 100, letters_a_minute=600)
    waits: list[float] = []
    monkeypatch.setattr(sender, "time", SimpleNamespace(monotonic=lambda: 0.0))

    send_letters(dispatch.pk, wait=waits.append)

    assert waits == [5.0, 5.0]


def test_the_job_of_a_dispatch_ends_with_every_letter_counted(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 60)
    job = latest_job(SEND_JOB, subject=("dispatch", str(dispatch.pk)))
    assert job is not None

    work_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.unit) == ("done", 60, 60, "letters")


def test_the_job_waits_for_a_mail_server_that_is_down_and_goes_on_where_it_stopped(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 10)
    job = Job.objects.get()

    def cut(message: EmailMessage) -> None:
        server.is_down = True
        raise ConnectionResetError

    server.at["e-4@example.org"] = cut
    work_job(job.pk)
    job.refresh_from_db()
    assert job.state == "open"
    assert "does not answer" in job.stage

    server.is_down = False
    Job.objects.update(not_before=None)
    work_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    assert states(dispatch) == {"handed_over": 9, "held": 1}


def test_a_paused_job_ends_stopped_and_not_done(
    purpose: str, server: type[MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "REPORT_S", 0)
    dispatch = released(purpose, sender.BATCH + 10)
    job = Job.objects.get()
    server.at["e-7@example.org"] = lambda message: pause_letters(dispatch.pk, by=None, now=NOW)

    work_job(job.pk)

    job.refresh_from_db()
    assert job.state == "stopped"
    assert len(addresses(server)) == 8
    assert states(dispatch) == {"handed_over": 8, "waiting": sender.BATCH + 2}
    assert Letter.objects.filter(enclosure__isnull=False).count() == sender.BATCH + 2


def refused_for_now(message: EmailMessage) -> None:
    raise smtplib.SMTPDataError(450, b"later")


def closing(message: EmailMessage) -> None:
    raise smtplib.SMTPDataError(421, b"closing")


def cut_off(message: EmailMessage) -> None:
    raise ConnectionResetError


@pytest.mark.parametrize(
    ("then", "taken"),
    [(lambda message: None, 8), (refused_for_now, 7), (closing, 7), (cut_off, 7)],
    ids=["taken", "450", "421", "cut off"],
)
def test_letters_cancelled_while_they_are_sent_keep_no_code(
    purpose: str, server: type[MailServer], then: Callable[[EmailMessage], None], taken: int
) -> None:
    dispatch = released(purpose, sender.BATCH + 10)

    def cancel(message: EmailMessage) -> None:
        cancel_letters(dispatch.pk, by=None, now=NOW)
        then(message)

    server.at["e-7@example.org"] = cancel
    send_letters(dispatch.pk)

    assert len(addresses(server)) == taken
    assert states(dispatch) == {"handed_over": taken, "cancelled": sender.BATCH + 10 - taken}
    assert not Letter.objects.filter(enclosure__isnull=False).exists()


def test_a_letter_in_doubt_under_cancelled_letters_keeps_no_code(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 1)
    Letter.objects.update(
        state="claimed", claim=1, claimed_at=timezone.now(), handing_over=True
    )
    cancel_letters(dispatch.pk, by=None, now=NOW)
    assert states(dispatch) == {"claimed": 1}

    abandon()
    settle_abandoned_letters()

    assert states(dispatch) == {"cancelled": 1}
    assert not Letter.objects.filter(enclosure__isnull=False).exists()


def test_letters_at_once_go_out_with_the_sweep(purpose: str, server: type[MailServer]) -> None:
    queue_letter(purpose, reference=ELECTION, recipient="e-1")
    queue_letter(purpose, reference=ELECTION, recipient="e-1")
    prepare_dispatch("office.invitation", reference=ELECTION)

    assert send_at_once() == 2
    assert send_at_once() == 0
    assert addresses(server) == ["e-1@example.org"] * 2
