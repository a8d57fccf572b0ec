"""Whose hand is in a flag: whoever made or approved changes that it is about, or sent them in.

A flag about a domain, a mailbox or an address names nobody, although somebody made the changes.
Nobody closes one about their own, so it is asked here before the closing and on the page.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from members.models import ContactFlag
from members.models.contacts import KINDS
from members.selectors.contact_reports import SHARED_KEYS

WINDOW_DAYS: Final = 30
"""How far back the changes that a flag counts may lie (members.services.contact_patterns)."""

# The statements are put together from these constants; every value is a parameter.
_HAND: Final = "%(by)s IN (h.by_id, h.seconded_by_id, b.uploaded_by_id, b.applied_by_id)"
_DOMAIN: Final = "split_part(lower({email}), '@', 2) = %(subject)s"
_STEM: Final = (
    r"regexp_replace(split_part(lower({email}), '@', 1), '[0-9]+', '#')"
    " || '@' || split_part(lower({email}), '@', 2) = %(subject)s"
)
# What was written, and what is held: what a change wrote may have been written over since.
_EMAILS: Final = ("h.after ->> 'email'", "m.email")
_ABOUT: Final = {
    "unit": "c.unit_id IS NOT DISTINCT FROM %(unit)s AND c.by_id IS NOT DISTINCT FROM %(actor)s"
    " AND c.batch_id IS NOT DISTINCT FROM %(batch)s",
    "day": "c.by_id IS NOT DISTINCT FROM %(actor)s"
    " AND (c.at AT TIME ZONE %(zone)s)::date = %(day)s::date",
    "database": "c.source = 'database'",
    "dispute": "c.change_id = %(change)s",
    "domain": " OR ".join(_DOMAIN.format(email=each) for each in _EMAILS),
    "sequence": " OR ".join(_STEM.format(email=each) for each in _EMAILS),
    "mailbox": " OR ".join(f"lower({each}) = %(subject)s" for each in _EMAILS),
    "phone": "members_plain_phone(h.after ->> 'phone') = %(subject)s"
    " OR members_plain_phone(m.phone) = %(subject)s",
    "address": f"left({SHARED_KEYS['address']}, 320) = %(subject)s",
}
# Which kind of change a flag counts, where it counts one alone.
_KIND: Final = {
    "domain": "email", "sequence": "email", "mailbox": "email", "phone": "phone",
    "address": "address",
}  # fmt: skip
_CHANGED: Final = """
    SELECT 1 FROM members_contactchange c
    JOIN members_change h ON h.id = c.change_id
    JOIN members_member m ON m.id = c.member_id
    LEFT JOIN members_importbatch b ON b.id = c.batch_id
    WHERE c.at >= %(since)s AND c.at <= %(until)s AND h.at >= %(since)s
      AND {hand} AND {kind} AND ({about})
"""
# Who was added by an import has no change: they are new.
_ADDED: Final = """
    SELECT 1 FROM members_member m JOIN members_importbatch b ON b.id = m.first_import_id
    WHERE b.applied_at >= %(since)s AND b.applied_at <= %(until)s
      AND %(by)s IN (b.uploaded_by_id, b.applied_by_id) AND ({held})
"""
_HELD: Final = {
    "domain": _DOMAIN.format(email="m.email"),
    "sequence": _STEM.format(email="m.email"),
    "mailbox": "lower(m.email) = %(subject)s",
    "phone": "members_plain_phone(m.phone) = %(subject)s",
    "address": _ABOUT["address"],
}


def has_a_hand_in(flag: ContactFlag, person_id: int) -> bool:
    """Whether this member of staff made, approved or sent in a change that the flag is about."""
    if person_id in (flag.by_id, flag.change.seconded_by_id if flag.change else None):
        return True
    # A change may be disputed long after it was made.
    since = flag.change.at if flag.change else flag.found_at - timedelta(days=WINDOW_DAYS)
    values: dict[str, Any] = {
        "by": person_id, "since": since, "until": flag.seen_at, "subject": flag.subject,
        "unit": flag.unit_id, "actor": flag.by_id, "batch": flag.batch_id,
        "change": flag.change_id, "day": flag.key.rpartition(":")[2],
        "zone": timezone.get_default_timezone_name(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_statement(flag)}", values)
        ((found,),) = cursor.fetchall()
    return bool(found)


def _statement(flag: ContactFlag) -> str:
    # A flag of a unit has the kind as its subject; that of a disputed change asks for no kind.
    kind = flag.subject if flag.kind == ContactFlag.Kind.UNIT else _KIND.get(flag.kind, "")
    is_kind = f"c.is_{kind}" if kind in KINDS else "true"
    changed = _CHANGED.format(hand=_HAND, kind=is_kind, about=_ABOUT[flag.kind])
    if flag.kind not in _HELD:
        return f"EXISTS ({changed})"
    return f"EXISTS ({changed}) OR EXISTS ({_ADDED.format(held=_HELD[flag.kind])})"
