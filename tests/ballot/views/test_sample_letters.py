"""The letters at the desk, with facts of nobody and a code that no page takes."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest
from django.core import mail
from django.test import Client

from ballot.sample_letters import KINDS, SAMPLE_CODE, samples_of
from ballot.sealing.codes import read_code, show_code
from ballot.sealing.errors import CodeRejected
from office.models import AuditRecord, Letter
from office.permissions import Role
from office.services.sending import send_at_once
from tests.ballot.factories import election
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def test_the_code_of_a_sample_is_taken_by_no_page() -> None:
    assert read_code(SAMPLE_CODE[:-1] + "0") == SAMPLE_CODE[:-1] + "0"
    with pytest.raises(CodeRejected):
        read_code(SAMPLE_CODE)


def test_every_letter_is_shown_and_those_on_paper_are_there_as_pdf(client: Client) -> None:
    run = election(electors=1)
    address = f"/desk/elections/{run.election.slug}/letters/"
    sign_in(client, staff(Role.SCRUTINEER))

    page = client.get(address).content.decode()
    printed = client.get(f"{address}voting-code.pdf")

    for one in samples_of(run.election):
        assert one.what in page and one.subject in page
    assert "Send them to me" not in page
    (words,) = pypdf.PdfReader(io.BytesIO(printed.content)).pages
    assert show_code(SAMPLE_CODE) in words.extract_text()
    assert client.get(f"{address}cast-notice.pdf").status_code == 404


def test_samples_go_to_the_officer_who_asks_or_to_the_test_mailboxes(
    client: Client, settings: Any
) -> None:
    run = election(electors=1)
    person = officer()
    address = f"/desk/elections/{run.election.slug}/letters/"
    sign_in(client, person)

    refused = client.post(address, {"to": "seeds"})
    client.post(address, {"to": "me"})
    send_at_once()
    settings.SEED_ADDRESSES = ["ours@mail.example", "ours@post.example"]
    client.post(address, {"to": "seeds"})
    send_at_once()

    assert refused.status_code == 409
    assert {letter.enclosure for letter in Letter.objects.all()} == {None}
    to = [sent.to[0] for sent in mail.outbox]
    assert to.count(person.email) == len(KINDS)
    assert to.count("ours@mail.example") == to.count("ours@post.example") == len(KINDS)
    assert all(sent.subject.startswith("Sample: ") for sent in mail.outbox)
    taken = AuditRecord.objects.filter(act="send_samples").order_by("pk")
    assert [one.parameters["letters"] for one in taken] == [len(KINDS), 2 * len(KINDS)]


def test_a_watcher_sends_no_samples(client: Client) -> None:
    run = election(electors=1)
    address = f"/desk/elections/{run.election.slug}/letters/"

    assert sign_in(Client(), staff(Role.OBSERVER)).post(address, {"to": "me"}).status_code == 404
    assert not Letter.objects.exists()
    assert sign_in(client, officer()).post(address, {"to": "me"}).status_code == 302
    assert Letter.objects.count() == len(KINDS)
