"""Ballots set aside, and those that stand after all, each by a ground of its own (bundle §4.1).

Without that whoever writes the board could leave out of a box whom they like: until those who are
left are too few to hide among, or vote as is wished.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from ballot.sealing.ballot import SealedBallot, tracker_hash
from ballot.trustee.errors import Refused, checking
from ballot.trustee.forms import Form
from ballot.trustee.poll import Poll
from ballot.trustee.record import Ballots, Entry, Record
from ballot.trustee.roll import Roll, people_of

_STRUCK: Final = "struck"
_RESTORED: Final = "restored"
_GROUNDS: Final = {"set-aside": _STRUCK, "ballots-stand": _RESTORED}
_RULES: Final = {"died": "dead", "duplicate": "duplicate", "resigned": "resigned"}
"""By which member of `after_cast` an amendment's reason is judged; every other by `excluded`."""


def set_aside(record: Record, ballots: Ballots, sections: Sequence[str], poll: Poll) -> set[int]:
    """Give the numbers of the entries whose ballots are in no box.

    sections: of each ballot, its section's code.
    Raises:   Refused "set-aside.entry", "set-aside.tracker", "set-aside.twice",
              "set-aside.amendment", "set-aside.rule", "amendment.number", "reconciliation.struck".
    """
    rows = {number: row for row, number in enumerate(ballots.numbers.tolist())}
    grounds = _Grounds(record)
    aside: set[int] = set()
    for entry in record.all(*_GROUNDS):
        for told in entry.content.forms("ballots"):
            number = told.number("entry")
            if number not in rows:
                raise Refused("set-aside.entry", told.where, f"Entry {number} is no ballot.")
            _require_tracker(told, ballots.wire[rows[number]].tobytes(), poll)
            if (entry.kind == "set-aside") == (number in aside):
                why = "A ballot is set aside once, and stands again only then."
                raise Refused("set-aside.twice", told.where, why)
            grounds.use(entry, told, sections[rows[number]])
            aside ^= {number}
    grounds.require_still_struck(Counter(sections[rows[number]] for number in aside))
    return aside


def _require_tracker(told: Form, wire: bytes, poll: Poll) -> None:
    with checking(told.where, "The ballot that it names has not the shape of one."):
        ballot = SealedBallot.parse(wire, contests=len(poll.contests))
    tracker = tracker_hash(ballot.credential, ballot.votes, setting=poll.setting)
    if told.octets("tracker", 32) != tracker:
        raise Refused("set-aside.tracker", told.where, "The tracker is another ballot's.")


class _Grounds:
    """What the amendments of the last roll have done, and what ballots have used of it already."""

    def __init__(self, record: Record) -> None:
        self._rules = record.newest("notice").content.form("after_cast")
        self._roll = Roll(record)
        self._used: Counter[tuple[str, int, str]] = Counter()

    def use(self, entry: Entry, told: Form, section: str) -> None:
        """Check that a ballot's amendment gives a ground, and one that no other ballot has used.

        Raises: Refused "set-aside.amendment", "set-aside.rule".
        """
        amendment = self._roll.amendments.get(told.number("amendment"))
        if amendment is None or amendment.number > entry.number:
            why = "There is no such amendment before it."
            raise Refused("set-aside.amendment", told.where, why)
        if entry.kind == "set-aside":
            self._require_rule(amendment, told)
        ground = _GROUNDS[entry.kind]
        used = ground, amendment.number, section
        self._used[used] += 1
        if self._used[used] > people_of(amendment, ground, section):
            why = f"{amendment.where} has {ground} fewer people of {section} than ballots name it."
            raise Refused("set-aside.amendment", told.where, why)

    def _require_rule(self, amendment: Entry, told: Form) -> None:
        reason = amendment.content.text("reason")
        if told.text("reason") != reason:
            raise Refused("set-aside.amendment", told.where, "Its amendment has another reason.")
        if self._rules.text(_RULES.get(reason, "excluded")) != "set-aside":
            why = f"By the notice a ballot stands whose elector is struck off as “{reason}”."
            raise Refused("set-aside.rule", told.where, why)

    def require_still_struck(self, aside: Counter[str]) -> None:
        """Check that no more are set aside than people were struck off and are not on again.

        aside:  how many ballots of each section.
        Spec:   bundle §5.10.
        Raises: Refused "reconciliation.struck".
        """
        for section, ballots in aside.items():
            struck = self._roll.people(_STRUCK, section)
            restored = self._roll.people(_RESTORED, section)
            if ballots > struck - restored:
                why = (
                    f"{ballots} ballots of {section} are set aside, of {struck} people who were "
                    f"struck off, and {restored} of them are on the roll again."
                )
                raise Refused("reconciliation.struck", "the ballots set aside", why)
