"""The tables of a count sheet, one column a stage: of the whole contest, and of each section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ballot.showing.count_figures import (
    Number,
    change,
    held,
    number,
    points_of_section,
    share,
    shown,
)

MOST_TABLES: Final = 20
"""Of more sections than this the page shows no tables: nobody reads 338 of them."""

Sheet = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the sheet, as templates/_partials/_count_sheet.html wants it."""

    votes: str
    change: str = ""
    share: str = ""
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A candidate's line of the sheet, or a total's."""

    name: str
    cells: tuple[Cell, ...]
    is_elected: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a stage's column."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class SheetShown:
    """A count sheet, one column a stage."""

    sheet_id: str
    caption: str
    stages: tuple[Column, ...]
    rows: tuple[SheetRow, ...]
    totals: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class CountTables:
    """What the tables of a contest are made from.

    number:  of the contest in the declaration, from 1.
    sheet:   as declared (counting §10.2).
    order:   candidates as the tables name them.
    elected: those whose lines say so.
    """

    title: str
    number: int
    sheet: Sheet
    order: Sequence[str]
    elected: Sequence[str]

    def whole(self) -> SheetShown:
        """The sheet of all sections, with the base of its percentages."""
        stages = self.sheet["stages"]
        shares = [
            {name: share(stage, name, in_points=self._in_points) for name in stage["votes"]}
            for stage in stages
        ]
        base = self.sheet["percentages"]["words"]
        caption = f"{self.title}: percentages are {base}"
        return self._table(f"sheet-{self.number}", caption, stages, shares)

    def by_section(self) -> tuple[SheetShown, ...]:
        """One table a section, where there are several and no more than anybody reads."""
        names = self._sections
        if not 1 < len(names) <= MOST_TABLES:
            return ()
        return tuple(self._of_section(name, place) for place, name in enumerate(names))

    @property
    def sections_elsewhere(self) -> str:
        """Where the figures of the sections are, if they are not on the page."""
        sections = len(self._sections)
        if sections <= MOST_TABLES:
            return ""
        what = "votes and points" if self._in_points else "votes"
        return f"The {what} of each of the {sections:,} sections stand in the CSV file."

    @property
    def _sections(self) -> list[str]:
        return [one["name"] for one in self.sheet["sections"]]

    @property
    def _in_points(self) -> bool:
        return "points" in self.sheet["rules"]

    def _of_section(self, name: str, place: int) -> SheetShown:
        views = [stage["sections"][name] for stage in self.sheet["stages"]]
        shares: list[dict[str, str]] = [{} for _ in views]
        if self._in_points:
            shares = [
                {candidate: f"{figure} points" for candidate, figure in told.items()}
                for told in points_of_section(self.sheet, name)
            ]
        sheet_id = f"sheet-{self.number}-section-{place}"
        return self._table(sheet_id, f"{self.title}, {name}", views, shares)

    def _table(
        self,
        sheet_id: str,
        caption: str,
        views: Sequence[Sheet],
        shares: Sequence[dict[str, str]],
    ) -> SheetShown:
        stages = enumerate(self.sheet["stages"], start=1)
        return SheetShown(
            sheet_id=sheet_id,
            caption=caption,
            stages=tuple(Column(at, _head(stage)) for at, stage in stages),
            rows=tuple(
                SheetRow(name, tuple(_cells(name, views, shares)), name in self.elected)
                for name in self.order
            ),
            totals=(
                SheetRow("Continuing votes", tuple(
                    Cell(shown(held(view))) for view in views)),
                SheetRow("Exhausted papers", tuple(_exhausted(views))),
                SheetRow("Valid papers", tuple(
                    Cell(shown(held(view) + number(view["exhausted"]))) for view in views)),
            ),
        )


def _head(stage: Sheet) -> str:
    excluded = stage["excluded"]
    return f"then {', '.join(excluded)} excluded" if excluded else ""


def _cells(name: str, views: Sequence[Sheet], shares: Sequence[dict[str, str]]) -> list[Cell]:
    cells: list[Cell] = []
    before: Number | None = None
    for view, told in zip(views, shares, strict=True):
        votes = number(view["votes"][name]) if name in view["votes"] else None
        if votes is None:
            cells.append(Cell("", is_excluded=before is not None))
            before = None
            continue
        gained = change(votes, before) if before is not None else ""
        cells.append(Cell(shown(votes), gained, told.get(name, "")))
        before = votes
    return cells


def _exhausted(views: Sequence[Sheet]) -> list[Cell]:
    cells: list[Cell] = []
    before: Number | None = None
    for view in views:
        gone = number(view["exhausted"])
        cells.append(Cell(shown(gone), change(gone, before) if before is not None else ""))
        before = gone
    return cells
