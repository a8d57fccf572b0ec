"""The count of each contest, from the papers of its boxes and the lots drawn (bundle §5, 15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verifier.board import Board, Entry
from verifier.canonical import write
from verifier.closed import ClosedBox
from verifier.count import count_papers
from verifier.failure import Failed
from verifier.opening import Contest
from verifier.openings import Opened
from verifier.papers import Profile
from verifier.rules import read_rules
from verifier.sheets import SENTENCE, full_sheet
from verifier.withdrawals import passed_over


def check_count(
    board: Board, contest: Contest, boxes: Sequence[tuple[ClosedBox, Opened]]
) -> dict[str, Any]:
    """Count a contest anew, and return its sheet, which has been compared in every member.

    Raises: Failed (count.missing, count.lot, count.rules, count.weights, count.tie, count.sheet).
    """
    counts = [e for e in board.all("count") if e.content["contest"] == contest.code]
    if len(counts) != 1:
        raise Failed("count.missing", contest.code, "It has no count.")
    (entry,) = counts
    rules = _rules(board, contest) | _worth(board, contest, [box for box, _ in boxes])
    space = contest.space
    profile = Profile(
        contest.candidates,
        {
            box.label: {space.ranking(number): papers for number, papers in opened.papers.items()}
            for box, opened in boxes
        },
        passed_over(board, contest),
        places=contest.told["places"],
    )
    rejected = {box.label: opened.rejected for box, opened in boxes}
    if len(rejected) < len(boxes):
        raise Failed("count.sections", entry.where, "Two boxes have one name.")
    read = read_rules(rules)
    sheet = full_sheet(
        profile,
        read,
        count_papers(profile, read),
        as_json=rules,
        title=contest.told["title"],
        rejected=rejected,
    )
    told: dict[str, Any] = entry.content["sheet"]
    compare(sheet, told, f"{entry.where}, sheet")
    return told


def _rules(board: Board, contest: Contest) -> dict[str, object]:
    """Return the rules as counting §3.1 writes them: the contest's, with the lots drawn for it."""
    ties: list[object] = []
    if contest.told["tie_rule"] == "earlier-stages-then-lot":
        ties.append("earlier-stages")
    ties += [
        _lot(entry, contest)
        for entry in board.all("lot")
        if entry.content["contest"] == contest.code
    ]
    return {
        "method": contest.told["method"],
        "stop": contest.told["stop"],
        "bulk_exclusion": False,
        "ties": ties,
        "percentages": "continuing",
    }


def _worth(board: Board, contest: Contest, boxes: Sequence[ClosedBox]) -> dict[str, object]:
    """Return what each box is worth: what its sections that voted are, if any are worth anything.

    Raises: Failed (count.weights).
    """
    parts, points, floor = (contest.told[name] for name in ("weights", "points", "points_floor"))
    if parts is None and points is None:
        return {}
    told = board.only("reconciliation").content["sections"]
    voted = {one["code"]: one["counted"] for one in told if one["counted"]}
    if points is not None:
        by_section = {code: n if n < floor else points for code, n in voted.items()}
    elif any(section not in parts for box in boxes for section in box.name.sections):
        raise Failed("count.weights", contest.code, "A section that voted has no weight.")
    else:
        by_section = {code: n for code, n in parts.items() if code in voted}
    worth = {
        box.label: sum(by_section.get(code, 0) for code in box.name.sections) for box in boxes
    }
    if points is None:
        return {"weights": worth}
    least = {label: max(floor, number) for label, number in worth.items()}
    return {"points": least} | ({"floor": floor} if floor else {})


def _lot(entry: Entry, contest: Contest) -> dict[str, object]:
    drawn, among = entry.content["drawn"], entry.content["among"]
    places = range(len(contest.candidates))
    if not all(place in places for place in (*drawn, *among)):
        raise Failed("count.lot", entry.where, "It draws somebody who is not on the paper.")
    if len(among) < 2 or sorted(set(among)) != among or sorted(drawn) != among:
        why = "It does not draw those among whom it was drawn, each once."
        raise Failed("count.lot", entry.where, why)
    return {"lot": drawn, "among": among}


def compare(ours: object, told: object, where: str) -> None:
    """Compare two sheets, and name the first member that differs.

    Raises: Failed (count.sheet).
    """
    if isinstance(ours, dict) and isinstance(told, dict) and ours.keys() == told.keys():
        # A candidate, or a section, may be called so as well: only an empty one stands for prose.
        prose = {SENTENCE} if ours.get(SENTENCE) == "" else set()
        for name in ours.keys() - prose:
            compare(ours[name], told[name], f"{where}, {name}")
        if not all(isinstance(told[name], str) for name in prose):
            raise Failed("count.sheet", f"{where}, {SENTENCE}", "It is no text.")
    elif isinstance(ours, list) and isinstance(told, list) and len(ours) == len(told):
        for place, (left, right) in enumerate(zip(ours, told, strict=True), 1):
            compare(left, right, f"{where}, item {place}")
    elif write(ours) != write(told):
        raise Failed("count.sheet", where, f"It says {_short(told)}, and the count {_short(ours)}.")


def _short(value: object) -> str:
    text = write(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"
