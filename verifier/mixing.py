"""The mixes of every box, one after another (bundle §5, 12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from verifier.board import Board, Entry
from verifier.bundle import Bundle, read_blob
from verifier.closed import ClosedBox
from verifier.failure import Failed
from verifier.group import Point
from verifier.mixes import check_mix
from verifier.setting import Setting
from verifier.workers import Workers

SERVER = "server"


def mixes_of(board: Board, boxes: Sequence[ClosedBox]) -> list[list[Entry]]:
    """Return the mixes of each box, in order.

    Raises: Failed (mix.box, mix.number, mix.empty).
    """
    found: dict[tuple[str, int], list[Entry]] = {box.place: [] for box in boxes}
    for entry in board.all("mix"):
        place = (entry.content["contest"], entry.content["box"])
        if place not in found:
            raise Failed("mix.box", entry.where, "There is no such box.")
        found[place].append(entry)
        if entry.content["number"] != len(found[place]):
            raise Failed("mix.number", entry.where, "Its number is not the next of its box.")
    for box in boxes:
        if found[box.place] and not box.rows:
            raise Failed("mix.empty", box.where, "An empty box is not mixed.")
    return [found[box.place] for box in boxes]


def require_mixed(board: Board, box: ClosedBox, mixes: Sequence[Entry], notes: list[str]) -> None:
    """Check that a box that is opened was mixed as often as the notice says, and by whom.

    notes:  what the reader is to be told besides.
    Raises: Failed (mix.wanted, mix.server).
    """
    wanted = board.only("notice").content["mixes_wanted"]
    if not box.rows:
        return
    if len(mixes) < wanted:
        why = f"It was mixed {len(mixes)} times, and {wanted} are wanted."
        raise Failed("mix.wanted", box.where, why)
    if wanted > 1 and all(entry.content["mixer"] == SERVER for entry in mixes):
        raise Failed("mix.server", box.where, "Nobody but the server has mixed it.")
    if all(entry.content["by_server"] for entry in mixes):
        notes.append(
            f"Every mix of {box.where} was made on the server, as in a rehearsal: whoever runs "
            "it could tell which sealed ballot each opened paper was."
        )


class Mixing(NamedTuple):
    """What every mix of an election is checked with. generators: as many as the largest needs."""

    bundle: Bundle
    setting: Setting
    generators: Sequence[Point]
    workers: Workers


def check_box_mixes(given: Mixing, box: ClosedBox, mixes: Sequence[Entry]) -> bytes:
    """Check each mix of a box against what the one before left, and return the last one's rows.

    Raises: Failed (shuffle.*, blob.*, file.*).
    """
    rows = box.rows
    for entry in mixes:
        wire = read_blob(given.bundle, entry.content["content"], entry.where)
        try:
            rows = check_mix(
                given.setting,
                box.name,
                entry.content["mixer"],
                before=rows,
                wire=wire,
                generators=given.generators,
                workers=given.workers,
            )
        except Failed as failure:
            raise Failed(failure.check, f"{entry.where}: {failure.where}", failure.why) from None
    return rows
