"""The declaration, against the sheets, the candidates and the figures by section (bundle §4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verifier.board import Board, Entry
from verifier.canonical import write
from verifier.counting import compare
from verifier.failure import Failed
from verifier.opening import contests_in_order
from verifier.sheets import percent
from verifier.tree import root_of
from verifier.withdrawals import reopens


def check_declaration(board: Board, sheets: Mapping[str, dict[str, Any]]) -> None:
    """Check every contest that was declared, and every section's figures.

    sheets: of the contests that were counted, by code.
    Raises: Failed (declaration.version, .contests, .elected, .sheet, .sections, .second, .turnout).
    """
    entry = _in_force(board)
    contests = contests_in_order(board)
    told: list[dict[str, Any]] = entry.content["contests"]
    expected = [
        (f"contest-{place}", contest["title"], contest["unopposed"])
        for place, contest in enumerate(contests, 1)
    ]
    if [(one["code"], one["title"], one["unopposed"]) for one in told] != expected:
        raise Failed("declaration.contests", entry.where, "Its contests are not those published.")
    for one, contest in zip(told, contests, strict=True):
        where = f"{entry.where}, {one['code']}"
        _check_contest(board, one, contest, sheets.get(one["code"]), where)
    _check_sections(board, entry.content["sections"], entry.where)
    _check_counted(board, entry)


def check_archive(board: Board, leaves: Sequence[bytes]) -> None:
    """Check that an archived election's last word is of the whole board before it.

    leaves: the hashes of the log's entries, in order.
    Raises: Failed (archive.board, archive.version).
    """
    for entry in board.all("archive"):
        size, root = entry.content["size"], entry.content["root"]
        if size != entry.number or root_of(leaves[:size]).hex() != root:
            raise Failed("archive.board", entry.where, "Its root is not that of all before it.")
        before = [one for one in board.all("correction") if one.number < entry.number]
        if entry.content["version"] != 1 + len(before):
            why = f"Version {1 + len(before)} was in force."
            raise Failed("archive.version", entry.where, why)


def _in_force(board: Board) -> Entry:
    """Return the last correction, or else the declaration; their versions run from 1 on."""
    versions = [board.only("declaration"), *board.all("correction")]
    for number, entry in enumerate(versions, 1):
        if entry.content["version"] != number:
            raise Failed("declaration.version", entry.where, f"It is not of version {number}.")
    return versions[-1]


def _check_contest(
    board: Board,
    told: dict[str, Any],
    contest: dict[str, Any],
    sheet: dict[str, Any] | None,
    where: str,
) -> None:
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
    names = ("code", "issued", "marks", "ballots", "set_aside", "counted")
    if told != [{name: section[name] for name in names} for section in figures]:
        why = "Its figures by section are not those of the reconciliation."
        raise Failed("declaration.sections", where, why)


def _check_counted(board: Board, entry: Entry) -> None:
    """Check what is told of each count besides its sheet: the second count, and the turnout."""
    second = {
        count.content["contest"]: count.content["second_count"] for count in board.all("count")
    }
    sections = entry.content["sections"]
    base = board.only("notice").content["after_count"]["turnout_base"]
    issued = sum(section["issued"] for section in sections)
    for one in entry.content["contests"]:
        if one["unopposed"]:
            continue
        where = f"{entry.where}, {one['code']}"
        if one["second_count"] != second.get(one["code"]):
            why = "It tells another second count than the count."
            raise Failed("declaration.second", where, why)
        voted = sum(section["marks"] for section in sections)
        part = one["sheet"]["valid"] if base == "valid-papers" else voted
        told = {"base": base, "issued": issued, "part": part, "percent": percent(part, issued)}
        if one["turnout"] != told:
            raise Failed("declaration.turnout", where, f"By the board it is {told['percent']}.")
