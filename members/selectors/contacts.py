"""What can be asked about contact details: their freeze, drafts, notices, letters to print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from members.models import Change, ContactDraft, ContactFlag, ContactFreeze
from members.models.contacts import KIND_WORDS, KINDS
from office.models import Approval


def freeze() -> ContactFreeze | None:
    """The freeze of contact details that is in force or to come, as last decided."""
    return ContactFreeze.objects.select_related("set_by", "seconded_by").first()


def freezes() -> QuerySet[ContactFreeze]:
    return ContactFreeze.objects.select_related("set_by", "seconded_by")


def is_frozen() -> bool:
    """Whether contact details are frozen at this moment, by the database's clock."""
    standing = freeze()
    return standing is not None and is_in_the_past(standing.freezes_at)


def freezes_at() -> datetime | None:
    """The hour from which contact details are frozen, passed or to come; None: it is not set."""
    standing = freeze()
    return standing.freezes_at if standing else None


def is_in_the_past(moment: datetime) -> bool:
    """Whether a moment has passed by the database's clock, which decides on every machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s <= clock_timestamp()", [moment])
        return bool(cursor.fetchone()[0])


# --- drafts ----------------------------------------------------------------------------------

COLUMN_WORDS: Final = {
    "title": "Title",
    "given_name": "Given names",
    "family_name": "Family name",
    "email": "E-mail",
    "phone": "Telephone",
    "address_1": "Address, line 1",
    "address_2": "Address, line 2",
    "address_3": "Address, line 3",
    "address_4": "Address, line 4",
    "postcode": "Postcode",
    "country": "Country",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One detail, from and to, ready to read."""

    name: str
    before: str = field(repr=False)
    after: str = field(repr=False)


def draft(draft_id: int) -> ContactDraft | None:
    return ContactDraft.objects.select_related("member", "drafted_by").filter(pk=draft_id).first()


def differences(row: ContactDraft | Change) -> list[Difference]:
    """What a draft would change, or a change did, detail by detail."""
    return [
        Difference(words, str(row.before[name] or "–"), str(row.after[name] or "–"))
        for name, words in COLUMN_WORDS.items()
        if name in row.before
    ]


def draft_waiting(member_id: int, *, now: datetime) -> int | None:
    """The draft of this person's that waits for a second person, if one does."""
    found = Approval.objects.filter(
        act="edit_contact_late", subject_kind="member", subject_id=str(member_id),
        state=Approval.State.WAITING, expires_at__gt=now,
    ).first()  # fmt: skip
    return int(found.parameters["draft"]) if found else None


def changes_of(member_id: int) -> list[tuple[Change, list[Difference]]]:
    """The last changes of one person's name and address, the newest first."""
    rows = Change.objects.select_related("by", "seconded_by").filter(
        member_id=member_id, contact__isnull=False
    )
    return [(row, differences(row)) for row in rows.order_by("-pk")[:50]]


# --- flags -----------------------------------------------------------------------------------


def flags() -> QuerySet[ContactFlag]:
    return ContactFlag.objects.select_related("by", "unit", "batch", "change", "looked_by")


def open_flags() -> QuerySet[ContactFlag]:
    return flags().filter(state=ContactFlag.State.OPEN)


# --- notices and letters ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice of a change says, and the addresses on both sides of it."""

    change_id: int
    at: datetime
    kinds: tuple[str, ...]
    full_name: str = field(repr=False)
    email_before: str = field(repr=False)
    email_after: str = field(repr=False)
    phone_after: str = field(repr=False)


# What a column held just before a change: the first record of it from then on says so; where
# there is none, it has not changed since.
_HELD_THEN: Final = """coalesce(
    (SELECT h.before ->> '{column}' FROM members_change h
     WHERE h.member_id = c.member_id AND h.id >= c.change_id AND h.before ? '{column}'
     ORDER BY h.id LIMIT 1), m.{column})"""


def _held_then(*columns: str) -> str:
    return ", ".join(_HELD_THEN.format(column=column) for column in columns)


_KINDS: Final = ", ".join(f"c.is_{kind}" for kind in KINDS)


def notices(change_ids: Sequence[int]) -> dict[int, Notice]:
    """What the notices of some changes say, by the change."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.change_id, c.at, {_KINDS}, d.after ->> 'email', d.after ->> 'phone',"  # noqa: S608
            f" {_held_then('email', 'title', 'given_name', 'family_name')}"
            " FROM members_contactchange c JOIN members_change d ON d.id = c.change_id"
            " JOIN members_member m ON m.id = c.member_id WHERE c.change_id = ANY(%s)",
            [list(change_ids)],
        )
        rows = cursor.fetchall()
    return {
        row[0]: Notice(
            change_id=row[0],
            at=row[1],
            kinds=_kinds_named(row[2:6]),
            full_name=" ".join(filter(None, row[9:12])),
            email_before=row[8],
            email_after=row[6] or "",
            phone_after=row[7] or "",
        )
        for row in rows
    }


def _kinds_named(marks: Sequence[bool]) -> tuple[str, ...]:
    return tuple(KIND_WORDS[kind] for kind, is_it in zip(KINDS, marks, strict=True) if is_it)


PRINTED_HEADER: Final = (
    "change", "changed on", "what changed", "name", "address 1", "address 2", "address 3",
    "address 4", "postcode", "country",
)  # fmt: skip
_WITHHELD: Final = "withheld: ask the returning officer"


def printed(*, since: datetime) -> Iterator[tuple[str, ...]]:
    """Who is to be told by post of a change: those who had no e-mail address before it.

    With the name and the postal address of before the change. An address that is withheld
    stays so.
    """
    columns = ("title", "given_name", "family_name", "address_1", "address_2", "address_3",
               "address_4", "postcode", "country")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.change_id, c.at, {_KINDS}, m.address_withheld, {_held_then(*columns)}"  # noqa: S608
            " FROM members_contactchange c JOIN members_member m ON m.id = c.member_id"
            f" WHERE c.at >= %s AND {_HELD_THEN.format(column='email')} = ''"
            " ORDER BY c.change_id",
            [since],
        )
        for row in cursor:
            kinds = ", ".join(_kinds_named(row[2:6]))
            name = " ".join(filter(None, row[7:10]))
            address = (_WITHHELD, "", "", "", "", "") if row[6] else row[10:16]
            yield (str(row[0]), row[1].date().isoformat(), kinds, name, *address)
