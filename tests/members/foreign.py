"""Lists of other systems in tests: seen, mapped, applied."""

from __future__ import annotations

from typing import Any

from members import services
from members.models import ImportBatch
from tests.members.factories import NOW, uploaded
from tests.rollfile.foreign import content_of, looked, proposed

CIVICRM = content_of("civicrm.csv")


def seen(content: bytes, **given: Any) -> ImportBatch:
    """An upload that a worker has looked at."""
    batch_id = uploaded(content, **given)
    services.look_at_file(batch_id, now=NOW)
    return ImportBatch.objects.get(pk=batch_id)


def body_for(content: bytes, **changes: Any) -> dict[str, Any]:
    from members.rollfile import mapping_to_json

    return {**mapping_to_json(proposed(looked(content))), **changes}


def mapped(content: bytes, *, body: dict[str, Any] | None = None, **given: Any) -> ImportBatch:
    """An import whose columns a person has matched, read and compared."""
    batch = seen(content, **given)
    services.map_import(batch.pk, source_name="CiviCRM", body=body or body_for(content),
                        by=None, now=NOW)
    services.preview_import(batch.pk, now=NOW)
    batch.refresh_from_db()
    return batch


def applied(batch: ImportBatch) -> None:
    services.request_apply(batch.pk, by=None, now=NOW)
    services.apply_import(batch.pk, now=NOW)


def joined(*days: str) -> bytes:
    rows = "".join(f"{n},Aa{n},Member,{day}\n" for n, day in enumerate(days, 1))
    return f"Member No,Surname,Category,Joined\n{rows}".encode()
