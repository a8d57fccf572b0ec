"""What an officer has before their eyes on the page of an act, and whoever approves it there too.

Of those who have voted it tells no newer number than everybody is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from django.urls import reverse

from ballot.desk_figures import VOTING_CODE
from ballot.lifecycle import State
from ballot.models import Election
from ballot.times import in_zone
from ballot.timetable import NOMINATIONS_CLOSE, OPENING, TITLES, dates_of
from ballot.turnout import figures_of, shows_turnout
from members.selectors import electors_now, last_dry_run, records_listed
from office.selectors import dispatch_for, letter_counts

Fact = dict[str, str]


def facts_of(election: Election, act: str) -> list[Fact]:
    """The facts that an act rests on, as rows of a summary list; none of most acts."""
    return [fact for told in _FACTS.get(act, ()) for fact in told(election)]


def passed_sentence(election: Election, act: str, *, now: datetime) -> str:
    """Which hours of a notice lie behind when it goes out; empty where none does."""
    if act != "publish_notice":
        return ""
    dates = dates_of(election)
    passed = "; ".join(f"“{TITLES[step]}” on {in_zone(dates[step], election.zone)}"
                       for step in (NOMINATIONS_CLOSE, OPENING)
                       if step in dates and dates[step] <= now)
    return f"The notice gives hours that have passed already: {passed}." if passed else ""


def _fact(name: str, value: str, url: str = "", words: str = "") -> Fact:
    return {"name": name, "value": value, "url": url, "act": words}


def _judged(election: Election) -> Iterator[Fact]:
    """Whom a freeze would judge, and by which rules."""
    yield _fact("On the membership list now", f"{records_listed():,}")
    if election.rules is None:
        return
    rules = reverse("rules_version", args=[election.rules.pk])
    yield _fact("Who may vote", str(election.rules), rules, "Read the rules")
    tried = last_dry_run(election.rules.pk)
    if tried is None or tried.finished_at is None:
        yield _fact("How many these rules admit", "They have not been tried.", rules, "Try them")
    else:
        yield _fact(
            "How many these rules admit",
            f"{tried.electors:,}, when they were last tried: "
            f"{in_zone(tried.finished_at, election.zone)}",
            reverse("dry_run", args=[tried.pk]), "Read the trial",
        )  # fmt: skip


def _electors(election: Election) -> Iterator[Fact]:
    if election.roll is not None:
        yield _fact("Electors on the roll", f"{electors_now(election.roll.pk):,}",
                    reverse("electorate", args=[election.slug]), "Read the statement")


def _letters(election: Election) -> Iterator[Fact]:
    """How many letters with a voting code go out; an outside issuer's are not the server's."""
    if election.roll is None:
        return
    dispatch = dispatch_for(VOTING_CODE, reference=election.roll.public_id)
    if dispatch is not None:
        counts = letter_counts(dispatch.pk)
        held = f", and {counts.held:,} held" if counts.held else ""
        yield _fact("Letters with a voting code that wait", f"{counts.waiting:,}{held}",
                    reverse("dispatch", args=[dispatch.pk]), "Look at them")


def _close(election: Election) -> Iterator[Fact]:
    if election.closes_at is not None and election.stage in {
        State.FROZEN, State.POLLING, State.SUSPENDED
    }:
        yield _fact("The close, as it stands now", in_zone(election.closes_at, election.zone))


def _voted(election: Election) -> Iterator[Fact]:
    """How many have voted, of the figures that everybody is shown."""
    if not shows_turnout(election):
        return
    figures = figures_of(election)
    if figures is None:
        told = "Not counted yet"
    elif figures.taken_at is None:
        told = f"{figures.ballots:,}"
    else:
        told = f"{figures.ballots:,}, as counted on {in_zone(figures.taken_at, election.zone)}"
    yield _fact("Ballots cast", told, reverse("desk_turnout", args=[election.slug]),
                "Read the turnout")


_FACTS: Final[dict[str, tuple[Callable[[Election], Iterator[Fact]], ...]]] = {
    "freeze_roll": (_judged,),
    "withdraw_freeze": (_electors,),
    "open_poll": (_electors, _letters, _close),
    "suspend_poll": (_close,),
    "resume_poll": (_close,),
    "extend_poll": (_close,),
    "close_poll": (_close,),
    "close_poll_early": (_electors, _voted, _close),
    "void_election": (_electors, _voted, _close),
}
