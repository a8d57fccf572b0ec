"""The statement of the electorate, for anybody: applied − not eligible = roll = codes issued.

The roll's part is members' (members.selectors.statement_of); that a code was issued to each
elector is read from the board, where the codes' public halves are counted by section.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ballot.canonical import read_canonical
from ballot.charts import EXHAUSTED, Bars, Part, series, stacked_bars
from ballot.checklist import codes_made
from ballot.models import Election
from ballot.selectors import roll_of
from members.selectors import statement_of

HEADER = ("section", "line", "reason", "people")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section's sum, ready to show."""

    sign: str
    words: str
    people: str
    is_sum: bool


@dataclass(frozen=True, slots=True)
class SectionShown:
    """One section's sum as lines, from applied to issued."""

    code: str
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Electorate:
    """The page: the whole, each section, the plot. agrees: no sum on the page is broken."""

    version: int
    commitment: str
    whole: SectionShown
    sections: tuple[SectionShown, ...]
    agrees: bool
    is_issued: bool
    plot: Bars


def figures_of(election: Election) -> dict[str, Any]:
    """The statement as plain values: what the JSON file holds, and the page is made of."""
    statement = statement_of(roll_of(election).pk)
    issued = _issued(election)
    sections = [
        {
            "section": one.code,
            "name": one.name,
            "applied": one.applied,
            "not_eligible": [
                {"reason": each.rule, "words": each.words, "people": each.people}
                for each in one.removed
            ],
            "electors": one.electors,
            "issued": None if issued is None else issued.get(one.code, 0),
        }
        for one in statement.sections
    ]
    return {
        "election": election.slug,
        "roll": statement.version,
        "commitment": statement.commitment,
        "applied": statement.applied,
        "not_eligible": [
            {"reason": each.rule, "words": each.words, "people": each.people}
            for each in statement.removed
        ],
        "electors": statement.electors,
        "issued": None if issued is None else sum(issued.values()),
        "sections": sections,
    }


def _issued(election: Election) -> dict[str, int] | None:
    """How many codes the board counts by section; None before they are made."""
    if not codes_made(election):
        return None
    entry = election.entries.filter(kind="credentials").order_by("-number").first()
    assert entry is not None, "Codes are made when their entry is on the board."
    content: Any = read_canonical(bytes(entry.body))["content"]
    return {one["section"]: one["credentials"] for one in content["sections"]}


def adds_up(figures: dict[str, Any]) -> bool:
    """Whether every sum holds: down each section, across all of them, and roll with issued."""
    parts = figures["sections"]
    across = all(
        sum(one[name] for one in parts) == figures[name] for name in ("applied", "electors")
    )
    return across and all(
        one["applied"] - sum(each["people"] for each in one["not_eligible"]) == one["electors"]
        and one["issued"] in (None, one["electors"])
        for one in (figures, *parts)
    )


def electorate_of(election: Election) -> Electorate:
    """The statement as its page shows it."""
    figures = figures_of(election)
    return Electorate(
        version=figures["roll"],
        commitment=figures["commitment"],
        whole=_shown({**figures, "section": "", "name": "All sections"}),
        sections=tuple(map(_shown, figures["sections"])),
        agrees=adds_up(figures),
        is_issued=figures["issued"] is not None,
        plot=_plot(figures),
    )


def _shown(part: dict[str, Any]) -> SectionShown:
    lines = tuple(Line(*line) for line in _lines(part))
    return SectionShown(part["section"], part["name"], lines)


def _lines(part: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    yield "", "Applied: everybody ever on the list", f"{part['applied']:,}", True
    for each in part["not_eligible"]:
        yield "−", each["words"], f"{each['people']:,}", False
    yield "=", "On the roll", f"{part['electors']:,}", True
    if part["issued"] is not None:
        yield "=", "Issued with a voting code", f"{part['issued']:,}", True


def _plot(figures: dict[str, Any]) -> Bars:
    rows, words = [], []
    for one in figures["sections"]:
        electors, others = one["electors"], one["applied"] - one["electors"]
        words.append(f"{one['name']}: {electors:,} on the roll, {others:,} not eligible")
        # A label in a picture does not wrap, and a telephone is 320 pixels wide.
        rows.append(
            (f"{one['name']}: {electors:,} of {one['applied']:,}",
             [Part(electors, series(0), f"{electors:,}", "On the roll"),
              Part(others, EXHAUSTED, "", "Not eligible")])
        )  # fmt: skip
    return stacked_bars(
        rows,
        whole=max((one["applied"] for one in figures["sections"]), default=0),
        chart_id="electorate",
        title="From the list to the roll, by section",
        description="; ".join(words) + ".",
    )


def rows_of(figures: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """The statement as rows under HEADER, for a spreadsheet; the whole first, as section ""."""
    for part in ({**figures, "section": ""}, *figures["sections"]):
        yield part["section"], "applied", "", str(part["applied"])
        for each in part["not_eligible"]:
            yield part["section"], "not eligible", each["reason"], str(each["people"])
        yield part["section"], "on the roll", "", str(part["electors"])
        if part["issued"] is not None:
            yield part["section"], "issued", "", str(part["issued"])
