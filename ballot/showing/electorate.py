"""The statement of the electorate, for anybody: applied − not eligible = roll = codes issued.

The roll's part is members' (members.selectors.statement_of); that a code was issued to each
elector is read from the board, where the codes' public halves are counted by section. Between the
two stand the amendments that the board has before the codes; those after them are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ballot.canonical import read_canonical
from ballot.charts import EXHAUSTED, Bars, Part, series, stacked_bars
from ballot.models import Election
from ballot.selectors import codes_made, roll_of
from members.selectors import Removed, SectionElectors, electors_amended, statement_of

_NONE = {"added": 0, "struck": 0, "added_since": 0, "struck_since": 0}
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
    """The page: the whole, each section, the plot. agrees: no sum on the page is broken.

    since: what was amended after the codes were made, in a sentence; empty if nothing was.
    """

    version: int
    commitment: str
    whole: SectionShown
    sections: tuple[SectionShown, ...]
    agrees: bool
    is_issued: bool
    since: str
    plot: Bars


def figures_of(election: Election) -> dict[str, Any]:
    """The statement as plain values: what the JSON file holds, and the page is made of.

    applied is None, and not_eligible empty, where how many are not on the roll is not told.
    """
    statement = statement_of(roll_of(election).pk)
    issued = _issued(election)
    amended = _amended(election)
    sections: list[dict[str, Any]] = [
        {
            "section": one.code,
            "name": one.name,
            "applied": one.applied,
            "not_eligible": _reasons(one.removed),
            "electors": one.electors,
            **amended.get(one.code, _NONE),
            "issued": None if issued is None else issued.get(one.code, 0),
        }
        for one in statement.sections
    ]
    sections += _only_amended(election, amended, {one.code for one in statement.sections}, issued)
    return {
        "election": election.slug,
        "roll": statement.version,
        "commitment": statement.commitment,
        "applied": statement.applied,
        "not_eligible": _reasons(statement.removed),
        "electors": statement.electors,
        **{name: sum(one[name] for one in sections) for name in _NONE},
        "issued": None if issued is None else sum(issued.values()),
        "sections": sections,
    }


def _reasons(removed: Iterable[Removed]) -> list[dict[str, Any]]:
    return [{"reason": each.rule, "words": each.words, "people": each.people} for each in removed]


def _amended(election: Election) -> dict[str, dict[str, int]]:
    """By section: how many were added and struck off before the codes were made, and since.

    Before they are made, every amendment so far is one before the codes: who it adds gets one.
    """
    roll_id = roll_of(election).pk
    before = {one.code: one for one in electors_amended(roll_id, upto=_amendments_coded(election))}
    return {
        one.code: {
            "added": first.added,
            "struck": first.struck,
            "added_since": one.added - first.added,
            "struck_since": one.struck - first.struck,
        }
        for one in electors_amended(roll_id)
        for first in [before.get(one.code, SectionElectors(0, one.code, one.name, 0, 0, 0))]
    }


def _amendments_coded(election: Election) -> int | None:
    """The number of the last amendment that the board has before the codes; None: of every one."""
    if not codes_made(election):
        return None
    entries = election.entries.filter(ballot__isnull=True)
    coded = entries.filter(kind="credentials").order_by("-number").first()
    rolled = entries.filter(kind="roll").order_by("-number").first()
    assert coded is not None and rolled is not None, "Codes are of a roll, both on the board."
    return entries.filter(
        kind="amendment", number__gt=rolled.number, number__lt=coded.number
    ).count()


def _only_amended(
    election: Election, amended: dict[str, dict[str, int]], known: set[str],
    issued: dict[str, int] | None,
) -> list[dict[str, Any]]:
    """Sections of which the freeze knew nobody, and an amendment somebody."""
    names = {one.code: one.name for one in electors_amended(roll_of(election).pk)}
    return [
        {"section": code, "name": names[code], "applied": 0, "not_eligible": [], "electors": 0,
         **figures, "issued": None if issued is None else issued.get(code, 0)}
        for code, figures in amended.items()
        if code not in known
    ]


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
    whole = [figures, *parts]
    told = [one for one in whole if one["applied"] is not None]
    across = all(
        sum(one[name] for one in parts) == figures[name]
        for name in ("electors", "added", "struck", *(["applied"] if told == whole else []))
    )
    return across and all(
        one["applied"] - sum(each["people"] for each in one["not_eligible"]) == one["electors"]
        for one in told
    ) and all(
        one["issued"] in (None, one["electors"] + one["added"] - one["struck"]) for one in whole
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
        since=_since(figures),
        plot=_plot(figures),
    )


def _since(figures: dict[str, Any]) -> str:
    """Nothing of who has voted: a code of somebody struck off after casting stays as it is."""
    added, struck = figures["added_since"], figures["struck_since"]
    if not added and not struck:
        return ""
    return (
        f"Amended since the codes were made: {added:,} added or restored, {struck:,} struck off."
    )


def _shown(part: dict[str, Any]) -> SectionShown:
    lines = tuple(Line(*line) for line in _lines(part))
    return SectionShown(part["section"], part["name"], lines)


def _lines(part: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    if part["applied"] is None:
        yield "", "Ever on the membership list, and not eligible", "not told", False
    else:
        yield "", "Ever on the membership list", f"{part['applied']:,}", True
    for each in part["not_eligible"]:
        yield "−", each["words"], f"{each['people']:,}", False
    yield "=", "On the roll", f"{part['electors']:,}", True
    if part["added"]:
        yield "+", "Added by amendments before the codes", f"{part['added']:,}", False
    if part["struck"]:
        yield "−", "Struck off by amendments before the codes", f"{part['struck']:,}", False
    if part["issued"] is not None:
        yield "=", "Issued with a voting code", f"{part['issued']:,}", True


def _plot(figures: dict[str, Any]) -> Bars:
    """Each bar of a scale of its own: the section’s whole list, where it is told how long it is."""
    rows, words = [], []
    for one in figures["sections"]:
        electors, applied = one["electors"], one["applied"]
        others = "untold how many" if applied is None else f"{applied - electors:,}"
        words.append(f"{one['name']}: {electors:,} on the roll, {others} not eligible")
        # A label in a picture does not wrap, and a telephone is 320 pixels wide.
        of = ", others not told" if applied is None else f" of {applied:,}"
        rows.append((f"{one['name']}: {electors:,}{of}", _parts(electors, applied)))
    return stacked_bars(
        rows,
        whole=1,
        chart_id="electorate",
        title="From the list to the roll, by section",
        description="; ".join(words) + ".",
    )


def _parts(electors: int, applied: int | None) -> list[Part]:
    """Those on the roll and the others, as shares of the section’s list; none if it is not told."""
    if not applied:
        return []
    return [
        Part(Fraction(electors, applied), series(0), f"{electors:,}", "On the roll"),
        Part(Fraction(applied - electors, applied), EXHAUSTED, "", "Not eligible"),
    ]


def rows_of(figures: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """The statement as rows under HEADER, for a spreadsheet; the whole first, as section ""."""
    for part in ({**figures, "section": ""}, *figures["sections"]):
        if part["applied"] is not None:
            yield part["section"], "applied", "", str(part["applied"])
        for each in part["not_eligible"]:
            yield part["section"], "not eligible", each["reason"], str(each["people"])
        yield part["section"], "on the roll", "", str(part["electors"])
        for name in _NONE:
            yield part["section"], name.replace("_", " "), "", str(part[name])
        if part["issued"] is not None:
            yield part["section"], "issued", "", str(part["issued"])
