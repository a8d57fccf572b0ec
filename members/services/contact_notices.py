"""Queue the notices of changed contact details, in the transaction that changes them.

One goes to the address that was there before, and one to the new address where there is one:
whoever diverts somebody's letters cannot keep that person from hearing of it. Who had no e-mail
address before is written to by post (selectors.contacts.printed).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.db import connection

from office.services.dispatches import release_letters
from office.services.letters import prepare_dispatch, queue_letter, queue_letters_from

PURPOSE: Final = "members.contact_changed"
# The outbox files letters under a reference; single corrections belong to no one import.
REFERENCE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "hustings:contact-changes")

# Read in the transaction of the change, so that an e-mail address that did not change is still
# the one of then.
_RECIPIENTS: Final = """
    SELECT 'change:' || notice.id || notice.side FROM (
        SELECT h.id, ':old' AS side FROM members_contactchange c
        JOIN members_change h ON h.id = c.change_id
        JOIN members_member m ON m.id = c.member_id
        WHERE {which} AND coalesce(h.before ->> 'email', m.email) <> ''
        UNION ALL
        SELECT h.id, ':new' FROM members_contactchange c
        JOIN members_change h ON h.id = c.change_id
        WHERE {which} AND c.is_email AND h.after ->> 'email' <> ''
    ) AS notice ORDER BY notice.id, notice.side DESC
"""


def queue_notices(change_id: int) -> None:
    """Queue the notices of one change; one of case or spacing alone has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RECIPIENTS.format(which="c.change_id = %s"), [change_id, change_id]
        )
        recipients = [recipient for (recipient,) in cursor.fetchall()]
    for recipient in recipients:
        queue_letter(PURPOSE, reference=REFERENCE, recipient=recipient, attempt=1)


def queue_import_notices(
    batch_id: int, *, by: int | None, now: datetime, source: str = "import"
) -> int:
    """Queue the notices of everything that one import changed, as a set; return how many.

    source: "import", or "undo" for what the undoing of it changed back.
    """
    which = "c.batch_id = %s AND c.source = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM members_contactchange c WHERE {which})",  # noqa: S608
            [batch_id, source],
        )
        if not cursor.fetchone()[0]:
            return 0
    reference = uuid.uuid5(uuid.NAMESPACE_URL, f"hustings:contact-changes:{source}:{batch_id}")
    dispatch = prepare_dispatch(PURPOSE, reference=reference)
    queued = queue_letters_from(
        dispatch.pk, _RECIPIENTS.format(which=which), [batch_id, source, batch_id, source]
    )
    if queued:
        release_letters(dispatch.pk, by=by, now=now)
    return queued
