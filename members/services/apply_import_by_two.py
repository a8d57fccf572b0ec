"""Apply an import that takes two people (members.services.takes_two): proposed, then seconded."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from members.models import ImportBatch
from members.services.apply_import import request_apply
from members.services.takes_two import reasons_for_two
from office.models import Approval
from office.refusal import Refusal
from office.services.approvals import demand_two_officers, propose_act

ACT: Final = "apply_import_by_two"


def propose_import(batch_id: int, *, by: int, now: datetime) -> Approval:
    """Propose to apply an import that takes two people."""
    return propose_act(ACT, subject=("import", str(batch_id)), by=by, now=now)


@transaction.atomic
def apply_import_by_two(
    batch_id: str, *, by: int, seconded_by: int, now: datetime
) -> None:
    """Have the import applied, as two people decided."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    request_apply(int(batch_id), by=by, seconded_by=seconded_by, now=now)


def describe_import_by_two(batch_id: str) -> str:
    """What applying would do, in numbers; the rows stand on the import's own page."""
    batch = ImportBatch.objects.filter(pk=int(batch_id)).first()
    if batch is None or batch.state != ImportBatch.State.PREVIEWED:
        raise Refusal("import.not-previewed", "This import has not been read and looked at, or "
                      "was settled meanwhile.")
    return " ".join([
        f"Import {batch.pk} is applied. People added: {batch.rows_new:,}; changed: "
        f"{batch.rows_changed:,}; marked as gone: {batch.members_gone:,}.",
        *reasons_for_two(batch),
        f"It was compared with version {batch.register_version} of the list.",
    ])
