"""The count, from the papers and the rules to who is elected (docs/spec/counting.md).

Papers are not passed on here: at every stage all are sorted anew among the candidates who
continue. That comes to the same by another way, so it checks a count that passes them on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from verifier.count_record import Count, Stage
from verifier.failure import Failed
from verifier.papers import CHECK, Number, Profile, add_heaps, sort_papers
from verifier.rules import WHERE, Lot, Rules
from verifier.ties import Tie, settle_election, settle_exclusion
from verifier.transferable import count_transferable, quota
from verifier.weights import rounded, shown, weigh, worths


def count_papers(profile: Profile, rules: Rules) -> Count:
    """Count the papers by the rules.

    Raises: Failed (count.lot, count.profile, count.tie, count.weights).
    """
    drawn = {
        candidate
        for rule in rules.ties
        if isinstance(rule, Lot)
        for candidate in (*rule.drawn, *(rule.among or ()))
    }
    if not drawn <= set(range(len(profile.candidates))):
        raise Failed("count.lot", WHERE, "A lot names somebody who is not on the paper.")
    if rules.method == "stv":
        return count_transferable(profile, rules)
    if profile.places != 1:
        raise Failed(CHECK, "the places", f"{rules.method} fills one, not {profile.places}.")
    worth = _worth(profile, rules)
    if rules.method == "plurality":
        return _plurality(profile, rules, worth)
    return _alternative(profile, rules, worth)


def _worth(profile: Profile, rules: Rules) -> Mapping[str, Number] | None:
    """Return what each section is worth; None, if nothing is weighted."""
    if rules.weights is None:
        return None
    return worths(rules.weights, _sorted(profile, profile.standing, None).sections)


def _plurality(profile: Profile, rules: Rules, worth: Mapping[str, Number] | None) -> Count:
    """Sort the papers once; the most votes elect (counting §4.3)."""
    stage = _sorted(profile, profile.standing, worth)
    votes = stage.decides
    most = [candidate for candidate in votes if votes[candidate] == max(votes.values())]
    if len(most) == 1:
        return Count((stage,), (most[0],), "most votes")
    elected, tie = settle_election(most, rules.ties)
    return Count((stage.with_tie(tie),), (elected,), "most votes")


def _alternative(profile: Profile, rules: Rules, worth: Mapping[str, Number] | None) -> Count:
    """Exclude the lowest, stage by stage, until somebody is elected (counting §5)."""
    continuing = profile.standing
    stages: list[Stage] = []
    while True:
        stage = _sorted(profile, continuing, worth)
        elected = _elected_by_majority(stage.decides, rules)
        if elected is not None:
            return Count((*stages, stage), (elected,), "majority")
        if len(continuing) > 1:
            stage = _excluding(stage, stages, rules)
            continuing -= set(stage.excluded)
        stages.append(stage)
        if len(continuing) == 1:
            # No further stage is made for who is left (counting §5.1).
            (last,) = continuing
            return Count(tuple(stages), (last,), "last remaining")


def _sorted(
    profile: Profile, continuing: frozenset[int], worth: Mapping[str, Number] | None
) -> Stage:
    sections = {name: sort_papers(papers, continuing) for name, papers in profile.sections.items()}
    stage = Stage(add_heaps(list(sections.values()), continuing), sections)
    return stage if worth is None else replace(stage, weighed=weigh(sections, worth))


def _elected_by_majority(votes: Mapping[int, Number], rules: Rules) -> int | None:
    """Return who has a majority of the continuing votes, once that elects (counting §5.2, §5.3).

    Nobody has one over nobody: who stands alone is the last remaining (counting §5.1).
    """
    if len(votes) == 1 or (rules.stop == "two" and len(votes) > 2):
        return None
    more = [c for c, number in votes.items() if 2 * number > sum(votes.values())]
    return more[0] if more else None


def _excluding(stage: Stage, earlier: Sequence[Stage], rules: Rules) -> Stage:
    """Return the stage with who is excluded after it (counting §5.1)."""
    votes = stage.decides
    together = _lowest_together(votes) if rules.bulk_exclusion else ()
    if together:
        return stage.with_excluded(together)
    lowest = [candidate for candidate in votes if votes[candidate] == min(votes.values())]
    if len(lowest) == 1:
        return stage.with_excluded(tuple(lowest))
    tie = settle_exclusion(lowest, rules.ties, [before.decides for before in earlier])
    return stage.with_excluded(tie.excluded).with_tie(tie)


def _lowest_together(votes: Mapping[int, Number]) -> tuple[int, ...]:
    """Return the most of the lowest who have fewer votes together than the next (counting §5.4).

    Those with the fewest come first, and of equals who stands first on the paper.
    """
    order = sorted(votes, key=lambda candidate: (votes[candidate], candidate))
    for size in range(len(order) - 2, 0, -1):
        if sum(votes[c] for c in order[:size]) < votes[order[size]]:
            return tuple(order[:size])
    return ()


# --- the sheet (counting §10.1) ---


def sheet(profile: Profile, rules: Rules, counted: Count) -> dict[str, object]:
    """Return the count as the JSON of counting §10.1, to be held against what was published."""
    name = profile.candidates
    first = counted.stages[0]
    several = {"places": profile.places, "quota": quota(first, profile.places)}
    return {
        "method": rules.method,
        "candidates": list(name),
        "valid": profile.valid,
        "stages": [_stage_on_sheet(stage, rules, name) for stage in counted.stages],
        "elected": [name[candidate] for candidate in counted.elected],
        **(several if rules.method == "stv" else {}),
    }


def _stage_on_sheet(stage: Stage, rules: Rules, name: Sequence[str]) -> dict[str, object]:
    told: dict[str, object] = {
        **figures_on_sheet(stage.total.votes, stage.total.exhausted, rules, name),
        "excluded": [name[candidate] for candidate in stage.excluded],
        "tie": stage.tie and _tie_on_sheet(stage.tie, name),
    }
    if stage.weighed is not None and rules.weights is not None:
        told["weighted"] = _named(stage.weighed, shown(stage.weighed, rules.weights), name)
    return told


def figures_on_sheet(
    votes: Mapping[int, Number], exhausted: Number, rules: Rules, name: Sequence[str]
) -> dict[str, object]:
    """Return votes and exhausted papers as a sheet writes them (counting §10.1, §13.7)."""
    written = figures([*votes.values(), exhausted], rules)
    return {"votes": _named(votes, written[:-1], name), "exhausted": written[-1]}


def figures(values: Sequence[Number], rules: Rules) -> Sequence[int | str]:
    """Return numbers of votes as they are written: whole, or with two decimals under stv."""
    return rounded(values, 2) if rules.method == "stv" else [int(value) for value in values]


def _named(
    votes: Mapping[int, Number], written: Sequence[int | str], name: Sequence[str]
) -> dict[str, int | str]:
    return {name[candidate]: figure for candidate, figure in zip(votes, written, strict=True)}


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
