"""The verification page: every sum by section with its parts, before anything is opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from ballot.models import Election, RegisterMark
from ballot.selectors import contested
from ballot.services.register_account import SectionAccount, account
from ballot.services.stored_papers import papers_by_section
from ballot.showing.wording import how_many

_ISSUED = """
SELECT s.code, count(*), count(b.id),
       count(*) FILTER (WHERE b.id IS NULL AND c.force = 'in-force'),
       count(*) FILTER (WHERE b.id IS NULL AND c.force <> 'in-force')
  FROM ballot_credential c
  JOIN members_rollentry r ON r.id = c.roll_entry_id
  JOIN members_section s ON s.id = r.section_id
  LEFT JOIN ballot_sealedballot b ON b.credential_id = c.id
 WHERE c.election_id = %s GROUP BY s.code
"""

_MARKS = """
SELECT s.code, m.channel, count(*)
  FROM ballot_registermark m
  JOIN members_rollentry r ON r.id = m.roll_entry_id
  JOIN members_section s ON s.id = r.section_id
 WHERE m.election_id = %s GROUP BY s.code, m.channel ORDER BY m.channel
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum: what it is of, its parts in words, and whether it holds."""

    what: str
    parts: str
    holds: bool


@dataclass(frozen=True, slots=True)
class SectionSums:
    """A section with its sums."""

    code: str
    name: str
    sums: tuple[Sum, ...]


def verification_of(election: Election) -> list[SectionSums]:
    """Every section's sums, counted from the rows as they stand now."""
    issued = {row[0]: row[1:] for row in _rows(_ISSUED, election)}
    marks: dict[str, list[tuple[str, int]]] = {}
    for code, channel, number in _rows(_MARKS, election):
        marks.setdefault(code, []).append((RegisterMark.Channel(channel).label, number))
    contests = len(contested(election))
    postal = papers_by_section(election)
    accounts = [replace(one, postal=postal[one.code]) for one in account(election)]
    return [
        SectionSums(one.code, one.name, (
            _roll(one),
            _papers(*issued.get(one.code, (0, 0, 0, 0))),
            _register(one, marks.get(one.code, [])),
            _votes(one, contests),
        ))
        for one in accounts
    ]  # fmt: skip


def _roll(one: SectionAccount) -> Sum:
    return Sum(
        "The roll",
        f"{one.frozen:,} frozen + {one.added:,} added − {one.struck:,} struck off = "
        f"{one.electors:,} on the roll; {one.electors:,} on the roll + {one.struck_voted:,} who "
        f"cast and then were struck off = {how_many(one.papers, 'paper')} issued; voting "
        f"codes in force: {one.issued:,}",
        one.adds_up(),
    )


def _papers(issued: int, cast: int, unused: int, void: int) -> Sum:
    return Sum(
        "Codes issued",
        f"{issued:,} issued = {cast:,} cast online + {unused:,} unused or taken out of use by an "
        f"envelope + {void:,} void (replaced, never confirmed, or their elector struck off)",
        issued == cast + unused + void,
    )


def _register(one: SectionAccount, channels: list[tuple[str, int]]) -> Sum:
    by_channel = " + ".join(f"{number:,} {label.lower()}" for label, number in channels) or "none"
    return Sum(
        "Marked register",
        f"{how_many(one.marks, 'mark')} ({by_channel}) = {how_many(one.ballots, 'ballot')} cast "
        f"online + {how_many(one.envelopes, 'envelope')} received; {one.on_board:,} of the ballots "
        f"and {one.envelopes_on_board:,} of the envelopes are on the board; "
        f"{how_many(one.at_odds, 'elector')} with a mark and nothing for it, or otherwise at odds",
        one.marks == one.ballots + one.envelopes == sum(n for _, n in channels)
        and (one.ballots, one.envelopes) == (one.on_board, one.envelopes_on_board)
        and one.at_odds == 0,
    )


def _votes(one: SectionAccount, contests: int) -> Sum:
    return Sum(
        "Sealed votes",
        f"{how_many(one.ballots, 'ballot')} × {contests} on the paper = "
        f"{how_many(one.votes, 'sealed vote')}; {how_many(one.ballots, 'ballot')} − "
        f"{one.set_aside:,} set aside + {how_many(one.postal, 'postal paper')} = "
        f"{one.counted:,} for the boxes",
        one.votes == one.ballots * contests and one.counted >= 0,
    )


def _rows(statement: str, election: Election) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [election.pk])
        return list(cursor.fetchall())
