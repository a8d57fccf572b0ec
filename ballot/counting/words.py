"""A count in words and figures for people: numbers, percentages, one or two sentences a stage.

Source: docs/spec/counting.md §7.8 and §7.9. Not here: layouts (sheet.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ballot.counting.events import (
    ByEarlierStage,
    Count,
    Elected,
    ElectedBy,
    Exhausted,
    Purpose,
    Tie,
    Transfer,
)
from ballot.counting.rules import Base, Method, Rules, Stop
from ballot.counting.stages import Stage, stages


def percent(share: Fraction) -> str:
    """Write a share with one decimal, a half rounded up: 26032/49922 → "52.1%".

    Spec: counting §7.8. Whole-number arithmetic, so no figure depends on a machine's fractions.
    """
    tenths = (2000 * share.numerator + share.denominator) // (2 * share.denominator)
    return f"{tenths // 10}.{tenths % 10}%"


def listed(items: Sequence[str]) -> str:
    """Ann; Ann and Bob; Ann, Bob and Carol."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def papers(number: int) -> str:
    return f"{number:,} paper" if number == 1 else f"{number:,} papers"


def votes(number: int) -> str:
    return f"{number:,} vote" if number == 1 else f"{number:,} votes"


def rules_sentence(rules: Rules) -> str:
    """Say by what rules a count was held."""
    if rules.method is Method.PLURALITY:
        return "Plurality: the candidate with the most votes is elected."
    stop = (
        "a majority of continuing votes elects"
        if rules.stop is Stop.MAJORITY
        else "the count goes on until two candidates are left"
    )
    bulk = "; several are excluded at once where it cannot alter the result"
    return f"Alternative vote: {stop}{bulk if rules.bulk_exclusion else ''}."


def sentences(count: Count) -> tuple[str, ...]:
    """Tell each stage in one or two plain sentences, for the results page.

    Spec:   counting §7.9.
    Raises: SheetBroken.
    """
    return tuple(
        " ".join(
            sentence
            for sentence in (_opening(count, stage), _outcome(count, stage))
            if sentence
        )
        for stage in stages(count)
    )


def _opening(count: Count, stage: Stage) -> str:
    """How the papers came to lie where they lie."""
    if stage.number == 1:
        return _first_stage(count, stage)
    received = [0] * len(count.candidates)
    for moved in stage.moved:
        if isinstance(moved, Transfer):
            received = [a + sum(b) for a, b in zip(received, moved.received, strict=True)]
    exhausted_now = sum(sum(m.papers) for m in stage.moved if isinstance(m, Exhausted))
    whose = listed([count.candidates[m.candidate] for m in stage.moved if isinstance(m, Transfer)])
    total = sum(received) + exhausted_now
    if not total:
        return f"There was no paper of {whose} to pass on."
    parts = [
        f"{number:,} to {count.candidates[candidate]}"
        for candidate, number in enumerate(received)
        if number
    ]
    passed = f"passed on: {listed(parts)}" if parts else "had nowhere to pass"
    return f"The {papers(total)} of {whose} {passed}{_and_exhausted(exhausted_now)}."


def _first_stage(count: Count, stage: Stage) -> str:
    most = max(map(stage.total, stage.continuing))
    leaders = [c for c in stage.continuing if stage.total(c) == most]
    share = stage.share(leaders[0], Base.VALID)
    if share is None:
        return "There was no valid paper."
    first = f"{most:,} first preference{'' if most == 1 else 's'}"
    each = "" if len(leaders) == 1 else " each"
    return (
        f"{listed([count.candidates[c] for c in leaders])} had {first}{each} on "
        f"{count.valid:,} valid {'paper' if count.valid == 1 else 'papers'} "
        f"({percent(share)} {Base.VALID.words}){_and_exhausted(stage.total_exhausted)}."
    )


def _and_exhausted(number: int) -> str:
    if not number:
        return ""
    return f"; {papers(number)} {'was' if number == 1 else 'were'} exhausted"


def _outcome(count: Count, stage: Stage) -> str:
    """What was decided on it."""
    clauses = [_tie(count, stage.tie)] if stage.tie else []
    excluded = listed([count.candidates[candidate] for candidate in stage.excluded])
    if stage.elected:
        if excluded:
            clauses.append(f"{excluded} was excluded")
        clauses.append(_elected(count, stage, stage.elected))
        return f"{'; '.join(clauses)}."
    if count.rules.stop is Stop.MAJORITY:
        clauses.insert(0, "nobody had more than half of the continuing votes")
    if len(stage.excluded) > 1:
        number = votes(sum(map(stage.total, stage.excluded)))
        clauses.append(f"{excluded}, with {number} together, were excluded at once")
    elif stage.tie:
        clauses.append(f"{excluded} was excluded")
    else:
        number = votes(stage.total(stage.excluded[0]))
        clauses.append(f"{excluded}, with the fewest, {number}, was excluded")
    text = "; ".join(clauses)
    return f"{text[0].upper()}{text[1:]}."


def _tie(count: Count, tie: Tie) -> str:
    tied = listed([count.candidates[candidate] for candidate in tie.tied])
    most = "most" if tie.purpose is Purpose.ELECTION else "fewest"
    means = [
        f"the votes at stage {step.stage}" if isinstance(step, ByEarlierStage) else "lot"
        for step in tie.steps
    ]
    return f"{tied} were tied for the {most} votes, and the tie was settled by {listed(means)}"


def _elected(count: Count, stage: Stage, elected: Elected) -> str:
    name = count.candidates[elected.candidate]
    why = {
        ElectedBy.MAJORITY: f"with {elected.votes:,} of {votes(stage.continuing_votes)}",
        ElectedBy.MOST_VOTES: f"with {votes(elected.votes)}",
        ElectedBy.LAST_REMAINING: "as the only candidate left",
    }[elected.by]
    share = stage.share(elected.candidate, Base.CONTINUING)
    if share is None or elected.by is ElectedBy.LAST_REMAINING:
        return f"{name} was elected {why}"
    return f"{name} was elected {why} ({percent(share)} {Base.CONTINUING.words})"
