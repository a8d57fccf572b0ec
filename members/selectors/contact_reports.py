"""Reports of contact details: who changed how many, and what is shared or nobody's own.

One question a page, each a statement over the narrow rows or over the list; none makes an object
of a member. Measured over 654,006 members and a million changes by `make bench-roll`.
"""

# ruff: noqa: S608
# The statements are put together from the constants of this file; every value is a parameter.

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from members.models import Change
from members.selectors.contacts import COLUMN_WORDS
from members.selectors.people import PAGE_ROWS
from office.times import hour_words

# A household shares a mailbox or a telephone; a house of flats, a hall or a home shares an
# address. More than this many people on one are shown, not accused.
TOLERATED: Final = {"email": 4, "phone": 6, "address": 10}

SHARED_KEYS: Final = {
    "email": "lower(email)",
    "phone": "members_plain_phone(phone)",
    "address": "lower(address_1 || ', ' || address_2 || ', ' || postcode)",
}
_NOT_BLANK: Final = {
    "email": "email <> ''",
    "phone": "phone <> ''",
    "address": "address_1 <> '' AND NOT address_withheld",
}
# One of the ways in which it is written, of those that come to one key.
_AS_WRITTEN: Final = {
    "email": "lower(min(email))",
    "phone": "min(phone)",
    "address": "min(concat_ws(', ', nullif(address_1, ''), nullif(address_2, ''),"
    " nullif(postcode, '')))",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One row of a report: whose, when, where or by which import, and how many people."""

    key: object
    name: str
    people: int
    email: int
    phone: int
    address: int
    names: int


_COUNTED: Final = """count(*), count(*) FILTER (WHERE is_email), count(*) FILTER (WHERE is_phone),
    count(*) FILTER (WHERE is_address), count(*) FILTER (WHERE is_name)"""
# One row for each person and group, so that people are counted and not their changes.
_BY_PERSON: Final = """
    SELECT {key} AS key, member_id, bool_or(is_email) AS is_email, bool_or(is_phone) AS is_phone,
           bool_or(is_address) AS is_address, bool_or(is_name) AS is_name
    FROM members_contactchange WHERE at >= %(since)s {more} GROUP BY 1, 2
"""
_NAMED: Final = {
    "actor": (
        "by_id", "coalesce(s.name, 'No member of staff')",
        "LEFT JOIN office_staffmember s ON s.id = counted.key", "",
    ),
    "hour": ("date_trunc('hour', at, %(zone)s)", "''", "", ""),
    "unit": ("unit_id", "coalesce(u.name, 'No unit')",
             "LEFT JOIN members_unit u ON u.id = counted.key", ""),
    "import": ("batch_id", "'Import ' || counted.key", "", "AND batch_id IS NOT NULL"),
    "source": ("source", "counted.key", "", ""),
}  # fmt: skip


def changed_by(group: str, *, since: datetime, most: int = PAGE_ROWS) -> list[Changed]:
    """How many people's details changed since then, by actor, hour, unit, import or source.

    The largest first.
    """
    key, name, join, more = _NAMED[group]
    rows = _rows(
        f"""
        SELECT counted.key, {name}, people, emails, phones, addresses, names FROM (
            SELECT key, {_COUNTED} FROM ({_BY_PERSON.format(key=key, more=more)}) AS person
            GROUP BY key
        ) AS counted (key, people, emails, phones, addresses, names) {join}
        ORDER BY people DESC, counted.key LIMIT %(most)s
        """,
        since=since,
        most=most,
        zone=timezone.get_default_timezone_name(),
    )
    return [_in_words(Changed(*row), group) for row in rows]


def _in_words(row: Changed, group: str) -> Changed:
    """A row named as a person would say it: "A correction at the desk", an hour and its clocks."""
    if isinstance(row.key, datetime):
        return replace(row, name=hour_words(row.key))
    if group != "source":
        return row
    words = str(dict(Change.Source.choices).get(row.name, row.name))
    return replace(row, name=words[0].upper() + words[1:])


@dataclass(frozen=True, slots=True)
class Shared:
    """One address that many people have, and the key and number of one of them."""

    value: str = field(repr=False)
    people: int
    units: int
    example: int
    number: str = field(repr=False)


def shared(kind: str, *, most: int = PAGE_ROWS) -> list[Shared]:
    """The e-mail, telephone or postal addresses that more listed people share than a household."""
    known = f"m.is_listed AND m.merged_into_id IS NULL AND {_NOT_BLANK[kind]}"
    key = SHARED_KEYS[kind]
    # Hundreds of thousands of numbers are grouped in a third of the time that their texts take; the
    # few that many share are then grouped by what they are.
    rows = _rows(
        f"""
        WITH hashed AS MATERIALIZED (
            SELECT m.id, hashtextextended({key}, 0) AS hash FROM members_member m WHERE {known}
        ), often AS (
            SELECT hash FROM hashed GROUP BY hash HAVING count(*) > %(tolerated)s
        )
        SELECT {_AS_WRITTEN[kind]}, count(*), count(DISTINCT m.unit_id), min(m.id),
               (array_agg(m.number ORDER BY m.id))[1]
        FROM often JOIN hashed USING (hash) JOIN members_member m ON m.id = hashed.id
        GROUP BY {key} HAVING count(*) > %(tolerated)s ORDER BY 2 DESC, 1 LIMIT %(most)s
        """,
        tolerated=TOLERATED[kind],
        most=most,
    )
    return [Shared(*row) for row in rows]


_LISTS: Final = Path(__file__).resolve().parent.parent / "mailboxes"


@cache
def listed_mailboxes(name: str) -> tuple[str, ...]:
    """A list of members/mailboxes: role_local_parts or disposable_domains."""
    lines = (_LISTS / f"{name}.txt").read_text().splitlines()
    return tuple(line for line in map(str.strip, lines) if line and not line.startswith("#"))


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A member whose e-mail address is an office's, or one to be thrown away."""

    member_id: int
    name: str = field(repr=False)
    email: str = field(repr=False)
    is_disposable: bool


def odd_mailboxes(*, after: int = 0, most: int = PAGE_ROWS) -> list[Mailbox]:
    """Members at role addresses and at disposable domains, in the order of their rows."""
    rows = _rows(
        """
        SELECT id, concat_ws(', ', family_name, nullif(given_name, '')), email,
               split_part(lower(email), '@', 2) = ANY(%(domains)s)
        FROM members_member
        WHERE id > %(after)s AND is_listed AND email <> ''
          AND (split_part(lower(email), '@', 2) = ANY(%(domains)s)
               OR split_part(lower(email), '@', 1) = ANY(%(parts)s))
        ORDER BY id LIMIT %(most)s
        """,
        after=after,
        most=most,
        domains=list(listed_mailboxes("disposable_domains")),
        parts=list(listed_mailboxes("role_local_parts")),
    )
    return [Mailbox(*row) for row in rows]


CHANGES_HEADER: Final = (
    "change", "when (UTC)", "source", "by", "seconded by", "import", "member", "detail", "from",
    "to", "reason",
)  # fmt: skip


def changes_in_full(
    *, since: datetime, by: int | None = None, by_nobody: bool = False, source: str = ""
) -> Iterator[tuple[str, ...]]:
    """Every change of a contact detail since then, a row a detail: who changed what, from, to.

    by:        one member of staff's; by_nobody: those alone that no member of staff made.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.change_id, c.at, c.source, s.name, t.name, c.batch_id, m.number,
                   h.before, h.after, h.reason
            FROM members_contactchange c
            JOIN members_change h ON h.id = c.change_id
            JOIN members_member m ON m.id = c.member_id
            LEFT JOIN office_staffmember s ON s.id = h.by_id
            LEFT JOIN office_staffmember t ON t.id = h.seconded_by_id
            WHERE c.at >= %(since)s AND (%(by)s::bigint IS NULL OR c.by_id = %(by)s)
              AND (NOT %(by_nobody)s OR c.by_id IS NULL)
              AND (%(source)s = '' OR c.source = %(source)s) AND NOT m.address_withheld
            ORDER BY c.change_id
            """,
            {"since": since, "by": by, "by_nobody": by_nobody, "source": source},
        )
        for change, at, how, who, second, batch, number, *json_of, reason in cursor:
            before, after = map(json.loads, json_of)
            for name, words in COLUMN_WORDS.items():
                if name in before:
                    yield (str(change), f"{at:%Y-%m-%d %H:%M:%S}", how, who or "", second or "",
                           str(batch or ""), number, words, str(before[name]), str(after[name]),
                           reason)  # fmt: skip


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """The answer, worked out in memory: with the usual 4 MB a group for each person goes to disk.

    For the rest of the transaction, as the services' own large statements do.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(statement, values)
        return list(cursor.fetchall())

