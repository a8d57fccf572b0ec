"""The result of one contest: the winner and the last stage first, then every stage, then the sheet.

Shown from a sheet as the declaration gives it; nothing is counted here. The words of each stage are
the counting core's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from ballot.charts import EXHAUSTED, Bars, Part, series, stacked_bars
from ballot.showing.count_figures import number as number_of
from ballot.showing.count_figures import shown
from ballot.showing.count_sheet import CountTables, SheetShown

Sheet = dict[str, Any]


_TWICE: Final = {
    "agrees": "Counted twice in the same run, by two programs that agree.",
    "counted-once": "Counted once only: the second program does not know this method.",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One colour of the bars and whose it is; the number stands on the bars too."""

    number: str
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Told:
    """A stage in words."""

    number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ContestResult:
    """The result of one contest."""

    number: int
    code: str
    title: str
    elected: tuple[str, ...]
    is_unopposed: bool
    nominations_reopen: bool
    headline: str = ""
    twice: str = ""
    turnout: str = ""
    stages: tuple[Told, ...] = ()
    papers: tuple[tuple[str, str], ...] = ()
    key: tuple[Key, ...] = ()
    chart: Bars | None = None
    chart_caption: str = ""
    sheet: SheetShown | None = None
    section_sheets: tuple[SheetShown, ...] = ()
    sections_elsewhere: str = ""
    posts: str = ""


def contest_result(contest: dict[str, Any], *, number: int) -> ContestResult:
    """One contest of a declaration, ready to show."""
    told = ContestResult(
        number=number,
        code=contest["code"],
        title=contest["title"],
        elected=tuple(contest["elected"]),
        is_unopposed=contest["unopposed"],
        nominations_reopen=contest.get("nominations_reopen", False),
        twice=_TWICE.get(contest.get("second_count", ""), ""),
        turnout=_turnout_words(contest["turnout"]) if "turnout" in contest else "",
    )
    return told if told.is_unopposed else _counted(told, contest["sheet"])


def _turnout_words(turnout: dict[str, Any]) -> str:
    """The turnout of a contest, with what it is a share of."""
    part = "ballots cast" if turnout["base"] == "ballots-cast" else "valid papers"
    return (
        f"Turnout: {turnout['percent']} ({turnout['part']:,} {part}, of {turnout['issued']:,} "
        "papers issued)."
    )


def _counted(told: ContestResult, sheet: Sheet) -> ContestResult:
    stages = sheet["stages"]
    order = _order(sheet)
    elected = () if told.nominations_reopen else told.elected
    tables = CountTables(told.title, told.number, sheet, order, elected)
    return ContestResult(
        number=told.number,
        code=told.code,
        title=told.title,
        elected=told.elected,
        is_unopposed=False,
        nominations_reopen=told.nominations_reopen,
        headline=stages[-1]["sentence"],
        twice=told.twice,
        turnout=told.turnout,
        stages=tuple(Told(at, stage["sentence"]) for at, stage in enumerate(stages, start=1)),
        papers=_papers(sheet),
        key=tuple(_key(order)),
        chart=_chart(told, sheet, order),
        chart_caption=_caption(sheet),
        sheet=tables.whole(),
        section_sheets=tables.by_section(),
        sections_elsewhere=tables.sections_elsewhere,
    )


def _order(sheet: Sheet) -> list[str]:
    """Candidates as the count left them: last stage first, by votes; then who was excluded last."""
    order: list[str] = []
    for stage in reversed(sheet["stages"]):
        votes = stage.get("weighted", stage["votes"])
        left = [name for name in votes if name not in order]
        order += sorted(left, key=lambda name: Fraction(votes[name]), reverse=True)
    return order


def _papers(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    taken = sheet["valid"] + sheet["blank"] + sheet["rejected"]
    return (
        ("Papers in the boxes", f"{taken:,}"),
        ("Valid papers", f"{sheet['valid']:,}"),
        ("Blank papers", f"{sheet['blank']:,}"),
        ("Rejected papers", f"{sheet['rejected']:,}"),
    )


def _key(order: Sequence[str]) -> list[Key]:
    named = [Key(str(place + 1), name, series(place)) for place, name in enumerate(order)]
    return [*named, Key("", "Exhausted papers", EXHAUSTED)]


def _of(number: Any, noun: str) -> str:
    """A figure of a count, which may be a fraction, with its noun."""
    return f"{shown(number)} {noun}" if number == 1 else f"{shown(number)} {noun}s"


def _chart(told: ContestResult, sheet: Sheet, order: Sequence[str]) -> Bars:
    """One bar a stage, each as wide as all valid papers, the exhausted at its end."""
    rows = []
    for number, stage in enumerate(sheet["stages"], start=1):
        parts = [
            Part(number_of(stage["votes"].get(name, 0)), series(place), str(place + 1),
                 f"{name}: {_of(number_of(stage['votes'].get(name, 0)), 'vote')}")
            for place, name in enumerate(order)
        ]
        gone = number_of(stage["exhausted"])
        parts.append(Part(gone, EXHAUSTED, "", f"Exhausted: {_of(gone, 'paper')}"))
        rows.append((_label(number, stage), parts))
    return stacked_bars(
        rows,
        whole=sheet["valid"],
        chart_id=f"stages-{told.number}",
        title=f"{told.title}: votes at each stage",
        description=" ".join(
            f"Stage {number}. {stage['sentence']}"
            for number, stage in enumerate(sheet["stages"], start=1)
        ),
    )


def _caption(sheet: Sheet) -> str:
    """What the bars show; where something else than votes decides, that it does."""
    said = ("Each bar is all valid papers: the votes of each continuing candidate, with the "
            "candidate’s number as in the key, and at its end the exhausted papers.")
    if "weighted" not in sheet["stages"][0]:
        return said
    what = "Points" if "points" in sheet["rules"] else "Weighted votes"
    return f"{said} {what} decide, not these votes: they stand in the count sheet."


def _label(number: int, stage: Sheet) -> str:
    """Short, for it stands on one line of the narrowest page."""
    gone = number_of(stage["exhausted"])
    return f"Stage {number}: {shown(gone)} exhausted" if gone else f"Stage {number}"
