"""The notice of poll in words, made from the rules: the same on the board, the page and paper.

It is made once, when the notice is published, and stands on the board so. What it says changes by
a numbered amendment alone, which stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ballot.models import AfterCast, Dated, Election
from ballot.showing.paper import rules_of_contest
from ballot.times import in_zone
from ballot.timetable import TITLES, dates_of
from members.selectors import rules_told


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the notice: a heading, and what stands under it, a paragraph a text."""

    heading: str
    paragraphs: tuple[str, ...]


def notice_words(election: Election) -> list[Part]:
    """Every part of the notice, in order."""
    return [Part(heading, tuple(says)) for heading, says in _parts(election) if says]


def _parts(election: Election) -> Iterator[tuple[str, list[str]]]:
    yield "Who holds this poll", _officers(election)
    yield "Timetable", timetable_lines(election)
    for contest in election.contests.order_by("position"):
        yield contest.title, rules_of_contest(contest)
    yield "Who may vote", _electors(election)
    yield "How to vote", _how(election)
    yield "Withdrawal of a candidate", [
        "A candidate may withdraw until the poll opens, and their name leaves the paper. From then "
        "on the names on the paper stay as they are.",
    ]
    yield "Ballots of those struck off the roll", [after_cast_sentence(election)]
    yield "How the boxes are opened", _boxes(election)
    yield "Count, turnout and recount", _count()
    yield "Complaints and challenges", _complaints(election)
    yield "What is kept, and for how long", _retention(election)
    yield "How this notice may change", [
        "What it says is changed only by a numbered amendment that two officers sign, on the board "
        "with its reason: an hour that lies ahead to a later one, and whom to turn to. The "
        "contests, how they are counted, who may vote and how the boxes are opened do not change. "
        "The close of an open poll moves by an extension alone.",
    ]


def _officers(election: Election) -> list[str]:
    said = [f"{election.title}, {election.party}.",
            f"Returning officer: {election.returning_officer}."]
    if election.deputy:
        said.append(f"Deputy, who acts with written authority: {election.deputy}.")
    if election.scrutineer:
        said.append(f"Independent scrutineer: {election.scrutineer}.")
    if election.demonstration:
        said.append("This is a rehearsal: the server holds the trustees’ shares itself, and its "
                    "result counts for nothing.")
    return said


def timetable_lines(election: Election) -> list[str]:
    """Each dated step with its hour, and the zone of the clocks."""
    dates = dates_of(election)
    lines = [f"{TITLES[step]}: {in_zone(at, election.zone)}." for step, at in dates.items()]
    return [*lines, f"Hours are on the clocks of {election.zone.replace('_', ' ')}."]


def _electors(election: Election) -> list[str]:
    rules = list(rules_told(election.rules_id)) if election.rules_id else []
    return [
        "To vote somebody has to:",
        *rules,
        "Whoever these rules admit when the roll is frozen may vote, and nobody else. After that "
        "the roll is changed by numbered amendments of two officers, each of them on the board.",
    ]


def _how(election: Election) -> list[str]:
    codes = (
        "The server makes the voting codes and sends them."
        if election.issuer is None
        else f"{election.issuer['name']}, an outside issuer, makes the voting codes and sends them."
    )
    return [
        "Each elector is sent a voting code of their own and votes with it on the page of this "
        "election, once. A ballot that is cast is final.",
        codes,
        *(line.strip() for line in election.helped_routes.splitlines() if line.strip()),
    ]


_BECOMES = {AfterCast.STANDS: "stands and is counted",
            AfterCast.SET_ASIDE: "is set aside and not counted"}


def after_cast_sentence(election: Election) -> str:
    """The rule for the ballot of somebody struck off the roll after casting it, in words."""
    cases = (
        ("excluded, or found not to be entitled", election.ballot_of_excluded),
        ("who died", election.ballot_of_dead),
        ("who resigned", election.ballot_of_resigned),
    )
    said = "; ".join(f"of somebody {who} it {_BECOMES[AfterCast(rule)]}" for who, rule in cases)
    return (
        f"Their ballot: {said}; of an entry struck off because the elector was on the roll twice "
        "it is set aside. Who is reinstated before the register is verified has their vote back."
    )


def small_boxes_sentence(election: Election) -> str:
    """What becomes of a section in which few vote."""
    return (
        f"A section with fewer than {election.smallest_box} "
        f"ballot{'' if election.smallest_box == 1 else 's'} is opened together with another. "
        "Where fewer are cast altogether, they are opened only if none is set aside."
    )


def _boxes(election: Election) -> list[str]:
    return [
        "Each box is opened by a quorum of trustees, who are named when they make the key, and by "
        "nobody alone.",
        f"Each box is mixed {election.mixes_wanted} times or more before it is opened.",
        small_boxes_sentence(election),
    ]


def _count() -> list[str]:
    return [
        "Turnout is the ballots cast, blank ones included, as a share of the electors to whom a "
        "voting code was issued. It is published by section while the poll is open.",
        "The papers of the opened boxes and the whole count sheet are published with the "
        "declaration, and anybody can count again from them. Until two officers declare the "
        "result, the board shows what is opened and counted by its hash alone.",
    ]


def _complaints(election: Election) -> list[str]:
    lines = [line.strip() for line in election.complaints.splitlines() if line.strip()]
    said = lines or [f"Complaints go to the returning officer, {election.returning_officer}."]
    until = dates_of(election).get(Dated.CHALLENGE_ENDS)
    if until is not None:
        said.append(f"The result may be challenged until {in_zone(until, election.zone)}.")
    return said


def _retention(election: Election) -> list[str]:
    at = dates_of(election).get(Dated.DESTRUCTION)
    when = f"on {in_zone(at, election.zone)}" if at else "on a day that two officers set"
    return [
        "The board stays: entries, sealed ballots, mixes, opened papers and count sheets, none of "
        "which names an elector.",
        f"The roll and what else names electors are destroyed {when}, and never before the result "
        "is declared.",
    ]
