"""A count in words for people: one or two sentences a stage.

Source: docs/spec/counting.md §7.8 and §7.9. Not here: layouts (sheet.py), figures
(shown.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from ballot.counting.events import (
    ByEarlierStage,
    Count,
    Elected,
    ElectedBy,
    Exhausted,
    Number,
    Purpose,
    Tie,
    Transfer,
)
from ballot.counting.figures import grouped
from ballot.counting.rules import Base, Method, Rules, Stop
from ballot.counting.shown import (
    base_words,
    is_stv,
    names,
    percent,
    told,
    weighted_figures,
)
from ballot.counting.stages import Stage, stages


def listed(items: Sequence[str]) -> str:
    """Ann; Ann and Bob; Ann, Bob and Carol."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def papers(number: int) -> str:
    return f"{number:,} paper" if number == 1 else f"{number:,} papers"


def votes(number: Number) -> str:
    return f"{told(number)} vote" if number == 1 else f"{told(number)} votes"


def rules_sentence(rules: Rules, *, places: int = 1) -> str:
    """Say by what rules a count was held."""
    return f"{_method_sentence(rules, places)}{_weighting_sentence(rules)}"


def _weighting_sentence(rules: Rules) -> str:
    """Say what sections are worth. Spec: counting §12."""
    weighting = rules.weighting
    if weighting is None:
        return ""
    what = "points" if weighting.is_points else "parts"
    each = listed([f"{name} {worth:,}" for name, worth in weighting.by_section])
    worth = f"each unit is worth {weighting.each:,} points" if weighting.each else f"{what}: {each}"
    floor = (
        f"; a unit with fewer than {weighting.floor:,} votes is worth its votes"
        if weighting.floor
        else ""
    )
    return (
        f" Sections are weighted ({worth}{floor}), and what each is worth is divided at every "
        "stage by share of its continuing votes."
    )


def _method_sentence(rules: Rules, places: int) -> str:
    if rules.method is Method.PLURALITY:
        return "Plurality: the candidate with the most votes is elected."
    if rules.method is Method.SINGLE_TRANSFERABLE_VOTE:
        return (
            f"Single transferable vote for {places} place{'' if places == 1 else 's'}: whoever "
            "reaches the quota is elected, surpluses pass on by the weighted inclusive Gregory "
            "method, and the lowest is excluded."
        )
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
    received: list[Number] = [0] * len(count.candidates)
    for moved in stage.moved:
        if isinstance(moved, Transfer):
            received = [a + sum(b) for a, b in zip(received, moved.received, strict=True)]
    exhausted_now = sum(sum(m.papers) for m in stage.moved if isinstance(m, Exhausted))
    out = [m.candidate for m in stage.moved if isinstance(m, Transfer)]
    whose = listed(names(count, out))
    total = sum(received) + exhausted_now
    if not total:
        return f"There was no paper of {whose} to pass on."
    parts = [
        f"{told(number)} to {count.candidates[candidate]}"
        for candidate, number in enumerate(received)
        if number
    ]
    passed = f"passed on: {listed(parts)}" if parts else "had nowhere to pass"
    if not is_stv(count):
        return f"The {papers(int(total))} of {whose} {passed}{_and_exhausted(exhausted_now)}."
    surplus = "surplus of " if out[0] in stage.deemed else ""
    lost = f"; {votes(exhausted_now)} had no further preference" if exhausted_now else ""
    return f"The {surplus}{votes(total)} of {whose} {passed}{lost}."


def _first_stage(count: Count, stage: Stage) -> str:
    deciding = stage.weighted if stage.worths else tuple(map(sum, stage.votes))
    highest = max(deciding[c] for c in stage.continuing)
    leaders = [c for c in stage.continuing if deciding[c] == highest]
    most = stage.total(leaders[0])
    share = stage.share(leaders[0], Base.VALID)
    if share is None:
        return "There was no valid paper."
    if stage.worths:
        return _first_weighted(count, stage, leaders)
    first = f"{most:,} first preference{'' if most == 1 else 's'}"
    each = "" if len(leaders) == 1 else " each"
    return (
        f"{listed([count.candidates[c] for c in leaders])} had {first}{each} on "
        f"{count.valid:,} valid {'paper' if count.valid == 1 else 'papers'} "
        f"({percent(share)} {Base.VALID.words}){_and_exhausted(stage.total_exhausted)}."
    )


