"""The public page of an election: its notice, who stands, the roll in totals, where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ballot.canonical import read_canonical
from ballot.ceremonies import frame_of, newest_ceremony
from ballot.destruction import destroyed_sentence
from ballot.incidents import is_published
from ballot.lifecycle import State, is_before
from ballot.models import Candidate, Contest, Election
from ballot.published import board_key
from ballot.selectors import standing
from ballot.showing.booth import photo_url, routes_now, with_photo
from ballot.showing.closed import closed_sentence, why_suspended
from ballot.showing.dashboard import line
from ballot.showing.hours import hours_now
from ballot.showing.notice_words import (
    after_cast_sentence,
    challenge_sentence,
    keeping_sentence,
    live_turnout_sentence,
    recount_sentence,
    small_boxes_sentence,
    turnout_sentence,
)
from ballot.showing.paper import rules_of_contest
from ballot.showing.turnout import turnout_of
from ballot.turnout import shows_turnout
from ballot.who_stands import rejected
from members.selectors import (
    amendment_count,
    amendments_of,
    electors_amended,
    rules_told,
    statement_of,
)

MOST_AMENDMENTS: Final = 1000
"""How many the page lists. The board has every one; the page says so where there are more."""


@dataclass(frozen=True, slots=True)
class CandidateShown:
    """Somebody who stands, for the public page."""

    name: str
    statement: str
    photo_url: str
    is_ron: bool
    has_withdrawn: bool


@dataclass(frozen=True, slots=True)
class ContestShown:
    """A contest with its rules in words, and who stands."""

    title: str
    rules: tuple[str, ...]
    is_unopposed: bool
    candidates: tuple[CandidateShown, ...]
    rejected: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RollLine:
    """How many people one section has, admitted or for one reason not."""

    section: str
    reason: str
    is_eligible: bool
    people: str


def notice_of(election: Election, *, now: datetime) -> dict[str, Any]:
    """Everything that the public page shows."""
    has_notice = election.entries.filter(kind="notice").exists()
    is_named = not is_before(election.stage, State.NOMINATED)
    photographed = with_photo(election)
    closed = closed_sentence(election, now=now)
    return {
        "line": line(election, now=now),
        "facts": list(_facts(election)),
        "helped_routes": routes_now(election, closed=closed),
        "contests": [
            _contest(contest, photographed, is_named=is_named)
            for contest in election.contests.select_related("election").order_by("position")
        ],
        "is_named": is_named,
        "has_nominations": election.nominating_bodies.exists(),
        "eligibility": rules_told(election.rules_id) if election.rules_id else (),
        "roll": _roll(election),
        "shows_turnout": shows_turnout(election),
        "turnout": turnout_of(election) if shows_turnout(election) else None,
        "is_open": not closed,
        "is_declared": election.stage.is_declared,
        "shows_incidents": is_published(election),
        "void_reason": _void_reason(election),
        "destroyed": destroyed_sentence(election),
        "has_notice": has_notice,
        "suspended": why_suspended(election) if election.stage == State.SUSPENDED else "",
        # A draft that was declared void has a board that no notice gave a key.
        "board_key": board_key(election).text() if has_notice else "",
    }


def _facts(election: Election) -> Iterator[dict[str, str]]:
    for name, value in (*hours_now(election), *_ways_to_vote(election), *_conduct(election)):
        yield {"name": name, "value": value}


def _ways_to_vote(election: Election) -> Iterator[tuple[str, str]]:
    if election.letters_in_welsh:
        yield "Letters to electors", "In Welsh and in English."
    if election.postal_papers:
        yield "Voting by post", "Whoever asks for it is sent a paper."


def _conduct(election: Election) -> tuple[tuple[str, str], ...]:
    """Who conducts the election, and how it is conducted."""
    return (
        ("Hours are on the clocks of", election.zone.replace("_", " ")),
        ("Party", election.party),
        ("Returning officer", election.returning_officer),
        ("Does the result count?", _counts(election)),
        ("Voting codes", _codes(election)),
        ("Trustees", _trustees(election)),
        ("Small sections", small_boxes_sentence(election)),
        ("Who is struck off the roll after casting", after_cast_sentence(election)),
        ("Turnout by section", live_turnout_sentence(election)),
        ("Mixing",
         f"Each box is mixed {election.mixes_wanted} times or more before it is opened."),
        ("Recount", recount_sentence(election)),
        ("Turnout", turnout_sentence(election)),
        ("After the declaration", f"{challenge_sentence(election)} {keeping_sentence(election)}"),
        ("Result",
         "It is published when two officers declare it. Until then the board shows what is opened "
         "and counted by its hash alone."),
    )


def _codes(election: Election) -> str:
    """Who makes the codes, and so could vote for those who do not."""
    if election.issuer is None:
        return "The server makes and sends them, and is trusted not to use them."
    return (
        f"{election.issuer['name']}, an outside issuer, makes and sends them on a machine of their "
        f"own; the server has none. Their key: {election.issuer['key']}"
    )


def _counts(election: Election) -> str:
    if election.demonstration:
        return "No. This is a rehearsal: the server holds the trustees’ shares itself."
    return "Yes. This is no rehearsal: the server holds no trustee’s share of the key."


def _trustees(election: Election) -> str:
    """Who opens the boxes, and how many of them it takes."""
    ceremony = newest_ceremony(election)
    if ceremony is None and election.demonstration:
        return "The server sits for them. They are named when it makes the key."
    if ceremony is None:
        return "They are named when they begin to make the key, before the poll opens."
    frame = frame_of(ceremony)
    if election.key is None:
        names = ", ".join(frame.trustees)
        return (
            f"These make the key, and it will take {frame.quorum} of them to open a box: {names}."
        )
    names = ", ".join(one["name"] for one in election.key["trustees"])
    if election.demonstration:
        return f"The server sits for these, holds their shares and opens the boxes: {names}."
    return f"It takes {election.key['quorum']} of these to open a box: {names}."


def _contest(
    contest: Contest, photographed: frozenset[int], *, is_named: bool
) -> ContestShown:
    shown = tuple(_candidates(contest, photographed)) if is_named else ()
    return ContestShown(
        contest.title, tuple(rules_of_contest(contest)), contest.unopposed, shown,
        tuple(_rejected(contest)) if is_named else (),
    )


def _rejected(contest: Contest) -> Iterator[tuple[str, str]]:
    """Whose papers were rejected, and why; by name."""
    reasons = rejected(contest)
    left = contest.candidates.filter(pk__in=list(reasons), withdrawn_at__isnull=True)
    rows = left.values_list("name", "pk")
    for name, number in sorted(rows, key=lambda row: (row[0].casefold(), row[1])):
        yield name, reasons[number]


def _candidates(contest: Contest, photographed: frozenset[int]) -> Iterator[CandidateShown]:
    for row in _as_on_paper(contest):
        yield CandidateShown(
            row.name,
            row.statement,
            photo_url(contest.election, row.pk, has_photo=row.pk in photographed),
            row.is_reopen_nominations,
            row.withdrawn_at is not None,
        )


def _as_on_paper(contest: Contest) -> list[Candidate]:
    """Who stands, in the order of the paper; who withdrew comes after."""
    gone = contest.candidates.filter(withdrawn_at__isnull=False).defer("photo")
    return [*standing(contest), *gone.order_by("name", "pk")]


def _roll(election: Election) -> dict[str, Any] | None:
    """The roll in short: admitted and, by reason, not; the whole sum has a page of its own."""
    if election.roll is None:
        return None
    statement = statement_of(election.roll.pk)
    rows = []
    for one in statement.sections:
        rows.append(RollLine(one.name, "On the roll", True, f"{one.electors:,}"))
        rows += [
            RollLine(one.name, f"Not on the roll: {each.words}", False, f"{each.people:,}")
            for each in one.removed
        ]
    sections = electors_amended(election.roll.pk)
    return {"electors": f"{statement.electors:,}", "version": statement.version,
            "amendments": amendments_of(election.roll.pk, most=MOST_AMENDMENTS),
            "left_off": _left_off(election.roll.pk), "sections": sections,
            "electors_now": sum(one.electors for one in sections),
            "commitment": statement.commitment, "rows": rows}


def _left_off(roll_id: int) -> str:
    """What the page says where it does not list every amendment."""
    made = amendment_count(roll_id)
    if made <= MOST_AMENDMENTS:
        return ""
    return f"These are the first {MOST_AMENDMENTS:,} of {made:,} amendments."


def _void_reason(election: Election) -> str:
    """The published reason of a void election."""
    entry = election.entries.filter(kind="void").first()
    if entry is None:
        return ""
    value: Any = read_canonical(bytes(entry.body))
    return str(value["content"]["reason"])
