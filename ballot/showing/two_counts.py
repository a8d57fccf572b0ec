"""Two counts of a contest that do not agree: which figures, side by side, as the desk shows them.

Worked out from the two results as they were kept (models.CountsDiffer), and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ballot.models import CountsDiffer, Election
from ballot.recounts import stopped
from ballot.tellers import Apart, Names, apart
from ballot.times import in_zone

# What a figure is called, by the member of the sheet that holds it (docs/spec/counting.md, 10.1).
_FIGURES: Final = {
    "blank": "Blank papers",
    "candidates": "Who is on the paper",
    "continuing_votes": "Continuing votes",
    "elected": "Who is elected",
    "excluded": "Who is excluded",
    "exhausted": "Exhausted papers",
    "from": "Whose papers, or surplus, are passed on",
    "method": "The method",
    "places": "Places",
    "quota": "The quota",
    "rejected": "Rejected papers",
    "tie": "The tie, and how it was settled",
    "valid": "Valid papers",
    "withdrawn": "Who has withdrawn",
}
# What one candidate's figure is called by the member that holds it, and whom there are figures of.
_OF_EACH: Final = {
    "elected_by": ("{}: why elected after the stage", "Who is elected after the stage, or why"),
    "percent": ("{}: percentage", "Who has a percentage at all"),
    "to": ("{}: received by the transfer", "Who receives anything by the transfer"),
    "votes": ("{}", "Who has votes at all"),
    "weighted": ("{}: weighted votes, or points", "Who has weighted votes, or points, at all"),
}
_NUMBERS: Final = {
    "sections": "Which sections there are",
    "stages": "The stages, of which there is another number",
    "transfers": "The transfers, of which there is another number",
}
_WHOLE: Final = "The whole count"


@dataclass(frozen=True, slots=True)
class Differing:
    """One figure that differs. place: the stage, from 1, and the section; subject: the candidate,
    or what else the figure is of.
    """

    place: str
    subject: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two counts of one contest. stopped: why the second came to no result; then no figures."""

    number: int
    contest: str
    found_by: str
    when: str
    stopped: str
    rows: tuple[Differing, ...]
    is_recount: bool = False


def evidence_of(kept: CountsDiffer) -> Evidence:
    """What was kept, row by row."""
    stopped = str(kept.second.get("stopped", ""))
    return Evidence(
        number=kept.pk,
        contest=kept.contest.title,
        found_by=kept.get_found_by_display(),
        when=in_zone(kept.found_at, kept.contest.election.zone),
        stopped=stopped,
        rows=() if stopped else tuple(rows_of(apart(kept.first, kept.second))),
        is_recount=kept.found_by == CountsDiffer.FoundBy.RECOUNT,
    )


def kept_of(election: Election) -> list[CountsDiffer]:
    """All that was kept of an election, the newest first."""
    rows = CountsDiffer.objects.filter(contest__election=election)
    return list(rows.select_related("contest__election").order_by("-pk"))


def differ_sentence(election: Election) -> str:
    """Of which contests two counts differ, as long as that stops the election; empty for none."""
    titles = [f"“{contest.title}”" for contest in stopped(election)]
    if not titles:
        return ""
    return (
        f"Two counts of the papers of {' and '.join(titles)} differ. Nothing can be declared "
        "until a count, made anew, agrees."
    )


def rows_of(found: Iterable[Apart]) -> list[Differing]:
    """Each figure that differs by its stage, its section and its candidate."""
    return [_row(one) for one in found]


def _row(one: Apart) -> Differing:
    place = list(one.place)
    is_of_stage = place[:1] == ["stages"] and len(place) > 1
    stage = f"Stage {place[1]}" if is_of_stage else _WHOLE
    section = "all sections"
    if "sections" in place[:-1]:
        section = str(place[place.index("sections") + 1])
    return Differing(f"{stage}, {section}", _subject(place), _said(one.first), _said(one.second))


def _subject(place: list[str | int]) -> str:
    """Whom or what a figure is of."""
    last, within = str(place[-1]), str(place[-2]) if len(place) > 1 else ""
    # A section may be called by any name, as that of a member of the sheet.
    if within in _OF_EACH and place[-3:-2] != ["sections"]:
        return _OF_EACH[within][0].format(last)
    if last in _OF_EACH:
        return _OF_EACH[last][1]
    if last == "exhausted" and "transfers" in place:
        return "Exhausted by the transfer"
    if last in _NUMBERS:
        return _NUMBERS[last]
    named = next((str(part) for part in reversed(place) if str(part) in _FIGURES), last)
    return _FIGURES.get(named, named)


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Names):
        return str(value) or "nobody"
    if isinstance(value, list):
        return _listed(value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_said(part)}" for name, part in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _listed(value: list[Any]) -> str:
    if value and all(isinstance(part, dict) for part in value):
        return f"{len(value)}"
    return ", ".join(_said(part) for part in value) or "nobody"
