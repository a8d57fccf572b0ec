"""Destroy what is kept of imports once its time is over, applied or not.

The file of an import that was applied goes, with what was kept of its rows. One that nobody
applied is discarded, as a person would discard it: neither its rows nor the samples of its columns
stay for longer than docs/data-protection.md says.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from members.models import DestroyedFile, ImportBatch
from members.services.discard_import import discard_locked
from members.services.kept_files import destroy_file

_State = ImportBatch.State
_NEVER_APPLIED: Final = (_State.UPLOADED, _State.MAPPING, _State.READING, _State.PREVIEWED)


class _Destroy(Protocol):
    def __call__(
        self, batch: ImportBatch, *, why: DestroyedFile.Why, by: int | None, now: datetime
    ) -> None: ...


def destroy_due_files(*, now: datetime) -> int:
    """Destroy the files whose time is over, each in a transaction of its own; how many.

    Of a file that could not be read, the words that it stumbled over go after the same time.
    """
    limit = now - timedelta(days=settings.KEEP_IMPORTS_DAYS)
    ImportBatch.objects.filter(
        state=_State.FAILED, uploaded_at__lte=limit, failure__has_key="found"
    ).update(failure=RawSQL("failure - 'found'", []))
    applied = Q(state__in=(_State.APPLIED, _State.UNDONE), applied_at__lte=limit,
                destroyed_file__isnull=True)  # fmt: skip
    never_applied = Q(state__in=_NEVER_APPLIED, uploaded_at__lte=limit)
    return _each(applied, destroy_file, now=now) + _each(never_applied, discard_locked, now=now)


def _each(due: Q, destroy: _Destroy, *, now: datetime) -> int:
    keys = list(ImportBatch.objects.filter(due).values_list("pk", flat=True))
    return sum(_destroyed(key, due, destroy, now=now) for key in keys)


@transaction.atomic
def _destroyed(key: int, due: Q, destroy: _Destroy, *, now: datetime) -> bool:
    """Whether it is destroyed now: another worker, or a person, may have been here first."""
    locked = ImportBatch.objects.select_for_update(of=("self",))
    batch = locked.filter(due, pk=key).first()
    if batch is None:
        return False
    destroy(batch, why=DestroyedFile.Why.RETENTION, by=None, now=now)
    return True
