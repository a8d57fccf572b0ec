"""Apply an import that changes contact details after their freeze: proposed, then seconded."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from members.models import ImportBatch
from members.services import comparing
from members.services.apply_import import request_apply
from office.models import Approval
from office.refusal import Refusal
from office.services.approvals import demand_two_officers, propose_act


def propose_import(batch_id: int, *, by: int, now: datetime) -> Approval:
    """Propose to apply an import that changes contact details which are frozen."""
    return propose_act("edit_contacts_in_bulk", subject=("import", str(batch_id)), by=by, now=now)


@transaction.atomic
def edit_contacts_in_bulk(
    batch_id: str, *, by: int, seconded_by: int, now: datetime
) -> None:
    """Have the import applied, as two people decided."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    request_apply(int(batch_id), by=by, seconded_by=seconded_by, now=now)


def describe_bulk_edit(batch_id: str) -> str:
    """What applying would do, in numbers; the rows stand on the import's own page."""
    batch = ImportBatch.objects.filter(pk=int(batch_id)).first()
    if batch is None or batch.state != ImportBatch.State.PREVIEWED:
        raise Refusal("import.not-previewed", "This import has not been read and looked at, or "
                      "was settled meanwhile.")
    people = comparing.count_contact_changes(batch.pk)
    return (f"Apply import {batch.pk}, though contact details are frozen: {people:,} people’s "
            f"details change; {batch.rows_new:,} people are added, {batch.rows_changed:,} changed, "
            f"{batch.members_gone:,} marked as gone. The list is at version "
            f"{batch.register_version}.")
