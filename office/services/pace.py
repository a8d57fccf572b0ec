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


def put_off(letter_id: int, *, claim: int, address: str) -> None:
    """Have a claimed letter wait for a minute with room at its domain. It was no try.

    As many are put off to one minute as go within it, so that of a long queue each letter is
    looked at about once, and not once in every minute. Whether there is room then, `may_go` says.
    """
    domain = address.rpartition("@")[2].lower()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH of AS (SELECT date_trunc('minute', clock_timestamp()) + interval '1 minute'"
            " AS next),"
            " put AS (UPDATE office_domainpace p SET"
            " put_off_to = CASE WHEN p.put_off_to >= of.next THEN p.put_off_to +"
            " CASE WHEN p.put_off_letters < %(limit)s THEN interval '0' ELSE interval '1 minute'"
            " END ELSE of.next END,"
            " put_off_letters = CASE WHEN p.put_off_to >= of.next"
            " AND p.put_off_letters < %(limit)s THEN p.put_off_letters + 1 ELSE 1 END"
            " FROM of WHERE p.domain = %(domain)s RETURNING p.put_off_to)"
            " UPDATE office_letter SET state = 'waiting', claim = NULL, claimed_at = NULL,"
            " tries = tries - 1, not_before = coalesce((SELECT put_off_to FROM put), of.next)"
            " FROM of WHERE id = %(letter)s AND claim = %(claim)s AND state = 'claimed'",
            {"limit": settings.MAIL_DOMAIN_RATES.get(domain, 1), "domain": domain,
             "letter": letter_id, "claim": claim},
        )
