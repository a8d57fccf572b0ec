"""The notice of poll in words, made from the rules: the same on the board, the page and paper.

It is made once, when the notice is published, and stands on the board so. What it says changes by
a numbered amendment alone, which stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ballot.models import AfterCast, Election, TurnoutBase
from ballot.showing.booth import helped_routes
from ballot.showing.paper import rule_of_withdrawal, rules_of_contest
from ballot.showing.wording import how_many
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
    yield "Nominations", _nominations(election)
    yield "Who may vote", _electors(election)
    yield "How to vote", _how(election)
    yield "Withdrawal of a candidate", _withdrawal(election)
    yield "Ballots of those struck off the roll", [after_cast_sentence(election)]
    yield "How the boxes are opened", _boxes(election)
    yield "Count, turnout and recount", _count(election)
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
    return [*lines, clocks_sentence(election)]


def clocks_sentence(election: Election) -> str:
    """On whose clocks the hours are."""
    return f"Hours are on the clocks of {election.zone.replace('_', ' ')}."


def _nominations(election: Election) -> list[str]:
    ends = election.nominations_close_at
    until = in_zone(ends, election.zone) if ends else (
        "the statement of persons nominated is published"
    )
    return [
        f"Nominations are taken until {until}. Who stands is published, and whose papers were "
        "rejected, with the reason.",
        *(
            f"A candidate’s statement for “{contest.title}” has at most "
            f"{how_many(contest.statement_words, 'word')}."
            for contest in election.contests.order_by("position")
        ),
    ]


def _withdrawal(election: Election) -> list[str]:
    """One rule for all contests is said once."""
    rules = {one.title: rule_of_withdrawal(one) for one in election.contests.order_by("position")}
    is_one = len(set(rules.values())) == 1
    return [
        "A candidate may withdraw until a trustee begins to open a box. Until the poll opens their "
        "name leaves the paper; after that it stays there, marked as withdrawn.",
        *(set(rules.values()) if is_one else (f"{name}: {rule}" for name, rule in rules.items())),
    ]


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
        *_letters(election),
        _post(election),
        *_routes(election),
    ]


def _routes(election: Election) -> list[str]:
    """How somebody votes who cannot use the page, one way a line."""
    lines = [route.text for route in helped_routes(election)]
    return ["Other ways to vote:", *lines] if lines else []


def _letters(election: Election) -> Iterator[str]:
    if election.letters_in_welsh:
        yield "Letters to electors are in Welsh and in English."
    hours = [
        in_zone(at, election.zone)
        for at in (election.reminder_at, election.last_reminder_at)
        if at
    ]
    if hours:
        yield (f"Whoever has not voted by then is reminded on {' and on '.join(hours)}. The letter "
               "holds no voting code.")


def _post(election: Election) -> str:
    if not election.postal_papers:
        return "No paper to vote on is sent by post."
    return (
        "Whoever asks for it while the poll is open is sent a paper by post, and keeps their "
        "voting code. Of the two what comes first counts: the envelope that is received before "
        "the close, or the ballot that is cast on the page. Two tellers read each paper, each "
        "unseen by the other, and the papers go into the same boxes as the other ballots."
    )


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
    if election.smallest_box == 1:
        return (
            "A section without a single ballot is opened together with another; one ballot is "
            "enough for a section to be opened by itself."
        )
    return (
        f"A section with fewer than {election.smallest_box} ballots is opened together with "
        "another. Where fewer are cast altogether, they are opened only if none is set aside."
    )


def _boxes(election: Election) -> list[str]:
    return [
        "This is a rehearsal: the server holds the trustees’ shares, and opens each box itself."
        if election.demonstration
        else "Each box is opened by a quorum of trustees, who are named when they make the key, "
        "and by nobody alone.",
        f"Each box is mixed {election.mixes_wanted} times or more before it is opened.",
        small_boxes_sentence(election),
    ]


def turnout_sentence(election: Election) -> str:
    """What the turnout of the declaration is a share of, and of what."""
    part = {
        TurnoutBase.BALLOTS: "those who voted, blank papers included,",
        TurnoutBase.VALID: "the valid papers of the contest",
    }[TurnoutBase(election.turnout_base)]
    return (
        f"The declaration gives as the turnout {part} as a share of the papers issued, which are "
        "those of the electors on the roll, and of those struck off it after voting."
    )


def live_turnout_sentence(election: Election) -> str:
    """What of the turnout is shown before the close, and what after it (docs/turnout.md)."""
    during, after = ("in all and by section", "by unit") if election.turnout_by_section else (
        "in all", "by section and by unit"
    )
    return (
        f"How many have voted is shown {during} while the poll is open, and {after} after the "
        "close, not before. Units of which few have voted, or few have not, are not told."
    )


def recount_sentence(election: Election) -> str:
    """When the papers are counted again before the declaration."""
    asked = (
        "A candidate’s agent may ask for a recount before the declaration, on grounds given in "
        "writing."
        if election.recount_on_request
        else "No recount is made on request."
    )
    margin = election.recount_margin_permille
    if not margin:
        return asked
    return (
        f"A contest is counted again where the lead at its last stage is less than {margin} of "
        f"every 1,000 valid papers (where sections are weighted, of the weighted votes). {asked}"
    )


def challenge_sentence(election: Election) -> str:
    """Within how many days the declaration may be challenged."""
    return f"The declaration may be challenged {_days(election.challenge_days)}."


def keeping_sentence(election: Election) -> str:
    """For how many days the roll, the marked register and the sealed ballots are kept."""
    return (
        f"The roll and the marked register, which name electors, and the sealed ballots are kept "
        f"{_days(election.keep_days)} at least, and destroyed on a later day that two officers "
        "set. If the election is declared void, the days are counted from then."
    )


def _days(count: int) -> str:
    if not count:
        return "on the day of the declaration"
    return f"for {count:,} {'day' if count == 1 else 'days'} after the day of the declaration"


def _count(election: Election) -> list[str]:
    return [
        turnout_sentence(election),
        live_turnout_sentence(election),
        recount_sentence(election),
        "The papers of the opened boxes and the whole count sheet are published with the "
        "declaration, and anybody can count again from them. Until two officers declare the "
        "result, the board shows what is opened and counted by its hash alone.",
    ]


def _complaints(election: Election) -> list[str]:
    lines = [line.strip() for line in election.complaints.splitlines() if line.strip()]
    said = lines or [f"Complaints go to the returning officer, {election.returning_officer}."]
    return [*said, challenge_sentence(election)]


def _retention(election: Election) -> list[str]:
    return [
        "The board stays: entries, mixes, opened papers and count sheets, none of which names an "
        "elector. Of sealed papers and of envelopes, and of an election declared void also of the "
        "mixes, the hashes alone stay.",
        keeping_sentence(election),
    ]
