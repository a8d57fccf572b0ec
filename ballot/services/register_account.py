"""The ballot account by section: what must be the same number after the close.

Marks in the register, ballots, sealed votes of each contest, and ballots on the board are counted
from the rows themselves, section by section.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from ballot.models import Election
from office.refusal import Refusal

_RECONCILE = """
SELECT s.code, s.name,
       count(r.id),
       count(m.id),
       count(b.id),
       coalesce(sum((SELECT count(*) FROM ballot_sealedvote v
                      WHERE v.ballot_id = b.id)), 0)::bigint,
       count(e.id)
  FROM members_rollentry r
  JOIN members_section s ON s.id = r.section_id
  LEFT JOIN ballot_registermark m ON m.roll_entry_id = r.id AND m.election_id = %(election)s
  LEFT JOIN (ballot_sealedballot b JOIN ballot_credential c ON c.id = b.credential_id)
         ON c.roll_entry_id = r.id AND b.election_id = %(election)s
  LEFT JOIN ballot_entry e ON e.ballot_id = b.id
 WHERE r.roll_id = %(roll)s
 GROUP BY s.code, s.name, s.precedence
 ORDER BY s.precedence, s.code
"""


@dataclass(frozen=True, slots=True)
class SectionAccount:
    """The ballot account of one section; `votes` over all contests together."""

    code: str
    name: str
    electors: int
    marks: int
    ballots: int
    votes: int
    on_board: int

    def agrees(self, contests: int) -> bool:
        """Marks, ballots, votes and entries are the same number."""
        return (
            self.marks == self.ballots == self.on_board
            and self.votes == self.ballots * contests
            and self.ballots <= self.electors
        )


def account(election: Election) -> list[SectionAccount]:
    """The ballot account by section, counted from the rows themselves."""
    with connection.cursor() as cursor:
        cursor.execute(_RECONCILE, {"election": election.pk, "roll": election.roll_id})
        return [SectionAccount(*row) for row in cursor.fetchall()]


def require_agreement(accounts: list[SectionAccount], *, contests: int) -> None:
    """Refuse where a section's account does not agree, or where there is nothing to open."""
    wrong = [one for one in accounts if not one.agrees(contests)]
    if wrong:
        what = "; ".join(
            f"{one.name}: {one.marks} marks, {one.ballots} ballots, {one.votes} votes, "
            f"{one.on_board} on the board"
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
