"""The page on which a person says how a foreign file is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from members import services
from members.models import ImportBatch
from members.services.kept_files import kept_look
from office.permissions import Role
from tests.members.factories import NOW
from tests.members.foreign import CIVICRM, seen
from tests.office.factories import sign_in, staff
from tests.rollfile.foreign import content_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client: Client) -> Client:
    return sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))


def choices(batch: ImportBatch, **changes: str) -> dict[str, Any]:
    """What the page proposes, as it is sent when a person changes nothing else."""
    from members.forms.mapping import MappingForm

    form = MappingForm(look=kept_look(batch), saved=None)
    sent: dict[str, Any] = {name: form[name].value() or "" for name in form.fields}
    sent.pop("deletes")
    return {**sent, "source_name": "CiviCRM", **changes}


def test_a_person_matches_the_columns_on_the_page(keeper: Client) -> None:
    keeper.post(reverse("imports"),
                {"file": SimpleUploadedFile("civi.csv", CIVICRM), "scope": "whole"})
    batch = ImportBatch.objects.get()
    services.look_at_file(batch.pk, now=NOW)
    batch.refresh_from_db()
    address = reverse("import_mapping", args=[batch.pk])

    assert address in keeper.get(reverse("import", args=[batch.pk])).content.decode()
    page = keeper.get(address).content.decode()
    assert "Such as: Carys" in page
    assert "“Grace” means" in page

    sent = keeper.post(address, choices(batch))
    assert sent.headers["Location"] == reverse("import", args=[batch.pk])
    services.preview_import(batch.pk, now=NOW)
    page = keeper.get(reverse("import", args=[batch.pk])).content.decode()
    assert "CiviCRM, version 1" in page
    assert keeper.get(address).status_code == 302


def test_an_error_keeps_what_was_chosen(keeper: Client) -> None:
    batch = seen(CIVICRM.replace(b"Grace", b"Pending"))
    address = reverse("import_mapping", args=[batch.pk])

    answer = keeper.post(address, choices(batch, column_12="country", source_name="Office"))
    page = answer.content.decode()

    assert answer.status_code == 400
    assert "Say what “Pending” means." in page
    assert 'value="Office"' in page
    assert '<option value="country" selected>' in page
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.MAPPING


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"column_0": ""}, "Say which column is the number."),
        ({"column_12": "title", "column_1": "title"}, "Two columns are title"),
        ({"column_7": ""}, "Say which column is the section"),
        ({"order_8": ""}, "they can be read in two ways"),
        ({"column_2": "paid_until", "column_10": ""}, "holds no dates"),
        ({"source_name": ""}, "Name the membership system."),
        ({"deletes": "phone"}, "No column of the file is phone"),
    ],
)
def test_what_is_missing_is_said(keeper: Client, changes: dict[str, str], sentence: str) -> None:
    batch = seen(CIVICRM)
    address = reverse("import_mapping", args=[batch.pk])

    answer = keeper.post(address, choices(batch, **changes))

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert keeper.post(address, choices(batch)).status_code == 302


def test_who_may_not_import_finds_no_such_page(client: Client) -> None:
    batch = seen(content_of("01-windows-1252.csv"))
    address = reverse("import_mapping", args=[batch.pk])
    encoding = reverse("import_encoding", args=[batch.pk])

    trustee = sign_in(client, staff(Role.TRUSTEE))
    assert trustee.get(address).status_code == 404
    assert trustee.post(encoding, {"encoding": "mac-roman"}).status_code == 404
    keeper = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))
    assert keeper.get(address).status_code == 200
    assert keeper.post(encoding, {"encoding": "mac-roman"}).status_code == 302
    assert keeper.get(reverse("import_mapping", args=[999_999])).status_code == 404
