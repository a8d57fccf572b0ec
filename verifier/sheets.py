"""The sheet in full (counting §10.2), every figure of it worked out from the count.

The sentences are prose about the same figures. They are not made here: `SENTENCE` stands for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from verifier.count import figures, figures_on_sheet, sheet
from verifier.count_record import Count, Stage
from verifier.papers import Heaps, Number, Profile, sort_papers
from verifier.rules import Rules

SENTENCE = "sentence"
# What a share is a share of, in words (counting §7.8); the base `continuing` first.
WORDS = {"continuing": "of continuing votes", "valid": "of valid papers"}
PLURALITY_WORDS = "of all votes"
WEIGHTED_WORDS = {False: "of weighted votes", True: "of all points"}


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
    return {
        **short,
        "title": title,
        "rules": dict(as_json),
        "withdrawn": [profile.candidates[place] for place in sorted(profile.withdrawn)],
        "blank": sum(papers.get((), 0) for papers in profile.sections.values()),
        "rejected": sum(rejected.values()),
        "percentages": {"base": rules.percentages, "words": _share_words(rules)},
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


def _share_words(rules: Rules) -> str:
    """Return what a share is a share of (counting §7.8)."""
    if rules.weights:
        return WEIGHTED_WORDS[rules.weights.are_points]
    if rules.method == "plurality" and rules.percentages != "valid":
        return PLURALITY_WORDS
    return WORDS[rules.percentages]


def _rest_of_stage(profile: Profile, rules: Rules, counted: Count, place: int) -> dict[str, object]:
    stage = counted.stages[place]
    is_last = place == len(counted.stages) - 1
    before = counted.stages[place - 1] if place else None
    whole = sum(stage.decides.values())
    base = whole if rules.percentages == "continuing" else profile.valid
    names = profile.candidates
    elected_by: object = counted.elected_by if is_last else None
    if rules.method == "stv":
        elected_by = {names[c]: why for c, why in (stage.elected or {}).items()}
    return {
        "continuing_votes": figures([stage.total.continuing_votes], rules)[0],
        "elected_by": elected_by,
        "percent": {names[c]: percent(votes, base) for c, votes in stage.decides.items()},
        "sections": {
            name: figures_on_sheet(heaps.votes, heaps.exhausted, rules, names)
            for name, heaps in stage.sections.items()
        },
        "transfers": _moves(stage, rules, names)
        if stage.moves
        else _transfers(profile, before, stage.total, rules),
        SENTENCE: "",
    }


def _moves(stage: Stage, rules: Rules, names: Sequence[str]) -> list[dict[str, object]]:
    """Return what passed on at a stage of the transferable vote (counting §10.2, §13.7)."""
    told: list[dict[str, object]] = []
    for move in stage.moves:
        name = names[move.candidate]
        to = {c: value for c, value in move.to.items() if value}
        written = figures(list(to.values()), rules)
        told.append({"from": name, "to": dict(zip([names[c] for c in to], written, strict=True))})
        if move.exhausted:
            told.append({"from": name, "exhausted": figures([move.exhausted], rules)[0]})
    return told


def percent(votes: Number, base: Number) -> str:
    """Return a share with one decimal, a half rounded up; of nothing, a dash (counting §7.8)."""
    if not base:
        return "-"
    tenths = int(Fraction(1000 * votes) / base + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"


def _transfers(
    profile: Profile, before: Stage | None, now: Heaps, rules: Rules
) -> list[dict[str, object]]:
    """Return whose papers passed to whom at a stage; then those that were exhausted."""
    if before is None:
        gone = figures([now.exhausted], rules)[0]
        return [{"from": None, "exhausted": gone}] if now.exhausted else []
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