def _first_weighted(count: Count, stage: Stage, leaders: Sequence[int]) -> str:
    """The first stage of weighted sections: what decides, with the raw votes beside it."""
    each = listed([f"{count.candidates[c]} with {_weight(count, stage, c)}" for c in leaders])
    return f"First {'were' if len(leaders) > 1 else 'was'} {each}, on {papers(count.valid)} in all."


def _weight(count: Count, stage: Stage, candidate: int) -> str:
    """A candidate's votes, raw and weighted: "111 votes, 37.780% of weighted votes"."""
    raw = votes(stage.total(candidate))
    figure = grouped(weighted_figures(count, stage)[count.candidates[candidate]])
    assert count.rules.weighting is not None
    if count.rules.weighting.is_points:
        return f"{raw}, {figure} points"
    return f"{raw}, {figure}% {base_words(count)}"


def _and_exhausted(number: Number) -> str:
    if not number:
        return ""
    return f"; {papers(int(number))} {'was' if number == 1 else 'were'} exhausted"


def _outcome(count: Count, stage: Stage) -> str:
    """What was decided on it."""
    if is_stv(count):
        return _stv_outcome(count, stage)
    clauses = [_tie(count, stage.tie)] if stage.tie else []
    excluded = listed([count.candidates[candidate] for candidate in stage.excluded])
    if stage.elected:
        if excluded:
            clauses.append(f"{excluded} was excluded")
        clauses.append(_elected(count, stage, stage.elected[0]))
        return f"{'; '.join(clauses)}."
    if count.rules.stop is Stop.MAJORITY:
        clauses.insert(0, f"nobody had more than half {_half_of(count)}")
    if len(stage.excluded) > 1:
        number = votes(sum(map(stage.total, stage.excluded)))
        clauses.append(f"{excluded}, with {number} together, were excluded at once")
    elif stage.tie:
        clauses.append(f"{excluded} was excluded")
    else:
        (lowest,) = stage.excluded
        raw = votes(stage.total(lowest))
        number = _weight(count, stage, lowest) if stage.worths else raw
        clauses.append(f"{excluded}, with the fewest, {number}, was excluded")
    text = "; ".join(clauses)
    return f"{text[0].upper()}{text[1:]}."


def _half_of(count: Count) -> str:
    return base_words(count) if count.rules.weighting else "of the continuing votes"


def _stv_outcome(count: Count, stage: Stage) -> str:
    """Who was elected, excluded, or has the surplus that passes on next. Spec: counting §13."""
    quota = [e.candidate for e in stage.elected if e.by is ElectedBy.QUOTA]
    last = [e.candidate for e in stage.elected if e.by is ElectedBy.LAST_REMAINING]
    clauses = []
    if quota:
        clauses.append(f"{listed(names(count, quota))} reached the quota and {_were(quota)}")
    if stage.tie:
        clauses.append(_tie(count, stage.tie))
    for candidate in stage.excluded:
        clauses.append(
            f"{count.candidates[candidate]}, with the fewest, {votes(stage.total(candidate))}, "
            "was excluded"
        )
    if last:
        clauses.append(f"{listed(names(count, last))} {_were(last)} as the last remaining")
    text = "; ".join(clauses)
    return f"{text[0].upper()}{text[1:]}." if text else "Nobody new reached the quota."


def _were(elected: Sequence[int]) -> str:
    return "were elected" if len(elected) > 1 else "was elected"


def _tie(count: Count, tie: Tie) -> str:
    tied = listed([count.candidates[candidate] for candidate in tie.tied])
    what = {
        Purpose.ELECTION: "for the most votes",
        Purpose.EXCLUSION: "for the fewest votes",
        Purpose.SURPLUS: "for the largest surplus",
    }[tie.purpose]
    means = [
        f"the votes at stage {step.stage}" if isinstance(step, ByEarlierStage) else "lot"
        for step in tie.steps
    ]
    return f"{tied} were tied {what}, and the tie was settled by {listed(means)}"


def _elected(count: Count, stage: Stage, elected: Elected) -> str:
    name = count.candidates[elected.candidate]
    why = {
        ElectedBy.MAJORITY: f"with {told(elected.votes)} of {votes(stage.continuing_votes)}",
        ElectedBy.MOST_VOTES: f"with {votes(elected.votes)}",
    }.get(elected.by, "as the only candidate left")
    share = stage.share(elected.candidate, Base.CONTINUING)
    if share is None or elected.by is ElectedBy.LAST_REMAINING:
        return f"{name} was elected {why}"
    words = base_words(count) if stage.worths else Base.CONTINUING.words
    return f"{name} was elected {why} ({percent(share)} {words})"
