"""The declaration on paper, to be signed: what was declared, figure for figure."""

from __future__ import annotations

from collections.abc import Iterator

from ballot.models import Declaration
from ballot.showing.contest_result import ContestResult
from ballot.showing.count_sheet import SheetShown
from ballot.showing.results import Result
from ballot.times import in_zone
from office.pdf import Heading, Part, Table, Text, make_document


def declaration_pdf(result: Result, *, address: str) -> bytes:
    """The declaration as PDF. address: of the page, where everything can be taken away."""
    title = f"{result.declaration.election}: declaration of the result"
    return make_document(list(_parts(result, address=address)), title=title)


def _parts(result: Result, *, address: str) -> Iterator[Part]:
    yield from _head(result.declaration)
    for contest in result.contests:
        yield from _contest(contest)
    if result.turnout_total:
        rows = [*result.turnout, result.turnout_total]
        yield Heading("Papers issued and ballots cast", level=2)
        yield Table(
            ("Section", "Papers issued", "Ballots cast", "Of papers issued"),
            [(row.name, row.electors, row.ballots, row.percent) for row in rows],
            shares=(3, 1, 1, 1),
            figures=frozenset({1, 2, 3}),
        )
        if result.set_aside:
            yield Text(result.set_aside)
    yield Text(f"Every figure, the board, and what is needed to count again: {address}")
    yield Text("\n\nSigned: ______________________________   Date: ______________")


def _head(declaration: Declaration) -> Iterator[Part]:
    election = declaration.election
    yield Heading(f"{election}: declaration of the result")
    yield Text(
        f"{election.party}. Declared by {election.returning_officer}, returning officer, on "
        f"{in_zone(declaration.declared_at, election.zone)}. Version {declaration.version}."
    )
    if election.demonstration:
        yield Text("A demonstration: no result of it counts.", is_bold=True)
    if declaration.version > 1:
        yield Text(f"It corrects the version before. The reason: {declaration.content['reason']}")


def _contest(contest: ContestResult) -> Iterator[Part]:
    yield Heading(contest.title, level=2)
    names = ", ".join(contest.elected)
    if contest.is_unopposed:
        yield Text(f"{names}: elected unopposed.", is_bold=True)
        if contest.posts:
            yield Text(contest.posts)
        return
    outcome = "Nobody is elected, and nominations open again." if contest.nominations_reopen else (
        f"{names}: elected."
    )
    yield Text(outcome, is_bold=True)
    if contest.posts:
        yield Text(contest.posts)
    for stage in contest.stages:
        yield Text(f"{stage.number}. {stage.sentence}")
    yield Table(("Papers", "Number"), contest.papers, shares=(3, 1), figures=frozenset({1}))
    if contest.sheet is not None:
        yield from _sheet(contest.sheet)
    yield Text(f"{contest.turnout} {contest.twice}".strip())


STAGES_A_TABLE = 4


def _sheet(sheet: SheetShown) -> Iterator[Part]:
    """The count sheet, some stages a table: a page is not as wide as a screen."""
    yield Heading(sheet.caption, level=3)
    for first in range(0, len(sheet.stages), STAGES_A_TABLE):
        shown = slice(first, first + STAGES_A_TABLE)
        rows = [
            (row.name, *(f"{cell.votes} {cell.share}".strip() for cell in row.cells[shown]))
            for row in (*sheet.rows, *sheet.totals)
        ]
        head = ("", *(f"Stage {stage.number}" for stage in sheet.stages[shown]))
        columns = len(head)
        yield Table(
            head, rows, shares=(2, *[1] * (columns - 1)), figures=frozenset(range(1, columns))
        )
