"""The list of nominating bodies: typed one by one, or taken from a CSV file.

A file adds bodies and mends those that are there, by kind and name; it takes none away. What is
wrong in it is told line by line, and then nothing of it is taken.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ballot.models import Election, NominatingBody
from ballot.names import TextRefused, clean_line
from ballot.services.candidate_papers import require_taking
from ballot.services.moves import lock_election
from office.refusal import Refusal
from office.services.audit import record

COLUMNS: Final = ("kind", "name", "members", "mark", "secretary", "email")
NEEDED: Final = ("kind", "name")
MOST_BODIES: Final = 10_000
MOST_BYTES: Final = 4_000_000
MOST_MEMBERS: Final = 2**31 - 1
_WIDTHS: Final = {"kind": 40, "name": 120, "mark": 40, "secretary": 120, "email": 254}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file did to the list."""

    added: int
    changed: int


@transaction.atomic
def import_bodies(election_id: int, *, content: bytes, by: int | None, now: datetime) -> Taken:
    """Take a CSV file in UTF-8 with a line of headers: COLUMNS, of which NEEDED must be there."""
    election = _open(election_id, now=now)
    rows = [_row(cells, f"Line {line}") for line, cells in _lines(content)]
    keys = {(row["kind"], row["name"]) for row in rows}
    if len(keys) < len(rows):
        raise Refusal("bodies.twice", "The file names a body twice. Nothing was taken.")
    taken = _keep(election, rows)
    record("take_nominations", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"bodies_added": taken.added, "bodies_changed": taken.changed})
    return taken


@transaction.atomic
def add_body(election_id: int, *, by: int | None, now: datetime, **cells: str) -> int:
    """Add one body, or mend the one of this kind and name; return its id."""
    election = _open(election_id, now=now)
    row = _row(cells, "The body")
    _keep(election, [row])
    record("take_nominations", subject=("election", str(election.pk)), by=by, now=now)
    return election.nominating_bodies.get(kind=row["kind"], name=row["name"]).pk


@transaction.atomic
def remove_body(body_id: int, *, by: int | None, now: datetime) -> None:
    """Take a body off the list that has never nominated anybody."""
    body = NominatingBody.objects.get(pk=body_id)
    _open(body.election_id, now=now)
    if body.nominations.exists():
        raise Refusal("bodies.has-nominated", f"{body} has nominated, and what it handed in is "
                      "kept. If it had no right to, reject its nomination.")
    record("take_nominations", subject=("nominating_body", str(body.pk)), by=by, now=now)
    body.delete()


def _open(election_id: int, *, now: datetime) -> Election:
    election = lock_election(election_id)
    require_taking(election, now=now)
    return election


def _keep(election: Election, rows: list[dict[str, str]]) -> Taken:
    there = {(body.kind, body.name): body for body in election.nominating_bodies.all()}
    new, changed = [], []
    for row in rows:
        body = there.get((row["kind"], row["name"]))
        if body is None:
            new.append(_filled(NominatingBody(election=election), row))
        else:
            changed.append(_filled(body, row))
    if len(there) + len(new) > MOST_BODIES:
        raise Refusal("bodies.too-many", f"An election has at most {MOST_BODIES:,} bodies.")
    NominatingBody.objects.bulk_create(new)
    NominatingBody.objects.bulk_update(
        changed, ["members", "mark", "secretary", "address"], batch_size=1000
    )
    return Taken(len(new), len(changed))


def _filled(body: NominatingBody, row: dict[str, str]) -> NominatingBody:
    body.kind, body.name, body.mark = row["kind"], row["name"], row["mark"]
    body.members, body.secretary = int(row["members"] or 1), row["secretary"]
    body.address = row["email"]
    return body


def _lines(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The lines of the file by their headers, each with its number."""
    if len(content) > MOST_BYTES:
        raise Refusal("bodies.too-large", "The file is larger than 4 MB. Nothing was taken.")
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        headers = [header.strip().casefold() for header in reader.fieldnames or ()]
        reader.fieldnames = headers
        lines = [(reader.line_num, dict(row)) for row in reader]
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise Refusal("bodies.unreadable", "The file is no CSV in UTF-8. Save it as “CSV UTF-8” "
                      "and send it again.") from wrong
    unknown = [header for header in headers if header not in COLUMNS]
    if unknown or not set(NEEDED) <= set(headers) or len(set(headers)) < len(headers):
        raise Refusal("bodies.headers", "The first line of the file names its columns: "
                      f"{', '.join(COLUMNS)}. The first two must be there, each once.")
    if not lines:
        raise Refusal("bodies.empty", "The file names no body.")
    return lines


def _row(cells: dict[str, str], where: str) -> dict[str, str]:
    """One body's cells in normal form, or a refusal that says where and what is wrong."""
    if None in cells or None in cells.values():
        raise _wrong(where, "it has more or fewer cells than the first line")
    row = {}
    for column in COLUMNS:
        try:
            row[column] = clean_line(cells.get(column, ""))
        except TextRefused as refused:
            raise _wrong(where, f"the {column} holds {refused.found}") from refused
        if len(row[column]) > _WIDTHS.get(column, 10):
            raise _wrong(where, f"the {column} is too long")
    _check(row, where)
    return row


def _check(row: dict[str, str], where: str) -> None:
    if not row["kind"] or not row["name"]:
        raise _wrong(where, "it gives no kind or no name")
    if "/" in row["kind"] + row["mark"]:
        raise _wrong(where, "a kind or a mark has a slash, which parts the two in a gate")
    members = row["members"]
    if members and not (members.isascii() and members.isdecimal() and int(members) <= MOST_MEMBERS):
        raise _wrong(where, "its members are no whole number")
    if row["email"]:
        try:
            validate_email(row["email"])
        except ValidationError as wrong:
            raise _wrong(where, "its e-mail address is none") from wrong


def _wrong(where: str, what: str) -> Refusal:
    return Refusal("bodies.line", f"{where}: {what}. Nothing was taken.")
