"""Elections with joint tickets, and the consent of the people on them, for tests."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

from ballot.models import Candidate
from ballot.services.nomination_seats import ask_consent
from office.services.sending import send_at_once
from tests.ballot.factories import Run, election

TICKET = {"first": "Leader", "second": "Deputy leader"}
PAIRS = ("Ash Amin with Dee Day", "Birch Bell with Eve Ely", "Cedar Cox with Flo Fox")


def tickets(*, at: str = "draft", **other: Any) -> Run:
    return election(at=at, candidates=PAIRS, ticket=TICKET, **other)


def ash() -> Candidate:
    return Candidate.objects.get(name=PAIRS[0])


def ask(run: Run, *, of_second: bool, address: str) -> str:
    """Ask one of the two, and return the code of the letter."""
    ask_consent(ash().pk, address=address, of_second=of_second, **run.by)
    send_at_once()
    found = re.search(r"/consent/[^#\s]+#(\S+)", str(mail.outbox[-1].body))
    assert found is not None and mail.outbox[-1].to == [address]
    return found[1]


def consent(client: Client, run: Run, code: str, **other: str) -> str:
    page = reverse("consent", args=[run.election.slug])
    given = {"code": code, "hand_in": "yes", "consents": "on", **other}
    return client.post(page, given).content.decode()
