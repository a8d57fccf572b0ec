"""The sheet in full (counting §10.2), every figure of it worked out from the count.

The sentences are prose about the same figures. They are not made here: `SENTENCE` stands for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from verifier.count import Count, Stage, sheet
from verifier.papers import Heaps, Profile, sort_papers
from verifier.rules import Rules

SENTENCE = "sentence"
# What a share is a share of, in words (counting §7.8); the base `continuing` first.
WORDS = {"continuing": "of continuing votes", "valid": "of valid papers"}
PLURALITY_WORDS = "of all votes"


def full_sheet(
    profile: Profile,
    rules: Rules,
    counted: Count,
    *,
    as_json: Mapping[str, object],
    title: str,
    rejected: Mapping[str, int],
) -> dict[str, object]:
    """Return the whole sheet of a count.

    as_json:  the rules, as they are written.
    rejected: papers that bore no ranking, by section.
    """
    short = sheet(profile, rules, counted)
    shown = short["stages"]
    assert isinstance(shown, list)
    words = PLURALITY_WORDS if rules.method == "plurality" else WORDS[rules.percentages]
    return {
        **short,
        "title": title,
        "rules": dict(as_json),
        "withdrawn": [profile.candidates[place] for place in sorted(profile.withdrawn)],
        "blank": sum(papers.get((), 0) for papers in profile.sections.values()),
        "rejected": sum(rejected.values()),
        "percentages": {"base": rules.percentages, "words": words},
        "sums_agree": True,
        "sections": [
            {
                "name": name,
                "valid": sum(n for ranking, n in papers.items() if ranking),
                "blank": papers.get((), 0),
                "rejected": rejected[name],
            }
            for name, papers in profile.sections.items()
        ],
        "stages": [
            {**stage, **_rest_of_stage(profile, rules, counted, place)}
            for place, stage in enumerate(shown)
        ],
    }


def _rest_of_stage(profile: Profile, rules: Rules, counted: Count, place: int) -> dict[str, object]:
    stage = counted.stages[place]
    is_last = place == len(counted.stages) - 1
    before = counted.stages[place - 1] if place else None
    base = stage.total.continuing_votes if rules.percentages == "continuing" else profile.valid
    names = profile.candidates
    return {
        "continuing_votes": stage.total.continuing_votes,
        "elected_by": counted.elected_by if is_last else None,
        "percent": {names[c]: percent(votes, base) for c, votes in stage.total.votes.items()},
        "sections": {
            name: {
                "votes": {names[c]: votes for c, votes in heaps.votes.items()},
                "exhausted": heaps.exhausted,
            }
            for name, heaps in stage.sections.items()
        },
        "transfers": _transfers(profile, before, stage.total),
        SENTENCE: "",
    }


def percent(votes: int, base: int) -> str:
    """Return a share with one decimal, a half rounded up; of nothing, a dash (counting §7.8)."""
    if not base:
        return "-"
    tenths = int(Fraction(1000 * votes, base) + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"


def _transfers(profile: Profile, before: Stage | None, now: Heaps) -> list[dict[str, object]]:
    """Return whose papers passed to whom at a stage; then those that were exhausted."""
    if before is None:
        return [{"from": None, "exhausted": now.exhausted}] if now.exhausted else []
    told: list[dict[str, object]] = []
    exhausted: list[dict[str, object]] = []
    for candidate in before.excluded:
        heaps = _passed_on(profile, before, candidate, list(now.votes))
        name = profile.candidates[candidate]
        to = {profile.candidates[c]: votes for c, votes in heaps.votes.items() if votes}
        told.append({"from": name, "to": to})
        if heaps.exhausted:
            exhausted.append({"from": name, "exhausted": heaps.exhausted})
    return told + exhausted


def _passed_on(profile: Profile, before: Stage, candidate: int, continuing: Sequence[int]) -> Heaps:
    """Sort anew the papers that lay with somebody who was excluded."""
    standing = before.total.votes.keys()
    theirs: dict[tuple[int, ...], int] = {}
    for papers in profile.sections.values():
        for ranking, number in papers.items():
            if next((c for c in ranking if c in standing), None) == candidate:
                theirs[ranking] = theirs.get(ranking, 0) + number
    return sort_papers(theirs, continuing)
