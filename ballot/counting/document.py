"""The count sheet as plain data, for JSON: short, and in full.

Worked out from the count's events through stages.py, which refuses a count whose sums are wrong.
Source: docs/spec/counting.md §10.1 and §10.2.
"""

from __future__ import annotations

from ballot.counting.events import ByEarlierStage, ByLot, Count, Exhausted, Tie, Transfer
from ballot.counting.rules import rules_data
from ballot.counting.shown import (
    base_words,
    figures,
    is_stv,
    names,
    percent_of,
    stage_figures,
    weighted_figures,
)
from ballot.counting.stages import Stage, stages
from ballot.counting.stv import droop_quota
from ballot.counting.words import sentences


def document(count: Count) -> dict[str, object]:
    """The sheet as plain data for JSON: totals by stage. Spec: counting §10.1."""
    told = stages(count)
    short: dict[str, object] = {
        "method": count.rules.method.value,
        "candidates": list(count.candidates),
        "valid": count.valid,
        "stages": [_stage_document(count, stage) for stage in told],
        "elected": names(count, count.elected),
    }
    if not is_stv(count):
        return short
    quota = droop_quota(told[0].continuing_votes, count.places)
    return short | {"places": count.places, "quota": quota}


def full_document(count: Count) -> dict[str, object]:
    """All that is known of a count, with sections, rules, percentages and sentences.

    Every key of document() is in it with the same value; a stage has more. Spec: counting §10.2.
    Raises: SheetBroken, so that `sums_agree` is true of whatever is given.
    """
    told = zip(stages(count), sentences(count), strict=True)
    return document(count) | {
        "title": count.title,
        "rules": rules_data(count.rules),
        "withdrawn": names(count, sorted(count.withdrawn)),
        "blank": count.blank,
        "rejected": count.rejected,
        "sums_agree": True,
        "sections": [
            {
                "name": account.section,
                "valid": account.valid,
                "blank": account.blank,
                "rejected": account.rejected,
            }
            for account in count.papers
        ],
        "percentages": {"base": count.rules.percentages.value, "words": base_words(count)},
        "stages": [
            _stage_document(count, stage) | _stage_details(count, stage) | {"sentence": sentence}
            for stage, sentence in told
        ],
    }


def _stage_document(count: Count, stage: Stage) -> dict[str, object]:
    votes, exhausted = stage_figures(count, stage)
    weighted = weighted_figures(count, stage)
    return {
        "votes": votes,
        "exhausted": exhausted,
        "excluded": names(count, stage.excluded),
        "tie": None if stage.tie is None else _tie_document(count, stage.tie),
    } | ({"weighted": weighted} if weighted else {})


def _stage_details(count: Count, stage: Stage) -> dict[str, object]:
    return {
        "continuing_votes": figures(count, [stage.continuing_votes])[0],
        "percent": {count.candidates[c]: percent_of(count, stage, c) for c in stage.continuing},
        "sections": {
            section: _section_document(count, stage, index)
            for index, section in enumerate(count.sections)
        },
        "transfers": [_moved_document(count, moved) for moved in stage.moved],
        "elected_by": _elected_by(count, stage),
    }


def _section_document(count: Count, stage: Stage, index: int) -> dict[str, object]:
    values = [stage.votes[candidate][index] for candidate in stage.continuing]
    *votes, exhausted = figures(count, [*values, stage.exhausted[index]])
    return {
        "votes": dict(zip(names(count, stage.continuing), votes, strict=True)),
        "exhausted": exhausted,
    }


def _elected_by(count: Count, stage: Stage) -> object:
    """Why somebody was elected after a stage; of several places, by name."""
    if is_stv(count):
        return {count.candidates[event.candidate]: event.by.value for event in stage.elected}
    return stage.elected[0].by.value if stage.elected else None


def _tie_document(count: Count, tie: Tie) -> dict[str, object]:
    steps = [
        {"rule": "earlier-stages", "stage": step.stage, "left": names(count, step.left)}
        if isinstance(step, ByEarlierStage)
        else {
            "rule": "lot",
            "drawn": names(count, step.drawn),
            "left": names(count, step.left),
        }
        for step in tie.steps
    ]
    return {
        "for": tie.purpose.value,
        "tied": names(count, tie.tied),
        "settled_by": "lot" if isinstance(tie.steps[-1], ByLot) else "earlier-stages",
        "steps": steps,
        "excluded": names(count, tie.losers),
    }


def _moved_document(count: Count, moved: Transfer | Exhausted) -> dict[str, object]:
    source = None if moved.candidate is None else count.candidates[moved.candidate]
    if isinstance(moved, Exhausted):
        return {"from": source, "exhausted": figures(count, [sum(moved.papers)])[0]}
    who = [c for c, votes in enumerate(moved.received) if any(votes)]
    received = figures(count, [sum(moved.received[c]) for c in who])
    return {"from": source, "to": dict(zip(names(count, who), received, strict=True))}
