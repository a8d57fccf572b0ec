"""The undoing of imports in tests: done or refused, and the whole list to compare."""

from __future__ import annotations

from typing import Any

import pytest

from members import services
from members.models import ImportBatch, Member
from office.refusal import Refusal
from tests.members.factories import NOW


def everything() -> list[dict[str, Any]]:
    """The membership list with all its columns, keys and imports included."""
    return list(Member.objects.order_by("pk").values())


def undone(batch: ImportBatch) -> ImportBatch:
    services.request_undo(batch.pk, by=None, now=NOW)
    services.undo_import(batch.pk, now=NOW)
    batch.refresh_from_db()
    return batch


def refused(batch: ImportBatch) -> str:
    with pytest.raises(Refusal) as refusal:
        services.request_undo(batch.pk, by=None, now=NOW)
    assert refusal.value.code == "import.undo-depends"
    batch.refresh_from_db()
    assert batch.state == "applied"
    return refusal.value.sentence
