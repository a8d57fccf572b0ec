"""How fast letters go to one domain of addresses: a large mailbox provider refuses more.

One row a domain counts the letters of the minute under way, by the database's clock, so that
several senders keep one pace together. Only the domains that a setting names are counted.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection


def may_go(address: str) -> bool:
    """Take a place within this minute for a letter to this address; False: it is full."""
    domain = address.rpartition("@")[2].lower()
    limit = settings.MAIL_DOMAIN_RATES.get(domain)
    if limit is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO office_domainpace AS p (domain, minute, letters)"
            " VALUES (%s, date_trunc('minute', clock_timestamp()), 1)"
            " ON CONFLICT (domain) DO UPDATE SET minute = excluded.minute, letters ="
            " CASE WHEN p.minute = excluded.minute THEN p.letters + 1 ELSE 1 END"
            " WHERE p.minute <> excluded.minute OR p.letters < %s",
            [domain, limit],
        )
        return bool(cursor.rowcount == 1)


def put_off(letter_id: int, *, claim: int) -> None:
    """Have a claimed letter wait for the next minute. It was no try: nobody was asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_letter SET state = 'waiting', claim = NULL, claimed_at = NULL,"
            " tries = tries - 1,"
            " not_before = date_trunc('minute', clock_timestamp()) + interval '1 minute'"
            " WHERE id = %s AND claim = %s AND state = 'claimed'",
            [letter_id, claim],
        )
