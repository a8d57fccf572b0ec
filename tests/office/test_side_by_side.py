"""Several senders of one dispatch: each letter once, and what stops one stops all."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from office.models import Dispatch, Job, Letter
from office.progress import JobStopped, silent
from office.refusal import Refusal
from office.services import letters_job, side_by_side
from office.services.dispatches import release_letters
from office.services.letters import prepare_dispatch, queue_letters
from office.services.refused import REFUSED_IN_A_ROW
from office.services.side_by_side import send_side_by_side
from office.services.working import work_job
from tests.office.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)

ELECTION = UUID("0190a5d3-0000-7000-8000-000000000007")


class MailServer(BaseEmailBackend):
    """A mail server that keeps what it took, and over how many connections it was spoken to."""

    taken: ClassVar[list[str]] = []
    connections: ClassVar[set[int]] = set()
    answer: ClassVar[Callable[[EmailMessage], None]]
    is_down: ClassVar[bool]
    lock: ClassVar[threading.Lock] = threading.Lock()

    def open(self) -> bool:
        if self.is_down:
            raise ConnectionRefusedError
        return True

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            type(self).answer(message)
            with self.lock:
                self.taken.append(message.to[0])
                self.connections.add(id(self))
        return len(messages)


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[type[MailServer]]:
    monkeypatch.setattr("office.services.jobs.current_app.send_task", lambda *a, **k: None)
    settings.EMAIL_BACKEND = f"{__name__}.MailServer"
    MailServer.taken.clear()
    MailServer.connections.clear()
    MailServer.answer = staticmethod(lambda message: None)
    MailServer.is_down = False
    return MailServer


def released(purpose: str, many: int, **named: Any) -> Dispatch:
    dispatch = prepare_dispatch(purpose, reference=ELECTION, **named)
    queue_letters(dispatch.pk, ((f"e-{n}", b"code") for n in range(many)))
    release_letters(dispatch.pk, by=None, now=NOW)
    return dispatch


def of_states(*states: str) -> int:
    return Letter.objects.filter(state__in=states).count()


def test_several_senders_hand_each_letter_over_once(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 400)
    # Nobody is done before all have begun.
    begun = threading.Barrier(4)
    first = threading.local()

    def answer(message: EmailMessage) -> None:
        if not hasattr(first, "is_past"):
            first.is_past = True
            begun.wait(timeout=20)

    server.answer = staticmethod(answer)
    told: list[int | None] = []
    sent = send_side_by_side(
        dispatch.pk, connections=4, report=lambda **far: told.append(far["done"])
    )

    assert (sent.handed_over, sent.is_over, told[-1]) == (400, True, 400)
    assert sorted(server.taken) == sorted(f"e-{n}@example.org" for n in range(400))
    assert len(server.connections) == 4
    assert of_states("handed_over") == 400


def test_a_mail_server_that_goes_down_stops_them_all_and_holds_one_letter(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 400)

    def cut(message: EmailMessage) -> None:
        if message.to == ["e-30@example.org"]:
            server.is_down = True
            raise ConnectionResetError

    server.answer = staticmethod(cut)
    sent = send_side_by_side(dispatch.pk, connections=3, report=silent)

    assert sent.is_mail_down and not sent.is_over
    assert Letter.objects.get(state="held").recipient == "e-30"
    assert of_states("claimed") == 0 and of_states("waiting") > 0
    assert of_states("handed_over") == sent.handed_over == len(server.taken)


def test_a_mail_server_that_takes_none_of_them_is_down(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 200)

    server.is_down = True
    sent = send_side_by_side(dispatch.pk, connections=4, report=silent)

    assert (sent.handed_over, sent.is_mail_down, sent.is_over) == (0, True, False)
    assert of_states("waiting") == 200


def test_refusals_in_a_row_pause_the_dispatch_and_stop_them_all(
    purpose: str, server: type[MailServer]
) -> None:
    dispatch = released(purpose, 400)

    def refuse(message: EmailMessage) -> None:
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no")})

    server.answer = staticmethod(refuse)
    with pytest.raises(Refusal) as refused:
        send_side_by_side(dispatch.pk, connections=2, report=silent)

    dispatch.refresh_from_db()
    assert refused.value.code == "letters.refused-in-a-row"
    assert dispatch.state == "paused"
    # Counted over both: whichever was handing one over at the last has one more.
    assert of_states("held") in (REFUSED_IN_A_ROW, REFUSED_IN_A_ROW + 1)
    assert of_states("held", "waiting") == 400


def test_a_job_that_is_stopped_stops_them_all_each_after_its_letter(
    purpose: str, server: type[MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_by_side, "REPORTED_EVERY_S", 0.01)
    dispatch = released(purpose, 400)
    is_stopped = threading.Event()
    # The second letter of each sender waits until the job is stopped.
    seen = threading.local()

    def answer(message: EmailMessage) -> None:
        seen.letters = getattr(seen, "letters", 0) + 1
        if seen.letters == 2:
            assert is_stopped.wait(timeout=20)

    def report(*, done: int | None = None, **far: Any) -> None:
        if done and done >= 2:
            is_stopped.set()
            raise JobStopped

    server.answer = staticmethod(answer)
    with pytest.raises(JobStopped):
        send_side_by_side(dispatch.pk, connections=2, report=report)

    assert of_states("claimed", "held") == 0
    assert of_states("handed_over") == len(server.taken) < 200


@pytest.mark.parametrize(("pace", "connections"), [(None, 3), (601, 3), (600, 1)])
def test_the_job_of_a_dispatch_uses_as_many_connections_as_are_set(
    purpose: str, settings: Any, monkeypatch: pytest.MonkeyPatch, pace: int | None,
    connections: int,
) -> None:
    settings.MAIL_CONNECTIONS = 3
    released(purpose, 20, letters_a_minute=pace)
    used: list[int] = []

    def noted(dispatch_id: int, *, connections: int, report: Any) -> Any:
        used.append(connections)
        return send_side_by_side(dispatch_id, connections=connections, report=report)

    monkeypatch.setattr(letters_job, "send_side_by_side", noted)
    work_job(Job.objects.get().pk)

    assert (used or [1]) == [connections]
    assert Job.objects.get().state == "done" and of_states("handed_over") == 20


def test_senders_share_the_pace_of_their_dispatch(
    purpose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch = released(purpose, 100, letters_a_minute=6000)
    waits: list[float] = []

    def rest(self: Any, seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(side_by_side._Senders, "_wait", rest)
    monkeypatch.setattr("office.services.sender.time.monotonic", lambda: 0.0)
    send_side_by_side(dispatch.pk, connections=2, report=silent)

    # 50 letters at half of 100 a second.
    assert waits == [1.0, 1.0]
