"""The ballot account by section: what must be the same number after the close.

Marks in the register, ballots, sealed votes of each contest, and ballots on the board are counted
from the rows themselves, section by section.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from ballot.models import Election
from office.refusal import Refusal

# Each table is brought to one row an elector before the others join it: a second ballot must not
# count the mark of its elector twice.
_ACCOUNT = """
WITH marked AS (
    SELECT roll_entry_id, count(*) AS marks
      FROM ballot_registermark WHERE election_id = %(election)s GROUP BY roll_entry_id
), sealed AS (
    SELECT v.ballot_id, count(*) AS votes
      FROM ballot_sealedvote v JOIN ballot_contest k ON k.id = v.contest_id
     WHERE k.election_id = %(election)s GROUP BY v.ballot_id
), cast_by AS (
    SELECT c.roll_entry_id, count(*) AS ballots, sum(v.votes) AS votes, count(e.id) AS on_board
      FROM ballot_sealedballot b
      JOIN ballot_credential c ON c.id = b.credential_id
      LEFT JOIN sealed v ON v.ballot_id = b.id
      LEFT JOIN ballot_entry e ON e.ballot_id = b.id
     WHERE b.election_id = %(election)s GROUP BY c.roll_entry_id
)
SELECT s.code, s.name,
       count(*),
       coalesce(sum(m.marks), 0)::bigint,
       coalesce(sum(b.ballots), 0)::bigint,
       coalesce(sum(b.votes), 0)::bigint,
       coalesce(sum(b.on_board), 0)::bigint,
       count(*) FILTER (WHERE coalesce(m.marks, 0) <> coalesce(b.ballots, 0)
                           OR coalesce(b.ballots, 0) > 1)
  FROM members_rollentry r
  JOIN members_section s ON s.id = r.section_id
  LEFT JOIN marked m ON m.roll_entry_id = r.id
  LEFT JOIN cast_by b ON b.roll_entry_id = r.id
 WHERE r.roll_id = %(roll)s
 GROUP BY s.code, s.name, s.precedence
 ORDER BY s.precedence, s.code
"""


@dataclass(frozen=True, slots=True)
class SectionAccount:
    """The ballot account of one section.

    votes:   over all contests together.
    at_odds: electors who have not one mark and one ballot, nor neither.
    """

    code: str
    name: str
    electors: int
    marks: int
    ballots: int
    votes: int
    on_board: int
    at_odds: int

    def agrees(self, contests: int) -> bool:
        """Marks, ballots, votes and entries are the same number, elector by elector."""
        return (
            self.marks == self.ballots == self.on_board
            and self.votes == self.ballots * contests
            and self.at_odds == 0
        )


def account(election: Election) -> list[SectionAccount]:
    """The ballot account by section, counted from the rows themselves."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNT, {"election": election.pk, "roll": election.roll_id})
        return [SectionAccount(*row) for row in cursor.fetchall()]


def require_agreement(accounts: list[SectionAccount], *, contests: int) -> None:
    """Refuse where a section's account does not agree, or where there is nothing to open."""
    wrong = [one for one in accounts if not one.agrees(contests)]
    if wrong:
        what = "; ".join(
            f"{one.name}: {one.marks} marks, {one.ballots} ballots, {one.votes} votes, "
            f"{one.on_board} on the board, {one.at_odds} electors at odds"
            for one in wrong
        )
        raise Refusal(
            "register.disagrees",
            f"The marked register and the ballots do not agree ({what}). Nothing is opened until "
            "the difference is explained.",
        )
    if not any(one.ballots for one in accounts):
        raise Refusal(
            "register.no-ballot",
            "No ballot was cast. There is nothing to open: two officers may declare the election "
            "void.",
        )
