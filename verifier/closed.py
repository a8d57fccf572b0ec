"""Which boxes there are at the close, and what is in each (bundle §4.2, sealing §7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.ballots import Cast
from verifier.board import Board
from verifier.boxes import BoxName, box_hash, box_rows, pairs_in
from verifier.bundle import Bundle, read_blob
from verifier.failure import Failed
from verifier.opening import Contest, Poll
from verifier.setting import Setting


@dataclass(frozen=True, slots=True)
class ClosedBox:
    """A box as it was fixed. label: the names of its sections; rows: its pairs, end to end."""

    contest: Contest
    number: int
    name: BoxName
    label: str
    rows: bytes

    @property
    def place(self) -> tuple[str, int]:
        return self.contest.code, self.number

    @property
    def pairs(self) -> int:
        return pairs_in(self.rows, self.where)

    @property
    def where(self) -> str:
        return f"{self.contest.code}, box {self.number}"


def pool(counted: Mapping[str, int], smallest: int) -> list[tuple[str, ...]]:
    """Return the sections of each box, in the order of the boxes.

    counted: how many ballots of each section are counted, for every section of the reconciliation.
    """
    pooled = {code for code, ballots in counted.items() if ballots < smallest}
    left = sorted(counted.keys() - pooled, key=lambda code: (counted[code], code))
    while pooled and left and sum(counted[code] for code in pooled) < smallest:
        pooled.add(left.pop(0))
    boxes = [(code,) for code in left] + ([tuple(sorted(pooled))] if pooled else [])
    return sorted(boxes)


def check_boxes(
    bundle: Bundle, board: Board, poll: Poll, setting: Setting, casts: Sequence[Cast]
) -> list[ClosedBox]:
    """Make the boxes again from the ballots that are counted, and compare.

    casts:  those that are not set aside, in the order of the board.
    Raises: Failed (box.list, box.ballots, box.sealed, box.digest, blob.*, file.*).
    """
    entry = board.only("reconciliation")
    sections: list[dict[str, Any]] = entry.content["sections"]
    names = {told["code"]: told["name"] for told in sections}
    counted = dict.fromkeys(names, 0)
    for cast in casts:
        counted[cast.section] = counted.get(cast.section, 0) + 1
    pools = pool(counted, board.only("notice").content["smallest_box"])
    expected = [
        (contest, number, codes) for contest in poll.contests for number, codes in enumerate(pools)
    ]
    told_boxes: list[dict[str, Any]] = entry.content["boxes"]
    if [(c.code, number, list(codes)) for c, number, codes in expected] != [
        (told["contest"], told["number"], told["sections"]) for told in told_boxes
    ]:
        why = "The boxes are not those that the ballots of the sections make."
        raise Failed("box.list", entry.where, why)
    return [
        _check_box(bundle, setting, told, _box(contest, number, codes, names, casts), entry.where)
        for told, (contest, number, codes) in zip(told_boxes, expected, strict=True)
    ]


def _box(
    contest: Contest,
    number: int,
    codes: tuple[str, ...],
    names: Mapping[str, str],
    casts: Sequence[Cast],
) -> ClosedBox:
    # Section after section, and the ballots of each in the order of the board (sealing §7.2).
    inside = [cast for code in codes for cast in casts if cast.section == code]
    rows = box_rows(inside, contest.place)
    label = label_of([names[code] for code in codes])
    return ClosedBox(contest, number, BoxName(contest.code, codes), label, rows)


def _check_box(
    bundle: Bundle, setting: Setting, told: dict[str, Any], box: ClosedBox, where: str
) -> ClosedBox:
    where = f"{where}, {box.where}"
    if told["ballots"] != box.pairs:
        why = f"It says {told['ballots']} ballots, and has {box.pairs}."
        raise Failed("box.ballots", where, why)
    if read_blob(bundle, told["sealed"], where) != box.rows:
        raise Failed("box.sealed", where, "Its pairs are not those of its ballots, in their order.")
    if box_hash(setting, box.name, box.rows).hex() != told["digest"]:
        raise Failed("box.digest", where, "Its digest is another box's.")
    return box


LONGEST_LABEL = 200


def label_of(names: Sequence[str]) -> str:
    """Return what a box is called on a sheet: its sections' names, as many as fit (bundle §4.2)."""
    whole = ", ".join(names)
    if len(whole) <= LONGEST_LABEL:
        return whole
    for shown in range(len(names) - 1, 0, -1):
        label = f"{', '.join(names[:shown])} and {len(names) - shown} more"
        if len(label) <= LONGEST_LABEL:
            return label
    return f"{names[0]} and {len(names) - 1} more"
