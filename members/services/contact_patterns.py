"""The patterns of tampering that are looked for, and from how many people on each is flagged.

Two elections are the measure (tests/security/test_row_32_contact_changes.py replays both).
Croydon East, 2023: in one unit of 500 and more, 40 e-mail addresses, 71 postal addresses and 26
telephone numbers were altered. Alberta, 2017: codes went to some 200 invented e-mail addresses.

The thresholds, argued here and nowhere else:
- ONE_HAND: 20 people of one unit and kind by one hand within the window. Croydon's smallest
  figure, 26, is above it; a branch secretary who puts fifteen right is below it.
- OF_AN_IMPORT: an import changes many units at once, so in one it must besides be three times
  what the unit's share of that import would be: 1 % of movers in a unit of 2,000 are 20.
- IN_A_DAY: 50 people at the desk by one hand in a day, in whatever units: a correction takes a
  conversation, and fifty are one every ten minutes of a working day.
- NEW_DOMAIN: 20 new addresses at a domain of which the window made half or more. The Alberta
  pattern on a domain of one's own; a provider that moves its customers to a new domain is
  flagged too, once, and its remark says how many kept the part before the @.
- IN_A_ROW: 10 new addresses at one domain that differ in a number alone, the numbers within
  three times their count: invented at a large provider, where no domain is new.
- MAILBOX and PHONE: 10 people on one, at least 5 of them within the window; a household is 4
  and 6. ADDRESS: 25 people, 15 of them new: above a house of flats. A hall of residence in
  September is flagged; an officer knows it at a glance.
- DATABASE: one is enough: nobody should write there by hand.

What this does not see: fewer than twenty in each unit, by several hands, over several months.
"""

# ruff: noqa: S608
# The statements are put together from the constants of this file; every value is a parameter.

from __future__ import annotations

from typing import Final

from members.models.contacts import KIND_WORDS
from members.selectors.contact_reports import SHARED_KEYS

ONE_HAND: Final = 20
TIMES_ITS_SHARE: Final = 3
IN_A_DAY: Final = 50
NEW_DOMAIN: Final = 20
IN_A_ROW: Final = 10
SPREAD_OF_A_ROW: Final = 3
MAILBOX: Final = 10
MAILBOX_NEW: Final = 5
ADDRESS: Final = 25
ADDRESS_NEW: Final = 15

# Each statement gives: key, subject, people, remark, by, unit, batch.

