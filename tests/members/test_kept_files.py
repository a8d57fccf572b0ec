"""An imported file is kept encrypted, and destroyed on its day with a certificate."""

from __future__ import annotations

import secrets
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import Error, transaction
from django.test import Client, override_settings
from django.urls import reverse

from members import services, tasks
from members.models import DestroyedFile, ImportBatch, ImportPiece, MendableRow, RefusedRow
from members.services import staging
from members.services.kept_files import sealed_look
from office.models import AuditRecord
from office.refusal import Refusal
from tests.members.factories import NOW, imported, listing, people, person, previewed, uploaded
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
KEPT = timedelta(days=90)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["members.services.upload_import"], "PIECE_BYTES", 100)


def reading_is_refused(batch_id: int) -> None:
    with pytest.raises(Refusal) as refusal:
        services.preview_import(batch_id, now=NOW)
    assert refusal.value.code == "import.file-does-not-open"
    assert ImportBatch.objects.get(pk=batch_id).rows_read == 0


def test_nothing_of_a_file_rests_in_plain(small_pieces: None) -> None:
    uploaded(listing(person(), *people(5)))

    kept = b"".join(bytes(piece.body) for piece in ImportPiece.objects.order_by("place"))

    assert ImportPiece.objects.count() > 3
    assert b"Fallowes" not in kept
    assert b"number" not in kept


def test_with_another_key_a_reading_is_refused_and_with_the_first_it_goes_on() -> None:
    batch_id = uploaded(listing(person()))

    with override_settings(SEALING_KEY=secrets.token_bytes(32)):
        reading_is_refused(batch_id)

    services.preview_import(batch_id, now=NOW)
    assert ImportBatch.objects.get().rows_new == 1


def test_pieces_that_changed_places_do_not_open(small_pieces: None) -> None:
    batch_id = uploaded(listing(*people(9)))
    first, second = ImportPiece.objects.order_by("place")[:2]
    ImportPiece.objects.filter(pk=first.pk).update(body=second.body)

    reading_is_refused(batch_id)


def test_a_piece_of_another_file_does_not_open() -> None:
    other = uploaded(listing(person(number="9")))
    batch_id = uploaded(listing(person()))
    stolen = ImportPiece.objects.get(batch_id=other).body
    ImportPiece.objects.filter(batch_id=batch_id).update(body=stolen)

    reading_is_refused(batch_id)


def test_a_file_that_lost_its_end_is_not_taken_for_the_whole(small_pieces: None) -> None:
    batch_id = uploaded(listing(*people(9)))
    last = ImportPiece.objects.order_by("-place").first()
    assert last is not None
    last.delete()

    with pytest.raises(Refusal) as refusal:
        services.preview_import(batch_id, now=NOW)

    # Cut inside a row, the reading stops at the row; cut between two, at the hash.
    assert refusal.value.code in ("import.file-does-not-open", "import.unreadable")
    assert ImportBatch.objects.get().state != "previewed"


def test_a_discarded_file_is_destroyed_at_once_and_a_certificate_says_so() -> None:
    batch = previewed(person(), person(number="?"))

    for _ in range(2):
        services.discard_import(batch.pk, by=None, now=NOW)

    certificate = DestroyedFile.objects.get()
    assert (certificate.batch_id, certificate.why, certificate.at) == (batch.pk, "discarded", NOW)
    assert (certificate.sha256, certificate.size_bytes) == (batch.sha256, batch.size_bytes)
    assert certificate.pieces == 1
    assert not ImportPiece.objects.exists()
    assert not MendableRow.objects.exists()
    assert AuditRecord.objects.get(act="destroy_file").parameters["why"] == "discarded"


def test_an_applied_file_is_kept_until_its_day_and_then_destroyed() -> None:
    batch = imported(person(), person(number="2", standing="secret"))

    assert services.destroy_due_files(now=NOW + KEPT - DAY) == 0
    assert ImportPiece.objects.filter(batch=batch).exists()
    assert services.destroy_due_files(now=NOW + KEPT) == 1
    assert services.destroy_due_files(now=NOW + KEPT) == 0

    assert DestroyedFile.objects.get().why == "retention"
    assert not ImportPiece.objects.filter(batch=batch).exists()
    assert not MendableRow.objects.filter(batch=batch).exists()
    (refusal,) = RefusedRow.objects.filter(batch=batch)
    assert (refusal.value, refusal.number_key, refusal.trouble) == ("", "", "standing_unknown")


@pytest.mark.parametrize("state", ["uploaded", "mapping", "reading", "previewed"])
def test_an_import_that_nobody_applied_goes_as_long_after_it_was_sent_in(state: str) -> None:
    batch = previewed(person(), person(number="2", standing="secret"))
    ImportBatch.objects.update(state=state, sealed_look=sealed_look(batch.pk, {"columns": []}))

    assert services.destroy_due_files(now=NOW + KEPT - DAY) == 0
    assert services.destroy_due_files(now=NOW + KEPT) == 1
    assert services.destroy_due_files(now=NOW + KEPT) == 0

    batch.refresh_from_db()
    assert (batch.state, bytes(batch.sealed_look)) == ("discarded", b"")
    assert DestroyedFile.objects.get().why == "retention"
    assert not staging.is_there(batch.pk)
    for rows in (ImportPiece, MendableRow, RefusedRow):
        assert not rows.objects.exists()


def test_the_time_of_keeping_is_a_setting_and_the_beat_does_it() -> None:
    imported(person())

    with override_settings(KEEP_IMPORTS_DAYS=3650):
        assert services.destroy_due_files(now=NOW + KEPT) == 0
    tasks.destroy_due_files()

    assert DestroyedFile.objects.exists()
    scheduled = {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.destroy_due_files.name in scheduled


def test_a_certificate_is_never_changed_or_deleted() -> None:
    services.discard_import(previewed(person()).pk, by=None, now=NOW)

    for act in (lambda: DestroyedFile.objects.update(size_bytes=1),
                lambda: DestroyedFile.objects.all().delete()):  # fmt: skip
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            act()


def test_the_page_says_until_when_a_file_is_kept_and_when_it_was_destroyed(
    client: Client,
) -> None:
    batch = imported(person(), person(number="2", standing="secret"))
    sign_in(client, officer())
    page = reverse("import", args=[batch.pk])

    kept = client.get(page).content.decode()
    assert "Kept encrypted until 20 November 2016" in kept
    assert "secret" in kept
    services.destroy_due_files(now=NOW + KEPT)

    destroyed = client.get(page).content.decode()
    assert "Destroyed on 20 November 2016" in destroyed
    assert "secret" not in destroyed
    assert "Download the refused rows" not in destroyed
