"""The declared result of an election: its contests, its turnout, what was set aside.

Read from the declaration as it stands on the board: a page shows what was declared, and counts
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ballot.mapping.notice import contest_code
from ballot.models import Contest, Count, Declaration, Election
from ballot.showing.contest_result import ContestResult, Sheet, contest_result
from ballot.showing.turnout import Row, percent_of
from ballot.who_stands import is_reopening


@dataclass(frozen=True, slots=True)
class Result:
    """What was declared of an election."""

    declaration: Declaration
    contests: tuple[ContestResult, ...]
    turnout: tuple[Row, ...]
    turnout_total: Row | None
    set_aside: str = ""
    by_post: str = ""


def result_of(declaration: Declaration, *, names: dict[str, str]) -> Result:
    """The result as declared.

    names: section code → name.
    """
    content = declaration.content
    tickets = {contest_code(one): one.ticket for one in declaration.election.contests.all()}
    told = [
        _with_posts(contest_result(contest, number=number), tickets.get(contest["code"]))
        for number, contest in enumerate(content["contests"], start=1)
    ]
    sections = content.get("sections", [])
    rows = [
        _turnout(names.get(one["code"], one["code"]), one["issued"], one["marks"])
        for one in sections
    ]
    issued = sum(one["issued"] for one in sections)
    voted = sum(one["marks"] for one in sections)
    by_post = voted - sum(one["ballots"] for one in sections)
    total = _turnout("All sections", issued, voted) if sections else None
    aside = sum(one.get("set_aside", 0) for one in sections)
    words = f"{by_post:,} of them by post." if by_post else ""
    return Result(declaration, tuple(told), tuple(rows), total, _set_aside_words(aside), words)


def _with_posts(told: ContestResult, ticket: dict[str, str] | None) -> ContestResult:
    """The result with who of each elected joint ticket is elected to which of its two posts."""
    if not ticket or told.nominations_reopen:
        return told
    pairs = [name.partition(" with ") for name in told.elected]
    return replace(told, posts=" ".join(
        f"{first} is elected {ticket['first']}, and {second} {ticket['second']}."
        for first, _, second in pairs
    ))


def _set_aside_words(ballots: int) -> str:
    """What is said of ballots that were cast and not counted; nothing where there is none."""
    if not ballots:
        return ""
    were = "ballot was" if ballots == 1 else "ballots were"
    return (
        f"{ballots:,} {were} set aside by the rule of the notice and not "
        "counted, since their electors were struck off the roll after casting."
    )


def counted_of(election: Election) -> tuple[ContestResult, ...]:
    """What has been counted and is not declared yet: for those who are to declare it, alone."""
    counts = Count.objects.filter(contest__election=election).select_related("contest")
    return tuple(
        contest_result(
            _as_declared(one.contest, one.sheet) | {"second_count": one.second_count},
            number=number,
        )
        for number, one in enumerate(counts.order_by("contest__position"), start=1)
    )


def _as_declared(contest: Contest, sheet: Sheet) -> dict[str, Any]:
    return {
        "code": contest_code(contest),
        "title": contest.title,
        "elected": sheet["elected"],
        "nominations_reopen": is_reopening(contest, sheet["elected"]),
        "sheet": sheet,
        "unopposed": False,
    }


def newest_declaration(election: Election) -> Declaration | None:
    """The declaration in force; a correction has a higher version."""
    return election.declarations.order_by("-version").first()


def _turnout(name: str, issued: int, ballots: int) -> Row:
    return Row(name, f"{issued:,}", f"{ballots:,}", percent_of(ballots, issued))
