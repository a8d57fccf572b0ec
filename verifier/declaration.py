"""The declaration, against the sheets, the candidates and the figures by section (bundle §4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.board import Board
from verifier.canonical import write
from verifier.counting import compare
from verifier.failure import Failed
from verifier.opening import contests_in_order
from verifier.withdrawals import reopens


def check_declaration(board: Board, sheets: Mapping[str, dict[str, Any]]) -> None:
    """Check every contest that was declared, and every section's figures.

    sheets: of the contests that were counted, by code.
    Raises: Failed (declaration.version, .contests, .elected, .sheet, .sections).
    """
    entry = board.only("declaration")
    if entry.content["version"] != 1:
        raise Failed("declaration.version", entry.where, "It is not of version 1.")
    contests = contests_in_order(board)
    told: list[dict[str, Any]] = entry.content["contests"]
    expected = [
        (f"contest-{place}", contest["title"], contest["unopposed"])
        for place, contest in enumerate(contests, 1)
    ]
    if [(one["code"], one["title"], one["unopposed"]) for one in told] != expected:
        raise Failed("declaration.contests", entry.where, "Its contests are not those published.")
    for one, contest in zip(told, contests, strict=True):
        _check_contest(board, one, contest, sheets.get(one["code"]))
    _check_sections(board, entry.content["sections"], entry.where)


def _check_contest(
    board: Board, told: dict[str, Any], contest: dict[str, Any], sheet: dict[str, Any] | None
) -> None:
    where = f"{board.only('declaration').where}, {told['code']}"
    if contest["unopposed"]:
        if "sheet" in told or told["elected"] != contest["candidates"]:
            raise Failed("declaration.elected", where, "Not just who stands unopposed is elected.")
        return
    if sheet is None or "sheet" not in told:
        raise Failed("declaration.sheet", where, "It has no sheet.")
    try:
        compare(sheet, told["sheet"], where)
    except Failed as failure:
        raise Failed("declaration.sheet", failure.where, failure.why) from None
    if write(told["sheet"]) != write(sheet):
        raise Failed("declaration.sheet", where, "Its sentences are not those of the count.")
    if told["elected"] != sheet["elected"]:
        raise Failed("declaration.elected", where, "It declares another than the sheet elects.")
    if told["nominations_reopen"] != reopens(board, contest, sheet["elected"]):
        raise Failed("declaration.elected", where, "Whether nominations reopen is not as elected.")


def _check_sections(board: Board, told: list[dict[str, Any]], where: str) -> None:
    reconciliation = board.last("reconciliation")
    figures = reconciliation.content["sections"] if reconciliation else []
    names = ("code", "issued", "ballots", "set_aside")
    if told != [{name: section[name] for name in names} for section in figures]:
        why = "Its figures by section are not those of the reconciliation."
        raise Failed("declaration.sections", where, why)
