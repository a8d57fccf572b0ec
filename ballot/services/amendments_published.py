"""What the board says of the roll's amendments and of the ballots set aside is what the rows say.

Looked at before the boxes are fixed: each amendment's commitment is worked out anew from its
entries, in a chain from the commitment of the roll as it was frozen, and set beside its entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ballot.canonical import read_canonical
from ballot.mapping.notice import after_cast_content
from ballot.mapping.roll import amendment_content
from ballot.models import Election, Entry
from ballot.selectors import roll_of
from ballot.services.as_published import amendments_told, newest
from ballot.showing.wording import how_many
from ballot.struck_ballots import struck_ballots
from members.selectors import Link, chain_of, electors_amended, roll_commitment
from office.refusal import Refusal

_ADDS: Final = {"added": 1, "restored": 1, "struck": -1, "corrected": 0}


def require_rule_as_noticed(election: Election) -> None:
    """Refuse unless what becomes of a ballot after its elector is struck off is as noticed."""
    if newest(election, "notice")["after_cast"] != after_cast_content(election):
        raise Refusal(
            "set-aside.rule-changed",
            "The rule in the database for ballots of those struck off after casting is not the "
            "one of the notice. Somebody has changed the database.",
        )


def require_amendments_as_published(election: Election) -> None:
    """Refuse unless every amendment of the roll gives what its entry on the board says."""
    roll_id = roll_of(election).pk
    roll = roll_commitment(roll_id)
    links = chain_of(roll_id)
    here = [
        amendment_content(link, roll=roll, electors=electors)
        for link, electors in zip(links, _electors_after(roll_id, links), strict=True)
    ]
    there = [_without_keys(one) for one in amendments_told(election)]
    if here != there or any(link.commitment != link.stored for link in links):
        raise Refusal(
            "roll.not-as-amended",
            "The amendments of the roll in the database are not those on the board. Somebody has "
            "changed the database.",
        )


def _electors_after(roll_id: int, links: Sequence[Link]) -> Iterator[dict[str, int]]:
    """The electors by section after each amendment: the frozen ones, and a running sum.

    A section of which the freeze knew nobody is there from the first amendment that touches it.
    """
    electors = {one.code: one.electors for one in electors_amended(roll_id, upto=0)}
    for link in links:
        for change, section, people in link.changes:
            electors[section] = electors.get(section, 0) + _ADDS[change] * people
        yield dict(electors)


def _without_keys(content: Any) -> dict[str, Any]:
    """The keys are compared with the ballots cast under them, as the first ones are."""
    return {name: value for name, value in content.items() if name != "keys"}


def require_set_aside_as_published(election: Election) -> None:
    """Refuse unless exactly what the rule sets aside is set aside, here and on the board."""
    ballots = struck_ballots(election)
    by_rule = {one.tracker.hex() for one in ballots if one.is_due}
    here = {one.tracker.hex() for one in ballots if one.is_set_aside}
    there: set[str] = set()
    for kind, tracker in _decisions(election):
        there = there | {tracker} if kind == "set-aside" else there - {tracker}
    if not by_rule == here == there:
        raise Refusal(
            "set-aside.not-by-the-rule",
            f"By the notice’s rule {how_many(len(by_rule), 'ballot is', 'ballots are')} set aside; "
            f"in the database {len(here)} are, and on the board {len(there)}. Set aside what is "
            "due; if none is, somebody has changed the database.",
        )


def _decisions(election: Election) -> list[tuple[str, str]]:
    """Each ballot set aside or let stand, in the order of the board."""
    rows = Entry.objects.filter(
        election=election, ballot__isnull=True, kind__in=["set-aside", "ballots-stand"]
    )
    decisions = []
    for body in rows.order_by("number").values_list("body", flat=True):
        entry: Any = read_canonical(bytes(body))
        decisions += [(entry["kind"], one["tracker"]) for one in entry["content"]["ballots"]]
    return decisions
