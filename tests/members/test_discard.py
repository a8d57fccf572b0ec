"""An import that is discarded leaves nothing of anybody behind."""

from __future__ import annotations

import pytest

from members import services
from members.models import ImportBatch, ImportPiece, Member, RefusedRow
from members.services import staging
from office.refusal import Refusal
from tests.members.factories import NOW, imported, listing, person, previewed, uploaded

pytestmark = pytest.mark.django_db


def test_a_discarded_import_leaves_no_personal_data() -> None:
    batch = previewed(person(), person(number="?", email="secret@example.org"))

    for _ in range(2):
        services.discard_import(batch.pk, by=None, now=NOW)

    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert not RefusedRow.objects.exists()
    assert not ImportPiece.objects.exists()
    assert not staging.is_there(batch.pk)
    assert not Member.objects.exists()


def test_a_reading_or_an_application_that_nobody_finishes_can_be_discarded() -> None:
    batch = previewed(person())
    services.request_apply(batch.pk, by=None, now=NOW)
    unread = uploaded(listing(person()))
    ImportBatch.objects.filter(pk=unread).update(state="reading")

    for batch_id in (batch.pk, unread):
        services.discard_import(batch_id, by=None, now=NOW)
        services.preview_import(batch_id, now=NOW)
        assert ImportBatch.objects.get(pk=batch_id).state == "discarded"
    with pytest.raises(Refusal):
        services.apply_import(batch.pk, now=NOW)
    assert not Member.objects.exists()


def test_a_failed_import_can_be_discarded_and_an_applied_one_cannot() -> None:
    failed = uploaded(b"nothing,known\n1,2\n")
    with pytest.raises(Refusal):
        services.preview_import(failed, now=NOW)
    applied = imported(person())

    services.discard_import(failed, by=None, now=NOW)

    assert "found" not in ImportBatch.objects.get(pk=failed).failure
    with pytest.raises(Refusal) as refusal:
        services.discard_import(applied.pk, by=None, now=NOW)
    assert refusal.value.code == "import.not-discardable"
    with pytest.raises(Refusal) as refusal:
        services.discard_import(0, by=None, now=NOW)
    assert refusal.value.code == "import.unknown"
