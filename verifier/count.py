"""The count, from the papers and the rules to who is elected (docs/spec/counting.md).

Papers are not passed on here: at every stage all are sorted anew among the candidates who
continue. That comes to the same by another way, so it checks a count that passes them on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.failure import Failed
from verifier.papers import Heaps, Profile, add_heaps, sort_papers
from verifier.rules import WHERE, Lot, Rules
from verifier.ties import Tie, settle_election, settle_exclusion


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the papers lie, in all and by section; then who is excluded, and by which tie."""

    total: Heaps
    sections: dict[str, Heaps]
    excluded: tuple[int, ...] = ()
    tie: Tie | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A whole count. elected_by: majority, most votes or last remaining (counting §7.6)."""

    stages: tuple[Stage, ...]
    elected: int
    elected_by: str


def count_papers(profile: Profile, rules: Rules) -> Count:
    """Count the papers by the rules.

    Raises: Failed (count.lot, count.tie).
    """
    drawn = {
        candidate
        for rule in rules.ties
        if isinstance(rule, Lot)
        for candidate in (*rule.drawn, *(rule.among or ()))
    }
    if not drawn <= set(range(len(profile.candidates))):
        raise Failed("count.lot", WHERE, "A lot names somebody who is not on the paper.")
    return (
        _plurality(profile, rules) if rules.method == "plurality" else _alternative(profile, rules)
    )


def _plurality(profile: Profile, rules: Rules) -> Count:
    """Sort the papers once; the most votes elect (counting §4.3)."""
    stage = _sorted(profile, profile.standing)
    votes = stage.total.votes
    most = [candidate for candidate in votes if votes[candidate] == max(votes.values())]
    if len(most) == 1:
        return Count((stage,), most[0], "most votes")
    elected, tie = settle_election(most, rules.ties)
    return Count((Stage(stage.total, stage.sections, tie=tie),), elected, "most votes")


def _alternative(profile: Profile, rules: Rules) -> Count:
    """Exclude the lowest, stage by stage, until somebody is elected (counting §5)."""
    continuing = profile.standing
    stages: list[Stage] = []
    while True:
        stage = _sorted(profile, continuing)
        elected = _elected_by_majority(stage.total, rules)
        if elected is not None:
            return Count((*stages, stage), elected, "majority")
        if len(continuing) > 1:
            stage = _excluding(stage, stages, rules)
            continuing -= set(stage.excluded)
        stages.append(stage)
        if len(continuing) == 1:
            # No further stage is made for who is left (counting §5.1).
            (last,) = continuing
            return Count(tuple(stages), last, "last remaining")


def _sorted(profile: Profile, continuing: frozenset[int]) -> Stage:
    sections = {name: sort_papers(papers, continuing) for name, papers in profile.sections.items()}
    return Stage(add_heaps(list(sections.values()), continuing), sections)


def _elected_by_majority(heaps: Heaps, rules: Rules) -> int | None:
    """Return who has a majority of the continuing votes, once that elects (counting §5.2, §5.3).

    Nobody has one over nobody: who stands alone is the last remaining (counting §5.1).
    """
    if len(heaps.votes) == 1 or (rules.stop == "two" and len(heaps.votes) > 2):
        return None
    more = [c for c, votes in heaps.votes.items() if 2 * votes > heaps.continuing_votes]
    return more[0] if more else None


def _excluding(stage: Stage, earlier: Sequence[Stage], rules: Rules) -> Stage:
    """Return the stage with who is excluded after it (counting §5.1)."""
    votes = stage.total.votes
    together = _lowest_together(stage.total) if rules.bulk_exclusion else ()
    if together:
        return Stage(stage.total, stage.sections, together)
    lowest = [candidate for candidate in votes if votes[candidate] == min(votes.values())]
    if len(lowest) == 1:
        return Stage(stage.total, stage.sections, tuple(lowest))
    tie = settle_exclusion(lowest, rules.ties, [before.total.votes for before in earlier])
    return Stage(stage.total, stage.sections, tie.excluded, tie)


def _lowest_together(heaps: Heaps) -> tuple[int, ...]:
    """Return the most of the lowest who have fewer votes together than the next (counting §5.4).

    Those with the fewest come first, and of equals who stands first on the paper.
    """
    order = sorted(heaps.votes, key=lambda candidate: (heaps.votes[candidate], candidate))
    for size in range(len(order) - 2, 0, -1):
        if sum(heaps.votes[c] for c in order[:size]) < heaps.votes[order[size]]:
            return tuple(order[:size])
    return ()


# --- the sheet (counting §10.1) ---


def sheet(profile: Profile, rules: Rules, counted: Count) -> dict[str, object]:
    """Return the count as the JSON of counting §10.1, to be held against what was published."""
    name = profile.candidates
    return {
        "method": rules.method,
        "candidates": list(name),
        "valid": profile.valid,
        "stages": [_stage_on_sheet(stage, name) for stage in counted.stages],
        "elected": [name[counted.elected]],
    }


def _stage_on_sheet(stage: Stage, name: Sequence[str]) -> dict[str, object]:
    return {
        "votes": {name[candidate]: votes for candidate, votes in stage.total.votes.items()},
        "exhausted": stage.total.exhausted,
        "excluded": [name[candidate] for candidate in stage.excluded],
        "tie": stage.tie and _tie_on_sheet(stage.tie, name),
    }


def _tie_on_sheet(tie: Tie, name: Sequence[str]) -> dict[str, object]:
    def names(candidates: Sequence[int]) -> list[str]:
        return [name[candidate] for candidate in candidates]

    steps = [
        {"rule": step.rule, "left": names(step.left)}
        | ({"stage": step.stage} if step.stage else {"drawn": names(step.drawn)})
        for step in tie.steps
    ]
    return {
        "for": tie.question,
        "tied": names(tie.tied),
        "settled_by": tie.steps[-1].rule,
        "steps": steps,
        "excluded": names(tie.excluded),
    }
