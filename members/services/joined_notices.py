"""Queue the notices that several records are one person's now, in the transaction that joins them.

From then on one voting paper is sent for all of them, to one of their addresses. So every address
among them is told, whichever record stands: whoever joins a stranger's record to somebody's
cannot keep that person from hearing of it. Who has no e-mail address is not written to.
"""

from __future__ import annotations

import uuid
from typing import Final

from members.models import Change, Member
from office.services.letters import queue_letter

PURPOSE: Final = "members.records_joined"
# The outbox files letters under a reference; a joining of records belongs to no one import.
REFERENCE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "hustings:records-joined")


def queue_joined_notices(member_ids: list[int]) -> None:
    """Tell every address among one person's records, where there are several.

    member_ids: the records, which have just been joined.
    """
    rows = Member.objects.filter(pk__in=member_ids).exclude(email="").order_by("pk")
    addresses = {row.email.strip().lower(): row.pk for row in reversed(rows)}
    joining = Change.objects.filter(member__in=member_ids, source=Change.Source.MERGE)
    newest = joining.order_by("-pk").first()
    if newest is None or len(addresses) < 2:
        return
    for member_id in sorted(addresses.values()):
        queue_letter(PURPOSE, reference=REFERENCE, recipient=f"joined:{newest.pk}:{member_id}",
                     attempt=1)  # fmt: skip
