"""The same sender against real SMTP on a socket, through Django's own back end."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.core.mail import get_connection

from office.models import Dispatch, Job, Letter
from office.services import sender
from office.services.dispatches import release_letters
from office.services.letters import prepare_dispatch, queue_letters
from office.services.sending import send_letters
from office.services.working import work_job
from tests.office.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


class Session(socketserver.StreamRequestHandler):
    """One SMTP session. What it does is told by the address: 550, 451, cut, lost."""

    server: Server

    def handle(self) -> None:
        with self.server.place() as is_there:
            if is_there or self.server.full_at != "connecting":
                self.converse(is_there)
            else:
                self.refuse()

    def converse(self, is_there: bool) -> None:
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "MAIL" and not is_there:
                self.refuse()
            elif verb == "RCPT":
                self.recipient = line
                for code in ("550", "451"):
                    if f"e-{code}@" in line:
                        self.say(f"{code} no")
                        break
                else:
                    self.say("250 ok")
            elif verb == "DATA":
                if not self.take():
                    return
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self) -> bool:
        self.say("354 go on")
        assert self.server.has_refused.wait(timeout=10)
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if "e-lost@" in self.recipient:
            return False
        self.server.taken.append(b"".join(lines).decode())
        if "e-cut@" in self.recipient:
            return False
        self.say("250 taken")
        return True

    def refuse(self) -> None:
        self.say(self.server.full)
        with self.server.lock:
            self.server.refusals += 1
        if self.server.refusals == self.server.places:
            self.server.has_refused.set()

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.taken: list[str] = []
        self.places = 100
        self.full_at = self.full = ""
        self.sessions = self.refusals = 0
        self.lock = threading.Lock()
        self.has_refused = threading.Event()
        self.has_refused.set()

    def take_two(self, *, full_at: str, full: str) -> None:
        """Take two sessions, and no letter before two others are refused: there, and so."""
        self.places, self.full_at, self.full = 2, full_at, full
        self.has_refused.clear()

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Count a session while it lasts; whether there was a place for it."""
        with self.lock:
            self.sessions += 1
            is_there = self.sessions <= self.places
        try:
            yield is_there
        finally:
            with self.lock:
                self.sessions -= 1


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr("office.services.jobs.current_app.send_task", lambda *a, **k: None)
    with Server() as server:
        port = server.server_address[1]

        def connect() -> Any:
            return get_connection(
                "django.core.mail.backends.smtp.EmailBackend",
                host="127.0.0.1", port=port, username="", password="", use_tls=False,
                use_ssl=False, timeout=10,
            )

        monkeypatch.setattr(sender, "get_connection", connect)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def released(purpose: str, *recipients: str) -> Dispatch:
    dispatch = prepare_dispatch(purpose, reference=UUID(int=7))
    queue_letters(dispatch.pk, ((recipient, b"7K3M") for recipient in recipients))
    release_letters(dispatch.pk, by=None, now=NOW)
    return dispatch


def state(recipient: str) -> tuple[str, str]:
    letter = Letter.objects.get(recipient=recipient)
    return letter.state, letter.held_because


def test_letters_go_out_on_one_connection_with_their_headers(purpose: str, smtp: Server) -> None:
    dispatch = released(purpose, *(f"e-{n}" for n in range(20)))

    assert send_letters(dispatch.pk).handed_over == 20

    assert len(smtp.taken) == 20
    for letter in smtp.taken:
        head = letter.split("\r\n\r\n")[0]
        assert "Auto-Submitted: auto-generated" in head
        assert "Message-ID: <" in head and "List-Unsubscribe" not in head
        assert "text/plain" in letter and "text/html" in letter


def test_what_the_server_refuses_is_held_and_what_it_puts_off_waits(
    purpose: str, smtp: Server
) -> None:
    dispatch = released(purpose, "e-1", "e-550", "e-451", "e-2")

    send_letters(dispatch.pk)

    assert len(smtp.taken) == 2
    assert state("e-550") == ("held", "refused")
    assert state("e-451") == ("waiting", "")
    assert state("e-1")[0] == state("e-2")[0] == "handed_over"


@pytest.mark.parametrize(("recipient", "taken"), [("e-cut", 4), ("e-lost", 3)])
def test_a_session_that_breaks_off_leaves_one_letter_in_doubt_and_no_second_copy(
    purpose: str, smtp: Server, recipient: str, taken: int
) -> None:
    dispatch = released(purpose, "e-1", recipient, "e-2", "e-3")

    assert send_letters(dispatch.pk).is_mail_down
    send_letters(dispatch.pk)

    assert state(recipient) == ("held", "in-doubt")
    assert len(smtp.taken) == taken
    assert Letter.objects.filter(state="handed_over").count() == 3


@pytest.mark.parametrize(
    ("full_at", "full"),
    [
        ("connecting", "421 too many connections"),
        ("writing", "421 too many connections"),
        ("writing", "451 too many concurrent connections"),
    ],
)
def test_a_server_that_takes_two_of_four_connections_is_handed_all_over_those(
    purpose: str, smtp: Server, settings: Any, full_at: str, full: str
) -> None:
    settings.MAIL_CONNECTIONS = 4
    released(purpose, *(f"e-{n}" for n in range(220)))
    smtp.take_two(full_at=full_at, full=full)

    while (job := Job.objects.get()).state == "open":
        assert "does not answer" not in job.stage
        work_job(job.pk)

    assert (job.state, smtp.refusals) == ("done", 2)
    to = [line for letter in smtp.taken for line in letter.splitlines() if line[:4] == "To: "]
    assert len(to) == len(set(to)) == 220
    assert Letter.objects.filter(state="handed_over", tries=1).count() == 220