_UNIT_BY_HAND: Final = """
    SELECT concat_ws(':', 'unit', '{kind}', c.source, c.by_id, c.unit_id), '{kind}',
           count(DISTINCT c.member_id), '{words}', c.by_id, c.unit_id, NULL::bigint
    FROM members_contactchange c
    WHERE c.at >= %(since)s AND c.is_{kind} AND c.unit_id IS NOT NULL
      AND c.source NOT IN ('import', 'undo', 'destruction')
    GROUP BY c.source, c.by_id, c.unit_id
    HAVING count(DISTINCT c.member_id) >= %(one_hand)s
"""
_UNIT_BY_IMPORT: Final = """
    WITH made AS (
        SELECT batch_id, by_id, unit_id, count(*) AS people FROM members_contactchange
        WHERE at >= %(since)s AND is_{kind} AND source = 'import' AND unit_id IS NOT NULL
        GROUP BY batch_id, by_id, unit_id
    ), size AS (
        SELECT unit_id, count(*) AS people FROM members_member
        WHERE unit_id IS NOT NULL GROUP BY unit_id
    ), whole AS (
        SELECT batch_id, sum(made.people)::numeric / (SELECT sum(people) FROM size) AS share
        FROM made GROUP BY batch_id
    )
    SELECT concat_ws(':', 'unit', '{kind}', 'import', made.batch_id, made.unit_id), '{kind}',
           made.people, '{words}', made.by_id, made.unit_id, made.batch_id
    FROM made JOIN size USING (unit_id) JOIN whole USING (batch_id)
    WHERE made.people >= %(one_hand)s
      AND (made.people >= %(times)s * size.people * whole.share
           OR (SELECT count(*) FROM size) < 2 * %(times)s)
"""
_IN_A_DAY: Final = """
    SELECT concat_ws(':', 'day', source, by_id, day), '', people,
           'on ' || to_char(day, 'FMDD FMMonth YYYY'), by_id, NULL::bigint, NULL::bigint
    FROM (
        SELECT source, by_id, (at AT TIME ZONE %(zone)s)::date AS day,
               count(DISTINCT member_id) AS people
        FROM members_contactchange
        WHERE at >= %(since)s AND source NOT IN ('import', 'undo', 'destruction')
        GROUP BY 1, 2, 3
    ) AS counted
    WHERE people >= %(in_a_day)s
"""
_BY_HAND: Final = """
    SELECT concat_ws(':', 'database', day), '', people,
           'on ' || to_char(day, 'FMDD FMMonth YYYY'), NULL::bigint, NULL::bigint, NULL::bigint
    FROM (
        SELECT (at AT TIME ZONE %(zone)s)::date AS day, count(DISTINCT member_id) AS people
        FROM members_contactchange WHERE at >= %(since)s AND source = 'database' GROUP BY 1
    ) AS counted
"""
# What was written anew within the window: changed, or added by an import that added the lesser
# part of the list (with the first list everything is new, and nothing is to be told from it).
# Gathered once, for the patterns that look at values.
GATHERED: Final = "members_written_lately"
GATHER: Final = f"""
    CREATE TEMPORARY TABLE {GATHERED} ON COMMIT DROP AS
    WITH added AS (
        SELECT id FROM members_importbatch
        WHERE applied_at >= %(since)s
          AND rows_new * 2 < (SELECT count(*) FROM members_member)
    ), lately AS (
        SELECT c.member_id, bool_or(c.is_email) AS is_email, bool_or(c.is_phone) AS is_phone,
               bool_or(c.is_address) AS is_address,
               (array_agg(h.before ->> 'email' ORDER BY h.id) FILTER (WHERE c.is_email))[1]
                   AS email_was
        FROM members_contactchange c JOIN members_change h ON h.id = c.change_id
        WHERE c.at >= %(since)s AND (c.is_email OR c.is_phone OR c.is_address)
          AND h.at >= %(since)s
        GROUP BY c.member_id
        UNION ALL
        SELECT id, true, true, true, '' FROM members_member
        WHERE first_import_id IN (SELECT id FROM added)
    )
    SELECT m.id, m.is_listed, m.email, m.phone, m.address_1, m.address_2, m.postcode,
           m.address_withheld, lately.is_email, lately.is_phone, lately.is_address,
           lately.email_was
    FROM members_member m JOIN lately ON lately.member_id = m.id
"""
_DOMAIN: Final = f"""
    WITH fresh AS (
        SELECT split_part(lower(email), '@', 2) AS domain, count(DISTINCT id) AS people,
               count(*) FILTER (WHERE split_part(lower(email), '@', 1)
                                = split_part(lower(email_was), '@', 1)) AS kept
        FROM {GATHERED} WHERE is_email AND email <> ''
        GROUP BY 1 HAVING count(DISTINCT id) >= %(new_domain)s
    ), held AS (
        SELECT split_part(lower(email), '@', 2) AS domain, count(*) AS people
        FROM members_member
        WHERE email <> '' AND split_part(lower(email), '@', 2) IN (SELECT domain FROM fresh)
        GROUP BY 1
    )
    SELECT 'domain:' || domain, domain, fresh.people,
           fresh.kept || ' of them kept the part before the @', NULL::bigint, NULL::bigint,
           NULL::bigint
    FROM fresh JOIN held USING (domain) WHERE fresh.people * 2 >= held.people
"""
_IN_A_ROW: Final = rf"""
    WITH parted AS (
        SELECT DISTINCT lower(email) AS email,
               regexp_replace(split_part(lower(email), '@', 1), '[0-9]+', '#') AS stem,
               split_part(lower(email), '@', 2) AS domain,
               substring(split_part(lower(email), '@', 1) FROM '[0-9]{{1,15}}')::bigint AS place
        FROM {GATHERED} WHERE is_email AND split_part(email, '@', 1) ~ '[0-9]'
    )
    SELECT 'sequence:' || stem || '@' || domain, stem || '@' || domain, count(*),
           min(place) || ' to ' || max(place), NULL::bigint, NULL::bigint, NULL::bigint
    FROM parted GROUP BY stem, domain
    HAVING count(*) >= %(in_a_row)s
       AND max(place) - min(place) < %(spread)s * count(*)
"""


def _shared(kind: str, name: str, most: str, most_new: str) -> str:
    key, known = SHARED_KEYS[kind], f"is_listed AND {name} <> '' AND NOT address_withheld"
    return f"""
    WITH fresh AS (
        SELECT {key} AS value, count(DISTINCT id) AS people
        FROM {GATHERED} WHERE is_{kind} AND {known}
        GROUP BY 1 HAVING count(DISTINCT id) >= %({most_new})s
    ), held AS (
        SELECT {key} AS value, count(*) AS people
        FROM members_member WHERE {known} AND {key} IN (SELECT value FROM fresh) GROUP BY 1
    )
    SELECT '{kind}:' || left(value, 320), left(value, 320), held.people,
           fresh.people || ' of them lately', NULL::bigint, NULL::bigint, NULL::bigint
    FROM fresh JOIN held USING (value) WHERE held.people >= %({most})s
    """


def _by_kind(statement: str) -> str:
    return " UNION ALL ".join(
        f"({statement.format(kind=kind, words=words)})"
        for kind, words in KIND_WORDS.items()
        if kind != "name"
    )


PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    ("unit", _by_kind(_UNIT_BY_HAND)),
    ("unit", _by_kind(_UNIT_BY_IMPORT)),
    ("day", _IN_A_DAY),
    ("database", _BY_HAND),
    ("domain", _DOMAIN),
    ("sequence", _IN_A_ROW),
    ("mailbox", _shared("email", "email", "mailbox", "mailbox_new")),
    ("phone", _shared("phone", "phone", "mailbox", "mailbox_new")),
    ("address", _shared("address", "address_1", "address", "address_new")),
)
VALUES: Final = {
    "one_hand": ONE_HAND,
    "times": TIMES_ITS_SHARE,
    "in_a_day": IN_A_DAY,
    "new_domain": NEW_DOMAIN,
    "in_a_row": IN_A_ROW,
    "spread": SPREAD_OF_A_ROW,
    "mailbox": MAILBOX,
    "mailbox_new": MAILBOX_NEW,
    "address": ADDRESS,
    "address_new": ADDRESS_NEW,
}
