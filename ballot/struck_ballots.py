"""The ballots of those who were struck off after casting, and what the notice says of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from ballot.models import AfterCast, Election


@dataclass(frozen=True, slots=True)
class StruckBallot:
    """The ballot of somebody struck off the roll after casting it.

    is_due: whether the notice's rule sets it aside. entry: its number on the board, if there.
    """

    ballot_id: int
    tracker: bytes
    reason: str
    amendment: int
    section: str
    entry: int | None
    is_set_aside: bool
    is_due: bool


_STRUCK_BALLOTS = """
SELECT b.id, b.tracker, x.reason, x.amendment, s.name, e.number, n.ballot_id IS NOT NULL
  FROM members_struckentry x
  JOIN ballot_credential c ON c.roll_entry_id = x.entry_id AND c.election_id = %(election)s
  JOIN ballot_sealedballot b ON b.credential_id = c.id
  JOIN members_rollentry r ON r.id = x.entry_id
  JOIN members_section s ON s.id = r.section_id
  LEFT JOIN ballot_entry e ON e.ballot_id = b.id
  LEFT JOIN ballot_setasidenow n ON n.ballot_id = b.id
 WHERE x.roll_id = %(roll)s ORDER BY b.tracker
"""


def struck_ballots(election: Election) -> list[StruckBallot]:
    """The ballots of those who were struck off after casting, and what the rule says of each."""
    with connection.cursor() as cursor:
        cursor.execute(_STRUCK_BALLOTS, {"election": election.pk, "roll": election.roll_id})
        rows = cursor.fetchall()
    return [
        StruckBallot(ballot, bytes(tracker), reason, amendment, section, entry, is_set_aside,
                     is_due=after_cast(election, reason) == AfterCast.SET_ASIDE)
        for ballot, tracker, reason, amendment, section, entry, is_set_aside in rows
    ]


def after_cast(election: Election, reason: str) -> str:
    """What the notice says of the ballot of somebody struck off for this reason after casting.

    Of somebody who was on the roll twice, the ballot under the entry struck off never counts.
    """
    if reason == "duplicate":
        return AfterCast.SET_ASIDE.value
    if reason == "died":
        return election.ballot_of_dead
    if reason == "resigned":
        return election.ballot_of_resigned
    return election.ballot_of_excluded


def set_aside_due(election: Election) -> list[StruckBallot]:
    """The ballots that are still to be set aside before the boxes are fixed."""
    return [one for one in struck_ballots(election) if one.is_due and not one.is_set_aside]
