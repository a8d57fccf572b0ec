"""The ballot account by section: what must be the same number after the close.

Marks in the register, ballots, sealed votes of each contest, and ballots on the board are counted
from the rows themselves, section by section.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from ballot.models import Election
from ballot.showing.wording import how_many
from members.selectors import electors_amended
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
    SELECT c.roll_entry_id, count(*) AS ballots, sum(v.votes) AS votes, count(e.id) AS on_board,
           count(n.ballot_id) AS set_aside
      FROM ballot_sealedballot b
      JOIN ballot_credential c ON c.id = b.credential_id
      LEFT JOIN sealed v ON v.ballot_id = b.id
      LEFT JOIN ballot_entry e ON e.ballot_id = b.id
      LEFT JOIN ballot_setasidenow n ON n.ballot_id = b.id
     WHERE b.election_id = %(election)s GROUP BY c.roll_entry_id
), came AS (
    SELECT c.roll_entry_id, count(*) AS envelopes, count(e.id) AS envelopes_on_board
      FROM ballot_envelopereceipt p
      JOIN ballot_credential c ON c.id = p.credential_id
      LEFT JOIN ballot_entry e ON e.envelope_id = p.id
     WHERE c.election_id = %(election)s GROUP BY c.roll_entry_id
), elector AS (
    SELECT r.id, r.section_id, x.entry_id IS NOT NULL AS is_struck,
           coalesce(m.marks, 0) AS marks, coalesce(b.ballots, 0) AS ballots,
           coalesce(b.votes, 0) AS votes, coalesce(b.on_board, 0) AS on_board,
           coalesce(b.set_aside, 0) AS set_aside, coalesce(p.envelopes, 0) AS envelopes,
           coalesce(p.envelopes_on_board, 0) AS envelopes_on_board, k.id IS NOT NULL AS has_code
      FROM members_rollentry r
      LEFT JOIN members_struckentry x ON x.entry_id = r.id
      LEFT JOIN marked m ON m.roll_entry_id = r.id
      LEFT JOIN cast_by b ON b.roll_entry_id = r.id
      LEFT JOIN came p ON p.roll_entry_id = r.id
      LEFT JOIN ballot_credential k ON k.roll_entry_id = r.id AND k.force = 'in-force'
                                   AND k.election_id = %(election)s
     WHERE r.roll_id = %(roll)s
)
SELECT s.id, s.code, s.name,
       count(*) FILTER (WHERE NOT is_struck),
       count(*) FILTER (WHERE is_struck AND marks > 0),
       count(*) FILTER (WHERE has_code),
       sum(marks)::bigint, sum(ballots)::bigint, sum(set_aside)::bigint, sum(votes)::bigint,
       sum(on_board)::bigint, sum(envelopes)::bigint, sum(envelopes_on_board)::bigint,
       count(*) FILTER (WHERE marks <> ballots + envelopes OR ballots + envelopes > 1)
  FROM elector JOIN members_section s ON s.id = elector.section_id
 GROUP BY s.id ORDER BY s.precedence, s.code
"""


@dataclass(frozen=True, slots=True)
class SectionAccount:
    """The ballot account of one section.

    frozen + added − struck = electors: the roll as it was frozen, and its amendments.
    electors + struck_voted = issued: everybody on the roll has a code in force, and so have those
             who were struck off after casting; nobody else has.
    ballots: counted, and set aside.
    votes:   over all contests together.
    envelopes: received by post; on the board as well.  postal: papers that came in them, once
             tellers have sealed them.
    at_odds: electors who have not one mark and one ballot or envelope, nor none of these.
    """

    code: str
    name: str
    frozen: int
    added: int
    struck: int
    electors: int
    struck_voted: int
    issued: int
    marks: int
    ballots: int
    set_aside: int
    votes: int
    on_board: int
    envelopes: int
    envelopes_on_board: int
    at_odds: int
    postal: int = 0

    @property
    def counted(self) -> int:
        """The ballots and postal papers that go into a box."""
        return self.ballots - self.set_aside + self.postal

    @property
    def papers(self) -> int:
        """The papers issued: to who is on the roll, and to who was struck off after casting."""
        return self.electors + self.struck_voted

    def agrees(self, contests: int) -> bool:
        """Marks, and ballots and envelopes, votes and entries agree, elector by elector."""
        return (
            self.marks == self.ballots + self.envelopes
            and self.ballots == self.on_board
            and self.envelopes == self.envelopes_on_board
            and self.votes == self.ballots * contests
            and self.at_odds == 0
        )

    def adds_up(self) -> bool:
        """The roll as frozen, its amendments, and the codes that are in force make one sum."""
        return (
            self.frozen + self.added - self.struck == self.electors
            and self.issued == self.papers
        )


def account(election: Election) -> list[SectionAccount]:
    """The ballot account by section, counted from the rows themselves."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNT, {"election": election.pk, "roll": election.roll_id})
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    sections = electors_amended(election.roll_id) if election.roll_id else []
    frozen = {one.section_id: (one.frozen, one.added, one.struck) for one in sections}
    # A section that only one of the two sides knows has nothing on the other: it will not add up.
    return [
        SectionAccount(code, name, *frozen.get(section, (0, 0, 0)), *figures)
        for section, (code, name, *figures) in rows.items()
    ]


def require_agreement(accounts: list[SectionAccount], *, contests: int) -> None:
    """Refuse where a section's account does not agree, or where there is nothing to open."""
    wrong = [one for one in accounts if not one.agrees(contests)]
    if wrong:
        what = "; ".join(
            f"{one.name}: {how_many(one.marks, 'mark')}, {how_many(one.ballots, 'ballot')}, "
            f"{how_many(one.votes, 'vote')}, {how_many(one.envelopes, 'envelope')}, "
            f"{one.on_board + one.envelopes_on_board} on the board, "
            f"{how_many(one.at_odds, 'elector')} at odds"
            for one in wrong
        )
        raise Refusal(
            "register.disagrees",
            f"The marked register and the ballots do not agree ({what}). Nothing is opened until "
            "the difference is explained.",
        )
    if not any(one.counted for one in accounts):
        raise Refusal(
            "register.no-ballot",
            "No ballot was cast. There is nothing to open: two officers may declare the election "
            "void.",
        )


def require_sums(accounts: list[SectionAccount]) -> None:
    """Refuse where the roll as frozen, its amendments and the codes in force do not add up.

    Asked after the ballots and keys were compared with the board, which name a fault more nearly.
    """
    uneven = [one for one in accounts if not one.adds_up()]
    if uneven:
        what = "; ".join(
            f"{one.name}: {one.frozen} frozen + {one.added} added - {one.struck} struck off, "
            f"{one.electors} on the roll, {one.struck_voted} struck off after casting, "
            f"{how_many(one.issued, 'code')} in force"
            for one in uneven
        )
        raise Refusal(
            "register.roll-does-not-add-up",
            f"The roll, its amendments and the codes do not add up ({what}). Nothing is opened "
            "until the difference is explained.",
        )
