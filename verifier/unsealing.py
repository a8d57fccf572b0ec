"""The trustees' parts of every box, and the papers that come out of it (bundle §5, 13 and 14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verifier.board import Board, Entry
from verifier.bundle import Bundle, read_blob
from verifier.claims import false_claims, knowledge
from verifier.closed import ClosedBox
from verifier.failure import Failed
from verifier.group import encode
from verifier.openings import Box, Opened, Part, check_part, open_box
from verifier.workers import Workers


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A box with parts of it that hold, as many as a quorum; none, if it is empty."""

    closed: ClosedBox
    last: Box
    parts: tuple[Part, ...]


def _of_box(board: Board, kind: str, box: ClosedBox) -> list[Entry]:
    return [
        entry
        for entry in board.all(kind)
        if (entry.content["contest"], entry.content["box"]) == box.place
    ]


def require_boxes(board: Board, boxes: Sequence[ClosedBox], *kinds: str) -> None:
    """Refuse entries of a box that there is not.

    Raises: Failed (opening.place).
    """
    places = {box.place for box in boxes}
    for entry in board.all(*kinds):
        if (entry.content["contest"], entry.content["box"]) not in places:
            raise Failed("opening.place", entry.where, "There is no such box.")


def check_committer(box: Box, entry: Entry) -> None:
    """Check that a commitment to a part of a box is signed by the trustee it is said to be of.

    Spec:   equation (49).
    Raises: Failed (opening.maker, key.trustee, proof.point, proof.scalar).
    """
    trustee = box.key.trustee(entry.content["trustee"], entry.where)
    commitment, proof = (bytes.fromhex(entry.content[n]) for n in ("commitment", "signature"))
    who = (trustee.number, encode(trustee.point), commitment)
    statement = (box.setting.fingerprint, box.setting.key, *box.name.parts, *who)
    if false_claims([knowledge("opening-maker", statement, trustee.point, proof, entry.where)]):
        raise Failed("opening.maker", entry.where, f"{trustee.name} did not sign it.")


def check_parts(
    bundle: Bundle, board: Board, closed: ClosedBox, last: Box, workers: Workers
) -> Unsealed:
    """Check the parts of a box, each against what its trustee committed to and signed.

    Raises: Failed (opening.*, proof.*, key.trustee, blob.*, file.*).
    """
    committed = {
        entry.content["trustee"]: entry for entry in _of_box(board, "opening-commitment", closed)
    }
    entries = _of_box(board, "part", closed)
    for commitment in committed.values():
        check_committer(last, commitment)
    if not closed.pairs:
        if committed or entries:
            raise Failed("opening.place", closed.where, "An empty box is not opened.")
        return Unsealed(closed, last, ())
    if len(entries) < last.key.quorum:
        why = f"{len(entries)} trustees opened it, and {last.key.quorum} are a quorum."
        raise Failed("opening.quorum", closed.where, why)
    first = entries[0].number
    before = sum(commitment.number < first for commitment in committed.values())
    if before < last.key.quorum:
        why = f"{before} trustees had committed when the first part was revealed: not a quorum."
        raise Failed("opening.commitment", closed.where, why)
    parts = []
    for entry in entries:
        number = entry.content["trustee"]
        wire = read_blob(bundle, entry.content["content"], entry.where)
        promised = bytes.fromhex(committed[number].content["commitment"])
        try:
            part = check_part(last, wire=wire, commitment=promised, workers=workers)
        except Failed as failure:
            raise Failed(failure.check, f"{entry.where}: {failure.where}", failure.why) from None
        if part.number != number:
            raise Failed("opening.trustee", entry.where, "It is another trustee's part.")
        parts.append(part)
    # Any quorum gives the same papers: every part has been proved.
    return Unsealed(closed, last, tuple(parts[: last.key.quorum]))


def check_profile(bundle: Bundle, board: Board, unsealed: Unsealed, workers: Workers) -> Opened:
    """Open a box from its parts, and compare the profile that was published.

    Raises: Failed (profile.missing, profile.papers, profile.lines, blob.*, file.*).
    """
    box = unsealed.closed
    opened = Opened({}, 0)
    if box.pairs:
        opened = open_box(unsealed.last, unsealed.parts, box.contest.space, workers)
    entries = _of_box(board, "profile", box)
    if not entries:
        raise Failed("profile.missing", box.where, "It has no profile.")
    entry, content = entries[0], entries[0].content
    _check_figures(content, opened, entry.where)
    lines = "".join(f"{ranking},{papers}\n" for ranking, papers in sorted(opened.papers.items()))
    if read_blob(bundle, content["profile"], entry.where) != lines.encode():
        raise Failed("profile.lines", entry.where, "Its papers are not those that come out.")
    return opened


def _check_figures(content: dict[str, Any], opened: Opened, where: str) -> None:
    for name, number in (
        ("papers", sum(opened.papers.values()) + opened.rejected),
        ("papers_rejected", opened.rejected),
    ):
        if content[name] != number:
            why = f"It says {content[name]}, and {number} come out."
            raise Failed("profile.papers", f"{where}, {name}", why)


def check_profiles_in_order(board: Board, boxes: Sequence[ClosedBox]) -> None:
    """Check that the profiles stand in the order of contest and box, each box's once.

    Raises: Failed (profile.order).
    """
    told = [(entry.content["contest"], entry.content["box"]) for entry in board.all("profile")]
    if told != [box.place for box in boxes]:
        raise Failed("profile.order", "the profiles", "They are not one of each box, in order.")
