"""Between the tables and the core: facts, rules, and the bytes that a roll's commitment covers.

The commitment of a roll (docs/import-format.md §7) is

    SHA-256( "hustings/v1/roll" | 0 | salt (32) | number of entries (8, big-endian) | lines )

with one line an entry, in ascending order of the entry's pseudonym. A line is the entry's
fields, each as a big-endian length of four bytes and that many bytes of UTF-8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from members.eligibility import Facts, Outcome, Question, Record, Rules, Value, rules_from_json
from members.models import EligibilityRules, Member, Section, Verdict
from members.models.people import Standing
from members.rollfile.normal import fold

ROLL_LABEL: Final = b"hustings/v1/roll\x00"

# The rule of a record whose person votes under another.
NEVER_ON_THE_LIST: Final = (
    "NOT m.is_listed AND m.last_import_id IN"
    " (SELECT id FROM members_importbatch WHERE state = 'undone')"
)
"""Of members m in SQL: whom an import added that was undone, kept only because a record names them.
Nobody judges or counts them."""

ENTERED_ELSEWHERE: Final = f"{Question.ENTERED}:{Outcome.NOT_MET}"
AMENDMENT_LABEL: Final = b"hustings/v1/roll-amendment\x00"
SET_LABEL: Final = b"hustings/v1/roll-set\x00"

# The order of an entry's fields in its line.
ENTRY_FIELDS: Final = (
    "public_id",
    "number",
    "title",
    "given_name",
    "family_name",
    "email",
    "address_1",
    "address_2",
    "address_3",
    "address_4",
    "postcode",
    "country",
    "section",
    "unit",
)


def section_codes() -> dict[str, str]:
    """From the folded code and the folded name of each section to its code."""
    codes: dict[str, str] = {}
    for code, name in Section.objects.values_list("code", "name"):
        codes[fold(name)] = code
        codes[fold(code)] = code
    return codes


def rules_of_row(row: EligibilityRules) -> Rules:
    """The rules that a stored version holds."""
    return rules_from_json(row.body)


def facts_of_member(member: Member) -> Facts:
    """What is recorded of a member today, for the core to judge."""
    return Facts(
        listed=member.is_listed,
        section=member.section.code,
        unit=member.unit.key if member.unit else "",
        standing=member.standing,
        joined_on=member.joined_on,
        paid_until=member.paid_until,
        date_of_birth=member.date_of_birth,
        levy_confirmed=member.levy_confirmed,
    )


def record_of_member(member: Member) -> Record:
    """The same as one of a person's records."""
    return Record(member.pk, member.section.precedence, facts_of_member(member))


def facts_of_verdict(verdict: Verdict) -> Facts:
    """The facts a verdict was given on."""
    return Facts(
        listed=verdict.is_listed,
        section=verdict.section.code,
        unit=verdict.unit.key if verdict.unit else "",
        standing=verdict.standing,
        joined_on=verdict.joined_on,
        paid_until=verdict.paid_until,
        date_of_birth=verdict.date_of_birth,
        levy_confirmed=verdict.levy_confirmed,
        entered=verdict.rule != ENTERED_ELSEWHERE,
    )


def names_in_facts(of: Member | Verdict) -> dict[str, str]:
    """What to call the section, the unit and the standings in a sentence about one record."""
    unit = {of.unit.key: of.unit.name} if of.unit else {}
    return {**unit, of.section.code: of.section.name, **dict(Standing.choices)}


def named_facts(facts: Mapping[str, Value], names: Mapping[str, str]) -> dict[str, Value]:
    """Facts for a person to read: a section and a unit by their names in place of their keys."""
    return {
        name: names.get(str(value), value) if name in ("section", "unit") else value
        for name, value in facts.items()
    }


def entry_line(fields: Iterable[str]) -> bytes:
    """One entry's line: unambiguous, because every field says how long it is."""
    parts = []
    for field in fields:
        raw = field.encode()
        parts.append(len(raw).to_bytes(4, "big"))
        parts.append(raw)
    return b"".join(parts)


class Commitment:
    """The hash of a roll's entries, taken one line after another."""

    def __init__(self, *, salt: bytes, entries: int) -> None:
        self._hash = hashlib.sha256(ROLL_LABEL + salt + entries.to_bytes(8, "big"))
        self._announced = entries
        self.taken = 0

    def add(self, lines: bytes, *, entries: int) -> None:
        self._hash.update(lines)
        self.taken += entries

    def value(self) -> bytes:
        if self.taken != self._announced:
            raise ValueError("the number of entries differs from the one that was announced")
        return self._hash.digest()


class AmendmentCommitment:
    """The hash of an amendment's entries, chained from the commitment before it (§8)."""

    def __init__(self, *, salt: bytes, previous: bytes, number: int, entries: int) -> None:
        head = number.to_bytes(8, "big") + entries.to_bytes(8, "big")
        self._hash = hashlib.sha256(AMENDMENT_LABEL + salt + previous + head)

    def add(self, lines: bytes) -> None:
        self._hash.update(lines)

    def value(self) -> bytes:
        return self._hash.digest()


def digest_of_set(pseudonyms: Iterable[str]) -> bytes:
    """The hash of a set: each of its names in ascending order, ended by a line feed."""
    digest = hashlib.sha256(SET_LABEL)
    for name in sorted(pseudonyms):
        digest.update(name.encode() + b"\n")
    return digest.digest()
