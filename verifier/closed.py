"""Which boxes there are at the close, and what is in each (bundle §4.2, sealing §7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from verifier.ballots import Cast
from verifier.board import Board, Entry
from verifier.boxes import BoxName, box_hash, box_rows, pairs_in
from verifier.bundle import Bundle, read_blob
from verifier.failure import Failed
from verifier.opening import Contest, Poll
from verifier.setting import Setting


class Left(NamedTuple):
    """How many pairs a box had, and its digest (sealing §7.2)."""

    pairs: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class ClosedBox:
    """A box as it was fixed. label: the names of its sections; rows: its pairs, end to end.

    left: where the pairs were destroyed, what the reconciliation says of them; rows are then none.
    """

    contest: Contest
    number: int
    name: BoxName
    label: str
    rows: bytes
    left: Left | None = None

    @property
    def place(self) -> tuple[str, int]:
        return self.contest.code, self.number

    @property
    def pairs(self) -> int:
        return self.left.pairs if self.left else pairs_in(self.rows, self.where)

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
    counted: Counter[str] = Counter(cast.section for cast in casts)
    entry = board.only("reconciliation")
    names = _names(entry)
    return [
        _check_box(bundle, setting, told, _box(contest, number, codes, names, casts), entry.where)
        for told, (contest, number, codes) in _expected(board, poll, counted)
    ]


def boxes_left(board: Board, poll: Poll) -> list[ClosedBox]:
    """Return the boxes whose ballots were destroyed, by what the reconciliation says of them.

    Raises: Failed (box.list, box.ballots).
    """
    entry = board.only("reconciliation")
    counted = Counter({told["code"]: told["counted"] for told in entry.content["sections"]})
    names = _names(entry)
    boxes = []
    for told, (contest, number, codes) in _expected(board, poll, counted):
        left = Left(told["ballots"], bytes.fromhex(told["digest"]))
        label = label_of([names[code] for code in codes])
        box = ClosedBox(contest, number, BoxName(contest.code, codes), label, b"", left)
        if left.pairs != sum(counted[code] for code in codes):
            where = f"{entry.where}, {box.where}"
            raise Failed("box.ballots", where, "Its sections counted others.")
        boxes.append(box)
    return boxes


def _names(entry: Entry) -> dict[str, str]:
    """Return what the reconciliation calls each section, by its code."""
    return {told["code"]: told["name"] for told in entry.content["sections"]}


def _expected(
    board: Board, poll: Poll, counted: Counter[str]
) -> list[tuple[dict[str, Any], tuple[Contest, int, tuple[str, ...]]]]:
    """Return each box as told, with its contest, number and sections as they follow (§4.2)."""
    entry = board.only("reconciliation")
    pools = pool(
        {code: counted[code] for code in {**_names(entry), **counted}},
        board.only("notice").content["smallest_box"],
    )
    expected = [
        (contest, number, codes) for contest in poll.contests for number, codes in enumerate(pools)
    ]
    told_boxes: list[dict[str, Any]] = entry.content["boxes"]
    if [(c.code, number, list(codes)) for c, number, codes in expected] != [
        (told["contest"], told["number"], told["sections"]) for told in told_boxes
    ]:
        why = "The boxes are not those that the ballots of the sections make."
        raise Failed("box.list", entry.where, why)
    return list(zip(told_boxes, expected, strict=True))


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
