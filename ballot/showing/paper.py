"""The paper as the office sees it: contests, who stands, and what can still be changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ballot.lifecycle import AFTER_OPENING, BEFORE_OPENING, State
from ballot.models import Candidate, Contest, Election, Method, NamesOrder, VotesOfWithdrawn
from ballot.nominations import are_taken, gates_of
from ballot.selectors import may_be_struck
from ballot.showing.wording import how_many
from ballot.tickets import ticket_sentence
from ballot.who_stands import rejected
from members.selectors import sections


@dataclass(frozen=True, slots=True)
class NomineeShown:
    """One nomination."""

    candidate: Candidate
    note: str
    may_edit: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class ContestShown:
    """One contest with its rules in words and its nominations."""

    contest: Contest
    rules: tuple[str, ...]
    nominees: tuple[NomineeShown, ...]
    may_remove: bool


def paper_of(
    election: Election, *, may_edit: bool, may_withdraw: bool, now: datetime
) -> dict[str, Any]:
    """The contests of an election, with what this person may change of them now."""
    is_taking = election.stage == State.DRAFT or are_taken(election, now=now)
    is_leaving = election.stage in {*BEFORE_OPENING, *AFTER_OPENING}
    contests = [
        ContestShown(
            contest,
            tuple(rules_of_contest(contest)),
            tuple(_nominees(contest, may_edit=may_edit and is_taking,
                            may_withdraw=may_withdraw and is_leaving)),
            may_edit and _may_remove(contest, election.stage),
        )
        for contest in election.contests.order_by("position")
    ]
    return {
        "contests": contests,
        "may_add_contest": may_edit and election.stage == State.DRAFT,
        "may_add_candidate": may_edit and is_taking,
    }


def _nominees(contest: Contest, *, may_edit: bool, may_withdraw: bool) -> Iterator[NomineeShown]:
    lost = rejected(contest)
    for one in contest.candidates.order_by("is_reopen_nominations", "position", "name"):
        is_here = _is_standing_person(one)
        note = "Papers rejected" if one.pk in lost else _note(one)
        yield NomineeShown(one, note, may_edit and is_here,
                           may_withdraw and is_here and one.pk not in lost)


def _may_remove(contest: Contest, stage: State) -> bool:
    return stage == State.DRAFT or (stage == State.NOMINATING and may_be_struck(contest))


def _is_standing_person(candidate: Candidate) -> bool:
    return candidate.withdrawn_at is None and not candidate.is_reopen_nominations


def _note(candidate: Candidate) -> str:
    if candidate.withdrawn_at is not None:
        return "Withdrawn"
    if candidate.is_reopen_nominations:
        return ""
    lacks = [words for words, given in (
        ("no statement", candidate.statement), ("no photograph", candidate.photo)) if not given]
    return ", ".join(lacks).capitalize()


_NAMES: dict[str, str] = {
    NamesOrder.ALPHABET: "The paper names the candidates by the alphabet, each name read from "
    "its first letter as it is written.",
    NamesOrder.LOT: "The paper names the candidates in an order drawn by lot, in public.",
    NamesOrder.SHUFFLED: "The page to vote on names the candidates in an order of its own each "
    "time that it is opened.",
}
_WITHDRAWN: dict[str, str] = {
    VotesOfWithdrawn.PASS_ON: "Votes for a candidate who withdraws while the poll is open, or "
    "after it, pass on to the next preference.",
    VotesOfWithdrawn.STAND: "Votes for a candidate who withdraws while the poll is open, or after "
    "it, stand. If that candidate is elected, the post stays empty and nominations open again.",
}


def rule_of_withdrawal(contest: Contest) -> str:
    """What becomes of votes for somebody who withdraws after the opening, in a sentence."""
    passes_on = contest.votes_of_withdrawn == VotesOfWithdrawn.PASS_ON
    if passes_on and contest.method == Method.PLURALITY:
        return ("Votes for a candidate who withdraws while the poll is open, or after it, count "
                "for nobody: a paper has no second choice.")
    return _WITHDRAWN[contest.votes_of_withdrawn]


def rules_of_contest(contest: Contest) -> list[str]:
    """How a contest is voted on and counted, in sentences for everybody."""
    ties = {
        "earlier-stages-then-lot": "A tie is settled by the earlier stages of the count, and by "
        "lot where they are alike.",
        "lot": "A tie is settled by lot, drawn in public.",
    }[contest.tie_rule]
    if contest.method == Method.PLURALITY:
        rules = ["Each elector chooses one candidate. The candidate with the most votes is "
                 "elected.", "A tie is settled by lot, drawn in public."]
    else:
        rules = [_ranking(contest), _stages(contest), ties]
    rules += [ticket_sentence(contest.ticket)] if contest.ticket else []
    rules.append(_NAMES[contest.names_order])
    if contest.gates:
        needs = "; and ".join(gate.words for gate in gates_of(contest))
        rules.append(f"To stand, a candidate needs nominations: {needs}.")
    rules.append(rule_of_withdrawal(contest))
    rules += _weights(contest)
    rules += _points(contest)
    if contest.reopen_nominations:
        rules.append("“Re-open nominations” stands as a candidate would. If it wins, nobody is "
                     "elected and nominations open again.")
    return rules


def _ranking(contest: Contest) -> str:
    if contest.max_preferences:
        most = how_many(contest.max_preferences, "candidate")
        return f"Each elector ranks up to {most} in order of preference."
    return "Each elector ranks as many candidates as they like, in order of preference."


def _weights(contest: Contest) -> list[str]:
    """What sections are worth, and what becomes of that where few vote (counting §12)."""
    if not contest.weights:
        return []
    names = {section.code: section.name for section in sections()}
    parts = [f"{names.get(code, code)} {number}" for code, number in contest.weights.items()]
    return [
        f"Sections are weighted: of {sum(contest.weights.values())} parts of the whole, "
        f"{', '.join(parts)}. At each stage a section's parts are divided by share of its "
        "continuing votes.",
        "Sections that are opened together, since few voted in one, count as one, with their "
        "parts added.",
    ]


def _points(contest: Contest) -> list[str]:
    """What a section is worth in points, and what becomes of them where few vote (counting §12)."""
    if contest.points is None:
        return []
    points, floor = how_many(contest.points, "point"), how_many(contest.points_floor or 0, "vote")
    said = [
        f"Every section is worth {points}, however many vote in it. At each stage they are "
        "divided by share of its continuing votes, and points decide: who leads in votes may "
        "lose.",
        "Sections that are opened together, since few voted in one, count as one, with their "
        "points added. A section in which nobody votes gives none.",
    ]
    if contest.points_floor:
        said.append(
            f"A section with fewer than {floor} at the first stage is worth as many points "
            "as it has votes; one that is opened with others, as it has ballots."
        )
    return said


def _stages(contest: Contest) -> str:
    if contest.method == Method.SINGLE_TRANSFERABLE_VOTE:
        return (
            f"{contest.places} {'is' if contest.places == 1 else 'are'} elected by the single "
            "transferable vote. Whoever reaches the quota is elected; what is over it passes to "
            "the next preferences, each paper at part of its value; then the candidate with the "
            "fewest votes is excluded, stage by stage."
        )
    end = (
        "until one candidate has more than half of the continuing votes"
        if contest.stop == "majority"
        else "until two candidates are left, and the one with more votes is elected"
    )
    return (f"The candidate with the fewest votes is excluded and their papers pass to the next "
            f"preference, stage by stage, {end} (alternative vote).")
